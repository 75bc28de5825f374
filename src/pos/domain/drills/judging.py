"""What a drill came to, by its log alone: whoever has the log comes to the same result, and half a log to half of one.

The laws:

* What never came up counts neither for nor against the person; what did and was not answered is missed.
* An answer in good time has all its points, a slow one fewer, down to half of them; a wrong one has none.
* Only a drill that ran to its end counts as held. One that was broken off is kept with what there was of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

DONE: Final = "done"
BROKEN_OFF: Final = "broken_off"
Entry = Mapping[str, Any]  # "s": seconds since the beginning, "what", and more by what it is


class What(StrEnum):
    """What an entry of the log says."""

    BEGAN = "began"
    CAME = "came"  # a customer, with what they want
    SKIPPED = "skipped"  # a customer for whom there was nothing to ask for
    CUT = "cut"
    MENDED = "mended"
    SHEET = "sheet"  # the contingency sheet was read
    TOLD = "told"  # somebody was told
    SERVED = "served"
    WRONG = "wrong"
    DRAINED = "drained"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Expected:
    """What an answer is worth: all `points` up to `quick_s`, from there falling to half at `slow_s`."""

    points: int
    quick_s: int
    slow_s: int

    def worth(self, took_s: float) -> int:
        if took_s <= self.quick_s:
            return self.points
        late = min(1.0, (took_s - self.quick_s) / (self.slow_s - self.quick_s))
        return round(self.points * (1 - late / 2))


EXPECTED: Final[dict[str, Expected]] = {
    "recognised": Expected(10, 45, 180),
    "told": Expected(10, 120, 300),
    "sell": Expected(5, 90, 240),
    "in_hand": Expected(10, 90, 240),
    "elsewhere": Expected(10, 60, 180),
    "jam": Expected(15, 120, 300),
    "card": Expected(15, 150, 360),
    "paper": Expected(10, 180, 420),
    "refund": Expected(5, 90, 240),
    "drained": Expected(10, 60, 180),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One expectation and how it was met: good, slow, wrong or missed. `took_s` is None where nothing was done."""

    what: str
    state: str
    points: int
    of: int
    took_s: float | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """`state` is DONE or BROKEN_OFF; `seconds` is how long it went on."""

    state: str
    points: int
    of: int
    seconds: float
    marks: tuple[Mark, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"marks": [asdict(mark) for mark in self.marks]}


def judge(log: Sequence[Entry]) -> Result:
    """The result of a drill whose log this is, whole or broken off."""
    wanted = [("recognised", What.SHEET)]
    if any(entry["what"] == What.CUT and entry.get("people", 1) for entry in log):
        wanted.append(("told", What.TOLD))  # where the plan names somebody to tell
    marks = [*_after(log, What.CUT, wanted), *_customers(log)]
    marks += _after(log, What.MENDED, (("drained", What.DRAINED),))
    state = DONE if any(entry["what"] == What.OVER for entry in log) else BROKEN_OFF
    seconds = float(log[-1]["s"]) if log else 0.0
    return Result(state, sum(mark.points for mark in marks), sum(mark.of for mark in marks), seconds, tuple(marks))


def _after(log: Sequence[Entry], since: What, wanted: Iterable[tuple[str, What]]) -> list[Mark]:
    """What was to be done once something had happened, if it has."""
    begun = next((float(entry["s"]) for entry in log if entry["what"] == since), None)
    if begun is None:
        return []
    marks = []
    for name, what in wanted:
        done = (float(entry["s"]) for entry in log if entry["what"] == what and float(entry["s"]) >= begun)
        at = next(done, None)
        marks.append(_mark(name, None if at is None else at - begun))
    return marks


def _customers(log: Sequence[Entry]) -> list[Mark]:
    ends: dict[int, Entry] = {}
    for entry in log:
        if entry["what"] in (What.SERVED, What.WRONG, What.SKIPPED):
            ends.setdefault(int(entry["customer"]), entry)
    marks = []
    for entry in log:
        if entry["what"] != What.CAME:
            continue
        end = ends.get(int(entry["customer"]))
        if end is None:
            marks.append(_mark(str(entry["task"]), None))
        elif end["what"] != What.SKIPPED:
            took = float(end["s"]) - float(entry["s"])
            marks.append(_mark(str(entry["task"]), took, str(end.get("why", ""))))
    return marks


def _mark(name: str, took_s: float | None, wrong: str = "") -> Mark:
    expected = EXPECTED[name]
    if took_s is None:
        return Mark(name, "missed", 0, expected.points)
    took_s = round(took_s, 1)
    if wrong:
        return Mark(name, "wrong", 0, expected.points, took_s, wrong)
    points = expected.worth(took_s)
    return Mark(name, "good" if took_s <= expected.quick_s else "slow", points, expected.points, took_s)
