"""Whether there is a paper of a ticket: those of orders are printed when they are collected."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("ticket", sa.Column("issued", sa.Integer, nullable=False, server_default="1"))
    op.execute(
        "UPDATE ticket SET issued = 0"
        " WHERE copies = 0 AND sale_id IN (SELECT id FROM sale WHERE fact_id LIKE 'order:%')"
    )
