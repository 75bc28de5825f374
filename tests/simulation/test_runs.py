"""The simulation's own guards: what goes wrong in it is a finding, and never lost."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool

import pytest

from tests.simulation import scheduler
from tests.simulation.house import Outcome
from tests.simulation.runs import Summary, outcome_of
from tests.simulation.scheduler import Deadlock, Hung, Process, Scheduler


def test_a_task_that_blocks_for_real_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "HUNG_S", 0.05)
    here, real = Scheduler(1), threading.Event()
    here.spawn("blocks", real.wait, Process(here, "program"))
    with pytest.raises(Hung, match="in blocks"):
        here.run(1.0)
    real.set()


def test_a_world_in_which_nobody_can_go_on_is_found() -> None:
    here = Scheduler(1)
    here.park()
    with pytest.raises(Deadlock):
        here.run(1.0)


def test_what_a_task_fails_with_is_told() -> None:
    here = Scheduler(1)

    def fail() -> None:
        raise ValueError("so")

    here.spawn("fails", fail, Process(here, "program"))
    with pytest.raises(ValueError, match="so") as caught:
        here.run(1.0)
    assert "in fails of program" in caught.value.__notes__[0]


def test_a_worker_that_dies_leaves_a_violation() -> None:
    future: Future[Outcome] = Future()
    future.set_exception(BrokenProcessPool("it is gone"))
    summary = Summary(long=False)
    summary.add(outcome_of(17, future))
    assert list(summary.violations) == [17]
    assert "it is gone" in "\n".join(summary.lines())
