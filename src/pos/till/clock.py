"""The till's own time: a label on facts, never an order.

Now is the latest of the last fact, and the office's last word plus the seconds since
then on a clock that also runs in suspend. The wall clock serves only when neither is
known, and a wall clock that jumps makes decisions that hang on it a supervisor's.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from pos.till.ports import Clock

JUMP: Final = timedelta(minutes=5)


class TillClock:
    """Keeps time from the office's word, the last fact and the machine. One thread uses it."""

    def __init__(self, clock: Clock, last_known: datetime | None) -> None:
        self._clock = clock
        self._floor = last_known
        self._anchor: tuple[datetime, float] | None = None
        # What the wall showed against the running seconds when the program began.
        self._wall = (clock.now(), clock.boottime_s())

    def hear(self, office: datetime) -> None:
        """The office's clock, just heard."""
        self._anchor = (office, self._clock.boottime_s())

    def saw(self, at: datetime) -> None:
        """A fact was written at this time: no later one is earlier."""
        if self._floor is None or at > self._floor:
            self._floor = at

    def now(self) -> datetime:
        """With the zone of this machine; never earlier than the last fact."""
        wall = self._clock.now()
        best = wall
        if self._anchor is not None:
            heard, at_s = self._anchor
            best = (heard + timedelta(seconds=self._clock.boottime_s() - at_s)).astimezone(wall.tzinfo)
        elif self.doubtful:
            began, at_s = self._wall
            best = began + timedelta(seconds=self._clock.boottime_s() - at_s)
        if self._floor is not None and best < self._floor:
            best = self._floor.astimezone(wall.tzinfo)
        return best

    @property
    def offset_s(self) -> float | None:
        """How far the machine's clock is ahead of the office's, as last heard; None before it was."""
        if self._anchor is None:
            return None
        heard, at_s = self._anchor
        office = heard + timedelta(seconds=self._clock.boottime_s() - at_s)
        return (self._clock.now() - office).total_seconds()

    @property
    def wall(self) -> datetime:
        """What the machine's clock shows, right or wrong."""
        return self._clock.now()

    @property
    def doubtful(self) -> bool:
        """Whether the wall clock has jumped by more than five minutes, or runs behind what is known."""
        began, at_s = self._wall
        should = began + timedelta(seconds=self._clock.boottime_s() - at_s)
        wall = self._clock.now()
        behind = self._floor is not None and wall < self._floor - JUMP
        return behind or abs(wall - should) > JUMP
