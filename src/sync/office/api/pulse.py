"""Waiting without asking: one poller a process tells everyone who waits that something happened.

Another process may have written it, so the database's one-row head is read every tick;
what this process wrote itself wakes the waiting at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from sqlalchemy.exc import OperationalError

from sync.office.clock import now_s
from sync.office.rules import changes, heard, recalls, tills
from sync.office.rules.heard import Pulled
from sync.office.store.engine import Database

TICK_S: Final = 0.1
GATHER_S: Final = 0.02  # many writes close together are one look
SEEN_EVERY_S: Final = 3.0  # how often a till's presence is written down
SWEEP_EVERY_S: Final = 10.0
_LOG: Final = logging.getLogger("housefull.office")


class Pulse:
    """`position` and `signal` as last seen. All methods belong to the event loop's thread."""

    def __init__(self, database: Database, pool: ThreadPoolExecutor) -> None:
        self._database, self._pool = database, pool
        self.position = self.signal = -1
        self.closing = False
        self._happened = asyncio.Event()
        self._ask = asyncio.Event()
        self._seen: dict[str, float] = {}  # till -> when it was last written down
        self._spoke: set[str] = set()
        self._pulled: dict[tuple[str, int], Pulled] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        self.close()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def close(self) -> None:
        """Let everyone who waits go on at once and answer."""
        self.closing = True
        self._happened.set()

    def poke(self) -> None:
        """This process has just written something."""
        self._ask.set()

    def heard(self, till: str) -> None:
        """A till spoke, or holds a long poll open: others may ask it for rights."""
        if now_s() - self._seen.get(till, 0.0) >= SEEN_EVERY_S:
            self._spoke.add(till)
            if till not in self._seen:
                self._ask.set()

    def pulled(self, pull: Pulled) -> None:
        """A till said how far it has heard; written down with its presence."""
        self._pulled[pull.till, pull.incarnation] = pull

    async def wait(self, ready: Callable[[], bool], timeout_s: float) -> None:
        """Until `ready()`, looked at whenever something happened, or the time is over."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s
        while not ready() and not self.closing and (left := deadline - loop.time()) > 0:
            happened = self._happened
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(happened.wait(), left)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        swept = loop.time()
        while True:
            sweep = loop.time() - swept >= SWEEP_EVERY_S
            spoke, self._spoke = self._spoke, set()
            pulled: dict[tuple[str, int], Pulled] = {}
            if spoke or sweep:
                pulled, self._pulled = self._pulled, {}
            self._ask.clear()
            try:
                head = await loop.run_in_executor(self._pool, self._look, spoke, pulled.values(), sweep)
            except Exception:  # noqa: BLE001 - logged, and tried again
                # The database is away for a moment; requests say so. Whatever it is, this goes on trying: without it
                # no till counts as there, and nobody who waits is woken.
                _LOG.exception("cannot read the change log")
                self._spoke |= spoke
                self._pulled = {**pulled, **self._pulled}
                await asyncio.sleep(1.0)
                continue
            self._seen.update(dict.fromkeys(spoke, now_s()))
            swept = loop.time() if sweep else swept
            if head != (self.position, self.signal):
                self.position, self.signal = head
                self._happened, done = asyncio.Event(), self._happened
                done.set()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ask.wait(), TICK_S)
            await asyncio.sleep(GATHER_S)

    def _look(self, spoke: set[str], pulled: Collection[Pulled], sweep: bool) -> tuple[int, int]:
        if spoke or sweep:
            try:
                self._write(spoke, pulled, sweep)
            except OperationalError:
                raise  # the database is away: all of it is tried again
            except Exception:  # noqa: BLE001 - logged; what one till said is nobody else's trouble
                _LOG.exception("cannot note how far tills have heard")
                self._write(spoke, (), sweep)
                self._one_by_one(pulled)
        with self._database.read() as connection:
            return changes.head(connection)

    def _write(self, spoke: set[str], pulled: Collection[Pulled], sweep: bool) -> None:
        now = now_s()
        with self._database.write() as connection:
            if spoke:
                tills.seen(connection, spoke, now)
            heard.note(connection, pulled)
            if sweep:
                recalls.forget_expired(connection, now)

    def _one_by_one(self, pulled: Collection[Pulled]) -> None:
        """Note what can be. The rest is left out and not tried again: a till says it anew with each pull."""
        for one in pulled:
            try:
                with self._database.write() as connection:
                    heard.note(connection, [one])
            except Exception:  # noqa: BLE001 - logged; the next one may be well
                _LOG.exception("cannot note how far %s.%d has heard", one.till, one.incarnation)
