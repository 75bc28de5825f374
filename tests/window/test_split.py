"""Several tenders at the window, by keyboard; payments that are waited for; sales that somebody else releases."""

from __future__ import annotations

import contextlib
import json
import sqlite3

import pytest

from pos.domain.money import Money
from pos.ui.shift.count import CountScreen
from tests.window.counter import CTRL, Counter, Key
from tests.window.till import PINS, TillHouse

VENUE = {"id": "demo", "name": "Housefull Demo Halls", "timezone": "Europe/Vienna", "currency": "EUR"}


@pytest.fixture
def due(counter: Counter, house: TillHouse) -> Money:
    """Two seats are in the basket; dollars are taken, the club may charge 20.00, a gift card has 10.00."""
    house.office.purses["~account", "club"] = 2_000
    house.office.purses["~gift_card", "GC-1"] = 1_000
    house.document("account", {"id": "club", "name": "Opera Club"})
    house.settle()
    counter.qtbot.wait(50)
    counter.until(lambda: counter.sell.show is not None and bool(counter.sell.chosen_category))
    counter.press(Key.Key_B)
    counter.settled(2)
    return counter.sell.payment.due


def opened(counter: Counter) -> None:
    counter.press(Key.Key_F12)
    counter.until(lambda: counter.sell.payment.split.open and bool(counter.sell.payment.split.takes))
    assert counter.selling.side.split.isVisible()


def paid(counter: Counter, house: TillHouse) -> list[dict[str, str]]:
    counter.until(lambda: counter.sell.payment.sale is not None)
    assert not counter.selling.side.split.isVisible()
    tenders: list[dict[str, str]] = house.bodies("TicketsSold")[-1]["sale"]["tenders"]
    return tenders


def test_a_sum_is_built_from_several_tenders_by_keyboard(counter: Counter, house: TillHouse, due: Money) -> None:
    opened(counter)
    split = counter.sell.payment.split
    counter.type("20")
    counter.press(Key.Key_F3)
    counter.type("004711")
    counter.press(Key.Key_Return)
    counter.press(Key.Key_F5)
    counter.type("opera club")
    assert split.amount == due - Money(2_000, "EUR")
    counter.press(Key.Key_Escape)
    counter.type("15")
    counter.press(Key.Key_F5)
    counter.type("opera club")
    counter.press(Key.Key_Return)
    counter.press(Key.Key_F4)
    counter.type("GC-1")
    counter.press(Key.Key_Return)
    counter.until(lambda: len(split.parts) == 3)
    assert split.remaining == due - Money(4_500, "EUR")
    formats = counter.window.session.formats
    assert counter.selling.side.split._amount.text() == formats.money(split.remaining), "what remains is large"
    counter.press(Key.Key_Return)
    tenders = paid(counter, house)
    assert [(t["kind"], t["amount"]) for t in tenders] == [
        ("card_slip", "20.00"), ("account", "15.00"), ("gift_card", "10.00"), ("cash", str(due - Money(4_500, "EUR"))),
    ]  # fmt: skip
    assert tenders[0]["slip"] == "004711"


def test_foreign_cash_gives_change_in_the_houses_money(counter: Counter, house: TillHouse, due: Money) -> None:
    opened(counter)
    counter.press(Key.Key_F6)
    assert "Type how much" in counter.selling.side.split._note.text()
    counter.press(Key.Key_F6)  # the other currency, and back
    dollars = due.minor // 92 + 20
    counter.type(str(dollars))
    counter.press(Key.Key_F6)
    (part,) = counter.sell.payment.split.parts
    assert part.change is not None
    counter.press(Key.Key_Return)
    foreign = paid(counter, house)[0]
    assert (foreign["kind"], foreign["given"]) == ("foreign", f"{dollars}.00")
    sale = counter.sell.payment.sale
    assert sale is not None
    assert sale.change == part.change


def test_esc_takes_back_part_by_part_and_leaves_at_last(counter: Counter, due: Money) -> None:
    opened(counter)
    split = counter.sell.payment.split
    counter.type("20")
    counter.press(Key.Key_F1)
    assert [part.amount.minor for part in split.parts] == [2_000]
    counter.press(Key.Key_F1)
    assert "already" in counter.selling.side.split._note.text()
    counter.type("5")
    for left in ("", "parts", "open"):
        counter.press(Key.Key_Escape)
        assert split.typed == ""
        assert bool(split.parts) == (left == ""), left
    assert not split.open
    assert counter.selling.side.pay.isVisible()
    assert len(counter.sell.lines) == 2, "the basket is as it was"


