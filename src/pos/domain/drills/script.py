"""What happens in a drill and when: the same seed and length give the same drill, in every version.

The laws:

* One customer is served while all is well; then the line to the office goes at a moment nobody knows.
* While it is away six things come in an order that the seed chooses: a customer for what is in hand, one for a seat
  that is not, a jammed printer, a card of which nobody knows what became of it, tickets on paper, and a ticket that
  comes back.
* The line comes back early enough for what was done meanwhile to be sent before the time is over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

SHORTEST_S: Final = 20
USUAL_S: Final = 600
LONGEST_S: Final = 3600
SCENARIO: Final = "outage-1"  # which script; a later one that differs has another name
MOST_SEATS: Final = 4
_FIRST: Final = 0.03  # the customer before anything fails, as a part of the whole time
_CUT: Final = (0.10, 0.30)
_MEND: Final = (0.76, 0.84)


class Task(StrEnum):
    """What a step puts before the person."""

    SELL = "sell"
    CUT = "cut"
    IN_HAND = "in_hand"
    ELSEWHERE = "elsewhere"
    JAM = "jam"
    CARD = "card"
    PAPER = "paper"
    REFUND = "refund"
    MEND = "mend"


CUSTOMERS: Final = frozenset({Task.SELL, Task.IN_HAND, Task.ELSEWHERE, Task.JAM, Task.CARD, Task.PAPER, Task.REFUND})


@dataclass(frozen=True, slots=True)
class Order:
    """A drill as it was ordered. `person` and `supervisor` are users, `plan` the version of the contingency plan that
    it is held by, `at` when it was ordered (ISO 8601)."""

    id: str
    person: str
    supervisor: str
    plan: str
    seed: int
    seconds: int
    at: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, doc: Mapping[str, Any]) -> Order:
        """Raises KeyError or ValueError."""
        words = {name: str(doc[name]) for name in ("id", "person", "supervisor", "plan", "at")}
        return cls(**words, seed=int(doc["seed"]), seconds=int(doc["seconds"]))


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens, seconds after the beginning. `count` is how many seats a customer wants; `paid`, of a
    card, whether it was charged after all."""

    at_s: float
    task: Task
    count: int = 1
    paid: bool = False


def script(seed: int, seconds: int) -> tuple[Step, ...]:
    """The steps in order."""
    cut, mend = (low + (high - low) * _chance(seed, name) for name, (low, high) in (("cut", _CUT), ("mend", _MEND)))
    middle = [Task.IN_HAND, Task.ELSEWHERE, Task.JAM, Task.CARD, Task.PAPER, Task.REFUND]
    middle.sort(key=lambda task: _chance(seed, f"order {task}"))
    room = (mend - cut) / (len(middle) + 1)
    steps = [Step(_FIRST, Task.SELL, _seats(seed, Task.SELL)), Step(cut, Task.CUT)]
    for number, task in enumerate(middle):
        at = cut + room * (number + 0.25 + 0.5 * _chance(seed, f"when {task}"))
        count = 1 if task in (Task.ELSEWHERE, Task.REFUND) else _seats(seed, task)
        steps.append(Step(at, task, count, _chance(seed, "paid") < 0.5))
    steps.append(Step(mend, Task.MEND))
    return tuple(
        Step(round(step.at_s * seconds, 1), step.task, step.count, step.paid and step.task is Task.CARD)
        for step in steps
    )


def _seats(seed: int, task: Task) -> int:
    return 1 + int(_chance(seed, f"seats {task}") * MOST_SEATS)


def _chance(seed: int, what: str) -> float:
    """A number from 0 to below 1, by chance but always the same."""
    digest = hashlib.sha256(f"{SCENARIO}/{seed}/{what}".encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48
