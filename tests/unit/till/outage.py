"""An outage at a toy counter: the line is cut and mended, and the level follows at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from pos.till.contingency import closing, incident
from tests.unit.till.counter import Counter


def on(counter: Counter, work: Callable[[], Any]) -> Any:
    """Do something on the desk's thread; what it answers."""
    return counter.desk.submit(work).result(10)


def watch(counter: Counter) -> Counter:
    """Follow outages, as a till does that goes online."""
    on(counter, lambda: closing.watch(counter.desk))
    return counter


def level(counter: Counter, before: str, after: str, cause: str = "no_office") -> None:
    """Another level is recognised."""

    def become() -> None:
        incident.level_changed(counter.desk, before, after, cause if after != "normal" else "")
        counter.desk.emit("level", level=after, cause=cause, since="")

    on(counter, become)


def cut(counter: Counter, to: str = "away") -> None:
    counter.line.cut()
    counter.settle()
    level(counter, "normal", to)


def mend(counter: Counter, came_from: str = "away") -> None:
    """The office answers, the level is normal again; nothing is sent yet."""
    counter.line.mend()
    counter.settle()
    level(counter, came_from, "normal")


def back(counter: Counter, came_from: str = "away") -> dict[str, Any]:
    """The line is mended and all is sent; the incident that came of it."""
    mend(counter, came_from)
    counter.line.drain()
    finished(counter)
    return counter.bodies("IncidentReported")[-1]["record"]


def followed(counter: Counter) -> None:
    """Wait until what has changed of incidents is told; `closing.QUIET_S` is to be short."""
    for _ in range(500):
        counter.settle()
        if not counter.desk.outage.due:
            return
        time.sleep(0.01)
    raise AssertionError("nobody looks at incidents")


def finished(counter: Counter) -> None:
    """Wait until no report is being made any more."""
    for _ in range(200):
        counter.settle()
        if not counter.desk.outage.finishing:
            return
    raise AssertionError("the report is still being made")
