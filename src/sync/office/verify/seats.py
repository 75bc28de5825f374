"""Seats: a show has exactly the places of its plan and its areas, each of them once, whatever became of it."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from typing import Any

from sqlalchemy import Connection, text

from sync.office.verify.journal import Place
from sync.office.verify.report import Report


def check_seats(connection: Connection, report: Report, rights: dict[Place, Any]) -> None:
    """I6: free, in hand, held, sold, on paper and frozen places together are the capacity of their show."""
    there: dict[str, Counter[str]] = {}
    for (show, _), right in rights.items():
        if not show.startswith("~"):
            there.setdefault(show, Counter())[right.state] += 1
    plans: dict[str, int] = {}
    for body in connection.execute(text("SELECT body FROM document WHERE family = 'show'")).scalars():
        show = json.loads(body)
        version = show.get("plan_version", "")
        if version and version not in plans:
            blob = connection.execute(text("SELECT blob FROM plan WHERE version = :version"), {"version": version})
            plans[version] = _seats(bytes(blob.scalar_one()))
        capacity = plans.get(version, 0) + sum(area["capacity"] for area in show.get("areas", ()))
        states = there.pop(show["id"], Counter())
        if states.total() != capacity:
            known = ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "none"
            report.violation("I6", f"{show['id']}: it has {capacity} places, and {known} are on record")
    for show, states in there.items():
        report.violation("I6", f"{show}: {states.total()} places are on record of a show that there is not")


def _seats(blob: bytes) -> int:
    """How many places a stored plan has, by its head (pos.domain.plan)."""
    content = zlib.decompress(blob[blob.index(b"\x78") :])
    length = int.from_bytes(content[:4], "little")
    places: list[str] = json.loads(content[4 : 4 + length])["places"]
    return len(places)
