"""What is personal of facts, beside them; sales found by the buyer's name."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "beside",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.add_column("sale", sa.Column("name", sa.Text, nullable=False, server_default=""))
