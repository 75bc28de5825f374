"""Who is waited for after a restore, whatever has become of it since, which past the change log has, what was told of
sales and places that are not here yet, and the tokens of places that were taken away.

An office that is recovering waits for the tills that are active now. The restore of an older backup has made the
tables of them, and of the past, by itself.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    if not sa.inspect(op.get_bind()).has_table("awaited"):
        op.create_table(
            "awaited",
            sa.Column("till", sa.String, primary_key=True),
            sa.Column("incarnation", sa.Integer, primary_key=True, autoincrement=False),
        )
        op.execute(
            "INSERT INTO awaited (till, incarnation) SELECT id, incarnation FROM till WHERE state = 'ACTIVE'"
            " AND EXISTS (SELECT 1 FROM restored WHERE ended_at = '')"
        )
    if not sa.inspect(op.get_bind()).has_table("lineage"):
        op.create_table(
            "lineage",
            sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("generation", sa.String, nullable=False),
            sa.Column("highest", sa.Integer, nullable=False),
        )
        op.execute(
            "INSERT INTO lineage (id, generation, highest) SELECT 1, generation, 0 FROM restored"
            " ORDER BY CASE WHEN ended_at = '' THEN 0 ELSE 1 END, at DESC LIMIT 1"
        )
    op.create_table(
        "early",
        sa.Column("subject", sa.String, primary_key=True),
        sa.Column("fact_id", sa.String, primary_key=True),
        sa.Column("become", sa.String, nullable=False),
    )
    op.create_table(
        "told_place",
        sa.Column("show_id", sa.String, primary_key=True),
        sa.Column("place", sa.String, primary_key=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("holder", sa.String, nullable=False),
        sa.Column("incarnation", sa.Integer, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("hop", sa.Integer, nullable=False),
        sa.Column("ticket", sa.String, nullable=False),
    )
    op.create_table(
        "retired",
        sa.Column("show_id", sa.String, primary_key=True),
        sa.Column("place", sa.String, primary_key=True),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("hop", sa.Integer, nullable=False),
    )
