"""Drills behind a window in tests: what a real till has of them, and a drill that is held in this very till."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from pos.domain.drills.script import Order, Task, script
from pos.till.contingency.exercise import Exercise, Kit
from tests.window.till import TillHouse

SEED, SECONDS = 3, 600


@dataclass
class ToyDrills:
    """The folder of drills, in memory: fulfils `pos.till.setup.Drills`."""

    ordered: Order | None = None
    log: list[dict[str, Any]] | None = None

    def order(self, order: Order, plan: str) -> None:
        self.ordered, self.log = order, None

    def over(self) -> tuple[Order, list[dict[str, Any]]] | None:
        return (self.ordered, self.log) if self.ordered is not None and self.log is not None else None

    def forget(self) -> None:
        self.ordered = self.log = None


WHOLE = [
    {"s": 0.0, "what": "began", "user": "anna"},
    {"s": 18.0, "what": "came", "customer": 1, "task": "sell"},
    {"s": 40.0, "what": "served", "customer": 1},
    {"s": 90.0, "what": "cut", "people": 0},
    {"s": 110.0, "what": "sheet"},
    {"s": 130.0, "what": "came", "customer": 2, "task": "card"},
    {"s": 190.0, "what": "wrong", "customer": 2, "why": "said_declined"},
    {"s": 600.0, "what": "over", "why": "time"},
]


def with_drills(house: TillHouse) -> ToyDrills:
    there = ToyDrills()
    house.desk.outside = replace(house.desk.outside, drills=there)
    return there


@dataclass
class ToyFaults:
    """Remembers what was made to fail; only the line really does."""

    house: TillHouse
    done: list[str] = field(default_factory=list)

    def cut(self) -> None:
        self.done.append("cut")
        self.house.cut()

    def mend(self) -> None:
        self.done.append("mend")
        self.house.mend()

    def jam(self) -> None:
        self.done.append("jam")

    def clear(self) -> None:
        self.done.append("clear")

    def came_out(self, job: int) -> bool:
        return True

    def lose_next(self, *, paid: bool) -> None:
        self.done.append("lose")


class Held:
    """A drill that is held at the till of `house`; the clock goes when a test says so."""

    def __init__(self, house: TillHouse, person: str = "anna") -> None:
        self.house, self.faults = house, ToyFaults(house)
        order = Order("X1", person, "sofia", "2027-1", SEED, SECONDS, "2027-03-01T18:00:00+01:00")
        self.exercise = Exercise(Kit(order, self.faults, lambda entry: None))
        house.desk.outside = replace(house.desk.outside, exercise=self.exercise)
        self.exercise.begin(house.desk, house.front)

    def until(self, task: Task) -> None:
        """Let the time pass until this comes up."""
        self.wait(next(step.at_s for step in script(SEED, SECONDS) if step.task is task) - self.exercise._passed())

    def wait(self, seconds: float) -> None:
        def later() -> None:
            self.exercise._began_s -= seconds + 0.1
            self.exercise.tick()

        self.house.desk.submit(later).result(10)
