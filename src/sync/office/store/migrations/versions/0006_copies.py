"""How many copies of a ticket have been issued."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("ticket", sa.Column("copies", sa.Integer, nullable=False, server_default="0"))
