"""Rights that tills pass on to each other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "passing",
        sa.Column("show_id", sa.String, primary_key=True),
        sa.Column("place", sa.String, primary_key=True),
        sa.Column("epoch", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("hop", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("holder", sa.String, nullable=False),
        sa.Column("incarnation", sa.Integer, nullable=False),
        sa.Column("receiver", sa.String, nullable=False),
        sa.Column("receiver_incarnation", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("ticket", sa.String, nullable=False),
        sa.Column("given", sa.Integer, nullable=False),
        sa.Column("taken", sa.Integer, nullable=False),
    )
