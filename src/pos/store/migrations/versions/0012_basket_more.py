"""What a basket has beside its lines: articles, and codes of promotions."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("basket", sa.Column("more", sa.Text, nullable=False, server_default=""))
