"""Evacuations: one call locks every window of the house.

The laws:

* Calls and their ends are documents that are added and never changed. They are told from till to till as well as by
  the office, so they come late, twice and in any order; what is in force depends on none of that.
* A call is in force until an end names it. An end `here` is about the one window that made it.
* An end names the calls that whoever ended knew of: a call that nobody had heard of then locks the windows yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

FAMILY: Final = "evacuation"
CALLED, ENDED = "called", "ended"
_LONGEST: Final = 200  # characters of an id

Document = dict[str, Any]


def called(id: str, till: str, user: str, at: str) -> Document:
    """A call. `user` is empty where nobody was signed in."""
    return {"id": id, "home": till, "what": CALLED, "by": user, "at": at}


def ended(id: str, till: str, user: str, at: str, calls: Iterable[str], *, here: bool) -> Document:
    """The end of these calls, at all windows, or `here` at that till's alone."""
    return {"id": id, "home": till, "what": ENDED, "by": user, "at": at, "calls": sorted(calls), "here": here}


def read(doc: Mapping[str, Any]) -> Document:
    """A document as another till tells it, with what belongs to it and nothing else. Raises ValueError."""
    texts = {name: doc.get(name) for name in ("id", "home", "by", "at")}
    if not all(isinstance(text, str) and len(text) <= _LONGEST for text in texts.values()):
        raise ValueError("id, home, by and at must be texts")
    if not (texts["id"] and texts["home"]):
        raise ValueError("id and home must not be empty")
    if datetime.fromisoformat(str(texts["at"])).tzinfo is None:
        raise ValueError("at must have an offset")
    if doc.get("what") == CALLED:
        return {**texts, "what": CALLED}
    calls = doc.get("calls")
    if doc.get("what") != ENDED or not isinstance(calls, list) or not all(isinstance(call, str) for call in calls):
        raise ValueError("it is neither a call nor the end of some")
    return {**texts, "what": ENDED, "calls": calls, "here": doc.get("here") is True}


def in_force(documents: Iterable[Document], till: str) -> tuple[Document, ...]:
    """The calls that lock the window of `till`, the first one first."""
    documents = tuple(documents)
    over = {
        call
        for one in documents
        if one["what"] == ENDED and (not one["here"] or one["home"] == till)
        for call in one["calls"]
    }
    calls = (one for one in documents if one["what"] == CALLED and one["id"] not in over)
    return tuple(sorted(calls, key=lambda one: (datetime.fromisoformat(one["at"]), one["id"])))
