"""What the customer sees: the basket as it grows, what it comes to, the change; and no sale waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from pos.devices.transport import read_address
from pos.devices.worker.display import LineDisplay
from pos.domain.card import Shown
from pos.domain.errors import Refused
from pos.domain.scene import Scene
from pos.till.counter import customer as showing
from pos.till.ports import Customer
from pos.till.sayings import in_all_languages
from tests.peers.toy_display import ToyDisplay
from tests.unit.till.counter import Counter
from tests.unit.till.toy_terminal import ScriptedTerminal

Make = Callable[..., Counter]


class Screen:
    """A display that remembers what it was told to show."""

    def __init__(self) -> None:
        self.scenes: list[Scene] = []

    def show(self, scene: Scene) -> None:
        self.scenes.append(scene)


@pytest.fixture
def screen() -> Screen:
    return Screen()


def open_till(make_counter: Make, screen: Any, language: str = "en") -> Counter:
    counter = make_counter(customer=Customer(language, "https://opera.example", screen))
    counter.open()
    return counter


def told(scene: Scene) -> list[str]:
    """Its amounts, with their words."""
    sums = (*scene.fees, scene.due, scene.given, scene.change)
    return [f"{sum_.word} {sum_.amount}" for sum_ in sums if sum_ is not None]


def test_the_basket_is_shown_as_it_grows_and_shrinks(make_counter: Make, screen: Screen) -> None:
    counter = open_till(make_counter, screen)
    assert screen.scenes[-1] == Scene("idle", "en", "The House", code="https://opera.example")
    counter.add("A-1")
    counter.settle()
    one = screen.scenes[-1]
    assert [(line.place, line.detail, str(line.price)) for line in one.lines] == [
        ("Stalls A 1", "Tosca · Adult", "58.00")
    ]
    assert told(one) == ["Counter fee 1.00", "Total 59.00"]
    line = counter.add("A-2", price_type="student", proof=True)["basket"]["lines"][-1]["line"]
    counter.settle()
    assert told(screen.scenes[-1]) == ["Counter fee 2.00", "Total 89.00"]
    counter.ask("remove", line=line)
    counter.settle()
    assert told(screen.scenes[-1]) == ["Counter fee 1.00", "Total 59.00"]
    counter.ask("clear")
    counter.settle()
    assert screen.scenes[-1].kind == "idle"


def test_what_is_parked_is_another_customers_business(make_counter: Make, screen: Screen) -> None:
    counter = open_till(make_counter, screen)
    counter.add("A-1", "A-2")
    counter.ask("park")
    counter.settle()
    assert screen.scenes[-1].kind == "idle"
    counter.add("B-1")
    counter.ask("recall", number=1, park=True)
    counter.settle()
    assert [line.place for line in screen.scenes[-1].lines] == ["Stalls A 1", "Stalls A 2"]


def test_once_paid_the_change_is_shown_with_the_sales_code(make_counter: Make, screen: Screen) -> None:
    counter = open_till(make_counter, screen)
    counter.add("A-1")
    sale = counter.pay(given="60.00")
    counter.settle()
    paid = screen.scenes[-1]
    assert (paid.kind, paid.heading, paid.code) == ("paid", "Thank you", sale["id"])
    assert told(paid) == ["Total 59.00", "Given 60.00", "Change 1.00"]


def test_a_gift_card_has_no_change(make_counter: Make, screen: Screen) -> None:
    counter = open_till(make_counter, screen)
    counter.line.purse("gift_card", "GC-1", 10_000)
    counter.add("A-1")
    counter.ask("pay", tenders=[{"kind": "gift_card", "amount": "59.00", "code": "GC-1"}])
    counter.settle()
    assert told(screen.scenes[-1]) == ["Total 59.00"]


def test_it_is_told_in_the_customers_language(make_counter: Make, screen: Screen) -> None:
    counter = open_till(make_counter, screen, "hu")
    counter.add("A-1")
    counter.pay()
    counter.settle()
    assert screen.scenes[-1].heading == "Köszönjük"
    assert [word.split()[0] for word in told(screen.scenes[-1])] == ["Összesen", "Átvett", "Visszajáró"]


def test_the_thanks_end_by_themselves_unless_something_else_is_shown(
    make_counter: Make, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "THANKS_S", 0.05)
    counter = open_till(make_counter, screen)
    counter.sell("A-1")
    end = time.monotonic() + 5
    while screen.scenes[-1].kind != "idle":
        assert time.monotonic() < end
        time.sleep(0.01)
    counter.sell("A-2")
    counter.add("A-3")
    time.sleep(0.2)
    counter.settle()
    assert screen.scenes[-1].kind == "basket"


def test_the_thanks_of_one_sale_do_not_end_those_of_the_next(
    make_counter: Make, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = open_till(make_counter, screen)
    monkeypatch.setattr(showing, "THANKS_S", 1.0)
    counter.sell("A-1")
    counter.settle()
    monkeypatch.setattr(showing, "THANKS_S", 60.0)
    counter.sell("A-2")
    time.sleep(1.3)
    counter.settle()
    assert screen.scenes[-1].kind == "paid"


def test_after_a_restart_the_basket_is_shown_again(make_counter: Make, screen: Screen) -> None:
    counter = open_till(make_counter, screen)
    counter.add("A-1")
    counter.restart()
    assert screen.scenes[-1].kind == "basket"


def test_a_refused_verb_changes_nothing_on_the_display(make_counter: Make, screen: Screen) -> None:
    counter = open_till(make_counter, screen)
    counter.add("A-1")
    counter.settle()
    count = len(screen.scenes)
    counter.refusal("pay", tenders=[{"kind": "cash", "amount": "1.00"}])
    counter.refusal("add", show="aida", places=["NO-1"], price_type="adult")
    counter.settle()
    assert len(screen.scenes) == count


@pytest.mark.expect_log("exception calling callback")
def test_a_display_that_fails_makes_no_sale_fail(make_counter: Make) -> None:
    class Broken:
        def show(self, scene: Scene) -> None:
            if scene.kind != "idle":
                raise RuntimeError("out of glass")

    counter = open_till(make_counter, Broken())
    sale = counter.sell("A-1")
    assert sale["total"] == "59.00"


def test_a_display_that_hangs_delays_no_sale(make_counter: Make) -> None:
    with ToyDisplay(serial=True) as toy:
        display = LineDisplay(read_address(toy.url, "till.toml", "transport"), lambda name, state: None)
        try:
            counter = open_till(make_counter, display)
            toy.until(lambda seen: "The House" in seen[0])
            toy.hangs = True
            end = time.monotonic() + 20
            while display.state.state != "offline":  # first of all it fills its buffer
                assert time.monotonic() < end
                display.show(Scene("idle", "en", "The House"))
                time.sleep(0.001)
            slowest = 0.0
            for number in range(1, 13):
                began = time.monotonic()
                counter.sell(f"A-{number}")
                slowest = max(slowest, time.monotonic() - began)
            assert slowest < 1.0
        finally:
            display.close()


def test_what_the_terminal_says_is_shown_in_the_customers_language_and_taken_away(
    make_counter: Make, screen: Screen
) -> None:
    terminal = ScriptedTerminal(["declined"], holding=True)
    counter = make_counter(terminal=terminal, customer=Customer("hu", "", screen))
    counter.open()
    counter.add("A-1")
    paying = counter.front.call("pay", tenders=[{"kind": "card", "amount": "59.00"}])
    counter.settle()
    for listener in terminal.listeners:
        listener(Shown("insert_card", "KARTE EINSTECKEN"))
    counter.settle()
    said = screen.scenes[-1]
    assert (said.kind, said.note) == ("basket", in_all_languages("insert_card")["hu"])
    terminal.let_through()
    with pytest.raises(Refused, match="payment_declined"):
        paying.result(10)
    counter.settle()
    assert (screen.scenes[-1].kind, screen.scenes[-1].note) == ("basket", "")


def test_what_the_terminal_says_at_the_end_of_its_day_is_nobodys(make_counter: Make, screen: Screen) -> None:
    terminal = ScriptedTerminal()
    counter = make_counter(terminal=terminal, customer=Customer("en", "", screen))
    counter.open()
    count = len(screen.scenes)
    for listener in terminal.listeners:
        listener(Shown("insert_card", "KARTE EINSTECKEN"))
    counter.settle()
    assert len(screen.scenes) == count


def test_a_basket_that_was_taken_back_is_taken_off_the_display(make_counter: Make, screen: Screen) -> None:
    counter = open_till(make_counter, screen)
    counter.add("A-1")
    counter.settle()
    assert screen.scenes[-1].kind == "basket"
    counter.clock.wait(minutes=11)
    assert not counter.line.recall(("aida", "A-1"))
    counter.settle()
    assert screen.scenes[-1].kind == "idle"
