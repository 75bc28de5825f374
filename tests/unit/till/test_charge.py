"""Cards: never charged twice, an approved payment never lost, and nothing moves while an outcome is unknown."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from pos.till.counter import charge
from pos.till.ports import CardOutcome
from tests.unit.store.evening import violations
from tests.unit.till.counter import PINS, Counter, show_document, small_hall
from tests.unit.till.toy_terminal import ScriptedTerminal

Make = Callable[..., Counter]


@pytest.fixture
def terminal() -> ScriptedTerminal:
    return ScriptedTerminal()


@pytest.fixture
def till(make_counter: Make, terminal: ScriptedTerminal) -> Counter:
    counter = make_counter(terminal=terminal)
    counter.open()
    return counter


def card(amount: str) -> dict[str, Any]:
    return {"kind": "card", "amount": amount}


def cash(amount: str) -> dict[str, Any]:
    return {"kind": "cash", "amount": amount}


def booked(counter: Counter) -> int:
    """What the till's own documents say was moved by card, in minor units."""
    rows = counter.rows("SELECT minor FROM payment WHERE state IN ('used', 'approved')")
    return sum(row[0] for row in rows)


def test_the_intent_is_a_fact_before_the_terminal_hears_of_it(till: Counter, terminal: ScriptedTerminal) -> None:
    terminal.holding = True
    till.add("A-1")
    waiting = till.front.call("pay", tenders=[card("59.00")])
    till.settle()
    assert till.kinds() == ["ShiftOpened", "PaymentStarted"]
    assert terminal.told == ["approved 5900"]
    terminal.let_through()
    sale = waiting.result(5)["sale"]
    assert till.kinds() == ["ShiftOpened", "PaymentStarted", "PaymentEnded", "TicketsSold"]
    assert terminal.total == booked(till) == 5900
    report = till.ask("close_shift", counted={"total": "100.00"})["report"]
    assert (report["by_tender"], report["difference"]) == ({"card": "59.00"}, "0.00")
    assert sale["total"] == "59.00"


def test_a_decline_sells_nothing_and_the_basket_stays(till: Counter, terminal: ScriptedTerminal) -> None:
    terminal.script = ["declined"]
    till.add("A-1")
    assert till.refusal("pay", tenders=[card("59.00")]).code == "payment_declined"
    assert till.right("A-1") == ("LEASED", 1)
    assert till.ask("remove", line=1)["basket"]["lines"] == []
    assert terminal.total == booked(till) == 0


def test_cards_go_last_and_what_went_before_a_decline_is_reversed(till: Counter, terminal: ScriptedTerminal) -> None:
    terminal.script = ["approved", "declined"]
    till.add("A-1")
    tenders = [card("20.00"), cash("9.00"), card("30.00")]
    refused = till.refusal("pay", tenders=tenders)
    assert (refused.code, refused.fields["kept"]) == ("payment_declined", [])
    assert terminal.total == booked(till) == 0
    assert till.ask("pay", tenders=tenders)["sale"]["total"] == "59.00"
    assert terminal.total == booked(till) == 5000


def test_what_cannot_be_reversed_pays_for_the_next_try(till: Counter, terminal: ScriptedTerminal) -> None:
    terminal.script, terminal.reverses = ["approved", "declined"], False
    till.add("A-1")
    refused = till.refusal("pay", tenders=[card("20.00"), card("39.00")])
    assert len(refused.fields["kept"]) == 1
    assert till.refusal("pay", tenders=[cash("59.00")]).code == "not_allowed"
    assert till.refusal("clear").code == "not_allowed"
    till.ask("pay", tenders=[card("20.00"), cash("39.00")])
    assert terminal.total == booked(till) == 2000


def test_while_it_is_unknown_the_basket_is_pinned(till: Counter, terminal: ScriptedTerminal) -> None:
    terminal.script, terminal.recovers = ["unknown"], False
    till.add("A-1")
    assert till.refusal("pay", tenders=[card("59.00")]).code == "payment_unknown"
    for verb, fields in (
        ("clear", {}),
        ("remove", {"line": 1}),
        ("add", {"show": "aida", "places": ["A-2"], "price_type": "adult"}),
        ("retype", {"line": 1, "price_type": "adult"}),
        ("pay", {"tenders": [cash("59.00")]}),
        ("pay", {"tenders": [card("59.00")]}),
        ("close_shift", {"counted": {"total": "100.00"}}),
    ):
        assert till.refusal(verb, **fields).code == "payment_unknown", verb
    till.clock.wait(minutes=30)
    assert [ask.place for ask in till.line.recall(("aida", "A-1"))] == ["A-1"], "declined, whatever the time"
    assert terminal.told == ["unknown 5900"], "no second charge"


