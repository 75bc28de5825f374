"""Rights that pass on: certificates for other tills, and packs of paper tickets."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "certificate",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "pack",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("shift", sa.String, nullable=False),
        sa.Column("user", sa.String, nullable=False),
        sa.Column("show", sa.String, nullable=False),
        sa.Column("issued_at", sa.String, nullable=False),
    )
    op.create_table(
        "pack_ticket",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("pack", sa.String, nullable=False, index=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("show", sa.String, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("shown", sa.String, nullable=False),
        sa.Column("category", sa.String, nullable=False),
        sa.Column("code", sa.String, nullable=False, unique=True),
        sa.Column("state", sa.String, nullable=False),
    )
