"""What a running till knows of outages beside their log (`contingency.incident`); it ends with the program."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

_KEPT: Final = 20  # confirmations by which the pace is told


@dataclass
class Draining:
    """What is being sent since the office answers again. `first` is the last fact that it had before, `paces` are
    (running seconds, the last fact that it has), `told_s` when faces were told."""

    first: int
    told_s: float = 0.0
    paces: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=_KEPT))


@dataclass
class OutageState:
    """`unnoted` are changes of the level that the disk did not take: time, journal's end, note. `online`: whether the
    office answered when last heard of, None before. `draining` while entries of an outage are sent; `finishing` while
    its report is made. `followed` are own incidents, whose paper and disputes may still change, with the number of
    their outage; `papers` are those of them that have paper out."""

    unnoted: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)
    online: bool | None = None
    draining: Draining | None = None
    finishing: bool = False
    followed: dict[str, int] = field(default_factory=dict)
    papers: set[str] = field(default_factory=set)
    due: bool = False  # whether somebody is about to look at those that are followed
