"""Scans that gates have told of, each once; tickets are looked up by what is scanned."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "gate_scan",
        sa.Column("gate", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("show_id", sa.String, nullable=False),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("let_in", sa.Integer, nullable=False),
        sa.Column("result", sa.String, nullable=False),
        sa.Column("ticket", sa.String, nullable=False),
    )
    op.create_index("ticket_code", "ticket", ["code"])
