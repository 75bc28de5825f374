"""Outages of this till: from when the line or the power failed until all is well again, and what happened meanwhile."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "outage",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("began_at", sa.String, nullable=False),
        sa.Column("first_number", sa.Integer, nullable=False),
        sa.Column("back_at", sa.String, nullable=False, server_default=""),
        sa.Column("last_number", sa.Integer, nullable=False, server_default="0"),
        sa.Column("sent_at", sa.String, nullable=False, server_default=""),
        sa.Column("incident", sa.String, nullable=False, server_default=""),
    )
    op.create_table(
        "outage_note",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("outage", sa.Integer, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("ix_outage_note_outage", "outage_note", ["outage"])
    op.create_index(
        "noted_once", "outage_note", ["outage", "kind", "key"], unique=True, sqlite_where=sa.text("key <> ''")
    )
