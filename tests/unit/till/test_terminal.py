"""The payment terminal outside of payments: what it shows and prints, stopping it, its end of day."""

from __future__ import annotations

import io
import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import pos.till.counter.charge as charge
import pos.till.counter.terminal as terminal_verbs
from pos.domain.card import CardOutcome, CardSlip, CardTotal, DayTotals, SlipLine
from pos.headless import Headless
from pos.paper.content import pages
from pos.till.front import VERBS
from pos.till.sayings import in_all_languages
from tests.mutate import mutate
from tests.unit.store.evening import violations
from tests.unit.till.counter import Counter
from tests.unit.till.test_charge import card, cash
from tests.unit.till.toy_terminal import ScriptedTerminal

Make = Callable[..., Counter]
SLIPS = (
    CardSlip(
        "merchant", (SlipLine("** MERCHANT **", centred=True), SlipLine("Sum      EUR 59.00"), SlipLine("-" * 24))
    ),
    CardSlip("customer", (SlipLine("   CUSTOMER"), SlipLine("************4111"))),
)
HANDED_IN = DayTotals(5900, (CardTotal("Visa", 1, 5900),), "0001", "0007")


@pytest.fixture
def terminal() -> ScriptedTerminal:
    return ScriptedTerminal(slips=SLIPS)


@pytest.fixture
def till(make_counter: Make, terminal: ScriptedTerminal) -> Counter:
    counter = make_counter(terminal=terminal)
    counter.open()
    return counter


def slips_of(till: Counter) -> list[str]:
    """The first line of every card slip that came out."""
    till.settle()
    till.printers.run()
    till.settle()
    return [job["lines"][0]["text"] for _, job in till.printers.paper if job["kind"] == "card_slip"]


# ---- slips -------------------------------------------------------------------------------


def test_a_payments_slips_come_out_once_before_its_receipt(till: Counter) -> None:
    till.add("A-1")
    till.ask("pay", tenders=[card("59.00")])
    assert slips_of(till) == ["** MERCHANT **", "CUSTOMER"]
    assert [job["kind"] for _, job in till.printers.paper] == ["card_slip", "card_slip", "tickets", "receipt"]
    merchant = till.printers.paper[0][1]
    assert merchant["lines"] == [
        {"text": "** MERCHANT **", "centred": True}, {"text": "Sum", "amount": "EUR 59.00"}, {"text": "", "rule": True},
    ]  # fmt: skip
    for _, job in till.printers.paper:
        assert pages(job)
    till.restart()
    assert slips_of(till) == ["** MERCHANT **", "CUSTOMER"]


def test_a_till_that_stops_before_the_slips_are_printed_prints_them_once(till: Counter) -> None:
    till.add("A-1")
    till.ask("pay", tenders=[card("59.00")])
    till.restart()
    assert slips_of(till) == ["** MERCHANT **", "CUSTOMER"]
    till.restart()
    assert slips_of(till) == ["** MERCHANT **", "CUSTOMER"]


def test_a_payment_that_is_found_after_a_crash_prints_its_slips_once(till: Counter, terminal: ScriptedTerminal) -> None:
    terminal.holding, terminal.script = True, ["unknown"]
    till.add("A-1")
    till.front.call("pay", tenders=[card("59.00")], key="k")
    till.settle()
    terminal.waiting.clear()
    terminal.holding = False
    till.restart()
    assert slips_of(till) == ["** MERCHANT **", "CUSTOMER"]
    till.sign_in()
    till.ask("pay", tenders=[card("59.00")], key="k")
    assert slips_of(till) == ["** MERCHANT **", "CUSTOMER"]


def test_while_it_is_unknown_nothing_is_printed_of_it(till: Counter, terminal: ScriptedTerminal) -> None:
    terminal.script, terminal.recovers = ["unknown"], False
    till.add("A-1")
    till.refusal("pay", tenders=[card("59.00")])
    assert slips_of(till) == []


def test_a_reversals_slips_come_out_too(till: Counter, terminal: ScriptedTerminal) -> None:
    terminal.script = ["approved", "declined"]
    till.add("A-1")
    till.refusal("pay", tenders=[card("20.00"), card("39.00")])
    # Of the one that was approved, of the one that was declined, and of taking the first back.
    assert slips_of(till) == ["** MERCHANT **", "CUSTOMER"] * 3


