"""The rush before a start: offered, begun with a key, one show, pick-ups beside the sale, over by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from pos.ui.format import utc_now
from pos.ui.sell.aside.handing import HandOut
from pos.ui.sell.pickups import PickUps
from tests.window.counter import CTRL, SHIFT, Counter, Key
from tests.window.test_orders import collected, ordered

Clock = Callable[[timedelta], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Moves the window's clock to so long after now; the till's stays."""

    def move(by: timedelta) -> None:
        def moved() -> datetime:
            return utc_now() + by

        monkeypatch.setattr("pos.ui.session.utc_now", moved)

    return move


@pytest.fixture
def rush(counter: Counter) -> Counter:
    """Three orders wait, and the rush has begun."""
    ordered(counter)
    counter.press(Key.Key_U, modifier=CTRL)
    counter.until(lambda: len(pickups(counter).rows) == 3)
    return counter


def pickups(counter: Counter) -> PickUps:
    return counter.sell.pickups


def banner(counter: Counter) -> str:
    counter.window._draw_notice()
    return counter.window.banner.accessibleName()


def roles(counter: Counter) -> list[str]:
    return [role for role, _ in counter.house.printers.paper]


def starts_in(counter: Counter) -> timedelta:
    show = counter.window.session.show
    assert show is not None
    return show.starts - utc_now()


def test_it_is_offered_from_three_quarters_of_an_hour_before_a_start(counter: Counter, clock: Clock) -> None:
    assert "^U for the rush" in banner(counter)
    clock(starts_in(counter) - timedelta(minutes=46))
    assert "rush" not in banner(counter)
    counter.press(Key.Key_U, modifier=CTRL)
    assert counter.window.session.rush == ""
    assert "No show begins" in counter.toast


def test_the_show_stays_until_the_key_that_leaves(counter: Counter) -> None:
    show = counter.window.session.show_id
    other = next(card.id for card in counter.window.session.shows if card.id != show)
    counter.press(Key.Key_U, modifier=CTRL)
    assert counter.window.session.rush == show
    assert counter.selling.view.rush.isVisible()
    assert "Rush: " in banner(counter)
    counter.press(Key.Key_Tab, modifier=CTRL)
    counter.window.tabs.chosen.emit(other)
    counter.window.session.choose(other)
    assert counter.window.session.show_id == show
    assert "^U leaves the rush" in counter.toast
    counter.press(Key.Key_U, modifier=CTRL)
    assert not counter.selling.view.rush.isVisible()
    counter.press(Key.Key_Tab, modifier=CTRL)
    assert counter.window.session.show_id != show


def test_another_show_that_is_sold_is_left_for_the_one_that_begins(counter: Counter) -> None:
    tonight = counter.window.session.show_id
    later = next(
        card.id for card in counter.window.session.shows if card.sells and card.starts - utc_now() > timedelta(hours=12)
    )
    counter.window.choose_show(later)
    counter.press(Key.Key_U, modifier=CTRL)
    assert counter.window.session.show_id == counter.window.session.rush == tonight


def test_a_receipt_is_printed_on_demand_alone(counter: Counter) -> None:
    counter.press(Key.Key_U, modifier=CTRL)
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
    counter.until(lambda: "ticket" in roles(counter))
    assert roles(counter) == ["ticket"]
    counter.press(Key.Key_E, modifier=CTRL)
    counter.until(lambda: roles(counter) == ["ticket", "receipt"])
    counter.press(Key.Key_Return)
    counter.press(Key.Key_U, modifier=CTRL)
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.press(Key.Key_Return)
    counter.until(lambda: sorted(roles(counter)) == ["receipt", "receipt", "ticket", "ticket"])


@pytest.mark.parametrize("text", ["nguyen", "5678", "W1-00003"])
def test_a_pick_up_is_typed_and_handed_out_beside_a_sale(rush: Counter, text: str) -> None:
    rush.press(Key.Key_B)
    rush.settled(2)
    rush.press(Key.Key_Slash)
    rush.type(text)
    assert [row.title for row in pickups(rush).fitting] == ["Nguyễn Văn An"]
    rush.press(Key.Key_Return)
    rush.until(lambda: len(collected(rush)) == 1)
    rush.until(lambda: len(pickups(rush).rows) == 2)
    rush.until(lambda: roles(rush).count("ticket") == 1)
    assert "printing" in rush.toast
    assert len(rush.sell.lines) == 2
    assert rush.selling.view.search.text() == ""
    rush.press(Key.Key_Return)
    rush.until(lambda: rush.sell.payment.sale is not None)


def test_of_several_one_is_chosen_and_nobody_gets_anothers_tickets(rush: Counter) -> None:
    rush.press(Key.Key_Slash)
    rush.type("kov")
    rush.press(Key.Key_Return)
    question = rush.selling.questions.now
    assert isinstance(question, HandOut)
    assert collected(rush) == []
    wanted = next(answer.number for answer in question.answers if answer.title == "Kovács Béla")
    rush.press(Key(Key.Key_0 + wanted))
    rush.until(lambda: len(collected(rush)) == 1)
    assert len(collected(rush)[0]["tickets"]) == 3


def test_a_scanned_order_is_shown_and_enter_hands_it_out(rush: Counter) -> None:
    rush.window.scans.typed("W1-00002")
    rush.until(lambda: isinstance(rush.selling.questions.now, HandOut))
    assert rush.screen == "sell"
    assert collected(rush) == []
    rush.press(Key.Key_Return)
    rush.until(lambda: len(collected(rush)) == 1)


def test_a_seat_goes_before_a_name(rush: Counter) -> None:
    seat = rush.at_hand()[-1]
    rush.press(Key.Key_Slash)
    rush.type(rush.label(seat))
    rush.press(Key.Key_Return)
    rush.settled(1)
    assert collected(rush) == []


def test_whoever_waits_for_returned_tickets_is_counted(rush: Counter) -> None:
    rush.house.ask("join_standby", show=rush.window.session.rush, count=2)
    rush.until(lambda: pickups(rush).standby == 1)
    assert "1 on the waiting list" in rush.selling.view.rush._standby.text()


def test_it_is_over_by_itself_when_the_show_sells_no_more(rush: Counter, clock: Clock) -> None:
    card = rush.window.session.show
    assert card is not None
    assert card.sales_until is not None
    clock(starts_in(rush) + timedelta(minutes=1))
    rush.window.rush._look()
    begun_and_in_grace = card.sales_until > card.starts + timedelta(minutes=1)
    assert bool(rush.window.session.rush) is begun_and_in_grace
    clock(card.sales_until - utc_now() + timedelta(seconds=1))
    rush.window.rush._look()
    assert rush.window.session.rush == ""
    assert not rush.selling.view.rush.isVisible()


def test_it_stays_when_the_cashier_changes(rush: Counter) -> None:
    rush.press(Key.Key_L, modifier=CTRL)
    rush.sign_in("sofia")
    rush.until(lambda: rush.screen == "sell")
    assert rush.window.session.rush
    rush.until(lambda: len(pickups(rush).rows) == 3)
    rush.press(Key.Key_Tab, modifier=CTRL | SHIFT)
    assert rush.window.session.show_id == rush.window.session.rush
