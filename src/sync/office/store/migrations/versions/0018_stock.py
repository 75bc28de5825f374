"""Ticket paper by serial numbers: the books of the house, and a row to lock for each series."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "stock_series",
        sa.Column("prefix", sa.String, primary_key=True),
        sa.Column("width", sa.Integer, primary_key=True, autoincrement=False),
    )
    op.create_table(
        "stock_run",
        sa.Column("account", sa.String, primary_key=True),
        sa.Column("prefix", sa.String, primary_key=True),
        sa.Column("width", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("first", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
    )
