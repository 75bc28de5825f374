"""The folder of a drill, and what it lets fail: half a log, two at once, a jam."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from pos.app.drill.faults import Faults, JammingPrinter
from pos.app.drill.folder import DrillFolder
from pos.app.training.drill import NoDrill, drill_world
from pos.devices.worker.outcome import DeviceState, Result
from pos.domain.drills.script import Order
from pos.store.identity import FolderLock

ORDER = Order("X1", "anna", "sam", "2027-1", 42, 600, "2027-03-01T18:00:00+01:00")


# ---- the folder --------------------------------------------------------------------------


def test_what_was_ordered_is_held_once_and_read_back_with_its_log(tmp_path: Path) -> None:
    folder = DrillFolder(tmp_path)
    assert folder.over() is None
    assert not folder.path.exists()  # looking makes nothing
    with pytest.raises(NoDrill, match="no drill was ordered"):
        drill_world(tmp_path)
    folder.order(ORDER, 'version = "ours"')
    assert folder.ordered() == ORDER
    assert (folder.path / "contingency.toml").read_text(encoding="utf-8") == 'version = "ours"'
    assert folder.over() is None  # ordered, and not opened yet
    drill_world(tmp_path)
    folder.append({"s": 0.0, "what": "opened"})
    with pytest.raises(NoDrill, match="opened before"):
        drill_world(tmp_path)
    folder.append({"s": 1.5, "what": "began"})
    assert folder.over() == (ORDER, [{"s": 0.0, "what": "opened"}, {"s": 1.5, "what": "began"}])
    folder.forget()
    assert (folder.over(), folder.ordered()) == (None, None)


def test_while_it_is_held_nothing_is_read_of_it_and_no_other_is_ordered(tmp_path: Path) -> None:
    folder = DrillFolder(tmp_path)
    folder.order(ORDER, "")
    folder.append({"s": 0.0, "what": "opened"})
    lock = FolderLock(folder.path)
    assert folder.over() is None
    with pytest.raises(FileExistsError):
        folder.order(ORDER, "")
    lock.release()
    assert folder.over() is not None
    folder.order(ORDER, "")
    assert folder.over() is None  # the new one has not begun


def test_a_line_that_the_end_of_the_program_tore_is_left_out(tmp_path: Path) -> None:
    folder = DrillFolder(tmp_path)
    folder.order(ORDER, "")
    folder.append({"s": 0.0, "what": "began"})
    with (folder.path / "log.jsonl").open("ab") as file:
        file.write(b'{"s": 3.0, "wh')
    assert folder.over() == (ORDER, [{"s": 0.0, "what": "began"}])


def test_an_order_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    folder = DrillFolder(tmp_path)
    folder.order(ORDER, "")
    folder.append({"s": 0.0, "what": "began"})
    (folder.path / "order.json").write_text("{", encoding="utf-8")
    assert (folder.ordered(), folder.over()) == (None, None)


# ---- the jam -----------------------------------------------------------------------------


class Real:
    """A printer that always prints."""

    poll_s = 30.0

    def __init__(self) -> None:
        self.printed: list[str] = []

    def probe(self) -> DeviceState:
        return DeviceState("ready", "ready")

    def print(
        self, job: str, content: Mapping[str, Any], started: Callable[[], None], tell: Callable[[DeviceState], None]
    ) -> Result:
        started()
        self.printed.append(job)
        return Result("done", "")

    def kick_drawer(self) -> Result:
        return Result("done", "")

    def drawer_open(self) -> bool | None:
        return None

    def close(self) -> None:
        pass


def test_a_jam_tears_one_job_holds_up_the_next_and_is_over_when_it_is_cleared() -> None:
    real, faults, begun = Real(), Faults(), list[str]()
    printer = JammingPrinter(real, faults)

    def job(name: str) -> str:
        return printer.print(name, {}, lambda: begun.append(name), lambda state: None).outcome

    assert job("1") == "done"
    faults.jam()
    assert printer.probe().state == "ready"  # nobody knows yet
    faults.clear()  # nor can it be cleared before it is there
    assert job("2") == "unknown"
    assert printer.probe().state == "error"
    assert job("3") == "failed"
    faults.clear()
    assert printer.probe().state == "ready"
    assert job("2") == "done"
    assert (real.printed, begun) == (["1", "2"], ["1", "2", "2"])
    assert [faults.came_out(number) for number in (1, 2, 3)] == [True, True, False]


def test_only_the_printer_of_tickets_jams() -> None:
    faults = Faults()
    made = faults.printers({"ticket": lambda stopping: Real(), "receipt": lambda stopping: Real()})
    assert isinstance(made["ticket"](lambda: False), JammingPrinter)
    assert isinstance(made["receipt"](lambda: False), Real)
