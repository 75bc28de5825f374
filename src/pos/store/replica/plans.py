"""Plans that are in use, read once for the whole process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from pos.domain.plan import Plan


class PlanCache:
    """The last few plans by version. A plan never changes, so all threads may share one."""

    def __init__(self, size: int = 4) -> None:
        self._size = size
        self._plans: OrderedDict[str, Plan] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, version: str, blob: Callable[[], bytes]) -> Plan:
        """The plan of `version`, read from `blob()` when it is not here yet."""
        with self._lock:
            found = self._plans.get(version)
            if found is None:
                found = self._plans[version] = Plan.from_bytes(blob())
            self._plans.move_to_end(version)
            while len(self._plans) > self._size:
                self._plans.popitem(last=False)
            return found
