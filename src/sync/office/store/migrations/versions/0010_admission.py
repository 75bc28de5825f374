"""Where tickets were let in."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "admission",
        sa.Column("ticket", sa.String, primary_key=True),
        sa.Column("fact_id", sa.String, nullable=False),
        sa.Column("till", sa.String, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("copy", sa.Integer, nullable=False),
    )
