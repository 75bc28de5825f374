"""How far each till has heard, and where the log tells of a fence.

Of tills from before nothing is known: they count as having heard nothing until they pull.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "heard",
        sa.Column("till", sa.String, primary_key=True, nullable=False),
        sa.Column("incarnation", sa.Integer, primary_key=True, nullable=False, autoincrement=False),
        sa.Column("cursor", sa.BigInteger, nullable=False),
        sa.Column("head", sa.BigInteger, nullable=False),
        sa.Column("settled", sa.BigInteger, nullable=False),
    )
    op.add_column("till", sa.Column("fenced_at", sa.BigInteger, nullable=False, server_default="0"))
