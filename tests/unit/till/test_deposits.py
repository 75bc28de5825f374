"""Deposits by card: what one customer has paid secures that customer's places, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from pos.domain.errors import Refused
from pos.store.ledger import StorageFailed
from pos.till.counter import charge
from pos.till.orders import deposits
from tests.mutate import mutate
from tests.unit.till.counter import Counter
from tests.unit.till.test_holds import sound
from tests.unit.till.toy_terminal import ScriptedTerminal

Make = Callable[..., Counter]
ANN, BOB = {"name": "Ann First"}, {"name": "Bob Next"}
CARD = [{"kind": "card", "amount": "20.00"}]
CHANGES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("clear", {}),
    ("remove", {"line": 1}),
    ("add", {"show": "aida", "places": ["A-2"], "price_type": "adult"}),
    ("retype", {"line": 1, "price_type": "adult"}),
    ("park", {}),
    ("recall", {"number": 1}),
    ("hold", {"type": "house", "basket": True}),
    ("pay", {"tenders": [{"kind": "cash", "amount": "59.00"}]}),
    ("pay", {"tenders": [{"kind": "card", "amount": "59.00"}]}),
    ("pay", {"tenders": [{"kind": "mobile", "amount": "59.00"}]}),
)


@pytest.fixture
def terminal() -> ScriptedTerminal:
    return ScriptedTerminal()


@pytest.fixture
def till(make_counter: Make, terminal: ScriptedTerminal) -> Counter:
    counter = make_counter(terminal=terminal, mobile_qr="{amount}{currency}{reference}", mobile_offline_cap="60.00")
    counter.open()
    counter.add("A-1")
    return counter


def reserving(till: Counter, who: dict[str, str] = ANN, **more: Any) -> Future[dict[str, Any]]:
    return till.front.call("reserve", buyer=who, tenders=CARD, **more)


def crashed(till: Counter, terminal: ScriptedTerminal) -> None:
    """The terminal has the money, and the till stopped before it heard."""
    terminal.holding, terminal.script = True, ["unknown"]
    reserving(till)
    till.settle()
    terminal.waiting.clear()
    terminal.holding = False
    till.restart()
    till.settle()
    till.sign_in()


def disk_full(till: Counter, terminal: ScriptedTerminal) -> None:
    def full(*_: object) -> None:
        raise StorageFailed("the disk is full")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(till.desk.ledger.live, "put", full)
        assert till.refusal("reserve", buyer=ANN, tenders=CARD).code == "storage_failed"


def told_later(till: Counter, terminal: ScriptedTerminal) -> None:
    terminal.script, terminal.recovers = ["unknown"], False
    payment = till.refusal("reserve", buyer=ANN, tenders=CARD).fields["payment"]
    assert {till.refusal(verb, **fields).code for verb, fields in CHANGES} == {"payment_unknown"}
    assert till.refusal("reserve", buyer=ANN, tenders=CARD).code == "payment_unknown"
    till.ask("settle_payment", payment=payment, outcome="approved")


Befalls = Callable[[Counter, ScriptedTerminal], None]
FULL = pytest.mark.expect_log("the disk is full")
EVERY = pytest.mark.parametrize("befalls", [crashed, pytest.param(disk_full, marks=FULL), told_later])


@EVERY
def test_what_was_paid_pins_the_basket_and_is_used_once(
    till: Counter, terminal: ScriptedTerminal, befalls: Befalls
) -> None:
    befalls(till, terminal)
    for verb, fields in CHANGES:
        assert till.refusal(verb, **fields).code == "not_allowed", verb
    assert till.refusal("reserve", buyer=ANN).code == "not_allowed", "its deposit has been taken"
    made = till.ask("reserve", buyer=ANN, tenders=CARD)["order"]
    assert (made["name"], made["deposit"]["paid"], terminal.total) == ("Ann First", "20.00", 2000)
    till.add("A-2")
    assert reserving(till, BOB).result(5)["order"]["code"] != made["code"]
    assert terminal.total == 4000, "each has paid by their own card"
    assert sound(till) == []


@EVERY
def test_or_it_is_reversed_and_the_next_one_pays(till: Counter, terminal: ScriptedTerminal, befalls: Befalls) -> None:
    befalls(till, terminal)
    (left,) = till.ask("payments")["payments"]
    till.ask("reverse_payment", payment=left["payment"])
    till.ask("clear")
    till.add("A-2")
    assert reserving(till, BOB).result(5)["order"]["deposit"]["paid"] == "20.00"
    assert terminal.total == 2000
    assert [payment for (payment,) in till.rows("SELECT state FROM payment")] == ["reversed", "used"]
    assert sound(till) == []


def test_the_basket_is_pinned_while_the_terminal_works(till: Counter, terminal: ScriptedTerminal) -> None:
    terminal.holding = True
    first = reserving(till)
    till.settle()
    for verb, fields in (*CHANGES, ("reserve", {"buyer": BOB}), ("reserve", {"buyer": BOB, "tenders": CARD})):
        assert till.refusal(verb, **fields).code == "payment_unknown", verb
    terminal.let_through()
    assert [line["place"] for line in first.result(5)["order"]["lines"]] == ["A-1"]
    assert terminal.total == 2000


def stray(till: Counter, terminal: ScriptedTerminal) -> None:
    """Money for a basket that is not there any more, however that came about."""
    disk_full(till, terminal)
    with pytest.MonkeyPatch.context() as patch:
        mutate(patch, charge, "check_basket_free", "payment.subject == BASKET", "False")
        till.ask("clear")
        till.add("A-2")


@FULL
def test_money_for_other_places_is_another_customers(till: Counter, terminal: ScriptedTerminal) -> None:
    stray(till, terminal)
    assert till.refusal("reserve", buyer=BOB, tenders=CARD).code == "not_allowed"
    (left,) = till.ask("payments")["payments"]
    till.ask("reverse_payment", payment=left["payment"])
    till.ask("reserve", buyer=BOB, tenders=CARD)
    assert terminal.total == 2000


def upgraded(till: Counter, terminal: ScriptedTerminal) -> None:
    """The till stopped before the order was made, and the program before this one named the money by the number that
    the order was to get."""
    disk_full(till, terminal)
    named = "UPDATE payment SET subject = 'T1-O00001'"
    till.desk.submit(lambda: till.desk.ledger.connection.exec_driver_sql(named)).result(5)
    till.restart()
    till.sign_in()


@FULL
@pytest.mark.parametrize("outcome", [
    test_what_was_paid_pins_the_basket_and_is_used_once, test_or_it_is_reversed_and_the_next_one_pays,
])  # fmt: skip
def test_what_was_paid_under_a_number_to_come_is_the_baskets(
    till: Counter, terminal: ScriptedTerminal, outcome: Callable[[Counter, ScriptedTerminal, Befalls], None]
) -> None:
    outcome(till, terminal, upgraded)


def someone_elses_number(till: Counter, terminal: ScriptedTerminal) -> None:
    """Another customer's order has got that number before the program was exchanged."""
    upgraded(till, terminal)
    with pytest.MonkeyPatch.context() as patch:
        mutate(patch, charge, "check_basket_free", "payment.subject == BASKET", "False")
        till.ask("clear")
        till.add("A-2")
        assert till.ask("reserve", buyer=BOB)["order"]["code"] == "T1-O00001"
    assert till.refusal("take_deposit", order="T1-O00001", tenders=CARD).code == "not_allowed"
    assert till.refusal("add", show="aida", places=["A-3"], price_type="adult").code == "not_allowed"
    (left,) = till.ask("payments")["payments"]
    assert left["subject"] == ""
    till.ask("reverse_payment", payment=left["payment"])
    till.ask("take_deposit", order="T1-O00001", tenders=CARD)
    assert terminal.total == 2000
    assert sound(till) == []


