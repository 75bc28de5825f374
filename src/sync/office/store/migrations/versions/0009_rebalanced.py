"""Rights asked back for a till that has too few, and when that was last done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("recall", sa.Column("spare", sa.Integer, nullable=False, server_default="0"))
    op.create_table(
        "rebalanced",
        sa.Column("till", sa.String, primary_key=True, nullable=False),
        sa.Column("show_id", sa.String, primary_key=True, nullable=False),
        sa.Column("until", sa.Float, nullable=False),
    )
