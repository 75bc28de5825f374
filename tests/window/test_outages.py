"""Outages at the window: what is on, how far the sending is, the report that came of it, what is learned from it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel

from pos.till.contingency import levels
from tests.window.counter import CTRL, Counter, Key

Open = Callable[..., Counter]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A better level is shown as soon as it is there."""
    monkeypatch.setattr(levels, "SETTLE_S", 0.0)


@pytest.fixture
def counter(open_window: Open) -> Counter:
    """Софія, a supervisor, has two seats of tonight in her basket as the line goes."""
    made = open_window()
    made.sign_in("sofia")
    made.open_shift("150")
    made.until(lambda: bool(made.free()))
    for ix in made.free()[:2]:
        made.click(ix)
    made.settled(2)
    made.house.cut()
    made.until(lambda: made.window.session.status.level == "alone")
    return made


def show(counter: Counter) -> None:
    counter.press(Key.Key_F5, modifier=CTRL)
    counter.until(lambda: counter.screen == "outages" and counter.window.outages.told)


def pay(counter: Counter) -> None:
    counter.press(Key.Key_Return)
    counter.until(lambda: bool(counter.house.bodies("TicketsSold")))


def acknowledge(counter: Counter, number: int) -> None:
    """The office confirms the till's entries up to this one."""
    desk = counter.house.desk
    desk.submit(lambda: desk.acknowledge(number)).result(10)


def back(counter: Counter) -> None:
    """The office answers again and takes everything."""
    counter.house.mend()
    counter.until(lambda: counter.window.session.status.level == "normal")
    acknowledge(counter, counter.house.desk.number)
    counter.until(lambda: [row.id for row in counter.window.outages.rows] == ["W1-I00001"])


def words(counter: Counter) -> str:
    """All that the screen says."""
    screen = counter.window.screens["outages"]
    labels = [*screen.panel.findChildren(QLabel), *screen.work.findChildren(QLabel)]
    return "\n".join(label.text() for label in labels if label.isVisible())


def test_what_is_on_is_told_and_then_how_far_the_sending_is(counter: Counter) -> None:
    pay(counter)
    show(counter)
    (row,) = counter.window.outages.rows
    assert row.on
    assert row.below == "going on"
    assert "Alone – Office does not answer" in row.title
    before = counter.house.desk.number
    counter.house.mend()
    counter.until(lambda: "0 of" in words(counter))
    assert "Sales: 1" in words(counter)
    acknowledge(counter, before - 1)
    counter.until(lambda: f"{before - 1} of" in words(counter))
    acknowledge(counter, counter.house.desk.number)
    counter.until(lambda: not counter.window.outages.rows[0].on)


def test_its_report_is_opened_and_printed_and_what_was_learned_becomes_something_to_do(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    monkeypatch.setattr("pos.ui.contingency.outagepresenter.QStandardPaths.writableLocation", lambda _: str(tmp_path))
    pay(counter)
    show(counter)
    back(counter)
    assert "Sales meanwhile" in words(counter)
    counter.press(Key.Key_Return)
    counter.until(lambda: bool(opened))
    assert Path(opened[0]).read_bytes().startswith(b"%PDF-")
    counter.press(Key.Key_F2)
    counter.until(lambda: "on its way to the receipt printer" in counter.toast)
    counter.press(Key.Key_Slash)
    counter.type("buy a second router")
    counter.press(Key.Key_Return)
    counter.until(lambda: "buy a second router" in words(counter))
    assert len(opened) == 1, "Enter noted the lesson, and opened no report"
    (body,) = counter.house.bodies("PlanActionChanged")
    assert (body["record"]["from"], body["record"]["owner"]) == ("incident:W1-I00001", "sofia")


def test_a_cashier_sees_the_outage_and_not_its_report(open_window: Open) -> None:
    counter = open_window()
    counter.sign_in("anna")
    counter.open_shift("150")
    show(counter)
    assert "There has been no outage" in words(counter)
    counter.house.cut()
    counter.until(lambda: len(counter.window.outages.rows) == 1)
    assert "Only supervisors, auditors and administrators" in words(counter)
    counter.press(Key.Key_Return)
    assert not counter.window.outages.asking
    counter.press(Key.Key_Escape)
    counter.until(lambda: counter.screen == "sell")
