"""The business day: the venue's own date, which may end later than midnight."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

MIDNIGHT: Final = "00:00"
_TIME: Final = re.compile(r"(\d{2}):(\d{2})", re.ASCII)


def parse_day_ends(text: object) -> timedelta:
    """How long after midnight a business day ends ("04:00"), less than half a day. Raises ValueError."""
    match = _TIME.fullmatch(text) if isinstance(text, str) else None
    after = timedelta(hours=int(match[1]), minutes=int(match[2])) if match and int(match[2]) < 60 else None
    if after is None or after > timedelta(hours=12):
        raise ValueError(f'{text!r} is not a time from "00:00" to "12:00"')
    return after


@dataclass(frozen=True, slots=True)
class Calendar:
    """The venue's time zone, and how long after midnight its day ends."""

    zone: tzinfo
    day_ends: timedelta = timedelta()

    def local(self, at: str | datetime) -> datetime:
        """A moment as the venue's clocks show it. Raises ValueError for none, or one without an offset."""
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        if moment.tzinfo is None:
            raise ValueError(f"{at!r} has no offset")
        return moment.astimezone(self.zone)

    def day_of(self, at: str | datetime) -> date:
        """The business day that a moment belongs to."""
        return self._day(self.local(at))

    def day_and_hour(self, at: str) -> tuple[str, str]:
        """That day in ISO 8601, and the hour on the clock ("00" to "23")."""
        local = self.local(at)
        return self._day(local).isoformat(), f"{local.hour:02d}"

    def _day(self, local: datetime) -> date:
        # By the clock on the wall: where it is put back in the night, the day ends when it first shows the hour.
        return (local.replace(tzinfo=None) - self.day_ends).date()
