"""What people did, counted day by day, and how far the facts of each till have been counted."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "watched",
        sa.Column("till", sa.String, primary_key=True),
        sa.Column("incarnation", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "tally",
        sa.Column("subject", sa.String, primary_key=True),
        sa.Column("day", sa.String, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
