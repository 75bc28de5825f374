"""Cards at the window, with a terminal on a real socket behind the till: progress, stopping, doubt, and a restart."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from pos.devices.transport import read_address
from pos.devices.worker.terminal import TerminalWorker
from pos.devices.worker.zvt_terminal import zvt_maker
from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.ui.purse import PurseOffer
from pos.ui.sell import cardwords
from pos.ui.sell.card import CardPayments
from pos.ui.sell.payment import Payment
from pos.ui.window import CounterWindow
from tests.mutate import mutate
from tests.peers.toy_terminal import CARD, Day, Play, ToyTerminal
from tests.window.counter import CTRL, Counter, Key
from tests.window.till import PINS, TillHouse


class CardHouse:
    """A till that takes cards; `restart` is a program that ends and begins again."""

    def __init__(self, folder: Path, replica: Path, toy: ToyTerminal) -> None:
        self.folder, self.replica, self.toy = folder, replica, toy
        self.start()

    def start(self) -> None:
        address = read_address(self.toy.url, "till.toml", "terminal.transport")
        make = zvt_maker(address, "123456", "till.toml", "terminal.transport")
        self.worker = TerminalWorker(make, lambda name, state: None)
        self.toy.wait_for(lambda: bool(self.worker.last()), 10)
        self.house = TillHouse(self.folder, self.replica, self.worker)
        self.house.front.resume()

    def stop(self) -> None:
        self.worker.close()
        self.house.stop()

    def restart(self) -> TillHouse:
        self.stop()
        self.start()
        return self.house


@pytest.fixture
def toy() -> Iterator[ToyTerminal]:
    with ToyTerminal() as toy:
        toy.bank.book(700, 0)
        yield toy


@pytest.fixture
def cards(tmp_path: Path, season_replica: Path, toy: ToyTerminal) -> Iterator[CardHouse]:
    replica = tmp_path / "replica.db"
    shutil.copyfile(season_replica, replica)
    cards = CardHouse(tmp_path, replica, toy)
    yield cards
    cards.stop()


@pytest.fixture
def house(cards: CardHouse) -> TillHouse:
    return cards.house


def lead(counter: Counter) -> str:
    return counter.selling.side.card._lead.text()


def note(counter: Counter) -> str:
    return counter.selling.side.card._note.text()


def phase(counter: Counter) -> str:
    return counter.sell.payment.card.phase


def pick(counter: Counter) -> int:
    """Two seats; what they cost, in minor units."""
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.until(lambda: counter.selling.side.pay._card.isVisible())
    return counter.sell.payment.total.minor


def sold(counter: Counter) -> bool:
    return counter.sell.payment.sale is not None


def test_a_card_pays_and_the_terminals_words_are_on_screen(counter: Counter, toy: ToyTerminal) -> None:
    due = pick(counter)
    toy.next = Play(slow_s=0.5)
    counter.press(Key.Key_F11)
    counter.until(lambda: lead(counter) == "Present or insert card")
    counter.until(lambda: sold(counter))
    assert toy.charged == [due]
    sale = counter.sell.payment.sale
    assert sale is not None
    assert sale.change.minor == 0
    assert counter.selling.side.change._given.text() == f"Card {counter.window.session.formats.money(sale.total)}"
    assert counter.house.printers.kicks == 0
    paper = counter.house.printers.paper
    counter.until(lambda: [job["kind"] for _, job in paper] == ["card_slip", "tickets", "receipt"])
    assert CARD not in repr(paper)
    counter.press(Key.Key_Return)
    assert phase(counter) == ""
    assert counter.selling.side.pay.isVisible()


def test_part_in_cash_and_the_rest_by_card(counter: Counter, toy: ToyTerminal) -> None:
    due = pick(counter)
    counter.press(Key.Key_F12)
    assert counter.selling.side.split.isVisible(), "without an amount the sum is built part by part"
    counter.press(Key.Key_Escape)
    counter.type("20")
    counter.press(Key.Key_F12)
    counter.until(lambda: sold(counter))
    assert toy.charged == [due - 2000]
    assert counter.house.printers.kicks == 1
    given = counter.selling.side.change._given.text()
    assert "Card" in given
    assert "20.00" in given


def test_a_gift_card_first_and_the_rest_by_card_also_after_a_doubt(
    counter: Counter, house: TillHouse, toy: ToyTerminal
) -> None:
    house.office.purses["~gift_card", "GC-1"] = 1000
    due = pick(counter)
    counter.sell.payment.offer(PurseOffer("gift_card", "GC-1", Money(1000, "EUR")))
    toy.repeats = False
    toy.next = Play(drop_at="charged")
    counter.press(Key.Key_F11)
    counter.until(lambda: phase(counter) == "unknown")
    toy.repeats = True
    counter.press(Key.Key_Escape)  # takes no gift card back now
    counter.press(Key.Key_Return)
    counter.until(lambda: phase(counter) == "loose")
    assert note(counter) == "", "nothing is left to pay in cash"
    counter.press(Key.Key_Return)
    counter.until(lambda: sold(counter))
    assert toy.charged == [due - 1000]
    assert counter.house.printers.kicks == 0


def test_a_decline_leaves_the_basket_and_gives_the_reason(counter: Counter, toy: ToyTerminal) -> None:
    pick(counter)
    toy.next = Play(declined=0x78)
    counter.press(Key.Key_F11)
    counter.until(lambda: "card expired" in counter.toast)
    assert (phase(counter), len(counter.sell.lines), toy.charged) == ("", 2, [])
    counter.press(Key.Key_Return)
    counter.until(lambda: sold(counter))


def test_cancel_stops_the_terminal(counter: Counter, toy: ToyTerminal) -> None:
    pick(counter)
    toy.next = Play(slow_s=5.0)
    counter.press(Key.Key_F11)
    counter.until(lambda: "insert card" in lead(counter))
    counter.press(Key.Key_Escape)
    assert "asked to stop" in note(counter)
    counter.until(lambda: phase(counter) == "")
    assert (toy.bank.aborts, toy.charged, len(counter.sell.lines)) == (1, [], 2)


def test_a_terminal_that_does_not_stop_is_said_plainly(counter: Counter, toy: ToyTerminal) -> None:
    due = pick(counter)
    toy.next = Play(slow_s=1.0, ignores_abort=True)
    counter.press(Key.Key_F11)
    counter.until(lambda: "insert card" in lead(counter))
    counter.press(Key.Key_Escape)
    counter.until(lambda: "does not stop" in lead(counter))
    counter.until(lambda: sold(counter))
    assert "the card was charged" in counter.toast
    assert toy.charged == [due]


def doubt(counter: Counter, toy: ToyTerminal, *, charged: bool = True) -> int:
    """A payment whose end nobody knows, with a terminal that cannot tell."""
    due = pick(counter)
    toy.repeats = False
    toy.next = Play(drop_at="charged" if charged else "accepted")
    counter.press(Key.Key_F11)
    counter.until(lambda: phase(counter) == "unknown")
    return due


def test_in_doubt_nothing_else_is_paid_and_the_terminal_is_asked_again(counter: Counter, toy: ToyTerminal) -> None:
    due = doubt(counter, toy)
    assert "Nobody knows" in lead(counter)
    assert "Look at the terminal" in note(counter)
    counter.sell.remove(counter.sell.lines[0].line)
    counter.until(lambda: "not known whether" in counter.toast)
    assert len(counter.sell.lines) == 2
    counter.press(Key.Key_Return)
    counter.until(lambda: "still cannot say" in counter.toast)
    assert (phase(counter), toy.charged) == ("unknown", [due])
    toy.repeats = True
    counter.until(lambda: not counter.sell.payment.card.busy)
    counter.press(Key.Key_Return)
    counter.until(lambda: phase(counter) == "loose")
    assert "has paid for this basket" in lead(counter)
    counter.press(Key.Key_Return)
    counter.until(lambda: sold(counter))
    assert toy.charged == [due]


def test_what_was_not_charged_may_be_paid_otherwise(counter: Counter, toy: ToyTerminal) -> None:
    doubt(counter, toy, charged=False)
    toy.repeats = True
    counter.press(Key.Key_Return)
    counter.until(lambda: phase(counter) == "")
    assert "was not charged" in counter.toast
    counter.press(Key.Key_Return)
    counter.until(lambda: sold(counter))
    assert toy.charged == []


@pytest.mark.parametrize("charged", [True, False])
def test_the_cashiers_word_counts_when_it_is_given_twice(counter: Counter, toy: ToyTerminal, charged: bool) -> None:
    doubt(counter, toy, charged=charged)
    key = Key.Key_F11 if charged else Key.Key_F12
    counter.press(key)
    assert "Press again" in lead(counter)
    assert "your name" in note(counter)
    counter.press(Key.Key_Escape)
    assert "Nobody knows" in lead(counter)
    counter.press(key, key)
    counter.until(lambda: phase(counter) == ("loose" if charged else ""))
    counter.press(Key.Key_Return)
    counter.until(lambda: sold(counter))
    assert len(toy.charged) == charged


def test_money_taken_for_a_basket_that_is_not_bought_goes_back(counter: Counter, toy: ToyTerminal) -> None:
    doubt(counter, toy)
    toy.repeats = True
    counter.press(Key.Key_Return)
    counter.until(lambda: phase(counter) == "loose")
    counter.press(Key.Key_F12)
    counter.until(lambda: phase(counter) == "")
    assert (toy.charged, len(counter.sell.lines)) == ([], 2)
    assert "back on the card" in counter.toast


def test_whose_refund_waits_is_named_to_whoever_comes_next(counter: Counter, toy: ToyTerminal) -> None:
    pick(counter)
    counter.press(Key.Key_F11)
    counter.until(lambda: sold(counter))
    ticket = counter.house.bodies("TicketsSold")[0]["sale"]["tickets"][0]["id"]
    counter.press(Key.Key_Return)
    toy.repeats, toy.next = False, Play(drop_at="charged")
    with pytest.raises(Refused, match="payment_unknown"):
        counter.house.ask("refund", tickets=[ticket], reason="ill", approver={"user": "sofia", "pin": PINS["sofia"]})
    (waiting,) = counter.house.ask("payments")["payments"]
    counter.house.ask("settle_payment", payment=waiting["payment"], outcome="approved")
    counter.sell.payment.card.look()
    counter.until(lambda: phase(counter) == "loose")
    assert "It was for a refund" in note(counter)
    assert ticket in note(counter)


def test_a_deposit_that_waits_is_named_and_can_be_given_back(counter: Counter, toy: ToyTerminal) -> None:
    pick(counter)
    toy.repeats, toy.next = False, Play(drop_at="charged")
    with pytest.raises(Refused, match="payment_unknown"):
        counter.house.ask("reserve", buyer={"name": "Ann First"}, tenders=[{"kind": "card", "amount": "20.00"}])
    counter.until(lambda: phase(counter) == "unknown")
    toy.repeats = True
    counter.press(Key.Key_Return)
    counter.until(lambda: phase(counter) == "loose")
    assert "something that is not finished" in lead(counter)
    assert "It was for the deposit of a reservation" in note(counter)
    assert toy.charged == [2000]
    counter.press(Key.Key_Return)  # it finishes no sale
    counter.press(Key.Key_F12)
    counter.until(lambda: phase(counter) == "")
    assert (toy.charged, len(counter.sell.lines), sold(counter)) == ([], 2, False)
    counter.press(Key.Key_F11)
    counter.until(lambda: sold(counter))


def test_a_sale_that_is_being_undone_is_named(counter: Counter, toy: ToyTerminal) -> None:
    pick(counter)
    counter.press(Key.Key_F11)
    counter.until(lambda: sold(counter))
    sale = counter.house.bodies("TicketsSold")[0]["sale"]["id"]
    counter.press(Key.Key_Return)
    toy.bank.history.clear()  # its day has ended there: the money goes back like a refund's
    toy.repeats, toy.next = False, Play(drop_at="charged")
    with pytest.raises(Refused, match="payment_unknown"):
        counter.house.ask("void", sale=sale, surrendered=True, approver={"user": "sofia", "pin": PINS["sofia"]})
    (waiting,) = counter.house.ask("payments")["payments"]
    counter.house.ask("settle_payment", payment=waiting["payment"], outcome="approved")
    counter.until(lambda: phase(counter) == "loose")
    assert "It was for a sale that is undone" in note(counter)
    assert sale in note(counter)
    assert not counter.selling.side.card._second.isVisible(), "what was given back to a card is not taken again"


def test_the_doubt_outlasts_a_restart(cards: CardHouse, counter: Counter, toy: ToyTerminal, qtbot: QtBot) -> None:
    due = doubt(counter, toy)
    counter.window.close()
    toy.bank.history[-1].repeats_minor = 1  # it tells of another amount, and nobody is the wiser
    toy.repeats = True
    house = cards.restart()
    window = CounterWindow(house.front, language="en", theme="light")
    qtbot.addWidget(window, before_close_func=CounterWindow.close_now)
    window.show()
    window.activateWindow()
    again = Counter(window, house, qtbot)
    again.until(lambda: bool(window.signin.users) and bool(window.session.venue.name))
    again.sign_in("anna")
    again.until(lambda: phase(again) == "unknown" and again.selling.side.card.isVisible())
    assert len(again.sell.lines) == 2
    again.press(Key.Key_F11, Key.Key_F11)
    again.until(lambda: phase(again) == "loose")
    again.press(Key.Key_Return)
    again.until(lambda: sold(again))
    assert toy.charged == [due]


def test_the_window_answers_while_the_terminal_is_at_work(counter: Counter, toy: ToyTerminal) -> None:
    pick(counter)
    toy.next = Play(slow_s=1.0)
    counter.press(Key.Key_F11)
    assert phase(counter) == "charging"
    counter.press(Key.Key_Return, Key.Key_F11, Key.Key_F12, Key.Key_B)  # they mean nothing now
    counter.house.settle()
    assert phase(counter) == "charging"
    counter.until(lambda: sold(counter))
    assert len(toy.charged) == 1


def end_day(counter: Counter) -> str:
    """The terminal's end of day from the drawer's screen; what is said of it."""
    counter.press(Key.Key_5, modifier=CTRL)
    counter.until(lambda: counter.screen == "drawer")
    day = counter.window.drawer.day
    counter.press(Key.Key_F5)
    assert "Once more" in day.text
    counter.press(Key.Key_F5)
    counter.until(lambda: not day.asking)
    return day.text


def test_the_terminals_day_is_ended_at_the_drawer_and_held_against_the_till(counter: Counter, toy: ToyTerminal) -> None:
    pick(counter)
    counter.press(Key.Key_F11)
    counter.until(lambda: sold(counter))
    said = end_day(counter)
    assert "as this till has it" in said
    assert counter.window.session.formats.money(counter.sell.payment.sale.total) in said  # type: ignore[union-attr]
    counter.press(Key.Key_Escape)
    assert counter.window.drawer.day.text == ""
    toy.day = Day(says_minor=500)
    assert "€5.00 apart" in end_day(counter)
    toy.day = Day(drop_at="handed in")
    assert "It may have handed in all the same" in end_day(counter)
    assert "had no clear outcome" in end_day(counter)
    assert len(toy.bank.handed_in) == 4


Scenario = Callable[[Counter, ToyTerminal], None]
GUARDS: list[tuple[Any, str, str, str, Scenario]] = [
    (CardPayments, "say", "self.armed != word", "False",
     lambda counter, toy: test_the_cashiers_word_counts_when_it_is_given_twice(counter, toy, True)),
    (cardwords, "_where", 'waiting.purpose == "deposit"', "False",
     test_a_deposit_that_waits_is_named_and_can_be_given_back),
    (cardwords, "_where", 'waiting.purpose == "void"', "False", test_a_sale_that_is_being_undone_is_named),
    (Payment, "_ask", "if self._stopped:", "if False:", test_a_terminal_that_does_not_stop_is_said_plainly),
]  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard[1]}: {guard[2]}")
def test_without_its_guard_the_test_fails(
    counter: Counter, toy: ToyTerminal, monkeypatch: pytest.MonkeyPatch, guard: tuple[Any, str, str, str, Scenario]
) -> None:
    owner, name, old, new, scenario = guard
    mutate(monkeypatch, owner, name, old, new)
    with pytest.raises(AssertionError):
        scenario(counter, toy)
