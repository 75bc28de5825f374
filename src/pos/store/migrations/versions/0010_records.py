"""Records that this till keeps, and tickets that were made ready for, or handed to, who has ordered them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "handed",
        sa.Column("ticket", sa.String, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "own_record",
        sa.Column("family", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("body", sa.Text, nullable=False),
    )
