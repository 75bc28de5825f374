"""The gate: a ticket lets in once, by its highest copy, and what was let in does not simply come back."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from pos.store.verify import report
from tests.unit.till.counter import PINS, Counter, show_document
from tests.unit.till.test_collect import order
from tests.unit.till.test_refund import SAM, elsewhere
from tests.unit.till.toy_terminal import ScriptedTerminal

Make = Callable[..., Counter]
ELSEWHERE = {"till": "T2", "at": "2027-03-03T17:30:00.000+01:00", "copy": 0}


def admit(counter: Counter, code: str, show: str = "aida") -> dict[str, Any]:
    body: dict[str, Any] = counter.ask("admit", code=code, show=show)["admitted"]
    return body


def sold(counter: Counter, *places: str) -> tuple[str, str]:
    """(id, code) of the first ticket."""
    ticket = counter.sell(*places)["tickets"][0]
    return ticket["id"], ticket["code"]


def test_a_ticket_lets_in_once(counter: Counter) -> None:
    ticket, code = sold(counter, "A-1")
    admitted = admit(counter, code)
    assert {key: admitted[key] for key in ("id", "show", "place", "label", "category", "price_type", "copy")} == {
        "id": ticket, "show": "aida", "place": "A-1", "label": "Stalls A 1", "category": "Stalls",
        "price_type": "adult", "copy": 0,
    }  # fmt: skip
    for again in (code, ticket, f"{code}.1"):
        refused = counter.refusal("admit", code=again, show="aida")
        assert (refused.code, refused.fields["holder"]) == ("already_admitted", "T1")
        assert refused.fields["since"] == admitted["at"]
    assert counter.kinds().count("TicketsAdmitted") == 1
    (found,) = counter.ask("find", code=code)["sales"]
    assert found["tickets"][0]["admitted"] == {"till": "T1", "at": admitted["at"], "copy": 0}
    counter.restart()
    counter.sign_in()
    assert counter.refusal("admit", code=code, show="aida").code == "already_admitted"


def test_a_gate_needs_neither_shift_nor_line(make_counter: Make) -> None:
    counter = make_counter()
    counter.line.sell_elsewhere("aida", elsewhere())
    counter.settle()
    counter.line.cut()
    assert counter.refusal("admit", code="ELSEWHERE1", show="aida").code == "not_signed_in"
    counter.sign_in("otto")
    assert counter.refusal("admit", code="ELSEWHERE1", show="aida").code == "not_allowed"
    counter.sign_in()
    assert admit(counter, "elsewhere1")["id"] == "T2-00001-1"


def test_the_same_key_lets_in_once_and_answers_again(counter: Counter) -> None:
    _, code = sold(counter, "A-1")
    first = counter.ask("admit", code=code, show="aida", key="k")
    assert counter.ask("admit", code=code, show="aida", key="k") == first


def test_only_the_highest_copy_counts(counter: Counter) -> None:
    ticket, code = sold(counter, "A-1")
    counter.ask("reprint", ticket=ticket, reason="lost")
    refused = counter.refusal("admit", code=code, show="aida")
    assert (refused.code, refused.fields["newest"]) == ("superseded", 1)
    assert admit(counter, f"{code}.1")["copy"] == 1


def test_a_copy_issued_elsewhere_supersedes_as_soon_as_it_is_heard_of(counter: Counter) -> None:
    counter.line.sell_elsewhere("aida", elsewhere())
    counter.line.sale(elsewhere(copies=2))
    counter.settle()
    assert counter.refusal("admit", code="ELSEWHERE1.1", show="aida").code == "superseded"
    assert admit(counter, "T2-00001-1")["copy"] == 2  # typed in, without a paper


def test_a_copy_that_nobody_has_told_of_lets_in(counter: Counter) -> None:
    _, code = sold(counter, "A-1")
    assert admit(counter, f"{code}.3")["copy"] == 3


def test_what_another_gate_let_in_is_known_as_soon_as_it_is_heard_of(counter: Counter) -> None:
    counter.line.sell_elsewhere("aida", elsewhere())
    counter.line.sale(elsewhere(admitted=ELSEWHERE))
    counter.settle()
    refused = counter.refusal("admit", code="ELSEWHERE1", show="aida")
    assert (refused.code, refused.fields["holder"]) == ("already_admitted", "T2")


def test_what_came_back_or_is_of_another_evening_stays_out(make_counter: Make) -> None:
    counter = make_counter([show_document("aida"), show_document("tosca"), show_document("off", state="cancelled")])
    counter.open()
    ticket, code = sold(counter, "A-1")
    refused = counter.refusal("admit", code=code, show="tosca")
    assert (refused.code, refused.fields["show"]) == ("other_show", "aida")
    counter.ask("refund", tickets=[ticket], reason="ill")
    assert counter.refusal("admit", code=code, show="aida").code == "already_refunded"
    old, old_code = sold(counter, "A-2")
    counter.ask("exchange", tickets=[old], show="aida", places=["A-3"], price_type="adult", tenders=[])
    assert counter.refusal("admit", code=old_code, show="aida").code == "exchanged"
    for nothing in ("NOTHING", f"{code}.x", f"{code}."):
        assert counter.refusal("admit", code=nothing, show="aida").code == "unknown_ticket"
    assert counter.refusal("admit", code=code, show="off").code == "show_cancelled"
    assert counter.refusal("admit", code=code, show="carmen").code == "unknown_show"
    assert "TicketsAdmitted" not in counter.kinds()


def test_who_was_let_in_gets_nothing_back_without_a_supervisor(counter: Counter) -> None:
    ticket, code = sold(counter, "A-1")
    admit(counter, code)
    exchange = {"tickets": [ticket], "show": "aida", "places": ["A-3"], "price_type": "adult", "tenders": []}
    for verb, fields in (
        ("refund", {"tickets": [ticket], "reason": "ill"}),
        ("reprint", {"ticket": ticket, "reason": "lost"}),
        ("exchange", exchange),
    ):
        assert counter.refusal(verb, **fields).code == "already_admitted"
        wrong = {"user": "sam", "pin": "0000"}
        assert counter.refusal(verb, **fields, approver=wrong).code == "wrong_pin"
    assert counter.kinds() == ["ShiftOpened", "TicketsSold", "TicketsAdmitted"]
    counter.ask("reprint", ticket=ticket, reason="lost", approver=SAM)
    counter.ask("refund", tickets=[ticket], reason="fainted", approver=SAM)
    (told,) = counter.rows("SELECT body FROM refund")[0]
    assert f'"admitted": ["{ticket}"]' in told
    assert '"approver": "sam"' in told


def test_a_supervisor_signed_in_needs_no_other(counter: Counter) -> None:
    ticket, code = sold(counter, "A-1")
    admit(counter, code)
    counter.ask("sign_in", user="sam", pin=PINS["sam"])
    counter.ask("exchange", tickets=[ticket], show="aida", places=["A-3"], price_type="adult", tenders=[])
    (told,) = counter.rows("SELECT body FROM sale WHERE id LIKE '%X%'")[0]
    assert f'"admitted": ["{ticket}"]' in told


def test_an_order_that_was_let_in_is_not_collected(counter: Counter) -> None:
    """Its code was on a telephone."""
    counter.line.order("aida", order("A-5"))
    counter.settle()
    admit(counter, "ORDER1")
    assert counter.refusal("collect", code="ORDER1").code == "already_admitted"


def test_a_ticket_that_a_card_is_paid_back_for_waits_at_the_gate(make_counter: Make) -> None:
    terminal = ScriptedTerminal()
    counter = make_counter(terminal=terminal)
    counter.open()
    counter.add("A-1")
    sale = counter.ask("pay", tenders=[{"kind": "card", "amount": "59.00"}])["sale"]
    terminal.script = ["unknown"]
    ticket, code = sale["tickets"][0]["id"], sale["tickets"][0]["code"]
    assert counter.refusal("refund", tickets=[ticket], reason="ill").code == "payment_unknown"
    assert counter.refusal("admit", code=code, show="aida").code == "not_allowed"


@pytest.mark.expect_log("fenced: an old copy")
def test_a_fenced_till_lets_nobody_in(counter: Counter) -> None:
    _, code = sold(counter, "A-1")
    counter.line.side.fence("an old copy").result(5)
    assert counter.refusal("admit", code=code, show="aida").code == "fenced"


def test_the_tills_own_check_knows_who_was_let_in(counter: Counter) -> None:
    _, code = sold(counter, "A-1")
    admit(counter, code)
    counter.line.drain()
    out = io.StringIO()
    assert report(counter.folder, out) == 0, out.getvalue()
    counter.desk.submit(lambda: counter.desk.ledger.connection.exec_driver_sql("DELETE FROM admission")).result(5)
    assert report(counter.folder, out) == 1
    assert "I3 ticket T1-00001-1 was let in" in out.getvalue()


@pytest.mark.parametrize("fields", [{}, {"code": "x"}, {"code": " ", "show": "aida"}, {"code": 1, "show": "aida"}])
def test_nonsense_is_a_bad_request(counter: Counter, fields: dict[str, Any]) -> None:
    assert counter.refusal("admit", **fields).code == "bad_request"
