"""What each show was announced with, as somebody at this till last read it."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "announcement",
        sa.Column("show", sa.String, primary_key=True),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("read_by", sa.String, nullable=False),
        sa.Column("read_at", sa.String, nullable=False),
    )
