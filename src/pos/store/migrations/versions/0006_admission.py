"""Tickets that were let in here."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "admission",
        sa.Column("ticket", sa.String, primary_key=True),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("copy", sa.Integer, nullable=False),
    )