@FULL
def test_an_order_that_got_that_number_is_not_paid_by_it(till: Counter, terminal: ScriptedTerminal) -> None:
    someone_elses_number(till, terminal)


def later(till: Counter, terminal: ScriptedTerminal) -> None:
    """The deposit of an order that is there is its own, also where its outcome was not known at once."""
    till.ask("reserve", buyer=ANN)
    terminal.script, terminal.recovers = ["unknown"], False
    payment = till.refusal("take_deposit", order="T1-O00001", tenders=CARD).fields["payment"]
    till.ask("settle_payment", payment=payment, outcome="approved")
    assert [one["subject"] for one in till.ask("payments")["payments"]] == ["T1-O00001"]
    till.add("A-2")
    till.ask("take_deposit", order="T1-O00001", tenders=CARD)
    assert terminal.total == 2000, "it is used, and not taken twice"


def test_the_deposit_of_an_order_leaves_the_basket_alone(till: Counter, terminal: ScriptedTerminal) -> None:
    later(till, terminal)


def test_that_it_knows_its_order_matters(
    till: Counter, terminal: ScriptedTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutate(monkeypatch, charge, "waiting", "not _of_order(desk, one)", "True")
    with pytest.raises(AssertionError):
        later(till, terminal)


def paid_before(till: Counter, terminal: ScriptedTerminal) -> None:
    test_what_was_paid_pins_the_basket_and_is_used_once(till, terminal, upgraded)


def pinned(till: Counter, terminal: ScriptedTerminal) -> None:
    test_what_was_paid_pins_the_basket_and_is_used_once(till, terminal, disk_full)


@FULL
@pytest.mark.parametrize(
    ("owner", "name", "old", "new", "seen"),
    [
        (deposits, "take", "charge.DEPOSIT, subject", 'charge.DEPOSIT, "T1-O00001"', pinned),
        (charge, "check_basket_free", "payment.subject == BASKET", 'payment.purpose == "sale"', pinned),
        (charge.Intent, "is_of", "_places(payment.pins) == _places(self.pins)", "True",
         test_money_for_other_places_is_another_customers),
        (charge, "waiting", "not _of_order(desk, one)", "False", paid_before),
        (charge, "waiting", "not _of_order(desk, one)", "False", someone_elses_number),
        (charge, "_of_order", "not places.isdisjoint(payment.pins)", "bool(places)", someone_elses_number),
    ],
)  # fmt: skip
def test_each_of_that_matters(
    till: Counter, terminal: ScriptedTerminal, monkeypatch: pytest.MonkeyPatch,
    owner: Any, name: str, old: str, new: str, seen: Befalls,
) -> None:  # fmt: skip
    mutate(monkeypatch, owner, name, old, new)
    with pytest.raises((AssertionError, Refused)):
        seen(till, terminal)
