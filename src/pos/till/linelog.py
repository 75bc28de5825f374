"""What became of the line to the office since this till was opened: for whoever asks what the office has."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

_WELL: Final = ("ready", "unknown")  # states of a device that are no trouble
MOST_KEPT: Final = 100  # changes of the line; a bad evening has some dozens


class LineLog:
    """Listens to the till's own events, on the ledger's thread, and keeps nothing after the till ends."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.changes: deque[dict[str, Any]] = deque(maxlen=MOST_KEPT)
        self.sent_at = ""  # when the office last confirmed entries
        self.received_at = ""  # when it last told of a change
        self.troubles: dict[str, dict[str, str]] = {}  # device -> what was last wrong with it, and when

    def hear(self, event: dict[str, Any]) -> None:
        """An event of the till."""
        kind = event["event"]
        if kind == "link":
            self._changed(event)
        elif kind == "sent":
            self.sent_at = self._now().isoformat(timespec="seconds")
        elif kind == "changed":
            self.received_at = self._now().isoformat(timespec="seconds")
        elif kind == "device" and event["state"] not in _WELL:
            at = self._now().isoformat(timespec="seconds")
            self.troubles[event["name"]] = {"at": at, "state": event["state"], "text": event["text"]}

    def _changed(self, event: dict[str, Any]) -> None:
        change = {key: event.get(key) or "" for key in ("state", "cause", "detail", "line")}
        last = self.changes[-1] if self.changes else {}
        # What a technician reads of it is no change, it may differ with every attempt.
        if any(change[key] != last.get(key) for key in ("state", "cause", "line")):
            self.changes.append({"at": self._now().isoformat(timespec="seconds")} | change)
