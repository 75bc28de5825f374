"""Printers, and the paper that comes out of them. The paper is what the checker goes by."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from pos.domain.errors import Refused
from tests.simulation.scheduler import Process, Scheduler, Task

CRASHES: Final = ("before printing", "while printing", "after printing, before it is known")


@dataclass(frozen=True)
class Paper:
    """A ticket in a customer's hand, as it reads."""

    printed_at: str
    ticket: str
    sale: str
    code: str
    title: str
    place: str
    starts: str
    copy: int


@dataclass(frozen=True)
class _Job:
    role: str
    name: str
    content: dict[str, Any]
    started: Callable[[], None]
    finished: Callable[..., None]


class SimPrinters:
    """Implements ports.Printers for one run of a till. `pile` is what has come out, and stays."""

    def __init__(self, world: Scheduler, till: str, pile: list[Paper], jams: float) -> None:
        self._world, self._till, self._pile, self._jams = world, till, pile, jams
        self._jobs: deque[_Job] = deque()
        self._task: Task | None = None
        self._process: Process | None = None

    def start(self) -> None:
        """In the till's process."""
        self._process = self._world.current.process
        self._task = self._world.spawn("printer", self._run)

    # ---- ports.Printers ------------------------------------------------------------------

    def submit(
        self, role: str, job: str, content: dict[str, Any], started: Callable[[], None], finished: Callable[..., None]
    ) -> None:
        self._jobs.append(_Job(role, job, content, started, finished))
        if self._task is not None:
            self._world.wake(self._task)

    def withdraw(self, role: str, job: str) -> bool:
        found = next((each for each in self._jobs if (each.role, each.name) == (role, job)), None)
        if found is not None:
            self._jobs.remove(found)
        return found is not None

    def kick_drawer(self) -> None:
        """The drawer is the cashier's."""

    def states(self) -> dict[str, dict[str, str]]:
        return {}

    def present(self, role: str) -> bool:
        return True

    def numbered(self, role: str) -> bool:
        return False

    # ---- the printer itself --------------------------------------------------------------

    def _run(self) -> None:
        while True:
            while not self._jobs:
                self._world.park()
            self._print(self._jobs.popleft())

    def _print(self, job: _Job) -> None:
        assert self._process is not None
        self._world.sleep(self._world.random.uniform(0.05, 0.4))
        self._process.point(CRASHES[0])
        try:
            job.started()
        except Refused as refused:  # the till cannot note that it begins: nothing is printed
            job.finished("failed", str(refused))
            return
        if self._world.chance(self._jams):
            self._world.fault("printer jammed", f"{self._till}: jam")
            job.finished("failed", "out of paper")
            return
        for ticket in job.content.get("tickets", []):
            self._world.sleep(self._world.random.uniform(0.1, 0.5))
            self._process.point(CRASHES[1])
            self._come_out(ticket)
        self._process.point(CRASHES[2])
        if self._world.chance(self._jams):
            self._world.fault("printer silent", f"{self._till}: the printer does not say what became of it")
            job.finished("unknown", "no answer")
            return
        job.finished("done", "")

    def _come_out(self, ticket: dict[str, Any]) -> None:
        paper = Paper(
            self._till, ticket["ticket"], ticket["sale"], ticket["code"], ticket["title"], ticket["place"],
            ticket["starts"], ticket["copy"],
        )  # fmt: skip
        self._pile.append(paper)
        self._world.note(f"{self._till} prints {paper.ticket} {paper.place} {paper.title} copy {paper.copy}")
