"""Money that goes back to a card at the window, and what is done when nobody knows whether it did."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.till.toy_terminal import ScriptedTerminal
from tests.window.counter import CTRL, SHIFT, Counter, Key
from tests.window.test_returns import find, screen, states
from tests.window.till import PINS, TillHouse


@pytest.fixture
def terminal() -> ScriptedTerminal:
    return ScriptedTerminal()


@pytest.fixture
def house(tmp_path: Path, season_replica: Path, terminal: ScriptedTerminal) -> Iterator[TillHouse]:
    """A till that takes cards."""
    replica = tmp_path / "replica.db"
    shutil.copyfile(season_replica, replica)
    house = TillHouse(tmp_path, replica, terminal)
    yield house
    house.stop()


def by_card(counter: Counter) -> list[dict[str, str]]:
    """A seat that a card pays for; its tickets."""
    house = counter.house
    place = counter.sell.hall.place(counter.free()[0])[0]
    basket = house.ask("add", show=counter.window.session.show_id, places=[place], price_type="adult")["basket"]
    sale = house.ask("pay", tenders=[{"kind": "card", "amount": basket["total"]}])["sale"]
    return list(sale["tickets"])


def test_a_refund_of_which_the_terminal_says_nothing_is_settled_here_and_paid_once(
    counter: Counter, terminal: ScriptedTerminal
) -> None:
    tickets = by_card(counter)
    paid = terminal.total
    found = find(counter, tickets[0]["code"])
    counter.press(Key.Key_F5)
    counter.until(lambda: found.deal.told is not None)
    counter.press(Key.Key_F1, Key.Key_F5)
    if found.deal.asks:
        counter.press(Key.Key_Return)
        counter.until(lambda: screen(counter).deal.approval.who.count() > 0)
        counter.type(PINS["sofia"])
    terminal.script, terminal.takes, terminal.recovers = ["unknown"], False, False
    counter.press(Key.Key_Return)
    counter.until(lambda: bool(found.deal.unknown) and not found.deal.busy)
    assert states(counter, tickets) == ["live"]
    counter.press(Key.Key_Return)  # the terminal is asked, and cannot tell
    counter.until(lambda: not found.deal.busy)
    assert found.deal.unknown
    counter.press(Key.Key_F12)  # it did not go back, says the cashier
    counter.until(lambda: not found.deal.unknown)
    counter.press(Key.Key_Return)
    counter.until(lambda: states(counter, tickets) == ["refunded"])
    told = counter.house.bodies("TicketsRefunded")[0]["refund"]
    assert paid - terminal.total == round(float(told["amount"]) * 100)
    assert [tender["kind"] for tender in told["tenders"]] == ["card"]


def test_a_void_takes_the_card_payment_back(counter: Counter, terminal: ScriptedTerminal) -> None:
    tickets = by_card(counter)
    counter.press(Key.Key_Z, modifier=CTRL | SHIFT)
    found = counter.window.found
    counter.until(lambda: found.deal.told is not None)
    counter.press(Key.Key_F5, Key.Key_Return)
    counter.until(lambda: states(counter, tickets) == ["void"])
    assert terminal.total == 0
    counter.until(lambda: "to the card" in found.result)
