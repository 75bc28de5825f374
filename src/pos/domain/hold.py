"""Holds: named blocks on places, and who may touch which. The laws:

* A held place is in one hold. The right to release it, to sell from it or to change it is its token, which
  one till holds, or the office (`pos.domain.rights`).
* `home` is the till to which the tokens of a hold come when it opens its shift: while the office is away it
  alone can do something with the hold.
* Who may touch a hold goes by its type, in one table, at the till and at the office. Somebody else may with a
  supervisor who approves in place.
* A hold may have a time at which it is released. That is done by a till that has its tokens, as a fact, and
  never by a clock alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

TYPES: Final = ("house", "press", "group", "kill", "technical")  # a venue may have others
RESERVATION: Final = "reservation"  # the type of a hold that belongs to an order
GUEST: Final = "guest"  # of one that a guest list is drawn from
# What a cashier may hold, release and sell from. Everything else, a venue's own types included, is a supervisor's.
CASHIERS: Final = frozenset({"group", RESERVATION, GUEST})
LETTERS: Final = {"house": "H", "press": "P", "group": "G", "kill": "K", "technical": "T", RESERVATION: "R", GUEST: "L"}
OTHER_LETTER: Final = "O"
_NAME: Final = re.compile(r"[^\W\d_][\w -]{0,29}")
_BEFORE: Final = re.compile(r"(\d{1,5})(m|h|d)")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}
APPROVERS: Final = frozenset({"supervisor", "admin"})


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold. `release` is when it ends, None for never; `order` the code of the order that it belongs to.
    `places` are those that the office names."""

    id: str
    show: str
    type: str
    owner: str
    note: str
    home: str
    release: datetime | None
    order: str
    version: int
    places: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Hold:
        """Raises KeyError or ValueError."""
        release = datetime.fromisoformat(body["release"]) if body.get("release") else None
        return cls(
            body["id"], body["show"], body["type"], body.get("owner", ""), body.get("note", ""), body.get("home", ""),
            release, body.get("order", ""), body["version"], tuple(body.get("places", ())),
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """Without the places, which are said by their rights."""
        return {
            "id": self.id,
            "show": self.show,
            "type": self.type,
            "owner": self.owner,
            "note": self.note,
            "home": self.home,
            "release": self.release.isoformat(timespec="seconds") if self.release else "",
            "order": self.order,
            "version": self.version,
        }

    @property
    def called(self) -> str:
        """What people call it: its owner, else its type."""
        return self.owner or self.type

    def due(self, now: datetime) -> bool:
        return self.release is not None and now >= self.release


def letter(type_: str) -> str:
    """One letter for the map."""
    return LETTERS.get(type_, OTHER_LETTER)


def is_type(text: str) -> bool:
    """Whether this can be the type of a hold: a word or two, beginning with a letter."""
    return bool(_NAME.fullmatch(text)) and text == text.strip()


def may_touch(type_: str, role: str) -> bool:
    """Whether people of this role may touch holds of that type without anybody's approval."""
    return role == "supervisor" or (role == "cashier" and type_ in CASHIERS)


def release_at(text: str, starts: datetime) -> datetime | None:
    """When a hold ends: "30m", "2h" or "1d" before the start, a time, or "" for never. Raises ValueError."""
    if not text:
        return None
    if before := _BEFORE.fullmatch(text):
        return starts - timedelta(**{_UNITS[before[2]]: int(before[1])})
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no offset")
    return at


def is_release(text: str) -> bool:
    """Whether this says when a hold ends."""
    try:
        return release_at(text, datetime.fromisoformat("2000-01-01T00:00:00+00:00")) is not None
    except ValueError:
        return False
