"""Which other tills are there on the local network: each is asked now and then, and oftener while the office is away.

It moves nothing. It tells a till that is cut off with its neighbours from one that is alone, before a customer
wants a seat that another till has.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Mapping
from typing import Final

from pos.till.ports import Clock

log = logging.getLogger(__name__)

AWAY_S: Final = 3.0  # between rounds while the office is away
RARELY_S: Final = 60.0  # between rounds while it is there, when nobody needs to know
MISSED: Final = 2  # rounds without an answer after which a till is gone: one may be lost


class Presence:
    """Asks in rounds, on a thread of its own. `greet` is one round: the tills that answered."""

    def __init__(self, greet: Callable[[], Collection[str]], clock: Clock) -> None:
        self._greet = greet
        self._clock = clock
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._away = True
        self._heard: dict[str, str] = {}
        self._missed: dict[str, int] = {}
        self._thread = threading.Thread(target=self._run, name="presence", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask no more. Returns at once; a round that is under way ends with its carriers."""
        self._stopping.set()
        self._wake.set()

    def office_is(self, away: bool) -> None:
        """The line to the office went down or came up: going down, it is time to know who else is there."""
        if away and not self._away:
            self._wake.set()
        self._away = away

    def now(self) -> Mapping[str, str]:
        """Till -> when it was last heard, ISO 8601; those that have missed MISSED rounds are not there."""
        return dict(self._heard)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self._note(self._greet())
            except Exception:
                if self._stopping.is_set():
                    break  # the agent has ended, and with it whoever asks
                log.exception("greeting the other tills failed")
            self._wake.wait(AWAY_S if self._away else RARELY_S)

    def _note(self, answered: Collection[str]) -> None:
        now = self._clock.now().isoformat(timespec="milliseconds")
        heard = dict(self._heard)
        for till in answered:
            if till not in heard:
                log.info("%s is there on the local network", till)
            heard[till] = now
            self._missed[till] = 0
        for till in [till for till in heard if till not in answered]:
            self._missed[till] += 1
            if self._missed[till] >= MISSED:
                log.info("%s is no more there on the local network", till)
                del heard[till]
        self._heard = heard  # whole, so that other threads may read it
