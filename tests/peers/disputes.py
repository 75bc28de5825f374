"""Everything that the office may not agree with, made to happen by facts that are signed and in order.

A cause without an entry in TROUBLES fails `test_every_cause_can_be_made_to_happen`.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from pos.domain.books import Posting
from pos.domain.money import Money
from pos.domain.personal import restore
from pos.domain.rights import Effect
from sync.wire import GrantItem
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient


@dataclass(frozen=True)
class Counters:
    """Two tills at one office. `claim(till, *places)` is what it granted; `push(till)` sends its journal.
    `seats` are free ones to make trouble with, `name` begins the ids of sales."""

    one: TillClient
    two: TillClient
    claim: Callable[..., list[GrantItem]]
    push: Callable[[TillClient], object]
    seats: tuple[str, str] = ("A-1", "A-2")
    name: str = ""


BUYER: Final = "Mrs Ada Byron"


def sold_to_two(at: Counters) -> None:
    """Till one sells two seats, one of them under a right that has passed on and was sold at till two."""
    passed, own = at.claim(at.one, *at.seats)
    at.one.give_back(SHOW, passed)
    at.push(at.one)
    at.two.sell(SHOW, *at.claim(at.two, at.seats[0]), sale=f"{at.name}first")
    at.push(at.two)
    at.one.sell(SHOW, passed, own, sale=f"{at.name}second", name=BUYER)
    at.push(at.one)


def amounts_apart(at: Counters) -> None:
    body = {"shift": "S", "user": "anna", "kind": "paid_in", "amount": "5.00", "reason": "change"}
    apart = (Posting("drawer:T1", Money(500, "EUR")), Posting("paid_in", Money(-400, "EUR")))
    at.one.record("CashMoved", body, postings=apart)
    at.push(at.one)


def anothers_takings(at: Counters) -> None:
    """Till one books what till two took by card as its own."""
    taken = (Posting("card:T2", Money(-500, "EUR")), Posting("card:T1", Money(500, "EUR")))
    at.one.record("PaymentStarted", {"payment": f"{at.name}P", "user": "anna", "amount": "5.00"}, postings=taken)
    at.push(at.one)


def disk_restored(at: Counters) -> None:
    """Till one sells, is put back to before the sale, and sells again under the same number."""
    here, there = at.claim(at.one, *at.seats)
    at.one.sell(SHOW, here, sale=f"{at.name}here")
    at.push(at.one)
    at.one.journal.clear()
    at.one.sell(SHOW, there, sale=f"{at.name}there", name=BUYER)
    at.push(at.one)


def numbers_used_twice(at: Counters) -> None:
    at.two.sell(SHOW, *at.claim(at.two, at.seats[0]), sale=f"{at.name}S")
    at.push(at.two)
    at.one.sell(SHOW, *at.claim(at.one, at.seats[1]), sale=f"{at.name}S", name=BUYER)
    at.push(at.one)


def auditor_sells(at: Counters) -> None:
    at.one.sell(SHOW, *at.claim(at.one, at.seats[0]), user="otto", name=BUYER)
    at.push(at.one)


def released_too_early(at: Counters) -> None:
    """A supervisor frees what a till holds that is neither dead nor fenced."""
    at.claim(at.two, at.seats[0])
    body = {"till": "T2", "places": [[SHOW, at.seats[0]]], "attested": [], "user": "sam", "reason": "gone"}
    at.one.record("PlacesReleased", body)
    at.push(at.one)


def paper_is_lost(at: Counters) -> None:
    (grant,) = at.claim(at.one, at.seats[0])
    on_paper = at.one.step("PaperIssued", SHOW, grant, "LEASED PAPER", f"{at.name}P-1")
    at.one.step("PaperLost", SHOW, on_paper, "PAPER QUARANTINE", f"{at.name}P-1")
    at.push(at.one)


def a_drawer_is_counted_twice(at: Counters) -> None:
    """A third till has left its drawer; till two counts it out, and so does till one, which is cut off."""
    body = {
        "till": "T3", "incarnation": 1, "shift": f"{at.name}T3-1-S0001", "user": "sam", "expected": "50.00",
        "counted": "50.00", "difference": "0.00", "pieces": {"total": "50.00"},
    }  # fmt: skip
    money = Money(5000, "EUR")
    for counter in (at.two, at.one):
        counter.record("DrawerTakenOver", body, postings=(Posting("drawer:T3", -money), Posting("safe", money)))
        at.push(counter)


def a_shift_is_verified_twice(at: Counters) -> None:
    """Two supervisors count a closed shift of a third till again, cut off from each other."""
    body = {
        "till": "T3", "incarnation": 1, "shift": f"{at.name}T3-1-S0002", "user": "sam", "closed_by": "anna",
        "counted": "50.00", "recounted": "49.00", "difference": "-1.00", "expected": "50.00", "declared": [],
    }  # fmt: skip
    euro = Money(100, "EUR")
    for counter in (at.two, at.one):
        counter.record("ShiftVerified", body, postings=(Posting("safe", -euro), Posting("over_short", euro)))
        at.push(counter)


def newer_schema(at: Counters) -> None:
    at.one.sell(SHOW, *at.claim(at.one, at.seats[0]), schema=99, name=BUYER)
    at.push(at.one)


def paid_back_without_the_right(at: Counters) -> None:
    """Till two sells; till one pays the ticket back while it is cut off."""
    sale = at.two.sell(SHOW, *at.claim(at.two, at.seats[0]), sale=f"{at.name}S", name=BUYER)
    at.push(at.two)
    at.one.claim_refund(sale)
    at.push(at.one)


def card_declined_later(at: Counters) -> None:
    at.one.sell(SHOW, *at.claim(at.one, at.seats[0]), sale=f"{at.name}S", name=BUYER)
    at.one.record("PaymentStarted", {"payment": f"{at.name}P", "user": "anna", "amount": "58.00", "pending": True})
    body = {"payment": f"{at.name}P", "user": "anna", "amount": "58.00", "outcome": "declined", "sale": f"{at.name}S"}
    owed = (Posting("receivable", Money(5800, "EUR")), Posting("card:T1", Money(-5800, "EUR")))
    at.one.record("PaymentEnded", body, postings=owed)
    at.push(at.one)


def let_in_at_two_gates(at: Counters) -> None:
    """Till two sells and lets in; till one, which is cut off, lets the same ticket in."""
    at.two.sell(SHOW, *at.claim(at.two, at.seats[0]), sale=f"{at.name}S", name=BUYER)
    for gate in (at.two, at.one):
        gate.admit(f"{at.name}S-1", show=SHOW)
        at.push(gate)


def let_in_after_a_refund(at: Counters) -> None:
    """Till two sells and refunds; till one has not heard of it."""
    grants = at.claim(at.two, at.seats[0])
    at.two.refund(at.two.sell(SHOW, *grants, sale=f"{at.name}S", name=BUYER), *grants)
    at.push(at.two)
    at.one.admit(f"{at.name}S-1", show=SHOW)
    at.push(at.one)


def paid_with_a_code_that_nobody_issued(at: Counters) -> None:
    price = Money(5800, "EUR")
    postings = (Posting(f"gift_card:{at.name}NONE", price), Posting(f"revenue:{SHOW}", -price))
    fact = at.one.sell(SHOW, *at.claim(at.one, at.seats[0]), name=BUYER)
    at.one.journal.pop()
    sale = json.loads(fact.envelope)
    body = restore(sale["body"], fact.beside)["sale"]
    body |= {"tenders": [{"kind": "gift_card", "code": f"{at.name}NONE", "amount": "58.00"}]}
    effects = tuple(Effect.from_json(effect) for effect in sale["effects"])
    at.one.record("TicketsSold", {"sale": body}, effects, postings)
    at.push(at.one)


def sealed_over_a_card(at: Counters) -> None:
    """Till one ends with a card that paid for nothing yet, and a place in hand that has nothing to do with it."""
    paid, idle = at.claim(at.one, *at.seats)
    unused = {"payment": f"{at.name}P", "purpose": "sale", "amount": "58.00", "state": "approved"}
    at.one.seal(SHOW, [paid, idle], payments=[unused | {"places": [[SHOW, paid.place]]}])
    at.push(at.one)


def keeps_anothers_record(at: Counters) -> None:
    """Till one changes a number of till two's waiting list."""
    waiting = {"id": f"T2-{at.name}W1", "home": "T2", "show": SHOW, "number": 1, "state": "waiting"}
    at.one.record("StandbyChanged", {"record": waiting, "user": "anna"})
    at.push(at.one)


