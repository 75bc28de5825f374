"""Deposits of reservations that this till has taken or given back, by shift."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "deposit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("shift", sa.String, nullable=False, index=True),
        sa.Column("body", sa.Text, nullable=False),
    )
