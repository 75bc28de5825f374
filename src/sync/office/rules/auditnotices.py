"""What a superior is told by mail of a new audit item; where no address is known it waits in the window alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection

from pos.domain.audit.items import ANOMALY
from sync.office.rules import outbox
from sync.office.rules.changes import Entry

KIND: Final = "audit"


def queue(
    connection: Connection, item: Mapping[str, Any], address: str, users: Mapping[str, Mapping[str, Any]]
) -> list[Entry]:
    """Queue the notice of an item; what tills are told of it. Each time it is opened again is a notice of its own."""
    times = sum(step["what"] == "reopened" for step in item["history"])
    id = f"audit:{item['id']}" + (f":{times}" if times else "")
    subject, text = letter(item, users, outbox.house(connection).venue)
    return outbox.put(connection, id, KIND, address, subject, text)


def letter(item: Mapping[str, Any], users: Mapping[str, Mapping[str, Any]], venue: str) -> tuple[str, str]:
    """Subject and text, in plain English: it is for the house's own people."""
    people = ", ".join(str(users[one]["name"]) if one in users else one for one in item["people"]) or "nobody known"
    figures = ", ".join(f"{name} {value}" for name, value in item["figures"].items() if value is not None)
    what = "was flagged" if item["sort"] == ANOMALY else "is not explained yet"
    lines = [f"{item['rule']} {what}.", f"About: {people}", f"Figures: {figures}"]
    if item.get("thresholds"):
        limits = ", ".join(f"{name} {value}" for name, value in item["thresholds"].items())
        lines.append(f"Threshold: {limits}")
    lines += [f"Facts: {', '.join(item['facts'])}", "", "It waits for you at any window, under Reports, Audit.", venue]
    return f"To look at: {item['rule']}, {venue}", "\n".join(lines) + "\n"
