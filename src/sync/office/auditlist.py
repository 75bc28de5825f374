"""`housefull-office audit`: looks at everything that was booked, and lists what is open, for a person and a program."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, select

from pos.domain.audit import items, settlements
from sync.office.store.engine import Database
from sync.office.store.tables import DOCUMENT

_OVER: Final = ("closed", "accepted")
Documents = list[dict[str, Any]]


def bring_up_to_date(database: Database) -> None:
    """Look at every fact that nobody has looked at yet."""
    from sync.office.watcher import step

    while step(database):
        pass


def documents(connection: Connection, *, open_only: bool) -> dict[str, Documents]:
    """Items, the oldest first, and settlements by their period."""
    found: dict[str, Documents] = {items.FAMILY: [], settlements.FAMILY: []}
    query = select(DOCUMENT.c.family, DOCUMENT.c.body).where(DOCUMENT.c.family.in_(list(found)))
    for row in connection.execute(query.order_by(DOCUMENT.c.family, DOCUMENT.c.id)):
        document = json.loads(row.body)
        if not open_only or document["state"] not in _OVER:
            found[row.family].append(document)
    found[items.FAMILY].sort(key=lambda one: (one["opened_at"], one["id"]))
    return found


def as_json(found: dict[str, Documents]) -> str:
    return (
        json.dumps({"items": found[items.FAMILY], "settlements": found[settlements.FAMILY]}, ensure_ascii=False) + "\n"
    )


def as_text(found: dict[str, Documents], now: datetime) -> str:
    """A line each."""
    from pos.domain.reports.audit import said_of

    lines = []
    for one in found[items.FAMILY]:
        hours = int((now - datetime.fromisoformat(one["opened_at"])).total_seconds()) // 3600
        about = ", ".join(one["people"]) or one.get("till", "")
        lines.append(f"{one['id']} · {one['state']} · {hours} h old · {about}: {said_of(one)} · with {one['owner']}")
    for one in found[settlements.FAMILY]:
        lines.append(f"{one['id']} · {one['state']} · {one['figures']['due']} · submitted by {one['submitted_by']}")
    return "".join(f"{line}\n" for line in lines) or "nothing is open\n"


def add_audit(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    """The command's options."""
    audit = commands.add_parser("audit", help="look at all that is booked; what is open, and with whom")
    audit.add_argument("--all", action="store_true", help="also what is closed or accepted")
    audit.add_argument("--json", action="store_true", help="as one JSON object")
    audit.set_defaults(command=_audit)
    return audit


def _audit(options: argparse.Namespace, database: Database) -> int:
    bring_up_to_date(database)
    with database.read() as connection:
        found = documents(connection, open_only=not options.all)
    sys.stdout.write(as_json(found) if options.json else as_text(found, datetime.now(UTC)))
    return 0
