"""Before money is taken: terms told, who buys, how many of a show, and a second pair of eyes on large orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.till.counter import PINS, Counter, show_document
from tests.unit.till.test_purses import checked
from tests.unit.till.test_refund import elsewhere, refund
from tests.unit.till.toy_terminal import ScriptedTerminal

Make = Callable[..., Counter]
IDA: dict[str, Any] = {"name": "Ida Novak", "identity": {"kind": "passport", "last4": "77Z1"}}


def by(user: str) -> dict[str, str]:
    return {"user": user, "pin": PINS[user]}


def total(till: Counter) -> str:
    return str(till.ask("basket")["basket"]["total"])


def refused(till: Counter, **more: Any) -> Any:
    """What paying the basket in cash is refused with; nothing has happened then."""
    kinds = till.kinds()
    found = till.refusal("pay", tenders=[{"kind": "cash", "amount": total(till)}], **more)
    assert till.kinds() == kinds
    return found


def sold(till: Counter, sale: str) -> dict[str, Any]:
    (body,) = till.desk.submit(lambda: till.desk.ledger.find_sales(sale=sale)).result(5)
    found: dict[str, Any] = body
    return found


@pytest.fixture
def opened(make_counter: Make) -> Make:
    def make(**more: Any) -> Counter:
        show = {key: more.pop(key) for key in ("identity", "max_per_buyer") if key in more}
        till = make_counter([show_document("aida", **show)], **more)
        till.open()
        return till

    return make


# ---- terms ---------------------------------------------------------------------------------


def test_where_the_venue_wants_it_nothing_is_sold_before_the_terms_are_told(opened: Make) -> None:
    till = opened(tell_terms=True)
    till.add("A-1")
    assert refused(till).code == "terms_not_told"
    assert refused(till, terms_told=False).code == "terms_not_told"
    sale = till.pay(terms_told=True)
    assert sold(till, sale["id"])["terms_told"] is True
    (page,) = next(job.content for job in till.printers.jobs if job.role == "ticket")["tickets"]
    assert page["terms"], "and the ticket says them"
    checked(till)


# ---- the order check -----------------------------------------------------------------------


def test_a_large_order_is_released_by_somebody_else_before_any_tender(opened: Make, make_counter: Make) -> None:
    terminal = ScriptedTerminal()
    till = make_counter(terminal=terminal, check={"amount": "100.00", "count": 5})
    till.open()
    till.add("A-1", "A-2")
    kinds = till.kinds()
    found = till.refusal("pay", tenders=[{"kind": "card", "amount": "118.00"}])
    assert (found.code, found.fields["what"], found.fields["why"]) == ("check_needed", "order", ["amount"])
    assert till.kinds() == kinds, "the card was not asked for anything"
    assert refused(till, checker=by("anna")).fields["what"] == "check", "nobody releases what they sell"
    assert refused(till, checker=by("beth")).code == "not_allowed", "a cashier releases nothing"
    assert refused(till, checker=by("ada")).code == "not_allowed", "an admin sets up machines"
    assert refused(till, checker={"user": "otto", "pin": "0000"}).code == "wrong_pin"
    sale = till.pay(checker=by("otto"))
    assert (sold(till, sale["id"])["user"], sold(till, sale["id"])["checked_by"]) == ("anna", "otto")
    checked(till)


def test_a_supervisor_who_sells_needs_another(opened: Make, make_counter: Make) -> None:
    till = make_counter(check={"count": 0})
    till.open("sam")
    till.add("A-1")
    assert refused(till).fields["why"] == ["count"]
    assert refused(till, checker=by("sam")).code == "not_allowed"
    assert till.pay(checker=by("otto"))["id"]


def test_named_and_group_orders_are_checked_where_the_venue_says_so(opened: Make) -> None:
    till = opened(check={"named": True, "group": True})
    till.line.document("price_type", {"id": "student", "name": {"en": "Group"}, "kind": "group"})
    till.add("A-1")
    assert refused(till, buyer=IDA).fields["why"] == ["named"]
    assert till.pay()["id"], "nobody's, and no group"
    till.add("A-2", price_type="student", proof=True)
    assert refused(till).fields["why"] == ["group"]


# ---- who buys ------------------------------------------------------------------------------


@pytest.mark.parametrize(("identity", "enough"), [("name", {"name": "Ida Novak"}), ("document", IDA)])
def test_where_a_show_asks_who_buys_it_is_kept_with_the_ticket(opened: Make, identity: str, enough: Any) -> None:
    till = opened(identity=identity)
    till.add("A-1")
    found = refused(till)
    assert (found.code, found.fields["what"]) == ("identity_needed", identity)
    if identity == "document":
        assert refused(till, buyer={"name": "Ida Novak"}).code == "identity_needed"
    sale = till.pay(buyer=enough)
    (ticket,) = sold(till, sale["id"])["tickets"]
    assert ticket["name"] == "Ida Novak"
    assert ticket.get("identity") == enough.get("identity")
    (page,) = next(job.content for job in till.printers.jobs if job.role == "ticket")["tickets"]
    assert page["buyer"] == "Ida Novak"
    assert not any("77Z1" in str(row) for row in till.rows("SELECT envelope FROM journal")), "it lies beside the fact"
    checked(till)


def test_whoever_returns_a_ticket_is_whose_it_is(opened: Make) -> None:
    till = opened(identity="document")
    till.add("A-1", "A-2")
    first, second = (ticket["id"] for ticket in till.pay(buyer=IDA)["tickets"])
    found = till.refusal("refund", tickets=[first], reason="ill")
    assert (found.code, found.fields["what"]) == ("identity_needed", "document")
    assert till.refusal("refund", tickets=[first], reason="ill", identity="77Z2").code == "identity_needed"
    refund(till, first, identity="P 0123 77z1")
    assert till.bodies("TicketsRefunded")[0]["refund"]["identity"] == "77z1", "no more of it is kept"
    refund(till, second, approver=by("sam"))
    checked(till)


# ---- how many ------------------------------------------------------------------------------


def test_one_buyer_has_no_more_than_the_show_allows(opened: Make) -> None:
    till = opened(max_per_buyer=2)
    till.add("A-1", "A-2", "A-3")
    found = refused(till)
    assert (found.code, found.fields["limit"], found.fields["wanted"]) == ("limit_exceeded", 2, 3)
    till.ask("remove", line=3)
    first, _ = (ticket["id"] for ticket in till.pay(buyer={"name": "Ida  NOVAK"})["tickets"])
    till.add("A-3")
    assert refused(till, buyer=IDA).fields["have"] == 2, "by the name, however it is written"
    refund(till, first)
    assert till.pay(buyer=IDA)["id"], "what came back does not count"
    till.add("B-1")
    assert till.pay(buyer={"name": "Another"})["id"]
    checked(till)


def test_what_other_windows_sold_counts_as_far_as_this_till_knows(opened: Make) -> None:
    till = opened(max_per_buyer=1)
    till.line.sell_elsewhere("aida", elsewhere() | {"name": "Somebody", "buyer": {"identity": IDA["identity"]}})
    till.add("A-1")
    assert refused(till, buyer=IDA).code == "limit_exceeded", "by the document"
    till.line.cut()
    sale = till.pay(buyer={"name": "New Face"})
    assert sale["limit_known"] == "here", "the office may know of more"


# ---- made out to somebody else -------------------------------------------------------------


def test_a_ticket_is_made_out_to_somebody_else_and_the_old_paper_dies(opened: Make) -> None:
    till = opened(identity="document")
    till.add("A-1")
    (ticket,) = till.pay(buyer=IDA)["tickets"]
    till.printers.run()
    new = {"name": "Bo Lind", "identity": {"kind": "id", "last4": "9001"}}
    fields = {"ticket": ticket["id"], "buyer": new}
    assert till.refusal("rename_ticket", **fields).code == "identity_needed", "the old holder must be here"
    nameless = {"ticket": ticket["id"], "buyer": {"name": "Bo Lind"}, "identity": "77Z1"}
    assert till.refusal("rename_ticket", **nameless).code == "identity_needed", "and the new one known"
    told = till.ask("rename_ticket", **fields, identity="77Z1")["ticket"]
    assert (told["name"], told["code"], told["copy"]) == ("Bo Lind", f"{ticket['code']}.1", 1)
    (page,) = till.printers.jobs[-1].content["tickets"]
    assert page["buyer"] == "Bo Lind"
    assert till.kinds()[-2:] == ["TicketRenamed", "CopyIssued"]
    assert till.refusal("refund", tickets=[ticket["id"]], reason="ill", identity="77Z1").code == "identity_needed"
    refund(till, ticket["id"], identity="9001")
    checked(till)


def test_the_terms_say_until_when(opened: Make) -> None:
    till = opened(identity="name")
    till.line.document("terms", {"id": "standard", "refund_until": "24h", "refund_fee": "10%", "rename_until": "72h"})
    till.add("A-1")
    (ticket,) = till.pay(buyer=IDA)["tickets"]
    fields = {"ticket": ticket["id"], "buyer": {"name": "Bo Lind"}, "identity": "Ida"}
    assert till.refusal("rename_ticket", **fields).code == "outside_terms"
    assert till.ask("rename_ticket", **fields, approver=by("sam"))["ticket"]["name"] == "Bo Lind"
    assert till.bodies("TicketRenamed")[0]["approver"] == "sam"
    checked(till)


def test_an_exchange_is_for_somebody_too_and_within_the_limit(make_counter: Make) -> None:
    asks = show_document("tosca", identity="document", max_per_buyer=1)
    till = make_counter([show_document("aida"), asks])
    till.open()
    (ticket,) = till.sell("A-1")["tickets"]
    tender = [{"kind": "cash", "amount": "0.00"}]
    fields = {"tickets": [ticket["id"]], "show": "tosca", "places": ["B-1"], "price_type": "adult", "tenders": tender}
    assert till.refusal("exchange", **fields).code == "identity_needed"
    two = fields | {"places": ["B-1", "B-2"], "tenders": [{"kind": "cash", "amount": "58.00"}]}
    assert till.refusal("exchange", **two, buyer=IDA).code == "limit_exceeded"
    (new,) = till.ask("exchange", **fields, buyer=IDA)["exchange"]["tickets"]
    assert till.ask("find", code=new["code"])["sales"][0]["buyer"]["identity"]["last4"] == "77Z1"
    again = fields | {"tickets": [new["id"]], "places": ["B-3"]}
    assert till.ask("exchange", **again)["exchange"]["tickets"], "the one that comes back does not count"
    checked(till)
