"""The amnesia guard against the office: a till that knows less than the office must not sell.

An old folder restored, or a disk cloned, shows as facts that the office has and the
journal has not, or has otherwise.
"""

from __future__ import annotations

import logging
import threading

from pos.domain.facts import FIRST_HASH
from pos.till.ports import Ledger

log = logging.getLogger(__name__)


class Guard:
    """Compares what the office has of this till with the journal, and fences it once."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._fenced = False
        self._agreed = (0, FIRST_HASH)

    def check(self, applied: int, head_hash: str, state: str) -> bool:
        """Whether the journal is the one whose last fact the office names; the till is fenced when it is not.

        `applied`, `head_hash`: the office's last fact of this till; `state`: ACTIVE, FENCED or DEAD.
        """
        why = self._differs(applied, head_hash)
        if state != "ACTIVE":
            self.fence(f"the office says that this till is {state}")
        elif why:
            self.fence(why, forgot=True)
        if not why:
            self._agreed = (applied, head_hash)
        return not why

    def _differs(self, applied: int, head_hash: str) -> str:
        if (applied, head_hash) == self._agreed or applied == 0:
            return ""
        number = self._ledger.head()[0]
        if applied > number:
            return f"the office has facts up to {applied}, the journal ends at {number}"
        found = self._ledger.facts_after(applied - 1, 1)
        if not found or found[0].hash != head_hash:
            return f"fact {applied} in the journal is not the one that the office has"
        return ""

    def fence(self, why: str, *, forgot: bool = False) -> None:
        """`forgot`: the journal lacks facts that the office has."""
        with self._lock:
            if self._fenced:
                return
            self._fenced = True
        log.warning("this till is fenced: %s", why)
        self._ledger.fence(why, forgot=forgot)
