"""The terminal of training: every outcome can be met, and none charges."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from pos.devices.worker.pretend import PretendTerminal
from pos.devices.worker.terminal import TerminalWorker
from pos.domain.card import Shown
from pos.domain.money import Money

SHOWN: list[Shown] = []


@pytest.fixture
def make() -> Iterator[Callable[[float], TerminalWorker]]:
    made: list[TerminalWorker] = []

    def begin(card_s: float = 0.0) -> TerminalWorker:
        SHOWN.clear()
        worker = TerminalWorker(lambda shown, stopping: PretendTerminal(SHOWN.append, card_s), lambda name, state: None)
        made.append(worker)
        return worker

    yield begin
    for worker in made:
        worker.close()


def test_it_approves_asks_for_a_card_and_counts_what_it_would_have_taken(make: Callable[..., TerminalWorker]) -> None:
    terminal = make()
    paid = terminal.pay("a", 5800, "EUR").result(5)
    assert (paid.state, paid.receipt["trace"], paid.receipt["card_name"]) == ("approved", "000001", "TRAINING")
    assert [one.what for one in SHOWN] == ["insert_card"]
    assert terminal.pay("a", 5800, "EUR").result(5) == paid  # the same intent, once
    assert terminal.refund("b", 800, "EUR").result(5).state == "approved"
    totals = terminal.end_of_day("EUR").result(5).totals
    assert totals is not None
    assert totals.minor == 5000


def test_amounts_that_end_in_51_are_declined(make: Callable[..., TerminalWorker]) -> None:
    terminal = make()
    assert terminal.pay("a", 1051, "EUR").result(5).state == "declined"
    assert terminal.end_of_day("EUR").result(5).totals.minor == 0  # type: ignore[union-attr]


def test_amounts_that_end_in_52_are_lost_and_then_found_to_be_paid(make: Callable[..., TerminalWorker]) -> None:
    terminal = make()
    before = terminal.last()
    assert terminal.pay("a", 1052, "EUR").result(5).state == "unknown"
    assert terminal.recover("a", 1052, "EUR", before).result(5).state == "approved"


def test_it_stops_when_it_is_asked_to(make: Callable[..., TerminalWorker]) -> None:
    terminal = make(30.0)
    paying = terminal.pay("a", 1000, "EUR")
    while not SHOWN:
        pass
    terminal.abort()
    assert paying.result(5).state == "declined"


@pytest.mark.parametrize("paid", [True, False])
def test_a_payment_that_a_drill_loses_is_told_by_nobody_and_the_next_one_is_as_always(paid: bool) -> None:
    device = PretendTerminal(SHOWN.append, 0.0)
    device.lose_next(paid=paid)
    before = device.last
    assert device.pay(Money(1000, "EUR")).state == "unknown"
    assert device.recover(Money(1000, "EUR"), before).state == "unknown"
    assert bool(device.last) is paid  # it is charged all the same, or not
    assert device.pay(Money(2000, "EUR")).state == "approved"
    totals = device.end_of_day("EUR").totals
    assert totals is not None
    assert totals.minor == 2000 + (1000 if paid else 0)
