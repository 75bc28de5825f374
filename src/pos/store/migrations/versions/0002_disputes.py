"""What was done here about disputes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "dispute_step",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("dispute", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
