"""One window's printer and its jobs, as the till sees them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pos.devices.profile import Profile
from pos.devices.transport import read_address
from pos.devices.worker.drawer import DrawerPlace
from pos.devices.worker.outcome import DeviceState
from pos.devices.worker.printers import Printers, printer_maker
from tests.unit.paper.presses import press


@dataclass
class Job:
    """One job as the till sees it."""

    began: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    outcomes: list[tuple[str, str]] = field(default_factory=list)
    sheets: int | None = None  # how many blanks are known to have come out

    def finish(self, outcome: str, text: str, sheets: int | None = None, /) -> None:
        self.sheets = sheets
        self.outcomes.append((outcome, text))
        self.ended.set()

    def outcome(self, seconds: float = 15.0) -> str:
        assert self.ended.wait(seconds), "no outcome"
        assert len(self.outcomes) == 1
        return self.outcomes[0][0]

    @property
    def text(self) -> str:
        return self.outcomes[0][1]


class Counter:
    """One window's printers: a "ticket" printer with the drawer on it."""

    def __init__(self, url: str, model: Profile) -> None:
        self.heard: list[DeviceState] = []
        self._news = threading.Condition()
        make = printer_maker(model, read_address(url, "till.toml", "transport"), press(), "till.toml", "transport")
        self.printers = Printers({"ticket": make}, DrawerPlace("ticket"), self._on_state)

    def _on_state(self, name: str, state: DeviceState) -> None:
        assert name == "printer.ticket"
        with self._news:
            self.heard.append(state)
            self._news.notify_all()

    def print(self, content: dict[str, Any], started: Callable[[], None] | None = None, name: str = "J1") -> Job:
        job = Job()

        def begin() -> None:
            job.began.set()
            if started is not None:
                started()

        self.printers.submit("ticket", name, content, begin, job.finish)
        return job

    def wait_for(self, state: str, seconds: float = 8.0) -> None:
        with self._news:
            assert self._news.wait_for(lambda: bool(self.heard) and self.heard[-1].state == state, seconds), self.heard

    @property
    def state(self) -> dict[str, str]:
        return self.printers.states()["printer.ticket"]
