"""When each person's next drill is due: so many days after the last one that was held to its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pos.domain.drills.judging import DONE


@dataclass(frozen=True, slots=True)
class Due:
    """`last` is the record of the person's last drill, None for one who never had any: theirs is due at once, and
    `on` is None, as it is where drills are never due."""

    person: str
    last: Mapping[str, Any] | None
    on: date | None
    overdue: bool


def due(person: str, drills: Iterable[Mapping[str, Any]], every_days: int, today: date) -> Due:
    """`drills` are records of anybody's. With `every_days` 0 nobody's is ever due."""
    held = [drill for drill in drills if drill["person"] == person and drill["state"] == DONE]
    last = max(held, key=lambda drill: datetime.fromisoformat(drill["at"]), default=None)
    if every_days <= 0:
        return Due(person, last, None, False)
    if last is None:
        return Due(person, None, None, True)
    on = datetime.fromisoformat(last["at"]).date() + timedelta(days=every_days)
    return Due(person, last, on, on < today)
