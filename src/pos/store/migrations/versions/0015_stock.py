"""Ticket paper by serial numbers: the till's books of it, and the blanks that tickets were printed on."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "stock_run",
        sa.Column("account", sa.String, primary_key=True),
        sa.Column("prefix", sa.String, primary_key=True),
        sa.Column("width", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("first", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
    )
    op.create_table(
        "stock_ticket",
        sa.Column("serial", sa.String, primary_key=True),
        sa.Column("ticket", sa.String, nullable=False, index=True),
        sa.Column("copy", sa.Integer, nullable=False),
    )
