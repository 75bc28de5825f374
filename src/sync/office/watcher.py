"""Looking at what was booked while the office serves: on a thread of its own, behind everything that answers a till."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from typing import Final

from sync.office.rules import changes
from sync.office.rules.watched import due
from sync.office.rules.watching import look
from sync.office.store.engine import Database

_LOG = logging.getLogger(__name__)
_POLL_S: Final = 2.0
_PAUSE_S: Final = 0.2  # between two pages of facts: whoever waits at a window goes first


class Watcher:
    """Looks until it is stopped. Of several processes on one database one looks at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                more = step(self._database)
            except Exception:  # noqa: BLE001 - logged; the database may be away for a while
                _LOG.exception("what was booked could not be looked at")
                more = False
            self._stopping.wait(_PAUSE_S if more else _POLL_S)


def step(database: Database) -> bool:
    """Look at the next facts; whether there are more already."""
    with database.read() as connection:
        if not due(connection):
            return False
    with database.write() as connection:
        done = look(connection, datetime.now(UTC))
        changes.log(connection, done.entries)
    return done.more
