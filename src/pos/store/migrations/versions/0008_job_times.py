"""When a print job was first wanted."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("print_job", sa.Column("at", sa.String, nullable=False, server_default=""))