def test_more_than_remains_is_not_taken(counter: Counter, due: Money) -> None:
    opened(counter)
    counter.type("9999")
    counter.press(Key.Key_F3)
    assert "remains" in counter.selling.side.split._note.text()
    assert counter.sell.payment.split.parts == []


def test_a_mobile_payment_is_waited_for_on_screen_and_later(counter: Counter, house: TillHouse, due: Money) -> None:
    opened(counter)
    counter.press(Key.Key_F7, Key.Key_Return)
    split = counter.sell.payment.split
    assert [part.amount for part in split.parts] == [due]
    counter.press(Key.Key_Return)
    counter.until(lambda: split.wait is not None)
    box = counter.selling.side.split
    assert box._code.isVisible()
    assert split.wait is not None
    assert split.wait.code.startswith("https://pay.example/")
    assert counter.sell.payment.sale is None
    counter.press(Key.Key_Return)
    assert "once more" in box._note.text(), "a key pressed once too often sells nothing"
    counter.press(Key.Key_Escape)
    counter.until(lambda: not counter.sell.lines)
    counter.press(Key.Key_F12)
    counter.until(lambda: split.wait is not None)
    counter.type("BANK 77")
    counter.press(Key.Key_Return)
    (tender,) = paid(counter, house)
    assert (tender["kind"], tender["reference"]) == ("mobile", "BANK 77")


def test_one_that_failed_leaves_the_basket_parked(counter: Counter, house: TillHouse, due: Money) -> None:
    opened(counter)
    counter.press(Key.Key_F8, Key.Key_Return, Key.Key_Return)
    split = counter.sell.payment.split
    counter.until(lambda: split.wait is not None)
    counter.press(Key.Key_F12)
    counter.until(lambda: not split.open)
    assert "parked as number 1" in counter.toast
    assert house.bodies("PaymentEnded")[-1]["outcome"] == "failed"


def test_a_large_sale_is_released_in_place_by_somebody_else(counter: Counter, house: TillHouse, due: Money) -> None:
    house.document("venue", VENUE | {"check": {"count": 1}})
    counter.press(Key.Key_Return)
    release = counter.selling.side.release
    counter.until(release.isVisible)
    assert counter.sell.payment.sale is None
    counter.until(lambda: release.who.count() > 0)
    assert "anna" not in [release.who.itemData(at) for at in range(release.who.count())]
    release.who.setCurrentIndex(release.who.findData("adam"))
    counter.type(PINS["adam"])
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
    assert not release.isVisible()
    assert house.bodies("TicketsSold")[-1]["sale"]["checked_by"] == "adam"


def test_a_show_that_asks_who_buys_is_told_in_place(counter: Counter, house: TillHouse, due: Money) -> None:
    (show,) = {line.show for line in counter.sell.lines}
    with contextlib.closing(sqlite3.connect(house.desk.outside.replica)) as db:
        (body,) = db.execute("SELECT body FROM document WHERE family = 'show' AND id = ?", [show]).fetchone()
    house.document("show", json.loads(body) | {"identity": "document"})
    counter.press(Key.Key_Return)
    box = counter.selling.side.buyer
    counter.until(box.isVisible)
    counter.type("Ida Novak")
    counter.press(Key.Key_Return)
    assert counter.sell.payment.sale is None, "the document is missing"
    box.last.setFocus()
    counter.type("77Z1")
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
    (sale,) = house.ask("find", name="novak")["sales"]
    assert sale["buyer"]["identity"] == {"kind": "document", "last4": "77Z1"}
    assert not box.isVisible()


def test_foreign_cash_is_counted_apart_at_the_close(counter: Counter, house: TillHouse, due: Money) -> None:
    dollars = due.minor // 92 + 20
    tender = {"kind": "cash", "amount": str(due), "currency": "USD", "given": str(dollars)}
    house.ask("pay", tenders=[tender])
    counter.sell.refresh_basket()
    counter.until(lambda: not counter.sell.lines)
    counter.press(Key.Key_5, modifier=CTRL)
    counter.until(lambda: counter.screen == "drawer")
    counter.window.go("count")
    count = counter.window.screens["count"]
    assert isinstance(count, CountScreen)
    counter.until(lambda: list(count._others) == ["USD"])
    count.presenter.count_by_total(True)
    counter.until(count._others["USD"].isVisible)
    count._others["USD"].setFocus()
    counter.type(str(dollars))
    counter.press(Key.Key_Return, Key.Key_Return)
    counter.until(lambda: bool(house.bodies("ShiftClosed")))
    (row,) = house.bodies("ShiftClosed")[0]["report"]["foreign"]
    assert (row["currency"], row["difference"]) == ("USD", "0.00")