def test_without_a_receipt_printer_there_are_no_slips(make_counter: Make, terminal: ScriptedTerminal) -> None:
    till = make_counter(terminal=terminal, roles=("ticket",))
    till.open()
    till.add("A-1")
    till.ask("pay", tenders=[card("59.00")])
    assert slips_of(till) == []
    assert till.refusal("card_receipt").code == "device_absent"


def test_the_last_slips_again_are_copies(till: Counter, terminal: ScriptedTerminal) -> None:
    answer = till.ask("card_receipt", key="again")
    assert till.ask("card_receipt", key="again") == answer
    assert slips_of(till) == ["** MERCHANT **", "CUSTOMER"]
    assert {job["copy"] for _, job in till.printers.paper} == {1}
    terminal.slips = ()
    assert till.refusal("card_receipt").code == "terminal_failed"


# ---- what it shows, and stopping it --------------------------------------------------------


def test_what_it_shows_is_told_in_every_language_with_the_payment(till: Counter, terminal: ScriptedTerminal) -> None:
    terminal.holding = True
    till.add("A-1")
    paying = till.front.call("pay", tenders=[card("59.00")])
    till.settle()
    terminal.show("enter_pin", "Bitte PIN")
    terminal.show("", "Trinkgeld?")
    shown = till.said("terminal")
    name = till.said("payment")[0]["payment"]
    assert [(one["payment"], one["what"], one["text"], one["words"]) for one in shown] == [
        (name, "enter_pin", "Enter PIN at the terminal", "Bitte PIN"), (name, "", "Trinkgeld?", "Trinkgeld?"),
    ]  # fmt: skip
    assert set(shown[0]["texts"]) == {"en", "zh_TW", "vi", "uk", "hu"}
    terminal.let_through()
    paying.result(5)
    assert [one["text"] for one in till.said("terminal")[2:]] == [""], "the screens are cleared"


def test_every_saying_of_the_protocol_has_its_words() -> None:
    from pos.devices.zvt.texts import saying

    says = {saying(code) for code in range(256)} - {""}
    assert len(says) > 10
    for what in (*says, "abort_ignored"):
        texts = in_all_languages(what)
        assert len(texts) == len(set(texts.values())) == 5, what


def test_only_what_is_at_work_is_asked_to_stop(till: Counter, terminal: ScriptedTerminal) -> None:
    assert till.refusal("abort_payment").code == "not_allowed"
    terminal.holding = True
    till.add("A-1")
    paying = till.front.call("pay", tenders=[card("59.00")])
    till.settle()
    assert till.ask("abort_payment") == {"asked": till.said("payment")[0]["payment"]}
    assert terminal.aborts == 1
    # It goes on all the same: what it charged is a sale.
    terminal.let_through()
    assert paying.result(5)["sale"]["total"] == "59.00"


def test_over_the_headless_face_a_payment_is_stopped_while_it_waits_and_answered_in_its_turn(
    till: Counter, terminal: ScriptedTerminal
) -> None:
    terminal.holding = True
    till.add("A-1")
    ours, theirs = os.pipe()
    out = io.BytesIO()
    with open(ours, "rb") as lines, open(theirs, "wb", buffering=0) as client:  # noqa: PTH123 - a pipe
        face = Headless(till.front, "T1", lines, out)
        serving = threading.Thread(target=face.serve)
        serving.start()
        client.write(json.dumps({"id": 1, "do": "pay", "tenders": [card("59.00")]}).encode() + b"\n")
        wait_for(lambda: bool(terminal.waiting))
        client.write(b'{"id": 2, "do": "status"}\n{"id": 3, "do": "abort_payment"}\n')
        wait_for(lambda: terminal.aborts == 1)
        terminal.let_through()
        client.write(b'{"id": 4, "do": "quit"}\n')
        serving.join(10)
    said = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["id"] for line in said if "id" in line] == [1, 2, 3, 4]
    assert next(line for line in said if line.get("id") == 3)["ok"]["asked"]


