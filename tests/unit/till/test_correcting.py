"""The wrong tender, put right as a fact: the books, the drawer and later refunds follow; machines' money does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.till.counter import PINS, Counter, show_document
from tests.unit.till.test_purses import by_card, cash, checked, sell, tenders_of, with_purses
from tests.unit.till.test_refund import elsewhere, refund
from tests.unit.till.toy_terminal import ScriptedTerminal

Make = Callable[..., Counter]
SAM = {"user": "sam", "pin": PINS["sam"]}
SLIP = {"kind": "card", "slip": "004711", "last4": "1234"}
SHOW = show_document("aida")
ON_SLIP = {"kind": "card_slip", "amount": "59.00", "slip": "004711", "last4": "1234"}


def correct(till: Counter, sale: str, wrong: str = "cash", to: dict[str, str] | None = None, **more: Any) -> Any:
    fields = {"sale": sale, "from": wrong, "to": to or SLIP, "reason": "pressed the wrong key"} | more
    return till.ask("correct_tender", **fields)["correction"]


def refused(till: Counter, sale: str, wrong: str = "cash", to: dict[str, str] | None = None, **more: Any) -> Any:
    kinds = till.kinds()
    fields = {"sale": sale, "from": wrong, "to": to or SLIP, "reason": "pressed the wrong key"} | more
    found = till.refusal("correct_tender", **fields)
    assert till.kinds() == kinds
    return found


def moves(till: Counter) -> list[tuple[str, int]]:
    return till.rows("SELECT kind, minor FROM cash_move ORDER BY id")


def test_cash_that_was_a_card_leaves_the_drawer_and_comes_back_to_the_card(counter: Counter) -> None:
    sale = sell(counter, cash("59.00"))
    body = correct(counter, sale["id"])
    assert (body["id"], body["cash"], body["tenders"]) == ("T1-C00001", "-59.00", [ON_SLIP])
    assert moves(counter) == [("float", 10_000), ("sale", 5_900), ("correction", -5_900)]
    assert tenders_of(counter, sale["id"]) == [ON_SLIP]
    back = refund(counter, sale["tickets"][0]["id"], slip="004712")
    assert back["tenders"] == [{"kind": "card_slip", "amount": "52.20", "slip": "004712"}]
    report = counter.ask("close_shift", counted={"total": "100.00"})["report"]
    assert (report["difference"], report["by_tender"]) == ("0.00", {"cash": "0.00", "card_slip": "6.80"})
    checked(counter)


def test_a_slip_that_was_cash_comes_into_the_drawer_rounded_as_cash_is(make_counter: Make) -> None:
    till = make_counter([{**SHOW, "prices": "odd"}], cash_rounding="0.05")
    till.line.document("prices", {"id": "odd", "tax": "reduced", "table": {"Stalls": {"adult": "58.02"}}})
    till.open()
    sale = sell(till, {"kind": "card", "amount": "59.02", "slip": "1"})
    body = correct(till, sale["id"], "card_slip", {"kind": "cash"})
    assert (body["cash"], body["rounding"]) == ("59.00", "-0.02")
    again = correct(till, sale["id"])
    assert (again["cash"], again["rounding"], again["tenders"][0]["amount"]) == ("-59.00", "0.00", "59.02")
    checked(till)


def test_only_the_wrong_part_of_a_split_sale_changes(counter: Counter) -> None:
    till = with_purses(counter)
    sale = sell(till, by_card("40.00"), cash("19.00"))
    correct(till, sale["id"])
    kinds = [(tender["kind"], tender["amount"]) for tender in tenders_of(till, sale["id"])]
    assert kinds == [("gift_card", "40.00"), ("card_slip", "19.00")]
    assert refund(till, sale["tickets"][0]["id"], slip="2")["tenders"][0]["kind"] == "gift_card"
    checked(till)


def test_in_another_shift_a_supervisor_must_and_what_was_counted_stays(counter: Counter) -> None:
    sale = sell(counter, cash("59.00"))
    counter.ask("close_shift", counted={"total": "100.00"})  # 59.00 are missing, being on a card
    counter.ask("open_shift", float="50.00")
    assert refused(counter, sale["id"]).code == "approval_needed"
    body = correct(counter, sale["id"], approver=SAM)
    assert (body["cash"], body["approver"], body["user"]) == ("0.00", "sam", "anna")
    assert moves(counter)[-1] == ("float", 5_000), "today's drawer has nothing to do with it"
    checked(counter)


def test_a_corrected_sale_is_undone_by_its_right_tender(counter: Counter) -> None:
    sale = sell(counter, cash("59.00"))
    correct(counter, sale["id"])
    body = counter.ask("void", sale=sale["id"], surrendered=True, slip="004712")["void"]
    assert body["tenders"] == [{"kind": "card_slip", "amount": "59.00", "slip": "004712"}]
    assert moves(counter)[-1] == ("correction", -5_900)
    checked(counter)


def test_what_went_through_a_machine_or_a_code_is_not_relabelled(make_counter: Make) -> None:
    till = with_purses(make_counter(terminal=ScriptedTerminal()))
    till.open()
    sale = sell(till, by_card("40.00"), {"kind": "card", "amount": "19.00"})
    assert refused(till, sale["id"], "card", {"kind": "cash"}).code == "not_allowed"
    assert refused(till, sale["id"], "gift_card", {"kind": "cash"}).code == "not_allowed"
    assert refused(till, sale["id"]).code == "not_allowed", "there was no cash in it"
    other = sell(till, cash("59.00"), place="A-2")
    assert refused(till, other["id"], to={"kind": "card"}).code == "not_allowed", "a card needs the terminal, or a slip"
    assert refused(till, other["id"], to={"kind": "gift_card"}).code == "bad_request"


def test_a_sale_that_ended_in_part_or_is_anothers_stays_as_it_is(counter: Counter) -> None:
    counter.add("A-1", "A-2")
    sale = counter.pay()
    refund(counter, sale["tickets"][0]["id"])
    assert refused(counter, sale["id"]).code == "already_refunded"
    counter.line.sell_elsewhere("aida", elsewhere())
    assert refused(counter, "T2-00001").fields["what"] == "correct_tender"


def test_while_another_window_has_its_tickets_it_waits(counter: Counter) -> None:
    sale = sell(counter, cash("59.00"))
    counter.line.recall(("aida", "A-1"))
    counter.line.drain()
    counter.line.cut()
    assert refused(counter, sale["id"]).code == "right_to_refund_elsewhere"


@pytest.mark.parametrize("text", ["4111 1111 1111 1111", "4111111111111111"])
def test_no_card_number_is_kept_for_a_slip(counter: Counter, text: str) -> None:
    sale = sell(counter, cash("59.00"))
    correct(counter, sale["id"], to={"kind": "card", "slip": text})
    assert not any("11111111" in str(row).replace(" ", "") for row in counter.rows("SELECT envelope FROM journal"))
