"""Holds and orders as documents that facts change; a held place names its hold, and is in nobody's hand."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_HELD = sa.text("state = 'HELD'")


def upgrade() -> None:
    op.create_table(
        "live",
        sa.Column("family", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("fact_id", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("held_place", "place_right", ["ticket"], sqlite_where=_HELD, postgresql_where=_HELD)
    connection = op.get_bind()
    if connection.execute(sa.text("SELECT count(*) FROM place_right WHERE state = 'HELD'")).scalar_one():
        _convert(connection)


def _convert(connection: sa.Connection) -> None:
    """What was imported before: a place was held by its hold's owner or type, or by its order's code.

    Such an order becomes a plain hold, to be sold from or released: its prices were never noted.
    """
    names: dict[tuple[str, str], str] = {}
    documents = connection.execute(sa.text("SELECT family, id, body FROM document WHERE family IN ('hold', 'order')"))
    for family, id, text in documents.all():
        body = json.loads(text)
        if family == "order" and body.get("state", "paid") == "paid":
            continue
        type_ = "reservation" if family == "order" else body["type"]
        holder = id if family == "order" else body.get("owner") or body["type"]
        rows = connection.execute(
            sa.text(
                "SELECT place FROM place_right"
                " WHERE state = 'HELD' AND show_id = :show AND holder = :holder ORDER BY ix"
            ),
            {"show": body["show"], "holder": holder},
        )
        named = set(body.get("places", ())) | {place for line in body.get("lines", ()) for place in line["places"]}
        places = [
            place
            for (place,) in rows
            if (body["show"], place) not in names and (place in named or place.partition("#")[0] in named)
        ]
        names.update(((body["show"], place), id) for place in places)
        hold = {
            "id": id, "show": body["show"], "type": type_, "owner": body.get("owner") or body.get("name", ""),
            "note": "", "home": body.get("home", ""), "release": "", "order": "",
            "version": 1, "places": places,
        }  # fmt: skip
        connection.execute(
            sa.text("INSERT INTO live (family, id, fact_id, body) VALUES ('hold', :id, '', :body)"),
            {"id": id, "body": json.dumps(hold, ensure_ascii=False, sort_keys=True)},
        )
    rename = sa.text("UPDATE place_right SET ticket = :hold, holder = '' WHERE show_id = :show AND place = :place")
    for (show, place), name in names.items():
        connection.execute(rename, {"show": show, "place": place, "hold": name})
    if names:
        _tell(connection, {show for show, _ in names})


def _tell(connection: sa.Connection, shows: set[str]) -> None:
    """Tills hear of it: every hold, and the places of these shows anew."""
    entries = [("reload", "", "", show, "") for show in sorted(shows)]
    for id, body in connection.execute(sa.text("SELECT id, body FROM live WHERE family = 'hold' ORDER BY id")).all():
        if json.loads(body)["places"]:
            entries.append(("document", "hold", id, "", body))
    first = connection.execute(sa.text("SELECT position FROM change_head")).scalar_one() + 1
    append = sa.text(
        "INSERT INTO change_log (position, kind, family, doc_id, show_id, body)"
        " VALUES (:position, :kind, :family, :doc_id, :show_id, :body)"
    )
    for position, (kind, family, doc_id, show_id, body) in enumerate(entries, first):
        connection.execute(
            append,
            {
                "position": position,
                "kind": kind,
                "family": family,
                "doc_id": doc_id,
                "show_id": show_id,
                "body": body,
            },
        )
    connection.execute(sa.text("UPDATE change_head SET position = position + :n"), {"n": len(entries)})
