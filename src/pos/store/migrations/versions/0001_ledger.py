"""The ledger as first laid."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table("meta", sa.Column("key", sa.String, primary_key=True), sa.Column("value", sa.Text, nullable=False))
    op.create_table(
        "own_right",
        sa.Column("show", sa.String, primary_key=True),
        sa.Column("place", sa.String, primary_key=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("hop", sa.Integer, nullable=False),
        sa.Column("ticket", sa.String, nullable=False, server_default=""),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "journal",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.String, nullable=False),
        sa.Column("envelope", sa.LargeBinary, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "shift",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("user", sa.String, nullable=False),
        sa.Column("opened_at", sa.String, nullable=False),
        sa.Column("first_number", sa.Integer, nullable=False),
        sa.Column("closed_at", sa.String),
        sa.Column("last_number", sa.Integer),
        sa.Column("report", sa.Text),
    )
    op.create_table(
        "cash_move",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("shift", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("minor", sa.Integer, nullable=False),
        sa.Column("currency", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.String, nullable=False),
    )
    op.create_index("ix_cash_move_shift", "cash_move", ["shift"])
    op.create_table(
        "basket",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("changed_at", sa.String, nullable=False),
        sa.Column("lapsed", sa.Integer, nullable=False),
    )
    op.create_table(
        "basket_line",
        sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("show", sa.String, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("category", sa.String, nullable=False),
        sa.Column("price_type", sa.String, nullable=False),
        sa.Column("minor", sa.Integer, nullable=False),
        sa.Column("currency", sa.String, nullable=False),
        sa.Column("proof", sa.Integer, nullable=False),
    )
    op.create_index("basket_place", "basket_line", ["show", "place"], unique=True)
    op.create_table(
        "sale",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("shift", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("ix_sale_shift", "sale", ["shift"])
    op.create_table(
        "ticket",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("sale", sa.String, nullable=False),
        sa.Column("show", sa.String, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("code", sa.String, nullable=False, unique=True),
        sa.Column("state", sa.String, nullable=False),
    )
    op.create_index("ix_ticket_sale", "ticket", ["sale"])
    op.create_index("one_live_ticket", "ticket", ["show", "place"], unique=True, sqlite_where=sa.text("state = 'live'"))
    op.create_table(
        "print_job",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("sale", sa.String, nullable=False),
        sa.Column("tickets", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("ix_print_job_state", "print_job", ["state"])
    op.create_table(
        "lockout",
        sa.Column("user", sa.String, primary_key=True),
        sa.Column("wrong", sa.Integer, nullable=False),
        sa.Column("until", sa.String, nullable=False),
    )
    op.create_table(
        "answer",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("verb", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
