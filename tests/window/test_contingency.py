"""The contingency sheet: level, cause, what to do, whom to call; and a plan that is issued at the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel

from pos.till.contingency import levels
from pos.till.contingency.plan import FILE
from pos.ui.contingency.sheet import ContingencySheet
from pos.ui.theme.widgets import KeyButton, Pill
from tests.pictures.contingency import PLAN
from tests.window.counter import CTRL, Counter, Key


def words(sheet: ContingencySheet) -> str:
    """All that is to be read on it."""
    return "\n".join(label.text() for label in sheet.findChildren(QLabel) if label.isVisible())


def opened(counter: Counter) -> ContingencySheet:
    counter.press(Key.Key_F1, modifier=CTRL)
    sheet = counter.window.contingency
    counter.until(lambda: bool(sheet._plan.text()))
    return sheet


def reads(counter: Counter, text: str) -> None:
    """It stands on the sheet, once it has been laid out."""
    counter.until(lambda: text in words(counter.window.contingency))


def put(counter: Counter, plan: str) -> None:
    (counter.house.desk.outside.ledger.parent / FILE).write_text(plan, "utf-8")


def chip(counter: Counter) -> str:
    pills = [pill for pill in counter.window.top.findChildren(Pill) if pill.isVisible() and "F1" in pill.text()]
    return pills[0].accessibleName() if pills else ""


def test_it_is_read_before_anybody_has_signed_in(open_window: Callable[..., Counter]) -> None:
    counter = open_window()
    (button,) = [one for one in counter.window.findChildren(KeyButton) if one.key == "^F1"]
    button.click()
    sheet = counter.window.contingency
    reads(counter, "Nothing needs to be done.")
    reads(counter, "Plan 1 ships with the program")
    counter.press(Key.Key_4)
    reads(counter, "Go on selling what is in hand.")
    reads(counter, "This till is at another level now: Normal.")
    counter.press(Key.Key_7)
    reads(counter, "Send everybody at the window to the nearest exit.")
    counter.press(Key.Key_F9)
    counter.press(Key.Key_F10)  # neither is done by nobody
    reads(counter, "Evacuation")
    counter.press(Key.Key_F1, modifier=CTRL)
    assert not sheet.isVisible()


def test_the_level_and_its_cause_follow_the_line_and_the_chip_leads_there(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(levels, "SETTLE_S", 0.1)
    monkeypatch.setattr(levels, "LOOK_EVERY_S", 0.1)
    window = counter.window
    assert chip(counter) == ""
    counter.house.cut("no_network")
    counter.until(lambda: chip(counter) == "Alone ^F1")
    assert "What to do (^F1)" in window.banner._action.text()
    window.banner.asked.emit()
    sheet = window.contingency
    reads(counter, "This window is on its own")
    reads(counter, "No network. Since ")
    counter.press(Key.Key_Escape)
    assert not sheet.isVisible()
    window.top.level.emit()
    assert sheet.isVisible()
    counter.house.mend()
    reads(counter, "All is well")
    assert chip(counter) == ""


def test_who_was_told_is_noted_by_a_key_while_something_is_wrong(counter: Counter) -> None:
    put(counter, PLAN)
    sheet = opened(counter)
    counter.press(Key.Key_4)
    reads(counter, "+36 1 555 01 00")
    assert not [button for button in sheet.findChildren(KeyButton) if button.isVisible() and button.key == "F1"]
    counter.press(Key.Key_F1)  # there is nothing to be told of
    counter.house.cut()
    counter.until(lambda: chip(counter) != "")
    counter.until(lambda: sheet.people._keys == ["duty", "network"])
    counter.press(Key.Key_F2)
    reads(counter, "Noted: Nguyễn Văn An was told.")
    reads(counter, "✓ told at ")
    counter.press(Key.Key_F3)  # nobody has that key at this level
    told = counter.house.ask("contingency")["people"]
    assert [person["key"] for person in told if person["told_at"]] == ["network"]


def test_a_supervisor_issues_a_plan_from_a_file_and_it_is_in_force(
    open_window: Callable[..., Counter], tmp_path: Path
) -> None:
    counter = open_window()
    counter.sign_in("sofia")
    counter.until(lambda: counter.window.session.person is not None)
    sheet = opened(counter)
    counter.press(Key.Key_F9)
    counter.press(Key.Key_S, modifier=CTRL)
    reads(counter, "▲ version: is missing")
    path = tmp_path / "plan.toml"
    counter.type(str(path))
    counter.press(Key.Key_F1)
    reads(counter, "No such file or directory")
    path.write_text(PLAN.replace("2027-1", "2027-2"), "utf-8")
    counter.press(Key.Key_Return)
    counter.until(lambda: 'version = "2027-2"' in sheet._issuing.text.toPlainText())
    counter.press(Key.Key_S, modifier=CTRL)
    reads(counter, "Plan 2027-2 is in force at every till")
    reads(counter, "Plan 2027-2, in force since Thu, 1 Jan 2026, is every till's.")
    (body,) = counter.house.bodies("PlanIssued")
    assert (body["user"], body["record"]["version"]) == ("sofia", "2027-2")


def test_a_cashier_has_the_plan_written_but_issues_none(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: files.append(url.toLocalFile()))
    monkeypatch.setattr("pos.ui.contingency.sheet.QStandardPaths.writableLocation", lambda _: str(tmp_path))
    put(counter, "version = 3")
    sheet = opened(counter)
    reads(counter, "version: must be a text that is not empty")  # and the shipped plan is used
    counter.press(Key.Key_F9)  # which is no cashier's
    assert not sheet._issuing.isVisible()
    counter.press(Key.Key_F10)
    counter.until(lambda: bool(files))
    assert Path(files[0]).name == "contingency_plan-1-en.pdf"
    assert f"Written: {files[0]}" in words(sheet)


def test_what_keeps_a_till_from_selling_stands_under_the_top_bar(counter: Counter) -> None:
    for level, cause, said in (
        ("dead", "storage_failed", "The disk of this till takes nothing."),
        ("paper", "no_power", "There is no mains"),
        ("paper", "no_printer", "The ticket printer has been of no use for some minutes."),
    ):
        counter.house.say(event="level", level=level, cause=cause, since="2027-03-01T18:00:00+01:00")
        counter.until(lambda said=said: said in counter.window.banner.accessibleName())  # type: ignore[misc]
    counter.until(lambda: chip(counter) == "Paper ^F1")


def test_the_sheet_leads_on_and_to_the_evacuation(open_window: Callable[..., Counter]) -> None:
    counter = open_window()
    sheet = opened(counter)
    shown = {button.key for button in sheet.findChildren(KeyButton) if button.isVisible()}
    assert shown == {"Esc", "^⇧E"}  # the other keys are for whoever is signed in
    counter.press(Key.Key_Escape)
    counter.sign_in("anna")
    counter.open_shift("150")
    sheet = opened(counter)
    for key in (Key.Key_F2, Key.Key_F3, Key.Key_F4, Key.Key_F5):
        counter.press(key, modifier=CTRL)
        assert not sheet.isVisible()
        assert counter.screen != "sell"
        counter.press(Key.Key_1, modifier=CTRL)
        sheet = opened(counter)
    counter.press(Key.Key_Escape)
    sheet = opened(counter)
    (leave,) = [button for button in sheet.findChildren(KeyButton) if button.key == "^⇧E"]
    leave.click()
    counter.until(lambda: counter.window.cover is not None and counter.window.cover is counter.window.evacuation)
    assert not sheet.isVisible()
