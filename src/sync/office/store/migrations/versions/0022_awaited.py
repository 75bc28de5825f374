"""Who is waited for after a restore, whatever has become of it since, and the tokens of places that were taken away.

An office that is recovering waits for the tills that are active now. The restore of an older backup has made the
table of them by itself.
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
    op.create_table(
        "retired",
        sa.Column("show_id", sa.String, primary_key=True),
        sa.Column("place", sa.String, primary_key=True),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("hop", sa.Integer, nullable=False),
    )
