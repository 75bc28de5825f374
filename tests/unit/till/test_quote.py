"""What taking tickets back would come to: told beforehand, and then done just so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.till.counter import PINS, Counter, show_document
from tests.unit.till.toy_terminal import ScriptedTerminal

Make = Callable[..., Counter]
SAM = {"user": "sam", "pin": PINS["sam"]}


def ids(sale: dict[str, Any]) -> list[str]:
    return [ticket["id"] for ticket in sale["tickets"]]


def test_what_is_told_is_what_is_paid(make_counter: Make) -> None:
    counter = make_counter(terminal=ScriptedTerminal())
    counter.open()
    counter.add("A-1", "A-2")
    tenders = [{"kind": "card", "amount": "60.00"}, {"kind": "cash", "amount": "58.00"}]
    tickets = ids(counter.ask("pay", tenders=tenders)["sale"])
    told = counter.ask("quote", tickets=tickets)
    assert told["tickets"][0]["refund"] == {"allowed": True, "until": "2027-03-02T18:00:00+01:00", "fee": "5.80"}
    assert told["tickets"][0]["label"] == "Stalls A 1"
    assert told["refund"]["needs"] == []
    done = counter.ask("refund", tickets=tickets, reason="ill")["refund"]
    assert (done["amount"], done["fee"]) == (told["refund"]["amount"], told["refund"]["fee"]) == ("104.40", "11.60")
    paid = [(tender["kind"], tender["amount"]) for tender in done["tenders"]]
    assert paid == [(tender["kind"], tender["amount"]) for tender in told["refund"]["tenders"]]
    assert counter.kinds().count("TicketsRefunded") == 1


def test_what_needs_a_supervisor_is_said_before_and_nothing_of_it_to_one(counter: Counter) -> None:
    sale = counter.sell("A-1")
    counter.clock.wait(hours=25)
    counter.ask("admit", code=sale["tickets"][0]["code"], show="aida")
    told = counter.ask("quote", tickets=ids(sale), waive_fee=True)["refund"]
    assert (told["needs"], told["fee"]) == (["outside_terms", "already_admitted", "approval_needed"], "0.00")
    counter.sign_in("sam")
    assert counter.ask("quote", tickets=ids(sale))["refund"]["needs"] == []


def test_a_drawer_that_holds_too_little_is_said_before(counter: Counter) -> None:
    sale = counter.sell("A-1")
    counter.ask("move_cash", kind="drop", amount="150.00", reason="safe")
    assert counter.ask("quote", tickets=ids(sale))["refund"]["short"] == "9.00"
    assert counter.refusal("refund", tickets=ids(sale), reason="ill").code == "drawer_short"


def test_it_says_whether_the_sale_can_be_undone_and_why_not(counter: Counter) -> None:
    sale = counter.sell("A-1", "A-2")
    assert counter.ask("quote", tickets=ids(sale))["void"]["may"] is True
    assert counter.ask("quote", tickets=ids(sale)[:1])["void"]["may"] is False
    counter.clock.wait(minutes=20)
    told = counter.ask("quote", tickets=ids(sale))["void"]
    assert (told["may"], "15 minutes" in told["reason"]) == (False, True)


def test_a_show_that_was_moved_costs_no_fee_either_way(make_counter: Make) -> None:
    counter = make_counter([show_document("aida"), show_document("later", replaces="aida")])
    counter.open()
    one, two = ids(counter.sell("A-1", "A-2"))
    counter.line.document("show", counter.shows[0] | {"plan_version": "", "state": "moved"} | _plan(counter))
    counter.clock.wait(hours=47)  # later than every deadline
    told = counter.ask("quote", tickets=[one])
    assert (told["refund"]["amount"], told["refund"]["needs"]) == ("58.00", [])
    (row,) = counter.ask("worklist")["worklist"]
    assert (row["state"], row["replaced_by"], row["owed"]) == ("moved", "later", "116.00")
    assert row["tickets"][0]["kinds"] == ["cash"]
    done = counter.ask("exchange", tickets=[one], show="later", places=["A-5"], price_type="adult", tenders=[])
    assert done["exchange"]["fee"] == "0.00"
    assert counter.ask("refund", tickets=[two], reason="cannot come then")["refund"]["amount"] == "58.00"
    assert counter.ask("worklist")["worklist"][0]["tickets"] == []


def _plan(counter: Counter) -> dict[str, str]:
    (doc,) = counter.desk.submit(lambda: [counter.desk.season().shows["aida"].plan_version]).result(10)
    return {"plan_version": doc}


def test_an_exchange_for_less_pays_out_the_way_it_came_the_card_first(make_counter: Make) -> None:
    terminal = ScriptedTerminal()
    counter = make_counter(terminal=terminal)
    counter.open()
    counter.add("A-1")
    tenders = [{"kind": "card", "amount": "20.00"}, {"kind": "cash", "amount": "39.00"}]
    ticket = ids(counter.ask("pay", tenders=tenders)["sale"])
    asked: dict[str, Any] = {"tickets": ticket, "show": "aida", "places": ["A-2"], "price_type": "student"}
    told = counter.ask("quote", **asked)["exchange"]
    assert (told["total"], told["proof"], told["needs"]) == ("-29.00", "student card", [])
    assert told["tenders"] == [{"kind": "card", "amount": "-20.00"}, {"kind": "cash", "amount": "-9.00"}]
    done = counter.ask("exchange", **asked, tenders=told["tenders"], proof=True)["exchange"]
    assert done["total"] == told["total"]
    assert terminal.total == 0


def test_the_fee_of_an_exchange_is_waived_by_a_supervisor_alone(counter: Counter) -> None:
    ticket = ids(counter.sell("A-1"))
    asked: dict[str, Any] = {"tickets": ticket, "show": "aida", "places": ["A-2"], "price_type": "adult", "tenders": []}
    assert counter.refusal("exchange", **asked, waive_fee=True).code == "approval_needed"
    assert counter.ask("exchange", **asked, waive_fee=True, approver=SAM)["exchange"]["fee"] == "0.00"


# ---- lost --------------------------------------------------------------------------------


def test_a_lost_ticket_is_replaced_for_the_recorded_buyer_and_the_old_code_dies(make_counter: Make) -> None:
    counter = make_counter([show_document("aida", identity="document")])
    counter.open()
    counter.add("A-1")
    identity = {"kind": "passport", "last4": "1234"}
    sold = counter.pay(buyer={"name": "Olha Kovach", "identity": identity})["tickets"][0]
    asked = {"ticket": sold["id"], "reason": "lost", "lost": True}
    assert counter.refusal("reprint", **asked).code == "identity_needed"
    assert counter.refusal("reprint", **asked, identity="9999").code == "identity_needed"
    paper = counter.ask("reprint", **asked, identity="1234")["ticket"]
    assert (paper["copy"], counter.bodies("CopyIssued")[0]["verified"]) == (1, "identity")
    assert counter.refusal("admit", code=sold["code"], show="aida").code == "superseded"
    assert counter.ask("admit", code=paper["code"], show="aida")["admitted"]["copy"] == 1
    assert "1234" not in str(counter.bodies("CopyIssued"))


def test_where_no_buyer_was_recorded_a_supervisor_approves_with_the_proof_of_payment(counter: Counter) -> None:
    ticket = ids(counter.sell("A-1"))[0]
    asked = {"ticket": ticket, "reason": "card receipt shown", "lost": True}
    assert counter.refusal("reprint", **asked, name="Anybody").code == "approval_needed"
    own = {"user": "anna", "pin": PINS["anna"]}
    assert counter.refusal("reprint", **asked, approver=own).code == "not_allowed"
    counter.ask("reprint", **asked, approver=SAM)
    body = counter.bodies("CopyIssued")[0]
    assert (body["verified"], body["approver"], body["lost"]) == ("supervisor", "sam", True)
    assert counter.refusal("reprint", ticket=ticket, reason="again", lost=True).code == "approval_needed"


def test_the_name_that_was_recorded_will_do_and_no_other(counter: Counter) -> None:
    counter.add("A-1")
    ticket = ids(counter.pay(buyer={"name": "Olha  Kovach"}))[0]
    asked = {"ticket": ticket, "reason": "lost", "lost": True}
    assert counter.refusal("reprint", **asked, name="Olga Kovach").fields["what"] == "name"
    assert counter.ask("reprint", **asked, name="olha kovach")["ticket"]["copy"] == 1
    assert counter.bodies("CopyIssued")[0]["verified"] == "name"
