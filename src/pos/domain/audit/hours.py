"""A venue's opening hours, as its season file says them.

One span for every day ("10:00-22:00"), several of them in a list, or a table by day or days:
{ mon-fri = "10:00-20:00", sat = ["10:00-13:00", "17:00-22:30"], sun = "closed" }. A span that ends
before it begins ends the next day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN: Final = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
_NEVER: Final = "closed"
_ALL_DAY: Final = 24 * 60

Span = tuple[int, int]  # minutes since midnight, the second at most 48 hours


@dataclass(frozen=True, slots=True)
class Hours:
    """Spans by weekday, Monday first."""

    days: tuple[tuple[Span, ...], ...]

    @classmethod
    def parse(cls, value: Any) -> Hours:
        """Raises ValueError naming what is not understood."""
        if not isinstance(value, dict):
            return cls((_spans(value),) * 7)
        days: list[tuple[Span, ...]] = [()] * 7
        for key, spans in value.items():
            for day in _named(str(key)):
                days[day] = _spans(spans)
        return cls(tuple(days))

    def open_at(self, local: datetime) -> bool:
        """Whether the venue is open at this moment of its own time."""
        minute = local.hour * 60 + local.minute
        today, before = self.days[local.weekday()], self.days[local.weekday() - 1]
        return any(start <= minute < end for start, end in today) or any(minute < end - _ALL_DAY for _, end in before)


def _spans(value: Any) -> tuple[Span, ...]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError(f'{value!r} must be hours like "10:00-22:00", or a list of such')
    return tuple(_span(text) for text in texts if text.strip().lower() != _NEVER)


def _span(text: str) -> Span:
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise ValueError(f'{text!r} is neither hours like "10:00-22:00" nor "{_NEVER}"')
    hour, minute, until_hour, until_minute = map(int, found.groups())
    start, end = hour * 60 + minute, until_hour * 60 + until_minute
    if minute > 59 or until_minute > 59 or start >= _ALL_DAY or end > _ALL_DAY or start == end:
        raise ValueError(f"{text!r} is not a span of a day")
    return start, end if end > start else end + _ALL_DAY


def _named(key: str) -> list[int]:
    """The weekdays that a key names: mon, monday, mon-fri, daily."""
    if key.strip().lower() in ("daily", "every_day"):
        return list(range(7))
    first, dash, last = (part.strip().lower()[:3] for part in key.replace("–", "-").partition("-"))
    if first not in _DAYS or (dash and last not in _DAYS):
        raise ValueError(f"{key!r} is neither a day like mon nor days like mon-fri")
    start = _DAYS.index(first)
    end = _DAYS.index(last) if dash else start
    return [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]
