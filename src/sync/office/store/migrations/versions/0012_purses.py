"""Vouchers and gift cards, and what is left on them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "purse",
        sa.Column("show_id", sa.String, primary_key=True),
        sa.Column("code", sa.String, primary_key=True),
        sa.Column("minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String, nullable=False),
        sa.Column("valid_until", sa.Text, nullable=False),
    )
