"""The agent's threads outlive what nobody thought of."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

from sync.agent.loop import lasting_thread
from sync.agent.neighbour_window import NeighbourWindow
from sync.agent.pull import Puller
from sync.agent.push import Pusher
from tests.wire.agent.test_pull import rejoined
from tests.wire.agent.till import Journal, Keys, Till, soon


def failing_once(run: Callable[..., None]) -> Callable[..., None]:
    """As `run`, but for the first time."""
    failed: list[bool] = []

    def once(*arguments: Any) -> None:
        if not failed:
            failed.append(True)
            raise RuntimeError("nobody thought of this")
        run(*arguments)

    return once


@pytest.mark.expect_log("thread failed; it begins again")
def test_a_poll_whose_failure_could_not_be_told_goes_on(till: Till, caplog: pytest.LogCaptureFixture) -> None:
    """What fails while a failure is dealt with is caught nowhere else."""
    soon(lambda: till.agent.link().state == "online")
    till.journal.link_changed = failing_once(till.journal.link_changed)  # type: ignore[method-assign]
    till.office.cut()
    soon(lambda: "the pull thread failed; it begins again" in caplog.text)
    till.office.mend()
    soon(lambda: till.agent.link().state == "online")
    assert [link.state for link in till.journal.links][-1] == "online"


@pytest.mark.expect_log("thread failed; it begins again")
@pytest.mark.parametrize(("owner", "name"), [(Puller, "pull"), (Pusher, "push")])
def test_a_loop_that_has_ended_begins_again_and_says_so(
    till: Till, monkeypatch: pytest.MonkeyPatch, owner: type[Puller | Pusher], name: str
) -> None:
    """Its alarm lasts until it works again."""
    soon(lambda: till.agent.link().state == "online")
    till.agent.stop()
    monkeypatch.setattr(owner, "run", failing_once(owner.run))
    again = rejoined(till)
    again.agent.start()
    again.journal.write(amount=1)
    again.agent.facts_waiting()
    soon(lambda: again.journal.acknowledged() == 1 and again.agent.link().state == "online")
    again.agent.stop()
    said = [link.detail for link in again.journal.links]
    assert f"The {name} thread failed: RuntimeError in the till" in said


@pytest.mark.expect_log("thread failed; it begins again")
def test_the_window_for_other_tills_opens_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NeighbourWindow, "_run", failing_once(NeighbourWindow._run))
    window = NeighbourWindow(Journal(Keys()), Keys(), "T1", "127.0.0.1:0")
    window.start()
    soon(lambda: window.state["state"] == "failed")
    assert window.state["text"] == "The neighbours thread failed: RuntimeError in the till"
    soon(lambda: window.state["state"] == "ready")
    window.stop()


@pytest.mark.expect_log("thread failed; it begins again", "nobody could be told")
def test_whoever_is_told_may_fail_too_and_the_end_is_the_end(caplog: pytest.LogCaptureFixture) -> None:
    stopping = threading.Event()
    runs: list[int] = []
    told: list[str] = []

    def run() -> None:
        runs.append(1)
        if len(runs) == 3:
            stopping.set()
        raise RuntimeError

    def complain(text: str) -> None:
        told.append(text)
        raise RuntimeError

    with caplog.at_level(logging.ERROR):
        thread = lasting_thread("push", run, stopping, complain)
        thread.start()
        thread.join(5.0)
    assert not thread.is_alive()
    assert told == ["The push thread failed: RuntimeError in the till"] * 3
    assert caplog.text.count("nobody could be told") == 3
