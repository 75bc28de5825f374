"""Tickets of orders that were made ready, or handed out: to whom, when, where (JSON, "" for not)."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("ticket", sa.Column("handed", sa.Text, nullable=False, server_default=""))