def wait_for(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_the_terminal_is_asked_again_what_it_did_and_charges_nothing(till: Counter, terminal: ScriptedTerminal) -> None:
    terminal.script, terminal.recovers = ["unknown"], False
    till.add("A-1")
    name = till.refusal("pay", tenders=[card("59.00")]).fields["payment"]
    assert till.ask("ask_payment", payment=name) == {"payment": name, "outcome": "unknown"}
    terminal.recovers = True
    assert till.ask("ask_payment", payment=name) == {"payment": name, "outcome": "approved"}
    assert terminal.told == ["unknown 5900"]
    till.ask("pay", tenders=[card("59.00")])
    assert till.refusal("ask_payment", payment=name).code == "bad_request"


def test_how_it_is_is_asked_of_the_terminal(till: Counter) -> None:
    assert till.ask("terminal_status")["terminal"] == {
        "state": "asked", "text": "", "last": {"trace": "6"}, "paying": None,
    }  # fmt: skip


@pytest.mark.parametrize("verb", ["terminal_status", "abort_payment", "card_receipt", "end_of_day"])
def test_without_a_terminal_there_is_none_to_ask(make_counter: Make, verb: str) -> None:
    till = make_counter()
    till.open()
    assert till.refusal(verb).code == "device_absent"


# ---- the end of its day ----------------------------------------------------------------------


def day(totals: DayTotals | None) -> CardOutcome:
    return CardOutcome("approved", "done", {"terminal": "52500295"}, SLIPS[:1], totals)


def end_day(till: Counter, terminal: ScriptedTerminal, totals: DayTotals | None) -> dict[str, Any]:
    terminal.ends = [day(totals)]
    body: dict[str, Any] = till.ask("end_of_day")["end_of_day"]
    return body


def test_an_end_of_day_is_held_against_what_the_till_has_moved(till: Counter, terminal: ScriptedTerminal) -> None:
    terminal.slips = ()
    till.add("A-1")
    till.ask("pay", tenders=[card("59.00")])
    body = end_day(till, terminal, HANDED_IN)
    assert (body["total"], body["expected"], body["difference"]) == ("59.00", "59.00", "0.00")
    assert body["cards"] == [{"card": "Visa", "count": 1, "amount": "59.00"}]
    assert len(body["payments"]) == 1
    assert till.bodies("TerminalDayEnded") == [body]
    assert slips_of(till) == ["** MERCHANT **", "Terminal"]
    ours = till.printers.paper[-1][1]
    assert ours["lines"][2] == {"text": "Difference", "amount": "€0.00"}
    # The next day begins after it; a difference is told.
    till.add("A-2")
    till.ask("pay", tenders=[card("20.00"), cash("39.00")])
    body = end_day(till, terminal, DayTotals(1500))
    assert (body["total"], body["expected"], body["difference"]) == ("15.00", "20.00", "-5.00")
    assert end_day(till, terminal, None)["difference"] is None
    assert violations(till) == []


def test_reversed_and_refunded_money_is_counted_as_it_moved(till: Counter, terminal: ScriptedTerminal) -> None:
    terminal.script = ["approved", "declined"]
    till.add("A-1")
    till.refusal("pay", tenders=[card("20.00"), card("39.00")])
    till.ask("pay", tenders=[card("59.00")])
    ticket = till.ask("find", sale="T1-00001")["sales"][0]["tickets"][0]["id"]
    back = till.ask("refund", tickets=[ticket], reason="ill")["refund"]["amount"]
    body = end_day(till, terminal, HANDED_IN)
    assert body["expected"] == f"{59.00 - float(back):.2f}"
    assert terminal.total == round(float(body["expected"]) * 100)


def test_one_that_fails_changes_nothing_and_one_that_is_unknown_leaves_its_mark(
    till: Counter, terminal: ScriptedTerminal
) -> None:
    till.add("A-1")
    till.ask("pay", tenders=[card("59.00")])
    terminal.ends = [CardOutcome("declined", "end-of-day batch not possible")]
    refused = till.refusal("end_of_day")
    assert (refused.code, refused.fields["known"]) == ("terminal_failed", True)
    assert end_day(till, terminal, HANDED_IN)["unclear_before"] is False
    terminal.ends = [CardOutcome("unknown", "the terminal has fallen silent")]
    refused = till.refusal("end_of_day")
    assert (refused.code, refused.fields["known"]) == ("terminal_failed", False)
    till.restart()
    till.sign_in()
    assert end_day(till, terminal, DayTotals(0))["unclear_before"] is True
    assert end_day(till, terminal, DayTotals(0))["unclear_before"] is False
    assert len(till.bodies("TerminalDayEnded")) == 3


def test_a_till_that_stops_in_an_end_of_day_knows_afterwards_that_it_asked(
    till: Counter, terminal: ScriptedTerminal
) -> None:
    terminal.holding, terminal.ends = True, [day(HANDED_IN)]
    till.front.call("end_of_day")
    till.settle()
    terminal.waiting.clear()
    terminal.holding = False
    till.restart()
    till.sign_in()
    assert end_day(till, terminal, DayTotals(0))["unclear_before"] is True


def test_no_end_of_day_while_a_payment_has_no_outcome_and_no_payment_in_an_end_of_day(
    till: Counter, terminal: ScriptedTerminal
) -> None:
    terminal.script, terminal.recovers = ["unknown"], False
    till.add("A-1")
    till.refusal("pay", tenders=[card("59.00")])
    assert till.refusal("end_of_day").code == "payment_unknown"
    assert not [told for told in terminal.told if told.startswith("end of day")]
    terminal.recovers = True
    till.ask("pay", tenders=[card("59.00")])
    till.add("A-2")
    terminal.holding, terminal.ends = True, [day(HANDED_IN)]
    ending = till.front.call("end_of_day")
    till.settle()
    assert till.refusal("pay", tenders=[card("59.00")]).code == "payment_unknown"
    assert till.refusal("end_of_day").code == "payment_unknown"
    assert till.refusal("card_receipt").code == "payment_unknown"
    terminal.let_through()
    ending.result(5)
    assert till.ask("pay", tenders=[card("59.00")])["sale"]["total"] == "59.00"


MUTATIONS: list[tuple[Any, str, str, str, Callable[..., None]]] = [
    (charge, "note", "jobs = slips.queue(desk, outcome.slips, payment.id)", "pass",
     test_a_payment_that_is_found_after_a_crash_prints_its_slips_once),
    (charge, "note", 'outcome.state != "unknown" and state_of(desk, payment.id) == OPEN', "True",
     test_while_it_is_unknown_nothing_is_printed_of_it),
    (charge, "leave_terminal", 'text=""', 'text="Insert card"',
     test_what_it_shows_is_told_in_every_language_with_the_payment),
    (terminal_verbs, "_begin", 'ledger.put_meta(_ASKED, "1")', "pass",
     test_a_till_that_stops_in_an_end_of_day_knows_afterwards_that_it_asked),
    (terminal_verbs, "_end", "desk.ledger.put_meta(_THROUGH, str(day.through))", "pass",
     test_an_end_of_day_is_held_against_what_the_till_has_moved),
    (terminal_verbs, "_failed", 'outcome.state == "declined"', "True",
     test_one_that_fails_changes_nothing_and_one_that_is_unknown_leaves_its_mark),
    (terminal_verbs, "end_of_day", "check_open(desk.ledger.payments.pending())", "pass",
     test_no_end_of_day_while_a_payment_has_no_outcome_and_no_payment_in_an_end_of_day),
    (terminal_verbs, "end_of_day", "desk.paying = AT_WORK", "pass",
     test_no_end_of_day_while_a_payment_has_no_outcome_and_no_payment_in_an_end_of_day),
    (terminal_verbs, "abort_payment", "not desk.paying", "False", test_only_what_is_at_work_is_asked_to_stop),
]  # fmt: skip


@pytest.mark.parametrize("case", MUTATIONS, ids=lambda case: f"{case[1]}: {case[2]}")
def test_without_its_guard_the_test_fails(
    till: Counter, terminal: ScriptedTerminal, monkeypatch: pytest.MonkeyPatch, case: Any
) -> None:
    owner, name, old, new, test = case
    mutate(monkeypatch, owner, name, old, new)
    if name in VERBS:
        monkeypatch.setitem(VERBS, name, replace(VERBS[name], run=getattr(owner, name)))
    wants = test.__code__.co_varnames[: test.__code__.co_argcount]
    with pytest.raises(Exception):  # noqa: B017, PT011 - an assertion, or an error that nobody expected
        test(**{key: value for key, value in {"till": till, "terminal": terminal}.items() if key in wants})