def test_the_terminal_tells_later_and_the_same_payment_is_used(till: Counter, terminal: ScriptedTerminal) -> None:
    terminal.script = ["unknown"]
    till.add("A-1")
    assert till.refusal("pay", tenders=[card("59.00")]).code == "payment_unknown"
    assert till.ask("pay", tenders=[card("59.00")])["sale"]["total"] == "59.00"
    assert terminal.told == ["unknown 5900"]
    assert terminal.total == booked(till) == 5900


def test_one_that_did_not_come_through_is_charged_anew(till: Counter, terminal: ScriptedTerminal) -> None:
    terminal.script, terminal.takes = ["unknown"], False
    till.add("A-1")
    assert till.refusal("pay", tenders=[card("59.00")]).code == "payment_unknown"
    till.ask("pay", tenders=[card("59.00")])
    assert terminal.told == ["unknown 5900", "approved 5900"]
    assert terminal.total == booked(till) == 5900


@pytest.mark.parametrize("takes", [True, False])
def test_a_till_that_stops_in_a_payment_charges_nothing_twice(
    till: Counter, terminal: ScriptedTerminal, takes: bool
) -> None:
    terminal.holding, terminal.takes, terminal.script = True, takes, ["unknown"]
    till.add("A-1")
    till.front.call("pay", tenders=[card("59.00")], key="k")
    till.settle()
    terminal.waiting.clear()
    terminal.holding = False
    till.restart()
    till.settle()
    till.sign_in()
    state = till.said("payment")[-1]["state"]
    assert state == ("approved" if takes else "declined")
    sale = till.ask("pay", tenders=[card("59.00")], key="k")
    assert till.ask("pay", tenders=[card("59.00")], key="k") == sale
    assert terminal.total == booked(till) == 5900
    assert till.kinds().count("TicketsSold") == 1


class SlowTerminal(ScriptedTerminal):
    """Moves money when it is told to, like one whose customer still looks for the card."""

    asked: list[str]
    at_work: tuple[Future[CardOutcome], str, int]

    def pay(self, key: str, minor: int, currency: str) -> Future[CardOutcome]:
        if self.script:
            return super().pay(key, minor, currency)
        self.at_work = Future(), key, minor
        return self.at_work[0]

    def recover(self, key: str, minor: int, currency: str, before: dict[str, str]) -> Future[CardOutcome]:
        self.asked = [*getattr(self, "asked", []), key]
        return super().recover(key, minor, currency, before)

    def finish(self) -> None:
        done, key, minor = self.at_work
        self.charged[key] = minor
        done.set_result(CardOutcome("approved", "", {"trace": "8"}))


