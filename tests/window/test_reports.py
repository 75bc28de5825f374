"""The reports' screen: found, asked for, made, leafed through, printed and written, by the keyboard."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel

from pos.domain.figures import Figures, Query
from pos.domain.report import MONEY, Column, Report, Table
from pos.domain.reports import REPORTS
from pos.domain.reports.kinds import About, Asked, ReportKind
from pos.ui.reports.view import ReportsScreen
from tests.unit.paper.reports.documents import money, settlement
from tests.window.counter import CTRL, Counter, Key

Open = Callable[..., Counter]
MANY = 20_000


def _settlement(figures: Figures, asked: Asked, about: About) -> Report:
    facts = (*asked.items(), ("starts", "2027-12-03T19:30:00+01:00"), ("cashier", "Софія"), ("tickets", 1_920))
    return replace(settlement(), made_at=about.made_at, facts=facts, parameters=asked)


def _long(figures: Figures, asked: Asked, about: About) -> Report:
    rows = tuple((f"row {at}", money(at)) for at in range(MANY))
    table = Table("refunds", (Column("ticket"), Column("amount", MONEY)), rows, (None, money(MANY)))
    return replace(settlement(), name="refunds", made_at=about.made_at, tables=(table,), notes=(), parameters=asked)


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(REPORTS):
        monkeypatch.delitem(REPORTS, name)
    asks = {"query": lambda asked, season: Query()}
    for kind in (
        ReportKind("daily_settlement", build=_settlement, needs=("day",), takes=("till", "cashier"), **asks),
        ReportKind("sales", build=_settlement, takes=("day", "since", "until"), **asks),
        ReportKind("refunds", build=_long, needs=("since", "until"), takes=("cashier",), personal=True, **asks),
    ):
        monkeypatch.setitem(REPORTS, kind.name, kind)


@pytest.fixture
def supervisor(open_window: Open) -> Counter:
    counter = open_window()
    counter.sign_in("sofia")
    counter.house.office.found["figures"] = page()
    return counter


def page(position: dict[str, Any] | None = None, share: int = 1000) -> dict[str, Any]:
    return {"figures": Figures().to_json(), "position": position, "share": share, "tills": []}


def opened(counter: Counter) -> ReportsScreen:
    counter.press(Key.Key_9, modifier=CTRL)
    counter.until(lambda: bool(counter.window.reports.kinds))
    screen = counter.window.screens["reports"]
    assert isinstance(screen, ReportsScreen)
    return screen


def make(counter: Counter) -> None:
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.window.reports.made is not None and not counter.window.reports.busy)


def cell(screen: ReportsScreen, row: int, column: int) -> str:
    model = screen.document.model
    return str(model.data(model.index(row, column)))


def test_the_open_shift_is_proposed(supervisor: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = ReportKind("shift_z", build=_settlement, needs=("shift",), query=lambda asked, season: Query())
    monkeypatch.setitem(REPORTS, kind.name, kind)
    supervisor.open_shift("150")
    opened(supervisor)
    reports = supervisor.window.reports
    reports.mark("shift_z")
    assert reports.values["shift"] == reports.session.person.shift == "W1-1-S0001"


def test_a_report_is_made_leafed_through_and_left_by_the_keyboard(supervisor: Counter) -> None:
    screen = opened(supervisor)
    assert [kind.name for kind in supervisor.window.reports.kinds] == ["daily_settlement", "sales", "refunds"]
    make(supervisor)
    assert screen.document.title.text() == "Daily settlement · Oper am Ring"
    facts = [label.text() for label in screen.document.findChildren(QLabel)]
    assert {"Fri, 3 Dec 2027 19:30", "Софія", "1,920"} <= set(facts)
    assert (cell(screen, 1, 0), cell(screen, 1, 2), cell(screen, 1, 4)) == ("蝴蝶夫人", "€1,235.50", "87.5%")
    assert (cell(screen, 5, 0), cell(screen, 5, 2)) == ("Total", "€6,182.50")
    drawn = screen.document.chart.plot
    assert drawn is not None
    assert drawn.kind == "shares"
    supervisor.press(Key.Key_PageDown)
    assert cell(screen, 0, 0) == "Cash", "a word, where the document has its key"
    supervisor.press(Key.Key_PageDown, Key.Key_PageDown)
    assert screen.document.chart.isHidden()
    assert cell(screen, 0, 1).endswith("19:30")
    supervisor.press(Key.Key_Escape)
    assert supervisor.window.reports.made is None
    supervisor.press(Key.Key_Escape)
    assert supervisor.screen == "open"


def test_days_are_moved_and_typed_and_what_makes_no_sense_is_said(supervisor: Counter) -> None:
    screen, presenter = opened(supervisor), supervisor.window.reports
    presenter.set_value("day", "2027-12-31")
    supervisor.press(Key.Key_Plus)
    assert presenter.values["day"] == "2028-01-01"
    supervisor.press(Key.Key_Minus, Key.Key_Minus)
    assert presenter.values["day"] == "2027-12-30"
    supervisor.press(Key.Key_Down, Key.Key_Down)
    presenter.set_value("since", "2027-11-01")
    presenter.set_value("until", "2027-11-30")
    supervisor.press(Key.Key_Minus)
    assert (presenter.values["since"], presenter.values["until"]) == ("2027-10-02", "2027-10-31")
    supervisor.press(Key.Key_Slash)
    supervisor.until(screen.fields["since"].hasFocus)
    supervisor.type("soon")  # over what is marked
    supervisor.press(Key.Key_Return)
    supervisor.until(lambda: bool(presenter.problem))
    assert "'soon' is not a day" in presenter.problem
    assert presenter.made is None


def test_a_day_and_a_period_rule_each_other_out(supervisor: Counter) -> None:
    screen, presenter = opened(supervisor), supervisor.window.reports
    supervisor.press(Key.Key_Down)
    assert presenter.values["day"]
    presenter.set_value("since", "2027-11-01")
    presenter.set_value("until", "2027-11-30")
    assert [screen.fields[name].text() for name in ("day", "since", "until")] == ["", "2027-11-01", "2027-11-30"]  # type: ignore[union-attr]
    make(supervisor)
    assert presenter.made is not None
    assert presenter.made.report.parameters == {"since": "2027-11-01", "until": "2027-11-30"}
    presenter.set_value("day", "2027-12-03")
    assert (presenter.values["since"], presenter.values["until"]) == ("", "")


def test_a_cashier_sees_their_own_alone(open_window: Open) -> None:
    counter = open_window()
    counter.sign_in("anna")
    counter.house.office.found["figures"] = page()
    screen = opened(counter)
    assert [kind.name for kind in counter.window.reports.kinds] == ["refunds"]
    make(counter)
    assert screen.document.title.text().startswith("Refunds")


def test_a_long_table_is_put_into_words_only_where_it_is_looked_at(
    supervisor: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = []
    written = supervisor.window.session.formats.__class__.money
    monkeypatch.setattr(
        "pos.ui.format.Formats.money", lambda self, amount: said.append(amount) or written(self, amount)
    )
    screen = opened(supervisor)
    supervisor.press(Key.Key_Down, Key.Key_Down)
    make(supervisor)
    supervisor.qtbot.wait(50)
    assert screen.document.model.rowCount() == MANY + 1
    assert len(said) < 2_000


def test_a_report_is_written_and_another_file_only_when_asked_twice(supervisor: Counter, tmp_path: Path) -> None:
    presenter = supervisor.window.reports
    opened(supervisor)
    make(supervisor)
    presenter.set_folder(str(tmp_path))
    supervisor.press(Key.Key_F3)
    supervisor.until(lambda: bool(presenter.written))
    (file,) = tmp_path.glob("daily_settlement-*.pdf")
    assert file.read_bytes().startswith(b"%PDF")
    file.write_bytes(b"kept")
    supervisor.press(Key.Key_F3)
    supervisor.until(lambda: "Press F3 again" in presenter.problem)
    assert file.read_bytes() == b"kept"
    supervisor.press(Key.Key_F3)
    supervisor.until(lambda: file.read_bytes() != b"kept")
    supervisor.press(Key.Key_F4)
    supervisor.until(lambda: not presenter.busy)
    supervisor.press(Key.Key_F3)
    supervisor.until(lambda: bool(list(tmp_path.glob("*.xlsx"))))


def test_it_goes_to_the_receipt_printer(supervisor: Counter) -> None:
    opened(supervisor)
    make(supervisor)
    supervisor.press(Key.Key_F2)
    supervisor.until(lambda: "receipt printer" in supervisor.toast)


def test_with_the_office_away_it_says_plainly_that_it_is_not_whole(
    supervisor: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pos.till.ports import LineDown

    def away(what: str, fields: dict[str, Any]) -> Future[dict[str, Any]]:
        found: Future[dict[str, Any]] = Future()
        found.set_exception(LineDown("no_office"))
        return found

    monkeypatch.setattr(supervisor.house.office, "look", away)
    screen = opened(supervisor)
    make(supervisor)
    assert screen.document.standing.text().startswith("▲ PROVISIONAL")
    assert "Only what this till itself did" in screen.document.notes.text()


def test_escape_stops_one_that_takes_long(supervisor: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    going, asked = threading.Event(), threading.Event()

    def slow(what: str, fields: dict[str, Any]) -> Future[dict[str, Any]]:
        found: Future[dict[str, Any]] = Future()
        asked.set()

        def later() -> None:
            going.wait(10)
            found.set_result(page({"at": 1}, 400))

        threading.Thread(target=later).start()
        return found

    monkeypatch.setattr(supervisor.house.office, "look", slow)
    presenter = supervisor.window.reports
    opened(supervisor)
    supervisor.press(Key.Key_Return)
    supervisor.until(asked.is_set)
    assert presenter.busy == "adding"
    supervisor.press(Key.Key_Escape)
    supervisor.qtbot.wait(50)
    going.set()
    supervisor.until(lambda: not presenter.busy)
    assert presenter.made is None
    assert "stopped" in presenter.problem
    assert supervisor.screen == "reports"


def test_the_keys_of_all_screens_go_into_the_least_window(open_window: Open) -> None:
    counter = open_window()
    counter.window.resize(1366, 768)
    counter.window.show_help()
    counter.qtbot.wait(50)
    card = counter.window.help.card
    assert card.geometry().bottom() < counter.window.height(), "the list of keys is cut off"
