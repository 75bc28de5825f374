"""Devices and waiting paper as the screen shows them. Ages are seconds at the moment the till answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pos.ui.format import read_time

_FIRST: Final = ("transport", "via", "profile", "layout")


def in_order(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Settings as a person looks for them: where a device is, what it is, then the rest."""
    return sorted(values.items(), key=lambda item: _FIRST.index(item[0]) if item[0] in _FIRST else len(_FIRST))


@dataclass(frozen=True, slots=True)
class Device:
    """One device. `values` are its settings; `sent` and `heard` are None for whoever may not see them."""

    name: str
    state: str
    text: str
    values: dict[str, Any]
    did: str
    since_s: float | None
    did_s: float | None
    sent_s: float | None
    heard_s: float | None
    sent: tuple[str, ...] | None
    heard: tuple[str, ...] | None

    @classmethod
    def read(cls, doc: dict[str, Any]) -> Device:
        return cls(
            doc["name"],
            doc["state"],
            doc["text"],
            dict(doc["values"]),
            doc["did"],
            doc.get("since_s"),
            doc.get("did_s"),
            doc.get("sent_s"),
            doc.get("heard_s"),
            tuple(doc["sent"]) if "sent" in doc else None,
            tuple(doc["heard"]) if "heard" in doc else None,
        )

    @property
    def talks(self) -> bool:
        """Whether it has an address of its own, so that bytes go to it and come from it."""
        return "://" in str(self.values.get("transport", ""))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A print job that is not done. `at` is None where it was not noted."""

    job: int
    kind: str
    printer: str
    sale: str
    state: str
    text: str
    tickets: int
    at: datetime | None

    @classmethod
    def read(cls, doc: dict[str, Any]) -> Waiting:
        at = doc["at"]
        return cls(
            doc["job"],
            doc["kind"],
            doc["printer"],
            doc["sale"],
            doc["state"],
            doc["text"],
            len(doc["tickets"]),
            read_time(at) if at else None,
        )

    @property
    def moves(self) -> bool:
        """Whether it may go to another printer: nothing of it is on paper."""
        return self.state in ("queued", "failed")