def accepts_what_nobody_submitted(at: Counters) -> None:
    """Till one accepts a settlement that there is not."""
    body = {"settlement": f"house.2026-11-22.{at.name}", "user": "otto", "round": 1, "digest": "d"}
    at.one.record("SettlementAccepted", body)
    at.push(at.one)


def paper_used_twice(at: Counters) -> None:
    """Both tills have used the same numbered blank, which nobody gave to either."""
    number = f"A{zlib.crc32(at.name.encode()):010d}"
    for till in (at.two, at.one):
        till.record("StockMoved", {"user": "anna", "move": "found", "serials": [[number, number]]})
        till.record("StockMoved", {"user": "anna", "move": "spoiled", "serials": [[number, number]], "reason": "wet"})
        at.push(till)


def one_bag_made_twice(at: Counters) -> None:
    """Two tills that are cut off from each other seal a float under one number."""
    for till in (at.two, at.one):
        till.parcel("BagMade", "bag", f"{at.name}7", "made", "50.00", "safe", "bag")
        at.push(till)


TROUBLES: Final[dict[str, Callable[[Counters], None]]] = {
    "place": sold_to_two,
    "unbalanced": amounts_apart,
    "account": anothers_takings,
    "rival": disk_restored,
    "duplicate_id": numbers_used_twice,
    "role": auditor_sells,
    "paper_lost": paper_is_lost,
    "drawer_counted_twice": a_drawer_is_counted_twice,
    "shift_verified_twice": a_shift_is_verified_twice,
    "release_refused": released_too_early,
    "unreadable": newer_schema,
    "record": keeps_anothers_record,
    "audit": accepts_what_nobody_submitted,
    "stock": paper_used_twice,
    "parcel": one_bag_made_twice,
    "purse": paid_with_a_code_that_nobody_issued,
    "admitted_twice": let_in_at_two_gates,
    "admitted_ended": let_in_after_a_refund,
    "refund_claimed": paid_back_without_the_right,
    "card_declined": card_declined_later,
    "payment_unused": sealed_over_a_card,
}


def document(id: str = "T1.1.7-1", **more: Any) -> dict[str, Any]:
    """A dispute as an office tells it: a seat that was sold at two windows."""
    standing = {"state": "SOLD", "holder": "Window 2", "since": 1_803_926_000, "ticket": "T2-3-1", "sale": "T2-3"}
    return {
        "id": id,
        "cause": "place",
        "fact": id.rpartition("-")[0],
        "number": 7,
        "till": "T1",
        "till_name": "Window 1",
        "kind": "TicketsSold",
        "at": "2027-03-01T17:00:00+01:00",
        "user": "anna",
        "user_name": "Anna",
        "places": [{"show": "aida", "place": "A-1", "label": "Stalls A 1", "ticket": "T1-2-1", "standing": standing}],
        "sale": "T1-2",
        "tickets": ["T1-2-1"],
        "customer": BUYER,
        "contact": "ada@example.org",
        "money": "58.00",
        "currency": "EUR",
        "fields": {},
        "detail": "sold by T1 under 1.0, but it is SOLD with T2 under 2.0",
        "ways": ["reseat", "refund", "accept"],
        "opened_at": "2027-03-01T16:30:00.000+00:00",
        "state": "open",
        "owner": "office",
        "resolution": None,
        "history": [],
    } | more
