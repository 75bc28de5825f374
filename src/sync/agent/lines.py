"""The ways to the office: its addresses in order, which one is in use, and when another takes its place.

The laws:

* The first is the main one. Every address is the same office: its pinned key has signed whatever counts.
* An address that brings no answer of the office is left at once for the next in order that has not been tried
  since the office last answered. When each has failed the office is away, and it begins again with the main one.
* What the office itself refuses it would refuse on any way: that turns to no other.
* Those that stand before the one in use are asked every few seconds, beside everything else. One that has answered
  for `settle` is in use again; that time doubles whenever it did not hold for HELD_S, so that an address that
  comes and goes does not take every sale with it.
* The others are asked every few minutes: whether a backup works is known before it is needed.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pos.till.ports import Clock, OfficeLine
from sync.agent.carrier import Attempt, Carrier, check_url, tls_for
from sync.agent.trouble import LinkClosed, Trouble

log = logging.getLogger(__name__)

RARELY_S: Final = 300.0  # between questions to an address that nobody needs now
SETTLE_S: Final = 10.0  # for which a better address must have answered
LONGEST_SETTLE_S: Final = 300.0
HELD_S: Final = 60.0  # an address that fails sooner after it was taken again is one that comes and goes
TURN_S: Final = 0.5  # for the poll to notice that an address is gone, too, and to turn to another
ITSELF: Final = "office_refuses"  # the cause of what the office said itself


@dataclass(frozen=True, slots=True)
class Address:
    """Where the office is. `name` is "" for the main address, else what people call it. `source` is the local
    address that calls go out from; "" leaves that to the system."""

    name: str
    url: str
    ca_file: Path | None = None
    allow_plain_http: bool = False
    source: str = ""


@dataclass(slots=True)
class _Way:
    """An address, and what was last seen of it. Times are those of Clock.boottime_s."""

    address: Address
    carrier: Callable[[], Carrier]
    trouble: Trouble | None = None
    since: str = ""  # of its state, "" before anything was asked
    asked_at: float | None = None
    good_since: float | None = None

    def note(self, trouble: Trouble | None, clock: Clock) -> None:
        now = clock.boottime_s()
        if not self.since or (self.trouble is None) != (trouble is None):
            self.since = clock.now().isoformat(timespec="milliseconds")
        self.trouble, self.asked_at = trouble, now
        if trouble is not None:
            self.good_since = None
        elif self.good_since is None:
            self.good_since = now


class Lines:
    """Which of the `addresses` is in use. Any thread may ask or tell. `turned` hears that another one is.

    Raises BadAddress for a URL or a file of certificates that cannot be used.
    """

    def __init__(self, addresses: Sequence[Address], clock: Clock) -> None:
        self.ways = [_way(address) for address in addresses]
        self.turned: Callable[[], None] = lambda: None
        self._clock = clock
        self._at = 0
        self._tried: set[int] = set()
        self._settle_s = SETTLE_S
        self._returned_at: float | None = None
        self._carriers: list[LineCarrier] = []
        self._next_turn = threading.Event()
        self._lock = threading.RLock()

    @property
    def at(self) -> int:
        """The index of the address in use."""
        return self._at

    @property
    def name(self) -> str:
        """What people call the address in use, "" for the main one."""
        return self.ways[self._at].address.name

    def carrier(self, *, patient: bool = True) -> LineCarrier:
        """Connections of one use, over whichever address is in use. Not `patient`: of the poll, which is itself what
        turns to another, and which asks anew rather than have the rest of its time used up there."""
        carrier = LineCarrier(self, patient=patient)
        self._carriers.append(carrier)
        return carrier

    def states(self) -> list[OfficeLine]:
        """Every address as last seen, in order."""
        with self._lock:
            return [self._state(at) for at in range(len(self.ways))]

    def _state(self, at: int) -> OfficeLine:
        way = self.ways[at]
        address, trouble = way.address, way.trouble
        shown = check_url(address.url, allow_plain_http=True).rpartition("@")[2].rpartition("//")[2]
        if trouble is not None:
            return OfficeLine(address.name, shown, address.source, "fails", trouble.cause, trouble.detail, way.since)
        if not way.since:
            return OfficeLine(address.name, shown, address.source, "not_asked")
        return OfficeLine(
            address.name, shown, address.source, "in_use" if at == self._at else "answers", since=way.since
        )

    def turned_from(self, at: int, within_s: float) -> bool:
        """Whether another address than that is in use, or comes to be within that time."""
        turn = self._next_turn
        if self._at == at and len(self.ways) > 1 and within_s > 0:
            turn.wait(within_s)
        return self._at != at

    # ---- what was seen -------------------------------------------------------------------

    def answered(self, at: int) -> None:
        """The office answered a poll over this address."""
        with self._lock:
            self.ways[at].note(None, self._clock)
            self._tried.clear()

    def failed(self, at: int, trouble: Trouble) -> Trouble | None:
        """A poll over this address failed. None when another is to be tried at once, else what is wrong."""
        with self._lock:
            if trouble.cause == ITSELF:
                return trouble
            self.ways[at].note(trouble, self._clock)
            if at != self._at:
                return None
            self._tried.add(at)
            left = [other for other in range(len(self.ways)) if other not in self._tried]
            if left:
                self._turn(left[0])
                return None
            self._tried.clear()
            self._turn(0)
            return self._all_failed(trouble)

    def give_up(self, trouble: Trouble) -> bool:
        """Polls are answered over this address, and facts do not get through: whether another one is known to work."""
        with self._lock:
            for other, way in enumerate(self.ways):
                if other != self._at and way.good_since is not None:
                    self.ways[self._at].note(trouble, self._clock)
                    self._turn(other)
                    return True
            return False

    def due(self) -> list[int]:
        """The addresses to ask now, beside the one in use."""
        with self._lock:
            now = self._clock.boottime_s()
            return [
                at
                for at, way in enumerate(self.ways)
                if at < self._at or (at > self._at and (way.asked_at is None or now - way.asked_at >= RARELY_S))
            ]

    def probed(self, at: int, trouble: Trouble | None) -> None:
        """Whether the office answered there. One that stands before that in use may take its place."""
        with self._lock:
            way = self.ways[at]
            way.note(None if trouble is not None and trouble.cause == ITSELF else trouble, self._clock)
            now = self._clock.boottime_s()
            if at < self._at and way.good_since is not None and now - way.good_since >= self._settle_s:
                self._returned_at = now
                self._turn(at)

    def _all_failed(self, last: Trouble) -> Trouble:
        """The main address says what is wrong; a technician reads of all."""
        if len(self.ways) == 1:
            return last
        told = [(way.address.name or "main", way.trouble) for way in self.ways if way.trouble is not None]
        cause = next((trouble.cause for _, trouble in told), last.cause)
        return Trouble(cause, "; ".join(f"{name}: {trouble.detail}" for name, trouble in told), last.code)

    def _turn(self, to: int) -> None:
        left, self._at = self._at, to
        if left == to:
            return
        if to > left:
            held = self._returned_at is None or self._clock.boottime_s() - self._returned_at >= HELD_S
            self._settle_s = SETTLE_S if held else min(self._settle_s * 2, LONGEST_SETTLE_S)
            self._returned_at = None
        turn, self._next_turn = self._next_turn, threading.Event()
        turn.set()
        log.info("the office is called over %s", self.name or "its main address")
        self.turned()  # first, or the poll that asks at once where the office is called now would not count
        for carrier in self._carriers:
            carrier.leave(left, cut=self.ways[left].trouble is not None)


def _way(address: Address) -> _Way:
    url = check_url(address.url, allow_plain_http=address.allow_plain_http)
    tls = tls_for(url, address.ca_file)
    return _Way(address, lambda: Carrier(url, tls, address.source))


class LineCarrier:
    """As `Carrier`, over whichever address is in use. Made by `Lines.carrier`."""

    def __init__(self, lines: Lines, *, patient: bool) -> None:
        self._lines = lines
        self._patient = patient
        self._over = [way.carrier() for way in lines.ways]

    def exchange(
        self,
        method: str,
        path: str,
        body: bytes,
        headers: dict[str, str],
        deadline: float,
        attempt: Attempt,
        body_s: float = 0.0,
    ) -> tuple[int, str, bytes]:
        """As that of `Carrier`. What was under way when another address takes over is sent again there, and what was
        when the connections were renewed on a new one, since every request may be repeated by design."""
        while True:
            at = self._lines.at
            try:
                return self._over[at].exchange(method, path, body, headers, deadline, attempt, body_s)
            except LinkClosed:
                raise
            except Trouble:
                left_s = deadline - time.monotonic()
                if left_s <= 0 or not self._patient:
                    raise
                if not attempt.let_go and not self._lines.turned_from(at, min(left_s, TURN_S)):
                    raise
                attempt.begin_again()

    def leave(self, at: int, *, cut: bool) -> None:
        """Drop the connections over an address; `cut`: also those that wait for an answer, as the poll always does."""
        self._over[at].renew(cut=cut or not self._patient)

    def renew(self) -> None:
        """Drop all connections."""
        for carrier in self._over:
            carrier.renew()

    def close(self) -> None:
        """End every request at once; further ones raise LinkClosed."""
        for carrier in self._over:
            carrier.close()
