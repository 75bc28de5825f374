"""Vouchers and gift cards whose token is here."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "purse",
        sa.Column("show", sa.String, primary_key=True),
        sa.Column("code", sa.String, primary_key=True),
        sa.Column("minor", sa.Integer, nullable=False),
        sa.Column("currency", sa.String, nullable=False),
        sa.Column("valid_until", sa.String, nullable=False),
    )
