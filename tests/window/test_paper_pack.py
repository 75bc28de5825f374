"""The paper pack at the window: tickets go out on paper, come back by scan, and get lost; packs are made anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pos.ui.paperpack.packview import PackScreen
from tests.window.counter import CTRL, Counter, Key
from tests.window.test_rekey import issue, printed, scan
from tests.window.till import PINS, TillHouse

Open = Callable[..., Counter]


@pytest.fixture
def house(tmp_path: Path, season_replica: Path) -> Iterator[TillHouse]:
    """A till that makes its paper packs by itself."""
    shutil.copyfile(season_replica, tmp_path / "replica.db")
    house = TillHouse(tmp_path, tmp_path / "replica.db", packs=True)
    yield house
    house.stop()


def screen_of(counter: Counter) -> PackScreen:
    counter.press(Key.Key_F2, modifier=CTRL)
    screen = counter.window.screens["paper_pack"]
    assert isinstance(screen, PackScreen)
    counter.until(lambda: bool(screen.presenter.rows()) and bool(screen.presenter.category))
    return screen


@pytest.fixture
def screen(counter: Counter) -> PackScreen:
    return screen_of(counter)


def mark(counter: Counter, screen: PackScreen, id: str) -> None:
    """Down to a row that is there by then."""
    counter.until(lambda: any(row.id == id for row in screen.presenter.rows()))
    ids = [row.id for row in screen.presenter.rows()]
    counter.press(*[Key.Key_Up] * len(ids), *[Key.Key_Down] * ids.index(id))
    assert screen.presenter.marked == id


def said(screen: PackScreen) -> str:
    return screen.problem.text()


def test_tickets_go_out_come_back_by_scan_and_are_refused_a_second_time(counter: Counter, screen: PackScreen) -> None:
    presenter = screen.presenter
    mark(counter, screen, counter.window.session.show_id)
    counter.press(Key.Key_F2)
    counter.type("x")
    counter.press(Key.Key_Return)
    assert "How many?" in said(screen)
    counter.press(Key.Key_Escape)
    names = [one["category"] for one in presenter.categories()]
    steps = (names.index("Stalls") - names.index(presenter.category)) % len(names)
    counter.press(*[Key.Key_PageDown] * steps)
    assert screen.category.currentText().startswith("Stalls: ")
    counter.type("5")
    counter.press(Key.Key_Return)
    counter.until(lambda: "5 tickets" in said(screen))
    (pack,) = counter.house.ask("paper")["packs"]
    assert len(pack["tickets"]) == 5
    counter.until(lambda: any(row.pack and row.detail == "out 1-5" for row in presenter.rows()))
    first, second, *_ = printed(counter, pack)
    scan(counter, first["code"])
    counter.until(lambda: "No. 1" in said(screen))
    scan(counter, second["code"])
    counter.until(lambda: "2 tickets taken back" in said(screen))
    counter.until(lambda: any(row.detail == "out 3-5 · taken back 1-2" for row in presenter.rows()))
    scan(counter, first["code"])
    counter.until(lambda: "was taken back by" in said(screen))
    scan(counter, "NOSUCHCODE12")
    counter.until(lambda: "no ticket of a pack" in said(screen))
    plan = counter.window.sell.hall.plan
    assert plan is not None
    place = plan.place_ids[counter.at_hand()[0]]
    counter.house.ask("add", show=counter.window.session.show_id, places=[place], price_type="adult")
    due = counter.house.ask("basket")["basket"]["total"]
    sale = counter.house.ask("pay", tenders=[{"kind": "cash", "amount": due}])["sale"]
    scan(counter, sale["tickets"][0]["code"])
    counter.until(lambda: f"{sale['tickets'][0]['code']} is no ticket of a pack" in said(screen))
    assert counter.screen == "paper_pack"
    counter.press(Key.Key_Escape, Key.Key_F2)
    counter.type("499")
    counter.press(Key.Key_Return)
    counter.until(lambda: "of 499 can go on paper here now" in said(screen))
    counter.press(Key.Key_Escape, Key.Key_Escape)
    assert counter.screen == "sell"


def approve(counter: Counter, screen: PackScreen) -> None:
    counter.until(lambda: screen.approval.isVisible() and screen.approval.who.count() > 0)
    screen.approval.who.setCurrentIndex(screen.approval.who.findData("sofia"))
    screen.approval.pin.setFocus()
    counter.type(PINS["sofia"])
    counter.press(Key.Key_Return)


def test_without_the_paper_a_supervisor_takes_it_back_and_gives_it_up_as_lost(counter: Counter) -> None:
    issue(counter, 4)
    screen = screen_of(counter)
    counter.until(lambda: len(screen.presenter.papers.packs) == 1)
    (pack,) = screen.presenter.papers.packs
    mark(counter, screen, pack.id)
    counter.type("2-3")
    counter.press(Key.Key_Return)
    approve(counter, screen)
    counter.until(lambda: "2 tickets taken back" in said(screen))
    counter.until(lambda: any(row.detail == "out 1, 4 · taken back 2-3" for row in screen.presenter.rows()))
    counter.type("9")
    counter.press(Key.Key_Return)
    assert "no such number" in said(screen)
    counter.press(Key.Key_F3, Key.Key_Return)
    assert "Say how they were lost" in said(screen)
    counter.type("left in the tram")
    counter.press(Key.Key_Return)
    assert "Enter once more: 2 tickets" in said(screen)
    assert counter.house.bodies("PaperLost") == [], "for good only when it was asked for twice"
    counter.press(Key.Key_Return)
    approve(counter, screen)
    counter.until(lambda: "given up as lost" in said(screen))
    (fact,) = counter.house.bodies("PaperLost")
    assert (fact["reason"], fact["approver"], len(fact["tickets"])) == ("left in the tram", "sofia", 2)
    counter.until(lambda: any(row.detail == "taken back 2-3 · lost 1, 4" for row in screen.presenter.rows()))


def test_the_packs_of_today_are_made_anew_printed_in_short_and_looked_at(counter: Counter, screen: PackScreen) -> None:
    presenter, show = screen.presenter, counter.window.session.show_id
    opened: list[str] = []
    presenter.opened.disconnect()
    presenter.opened.connect(opened.append)
    mark(counter, screen, show)
    counter.press(Key.Key_F6)
    assert "No pack has been made yet" in said(screen), "the shift has only just been opened"
    counter.press(Key.Key_F4)
    counter.until(lambda: all(row.detail.startswith("Fresh") for row in presenter.rows()))
    counter.press(Key.Key_F6)
    assert [Path(file).read_bytes()[:5] for file in opened] == [b"%PDF-"]
    issue(counter, 2)
    presenter.refresh()
    counter.until(lambda: any(row.id == show and "Out of date" in row.detail for row in presenter.rows()))
    printed_so_far = len(counter.house.printers.paper)
    counter.press(Key.Key_F5)
    counter.until(lambda: len(counter.house.printers.paper) > printed_so_far)
    counter.until(lambda: "Printing" in said(screen))
