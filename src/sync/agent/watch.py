"""Whether the line is up: what the requests have shown, and what the till is told of it.

A failure shows at once. A recovery shows at once too, unless the line has been flapping:
then it must have held for SETTLE_S first, so that a cashier is not told every second.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from pos.till.ports import Clock, LinkState
from sync.agent.trouble import Cause, LinkClosed, Trouble

log = logging.getLogger(__name__)

SETTLE_S: Final = 3.0
FLAPPING_S: Final = 20.0  # two losses within this time are flapping


class LinkWatch:
    """`tell` hears every change of the state, in order and from any thread. `line` names the address in use."""

    def __init__(self, clock: Clock, tell: Callable[[LinkState], None], line: Callable[[], str] = lambda: "") -> None:
        self._line = line
        self._clock = clock
        self._tell = tell
        self._lock = threading.RLock()
        self._losses: deque[float] = deque(maxlen=2)
        self._failures = 0
        self._good_since: float | None = None
        self._answered_at = ""
        self._asked = False
        self._told = False
        self._hindrances: dict[str, tuple[Cause, str]] = {}  # what does not go on, and why
        self._recovered: list[Callable[[], None]] = []
        self._state = LinkState("offline", "not_asked", "The office has not been asked yet.", self._now())

    def on_recovery(self, call: Callable[[], None]) -> None:
        """Call this whenever an answer comes after failures."""
        self._recovered.append(call)

    @property
    def state(self) -> LinkState:
        """As last told. Never waits."""
        return self._state

    @property
    def known_down(self) -> bool:
        """The last request failed: another would only wait."""
        return self._asked and self._good_since is None

    @property
    def failures(self) -> int:
        """How many requests have failed: taken before one is sent, it tells `answered` when that was."""
        return self._failures

    def answered(self, asked_after: int, round_trip_ms: float | None = None) -> None:
        """The office answered a request that was sent when `failures` was `asked_after`.

        If others have failed meanwhile, this answer may have come before the cable was pulled.
        """
        with self._lock:
            if asked_after < self._failures:
                return
            now = self._clock.boottime_s()
            self._answered_at = self._now()
            recovered = self.known_down
            if self._good_since is None:
                self._good_since = now
            self._asked = True
            flapping = len(self._losses) == 2 and now - self._losses[0] < FLAPPING_S
            assert self._good_since is not None
            if self._state.state == "online" or not flapping or now - self._good_since >= SETTLE_S:
                self._show(round_trip_ms)
        if recovered:
            for call in self._recovered:
                call()

    def measured(self, round_trip_ms: float) -> None:
        """How long a request took that did not wait for anything."""
        with self._lock:
            self._state = replace(self._state, round_trip_ms=round_trip_ms)

    def failed(self, trouble: Trouble) -> None:
        """A request got no answer that counts."""
        if isinstance(trouble, LinkClosed):
            return
        with self._lock:
            self._asked = True
            self._failures += 1
            self._good_since = None
            if self._state.state == "online":
                self._losses.append(self._clock.boottime_s())
            self._change(LinkState("offline", trouble.cause, trouble.detail, self._now()))

    def turned(self) -> None:
        """The office is called over another address from now on: answers to what was asked before say nothing of it."""
        with self._lock:
            self._failures += 1

    def told_again(self) -> None:
        """Tell the till of the state as it is: what else is known of the line has changed."""
        with self._lock:
            if self._told:
                self._tell(self._state)

    def refuses(self, what: str, detail: str) -> None:
        """The office answers, but refuses `what` (a push): an alarm until `accepts`."""
        self.hindered(what, "office_refuses", detail)

    def hindered(self, what: str, cause: Cause, detail: str) -> None:
        """The office answers, but `what` does not go on: an alarm until `accepts`."""
        with self._lock:
            self._hindrances[what] = cause, detail
            if self._good_since is not None:
                self._show(None)

    def accepts(self, what: str) -> None:
        with self._lock:
            if self._hindrances.pop(what, None) is not None and self._good_since is not None:
                self._show(None)

    def _show(self, round_trip_ms: float | None) -> None:
        if self._hindrances:
            (cause, _), *_ = self._hindrances.values()
            detail = "; ".join(text for _, text in self._hindrances.values())
            self._change(LinkState("offline", cause, detail, self._now(), line=self._line()))
            return
        shown = round_trip_ms if round_trip_ms is not None else self._state.round_trip_ms
        self._change(LinkState("online", "", "", self._now(), shown, self._line()))

    def _change(self, state: LinkState) -> None:
        """Show `state`; the till is told when it is another state, cause or address than before."""
        state = replace(state, answered_at=self._answered_at)
        before, told = self._state, self._told
        same = told and before.state == state.state
        self._state = replace(state, since=before.since) if same else state
        if same and (before.cause, before.line) == (state.cause, state.line):
            return
        self._told = True
        log.info("line to the office: %s %s %s", state.state, state.cause, state.detail)
        self._tell(self._state)

    def _now(self) -> str:
        return self._clock.now().isoformat(timespec="milliseconds")
