"""What is personal of facts, beside them."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "beside",
        sa.Column("fact_id", sa.String, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
