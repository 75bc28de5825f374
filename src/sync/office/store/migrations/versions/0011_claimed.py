"""Tickets that were paid back without the right to: it is not given out again."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("ticket", sa.Column("claimed", sa.Integer, nullable=False, server_default="0"))
    connection = op.get_bind()
    paid = connection.execute(
        sa.text("SELECT envelope FROM fact WHERE kind = 'RefundClaimed' AND verdict = 'applied'")
    ).scalars()
    claim = sa.text("UPDATE ticket SET claimed = 1 WHERE id = :id AND show_id = :show AND unit = :unit")
    for envelope in paid.all():
        for ticket in json.loads(envelope)["body"]["refund"]["tickets"]:
            connection.execute(claim, {key: ticket[key] for key in ("id", "show", "unit")})
