"""A season on its way in."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection

from sync.office.rules.changes import Entry
from sync.office.season.references import Season


@dataclass
class Import:
    """One import's transaction. `lines` are what a person is told, `entries` what tills are told.

    `again`: it was imported before, and is in the step that ends a restore (`rules.recovery`)."""

    connection: Connection
    season: Season
    now: int
    now_iso: str
    again: bool = False
    entries: list[Entry] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
