"""Places that a person released from a dead till's hands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "released",
        sa.Column("show_id", sa.String, primary_key=True, nullable=False),
        sa.Column("place", sa.String, primary_key=True, nullable=False),
        sa.Column("epoch", sa.Integer, primary_key=True, nullable=False, autoincrement=False),
        sa.Column("hop", sa.Integer, primary_key=True, nullable=False, autoincrement=False),
        sa.Column("holder", sa.String, nullable=False),
        sa.Column("incarnation", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("attested", sa.Text, nullable=False),
        sa.Column("by_user", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("fact_id", sa.String, nullable=False),
    )
