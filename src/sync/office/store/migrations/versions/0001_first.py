"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _season()
    _rights()
    _facts()
    _books()


def _text(name: str, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String, primary_key=key, nullable=False)


def _number(name: str, key: bool = False, big: bool = False) -> sa.Column[int]:
    kind = sa.BigInteger if big else sa.Integer
    return sa.Column(name, kind, primary_key=key, nullable=False, autoincrement=False)


def _long(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _blob(name: str, nullable: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=nullable)


def _season() -> None:
    op.create_table("office", _number("id", key=True), _blob("private_key"), _long("created_at"))
    head = op.create_table(
        "change_head", _number("id", key=True), _number("position", big=True), _number("signal", big=True)
    )
    op.bulk_insert(head, [{"id": 1, "position": 0, "signal": 0}])
    op.create_table(
        "change_log",
        _number("position", key=True, big=True),
        _text("kind"),
        _text("family"),
        _text("doc_id"),
        _text("show_id"),
        _long("body"),
    )
    op.create_table("document", _text("family", key=True), _text("id", key=True), _long("body"))
    op.create_table("plan", _text("version", key=True), _blob("blob"))


def _rights() -> None:
    op.create_table(
        "place_right",
        _text("show_id", key=True),
        _text("place", key=True),
        _number("ix"),
        _text("state"),
        _text("holder"),
        _number("incarnation"),
        _number("epoch"),
        _number("hop"),
        _number("since", big=True),
        _text("ticket"),
    )
    op.create_table(
        "recall",
        _text("show_id", key=True),
        _text("place", key=True),
        _text("wanted_by", key=True),
        _text("holder"),
        _number("incarnation"),
        _number("epoch"),
        _number("hop"),
        _text("state"),
        sa.Column("expires_at", sa.Float, nullable=False),
    )
    op.create_index("recall_holder", "recall", ["holder"])
    op.create_table(
        "till",
        _text("id", key=True),
        _number("incarnation", key=True),
        _blob("public_key"),
        _number("applied", big=True),
        _text("head_hash"),
        _text("state"),
        _long("enrolled_at"),
    )
    active = sa.text("state = 'ACTIVE'")
    op.create_index("one_active_incarnation", "till", ["id"], unique=True, sqlite_where=active, postgresql_where=active)
    op.create_table("presence", _text("till", key=True), sa.Column("last_seen", sa.Float, nullable=False))
    op.create_table(
        "enrol_code",
        _text("code_hash", key=True),
        _text("till"),
        _number("expires_at", big=True),
        _number("replaces"),
        _blob("public_key", nullable=True),
        sa.Column("incarnation", sa.Integer),
    )


def _facts() -> None:
    op.create_table(
        "fact",
        _text("till", key=True),
        _number("incarnation", key=True),
        _number("number", key=True, big=True),
        sa.Column("fact_id", sa.String, nullable=False, unique=True),
        _text("hash"),
        _text("kind"),
        _long("envelope"),
        _text("signature"),
        _text("verdict"),
        _long("received_at"),
    )
    op.create_table(
        "rival_fact",
        _text("till", key=True),
        _number("incarnation", key=True),
        _number("number", key=True, big=True),
        _text("hash", key=True),
        _long("envelope"),
        _text("signature"),
        _long("received_at"),
    )
    op.create_table(
        "parked",
        _text("fact_id", key=True),
        _number("line", key=True),
        _text("show_id"),
        _text("place"),
        _long("effect"),
    )
    op.create_index("parked_place", "parked", ["show_id", "place"])
    op.create_table(
        "dispute",
        sa.Column("id", sa.Integer, primary_key=True),
        _text("fact_id"),
        _text("cause"),
        _long("detail"),
        _text("owner"),
        _long("opened_at"),
        _long("resolved_at", nullable=True),
    )


def _books() -> None:
    op.create_table(
        "posting",
        _text("fact_id", key=True),
        _number("line", key=True),
        _text("account"),
        _number("minor", big=True),
        _text("currency"),
    )
    op.create_table("sale", _text("id", key=True), _text("fact_id"), _long("body"))
    op.create_table(
        "ticket",
        _text("id", key=True),
        _text("sale_id"),
        _text("show_id"),
        _text("unit"),
        _text("code"),
        _text("state"),
    )
    op.create_index("ticket_sale", "ticket", ["sale_id"])
    live = sa.text("state = 'live'")
    op.create_index(
        "one_live_ticket", "ticket", ["show_id", "unit"], unique=True, sqlite_where=live, postgresql_where=live
    )
