"""What is typed of paper sales before it is booked, and who ended a paper ticket and when."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    for name in ("ended_by", "ended_at"):
        op.add_column("pack_ticket", sa.Column(name, sa.String, nullable=False, server_default=""))
    op.create_table(
        "pack_keyed",
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("ticket", sa.String, nullable=False, unique=True),
        sa.Column("customer", sa.Integer, nullable=False),
        sa.Column("price_type", sa.String, nullable=False),
        sa.Column("proof", sa.Integer, nullable=False),
        sa.Column("sold_at", sa.String, nullable=False),
        sa.Column("keyed_by", sa.String, nullable=False),
        sa.Column("keyed_at", sa.String, nullable=False),
    )
