"""Disputes as documents, told to the tills, with a state and a history."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_WAYS = {
    "place": ["reseat", "refund", "accept"],
    "unbalanced": ["accept"],
    "duplicate_id": ["refund", "reseat", "accept"],
}


def upgrade() -> None:
    connection = op.get_bind()
    before = connection.execute(sa.text("SELECT * FROM dispute ORDER BY id")).all()
    op.drop_table("dispute")
    table = op.create_table(
        "dispute",
        sa.Column("id", sa.String, primary_key=True, nullable=False),
        sa.Column("fact_id", sa.String, nullable=False),
        sa.Column("cause", sa.String, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("opened_at", sa.Text, nullable=False),
        sa.Column("resolved_at", sa.Text),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("dispute_fact", "dispute", ["fact_id"])
    if not before:
        return
    count: dict[str, int] = {}
    rows: list[dict[str, Any]] = []
    for row in before:
        count[row.fact_id] = count.get(row.fact_id, 0) + 1
        document = _document(connection, row, f"{row.fact_id}-{count[row.fact_id]}")
        kept = {key: document[key] for key in ("id", "cause", "detail", "state", "owner", "opened_at")}
        rows.append(kept | {"fact_id": row.fact_id, "resolved_at": None, "body": _json(document)})
    connection.execute(sa.insert(table), rows)
    _tell(connection, rows)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _document(connection: sa.Connection, row: Any, id: str) -> dict[str, Any]:
    """The dispute by value, as far as its row and its fact tell; nobody could resolve one until now."""
    till, _, number = row.fact_id.rsplit(".", 2)
    envelope = connection.execute(
        sa.text("SELECT envelope FROM fact WHERE fact_id = :fact"), {"fact": row.fact_id}
    ).scalar()
    try:
        fact = json.loads(envelope or "")
        kind, at = str(fact["kind"]), str(fact["at"])
        named = [(str(effect[0]), str(effect[1]), str(effect[7])) for effect in fact["effects"]]
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        kind, at, named = "", "", []
    standing = {"state": "", "holder": "", "since": 0, "ticket": "", "sale": ""}
    tickets = [ticket for _, _, ticket in named if ticket]
    return {
        "id": id,
        "cause": row.cause,
        "fact": row.fact_id,
        "number": int(number),
        "till": till,
        "till_name": till,
        "kind": kind,
        "at": at,
        "user": "",
        "user_name": "",
        "places": [
            {"show": show, "place": place, "label": place, "ticket": ticket, "standing": standing}
            for show, place, ticket in named
        ],
        "sale": "",
        "tickets": tickets,
        "customer": "",
        "contact": "",
        "money": "",
        "currency": "",
        "fields": {},
        "detail": row.detail,
        "ways": _WAYS.get(row.cause, ["accept", "refund", "reseat"]) if tickets else ["accept"],
        "opened_at": row.opened_at,
        "state": "open",
        "owner": row.owner,
        "resolution": None,
        "history": [],
    }


def _tell(connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
    """The tills hear of them by the change log, as of new ones."""
    last = connection.execute(
        sa.text("UPDATE change_head SET position = position + :count RETURNING position"), {"count": len(rows)}
    ).scalar_one()
    connection.execute(
        sa.text("INSERT INTO change_log VALUES (:position, 'document', 'dispute', :id, '', :body)"),
        [{"position": last - len(rows) + at, "id": row["id"], "body": row["body"]} for at, row in enumerate(rows, 1)],
    )
