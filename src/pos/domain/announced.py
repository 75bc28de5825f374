"""What a show was announced with: what buyers ask at the window, and what they must be told when it changes.

A production says it for all of its shows, a show for itself alone. Times are the venue's to choose; lengths are
whole minutes. What it was announced with has a version, so that a till can tell whether anybody has read the newest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

# Sentences, by language; in the order in which they are read at a window.
SENTENCES: Final = ("notice", "about", "language", "latecomers", "access", "warnings")
_LENGTHS: Final = ("minutes", "age")
KEYS: Final = (*SENTENCES, *_LENGTHS, "intervals")
_OF_SHOW: Final = ("starts", "doors", "ends", "state", "replaces", "plan", "production")


@dataclass(frozen=True, slots=True)
class Announced:
    """`minutes` is the whole length with its `intervals`, `age` the youngest who are let in."""

    doors: datetime | None = None
    ends: datetime | None = None
    minutes: int | None = None
    intervals: tuple[int, ...] = ()
    age: int | None = None
    sentences: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)  # all that a change of has to be heard of, by key
    version: str = ""  # of `told`

    @classmethod
    def read(cls, show: Mapping[str, Any], production: Mapping[str, Any]) -> Announced:
        """Of a show's document and its production's. Raises ValueError or TypeError for what cannot be read."""
        said = {key: source[key] for key in KEYS for source in (production, show) if key in source}
        told = {key: show[key] for key in _OF_SHOW if show.get(key)} | said
        if title := production.get("title"):
            told["title"] = title
        starts = datetime.fromisoformat(show["starts"])
        ends = datetime.fromisoformat(show["ends"]) if "ends" in show else None
        length = said.get("minutes")
        if length is None and ends is not None:
            length = round((ends - starts).total_seconds() / 60)
        return cls(
            datetime.fromisoformat(show["doors"]) if "doors" in show else None,
            ends,
            length,
            tuple(said.get("intervals", ())),
            said.get("age"),
            {key: sentence for key in SENTENCES if (sentence := by_language(said.get(key)))},
            told,
            hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16],
        )


def by_language(said: Any) -> dict[str, str]:
    """A sentence that is one text for everybody counts as English; what is none, which old offices took in, is none."""
    if isinstance(said, str):
        return {"en": said}
    texts = said if isinstance(said, dict) else {}
    return {language: text for language, text in texts.items() if isinstance(text, str)}


@dataclass(frozen=True, slots=True)
class Change:
    """`what` is one of the keys above; None is said where there was, or is, nothing."""

    what: str
    before: Any
    now: Any


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    """What differs, in the order in which it is read out; what only a later version of the program knows comes last."""
    order = ("state", "starts", "replaces", "title", "production", "doors", "ends", "plan", *KEYS)
    keys = [*order, *sorted((before.keys() | now.keys()) - set(order))]
    return [Change(key, before.get(key), now.get(key)) for key in keys if before.get(key) != now.get(key)]