def test_a_till_that_asks_again_does_not_ask_about_the_payment_under_way(
    make_counter: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(charge, "ASK_AGAIN_S", 0.05)
    terminal = SlowTerminal(script=["unknown"], takes=False, recovers=False)
    till = make_counter(terminal=terminal)
    till.open()
    till.add("A-1")
    assert till.refusal("pay", tenders=[card("59.00")]).code == "payment_unknown"
    till.restart()
    till.sign_in()
    (open_,) = till.ask("payments")["payments"]
    till.ask("settle_payment", payment=open_["payment"], outcome="declined")
    terminal.recovers, before = True, len(terminal.asked)
    paying = till.front.call("pay", tenders=[card("59.00")])
    time.sleep(0.4)  # several times as long as until it asks again
    till.settle()
    terminal.finish()
    assert paying.result(5)["sale"]["total"] == "59.00"
    assert terminal.at_work[1] not in terminal.asked[before:]
    assert terminal.total == booked(till) == 5900


def test_money_taken_for_a_basket_that_is_given_up_is_reversed(till: Counter, terminal: ScriptedTerminal) -> None:
    terminal.script = ["unknown"]
    till.add("A-1")
    assert till.refusal("pay", tenders=[card("59.00")]).code == "payment_unknown"
    till.restart()
    till.settle()
    till.sign_in()
    (left,) = till.ask("payments")["payments"]
    assert (left["state"], left["amount"], left["subject"]) == ("approved", "59.00", "")
    assert till.refusal("clear").code == "not_allowed"
    assert till.refusal("pay", tenders=[cash("59.00")]).code == "not_allowed"
    till.ask("reverse_payment", payment=left["payment"])
    till.ask("clear")
    assert terminal.total == booked(till) == 0


@pytest.mark.parametrize(("said", "total"), [("approved", 5900), ("declined", 0)])
def test_what_the_terminal_cannot_tell_a_person_says(
    till: Counter, terminal: ScriptedTerminal, said: str, total: int
) -> None:
    terminal.script, terminal.recovers, terminal.takes = ["unknown"], False, said == "approved"
    till.add("A-1")
    payment = till.refusal("pay", tenders=[card("59.00")]).fields["payment"]
    settled = till.ask("settle_payment", payment=payment, outcome=said, key="s")
    assert settled["outcome"] == said
    assert till.ask("settle_payment", payment=payment, outcome=said, key="s") == settled
    assert f"settled {payment}" in terminal.told
    till.ask("pay", tenders=[card("59.00") if said == "approved" else cash("59.00")])
    assert terminal.total == booked(till) == total
    assert till.refusal("settle_payment", payment=payment, outcome="declined").code == "bad_request"


def test_the_terminals_word_goes_before_a_persons(till: Counter, terminal: ScriptedTerminal) -> None:
    terminal.script = ["unknown"]
    till.add("A-1")
    payment = till.refusal("pay", tenders=[card("59.00")]).fields["payment"]
    assert till.ask("settle_payment", payment=payment, outcome="declined")["outcome"] == "approved"


def test_a_refund_goes_back_to_a_card(till: Counter, terminal: ScriptedTerminal) -> None:
    till.add("A-1")
    ticket = till.ask("pay", tenders=[card("50.00"), cash("9.00")])["sale"]["tickets"][0]["id"]
    body = till.ask("refund", tickets=[ticket], reason="ill")["refund"]
    # 58.00 was paid by 50.00 and 8.00; the fee of 5.80 is kept of the cash.
    assert [(tender["kind"], tender["amount"]) for tender in body["tenders"]] == [("card", "50.00"), ("cash", "2.20")]
    assert terminal.total == booked(till) == 0
    report = till.ask("close_shift", counted={"total": "106.80"})["report"]
    assert (report["difference"], report["by_tender"]) == ("0.00", {"card": "0.00", "cash": "6.80"})


def test_a_card_refund_that_is_unknown_pins_the_ticket_and_is_paid_once(
    till: Counter, terminal: ScriptedTerminal
) -> None:
    till.add("A-1")
    ticket = till.ask("pay", tenders=[card("59.00")])["sale"]["tickets"][0]["id"]
    terminal.script = ["unknown"]
    assert till.refusal("refund", tickets=[ticket], reason="ill").code == "payment_unknown"
    assert [ask.place for ask in till.line.recall(("aida", "A-1"))] == ["A-1"]
    till.restart()
    till.settle()
    till.sign_in()
    till.ask("refund", tickets=[ticket], reason="ill")
    assert terminal.total == 5900 - 5220
    assert till.refusal("refund", tickets=[ticket], reason="again").code == "already_refunded"


def test_an_exchange_is_paid_by_card(till: Counter, terminal: ScriptedTerminal) -> None:
    till.add("A-1", price_type="student", proof=True)
    ticket = till.ask("pay", tenders=[cash("30.00")])["sale"]["tickets"][0]["id"]
    fields: dict[str, Any] = {"tickets": [ticket], "show": "aida", "places": ["A-2"], "price_type": "adult"}
    terminal.script = ["declined"]
    assert till.refusal("exchange", **fields, tenders=[card("29.00")]).code == "payment_declined"
    assert (till.right("A-1"), till.right("A-2")) == (("SOLD", 1), ("LEASED", 1))
    till.ask("exchange", **fields, tenders=[card("29.00")])
    assert terminal.total == booked(till) == 2900


def test_without_a_terminal_cards_are_refused_and_cash_is_taken(counter: Counter) -> None:
    counter.add("A-1")
    refused = counter.refusal("pay", tenders=[card("59.00")])
    assert (refused.code, refused.fields["device"]) == ("device_absent", "terminal")
    counter.ask("pay", tenders=[cash("59.00")])


def test_one_card_at_a_time(till: Counter, terminal: ScriptedTerminal) -> None:
    """A key pressed twice, or two windows of one till: the second hears that a card is being charged."""
    terminal.holding = True
    till.add("A-1")
    first = till.front.call("pay", tenders=[card("59.00")])
    till.settle()
    second = till.front.call("pay", tenders=[card("59.00")])
    cash_too = till.front.call("pay", tenders=[cash("59.00")])
    till.settle()
    assert getattr(second.exception(5), "code", None) == "payment_unknown"
    assert getattr(cash_too.exception(5), "code", None) == "payment_unknown"
    terminal.let_through()
    assert first.result(5)["sale"]["total"] == "59.00"
    assert terminal.told == ["approved 5900"]
    assert terminal.total == booked(till) == 5900


def test_a_reversal_that_nobody_heard_of_pays_for_nothing(till: Counter, terminal: ScriptedTerminal) -> None:
    terminal.script, terminal.reverses_heard = ["approved", "declined"], False
    till.add("A-1")
    refused = till.refusal("pay", tenders=[card("30.00"), card("29.00")])
    (kept,) = refused.fields["kept"]
    assert terminal.total == 0, "the money is back, and the till does not know"
    assert till.refusal("pay", tenders=[card("30.00"), cash("29.00")]).code == "payment_unknown"
    assert till.ask("settle_payment", payment=kept, outcome="declined")["outcome"] == "declined"
    till.ask("pay", tenders=[card("30.00"), cash("29.00")])
    assert terminal.total == booked(till) == 3000


def test_a_reversal_under_way_pays_for_nothing(till: Counter, terminal: ScriptedTerminal) -> None:
    terminal.script = ["unknown"]
    till.add("A-1")
    till.refusal("pay", tenders=[card("59.00")])
    till.restart()
    till.settle()
    till.sign_in()
    (left,) = till.ask("payments")["payments"]
    terminal.holding = True
    reversing = till.front.call("reverse_payment", payment=left["payment"])
    till.settle()
    paying = till.front.call("pay", tenders=[card("59.00")])
    till.settle()
    assert getattr(paying.exception(5), "code", None) == "payment_unknown"
    terminal.let_through()
    assert reversing.result(5)["outcome"] == "reversed"
    assert terminal.total == booked(till) == 0


def test_what_is_due_beyond_a_refund_that_was_broken_off_goes_to_the_card_too(
    till: Counter, terminal: ScriptedTerminal
) -> None:
    """The card had its money less the fee, which nobody knew; then the show was cancelled, and costs no fee."""
    till.add("A-1")
    ticket = till.ask("pay", tenders=[card("59.00")])["sale"]["tickets"][0]["id"]
    terminal.script, terminal.recovers = ["unknown"], False
    assert till.refusal("refund", tickets=[ticket], reason="ill").code == "payment_unknown"
    (waiting,) = till.ask("payments")["payments"]
    assert (waiting["purpose"], waiting["subject"]) == ("refund", ticket), "whoever finishes it need not have begun it"
    till.ask("settle_payment", payment=waiting["payment"], outcome="approved")
    till.line.document("show", show_document("aida", plan_version=small_hall().version, state="cancelled"))
    body = till.ask("refund", tickets=[ticket], reason="cancelled")["refund"]
    assert body["amount"] == "58.00"
    assert [(tender["kind"], tender["amount"]) for tender in body["tenders"]] == [("card", "52.20"), ("card", "5.80")]
    assert till.ask("payments")["payments"] == []
    assert terminal.told[-1] == "approved -580"


def test_what_a_card_refund_has_pinned_is_not_exchanged(till: Counter, terminal: ScriptedTerminal) -> None:
    till.add("A-1")
    ticket = till.ask("pay", tenders=[card("59.00")])["sale"]["tickets"][0]["id"]
    terminal.script = ["unknown"]
    till.refusal("refund", tickets=[ticket], reason="ill")
    till.restart()
    till.settle()
    till.sign_in()
    fields: dict[str, Any] = {"tickets": [ticket], "show": "aida", "places": ["A-2"], "price_type": "adult"}
    assert till.refusal("exchange", **fields, tenders=[]).code == "not_allowed"
    assert till.ask("refund", tickets=[ticket], reason="ill")["refund"]["amount"] == "52.20"


def test_what_can_neither_be_used_nor_reversed_is_written_off_by_a_supervisor(
    till: Counter, terminal: ScriptedTerminal
) -> None:
    terminal.script, terminal.reverses = ["approved", "declined"], False
    till.add("A-1")
    (kept,) = till.refusal("pay", tenders=[card("20.00"), card("39.00")]).fields["kept"]
    assert till.refusal("write_off_payment", payment=kept, reason="no slip").code == "approval_needed"
    sam = {"user": "sam", "pin": PINS["sam"]}
    till.ask("write_off_payment", payment=kept, reason="no slip", approver=sam)
    till.ask("clear")
    assert till.ask("close_shift", counted={"total": "100.00"})["report"]["difference"] == "0.00"
    assert violations(till) == []


@pytest.mark.expect_log("fenced: ")
def test_an_old_copy_of_a_ledger_asks_and_reverses_nothing(till: Counter, terminal: ScriptedTerminal) -> None:
    terminal.script, terminal.recovers = ["unknown"], False
    till.add("A-1")
    payment = till.refusal("pay", tenders=[card("59.00")]).fields["payment"]
    copy = till.copy_folder()
    terminal.recovers = True
    till.ask("pay", tenders=[card("59.00")])
    till.restart(lambda: till.restore(copy))
    till.settle()
    till.sign_in()
    assert till.ask("payments")["payments"][0]["state"] == "unknown"
    assert till.refusal("reverse_payment", payment=payment).code == "fenced"
    assert terminal.total == 5900
