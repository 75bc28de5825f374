"""Refunds, exchanges and copies of tickets."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "ticket_end",
        sa.Column("ticket", sa.String, primary_key=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("document", sa.String, nullable=False),
    )
    op.create_table(
        "ticket_copy",
        sa.Column("ticket", sa.String, primary_key=True),
        sa.Column("copies", sa.Integer, nullable=False),
    )
    op.execute(
        "UPDATE own_right SET ticket = coalesce((SELECT id FROM ticket WHERE ticket.show = own_right.show"
        " AND ticket.place = own_right.place AND ticket.state = 'live'), '') WHERE state IN ('SOLD', 'SOLD_RETURNED')"
    )
    op.create_table(
        "refund",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("shift", sa.String, nullable=False, index=True),
        sa.Column("body", sa.Text, nullable=False),
    )
