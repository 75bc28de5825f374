"""The folder of a drill, beside the real till's data: what was ordered, and what happened, as it happens.

    DATA/drill/order.json  log.jsonl  contingency.toml  and the world that it is held in (pos.app.training.world)

The real till writes the order and reads the log; the drill writes the log, each line durable before the next, so that
a drill that dies half-way has left what there was of it. Who holds the folder's lock holds the drill.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any, Final

from pos.domain.drills.script import Order
from pos.filing import write_whole
from pos.store.identity import FolderInUse, FolderLock

FOLDER: Final = "drill"
_ORDER: Final = "order.json"
_LOG: Final = "log.jsonl"
_PLAN: Final = "contingency.toml"  # that was issued, for the world to copy


class DrillFolder:
    """The drill beside the till of `real`, its data folder. Fulfils the real till's port (`pos.till.setup.Drills`)."""

    def __init__(self, real: Path) -> None:
        self.path = real / FOLDER

    def order(self, order: Order, plan: str) -> None:
        """Raises FileExistsError while a drill is being held, and OSError."""
        if not self._idle():
            raise FileExistsError(f"a drill is being held in {self.path}")
        self.forget()
        if plan:
            write_whole(self.path / _PLAN, plan.encode())
        write_whole(self.path / _ORDER, json.dumps(order.to_json()).encode())

    def over(self) -> tuple[Order, list[dict[str, Any]]] | None:
        """The drill that has ended, or was broken off, and its log."""
        if not (self.path / _LOG).exists() or not self._idle():
            return None
        order = self.ordered()
        return None if order is None else (order, self._entries())

    def forget(self) -> None:
        for name in (_LOG, _ORDER, _PLAN):
            (self.path / name).unlink(missing_ok=True)

    def ordered(self) -> Order | None:
        """The drill that was ordered, None when there is none."""
        try:
            return Order.from_json(json.loads((self.path / _ORDER).read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    @property
    def begun(self) -> bool:
        """Whether the drill that was ordered has been opened already."""
        return (self.path / _LOG).exists()

    def append(self, entry: dict[str, Any]) -> None:
        """One more line of the log, durable. Raises OSError."""
        with (self.path / _LOG).open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def _entries(self) -> list[dict[str, Any]]:
        """The lines of the log; one that the end of the program tore is left out with what follows it."""
        entries = []
        with contextlib.suppress(ValueError):
            for line in (self.path / _LOG).read_bytes().splitlines():
                entries.append(json.loads(line))
        return entries

    def _idle(self) -> bool:
        try:
            FolderLock(self.path).release()
        except FolderInUse:
            return False
        return True
