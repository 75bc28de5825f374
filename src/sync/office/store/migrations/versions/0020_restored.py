"""When the office was restored from a backup, which tills have told their rights since, and whose turn a backup is."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "restored",
        sa.Column("generation", sa.String, primary_key=True),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("ended_at", sa.Text, nullable=False),
        sa.Column("ended_by", sa.Text, nullable=False),
    )
    op.create_table(
        "reported",
        sa.Column("till", sa.String, primary_key=True),
        sa.Column("incarnation", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Text, nullable=False),
    )
    op.create_table(
        "backup_turn",
        sa.Column("folder", sa.String, primary_key=True),
        sa.Column("began", sa.Float, nullable=False),
    )
