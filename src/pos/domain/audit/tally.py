"""What each person did on each business day, counted from facts: what rules look at and people see of themselves.

The fold is over the facts of a till in their order; what it needs of other facts (when a ticket was sold, whether
it was printed, who sold it) it asks `Before`. Tallies add up: two parts of a history give the same sums as the
whole, in any order. Of money there is only what a count of a drawer found missing or too much, as its fact books it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, Protocol

from pos.domain.amend import OVER_SHORT
from pos.domain.audit.hours import Hours
from pos.domain.drills.judging import DONE
from pos.domain.facts import Fact, Kind

FACTS_KEPT: Final = 50  # facts that a tally names for a count; more are only counted
QUEUE: Final = timedelta(minutes=10)  # between two sales that are further apart nobody stood in the queue
PAIR: Final = "+"  # between the cashier and whoever approved: the subject of what two did together


class Days(Protocol):
    """The venue's calendar (`pos.domain.calendar.Calendar`)."""

    def local(self, at: str | datetime) -> datetime: ...

    def day_of(self, at: str | datetime) -> date: ...


class Before(Protocol):
    """What happened before the fact that is looked at, as far as it is known."""

    def sold_at(self, ticket: str) -> str:
        """When a ticket was sold, ISO 8601; "" when that is not known."""
        ...

    def printed(self, tickets: Collection[str]) -> bool:
        """Whether one of these tickets is known to have come out of a printer."""
        ...

    def seller(self, sale: str) -> str:
        """Who sold it, "" when that is not known."""
        ...

    def last_sale(self, user: str) -> str:
        """When this person sold last at this till, ISO 8601; "" for never."""
        ...


@dataclass(frozen=True, slots=True)
class Setting:
    """What of the season the counts depend on. `hours` None: nothing is outside of them."""

    days: Days
    currency: str
    hours: Hours | None = None
    fast: timedelta = timedelta(minutes=10)


@dataclass
class Tally:
    """Counts of one subject: a user, or a cashier and an approver joined by PAIR. `facts` are those behind a count."""

    counts: dict[str, int] = field(default_factory=dict)
    facts: dict[str, list[str]] = field(default_factory=dict)

    def count(self, what: str) -> int:
        return self.counts.get(what, 0)

    def add(self, what: str, by: int, fact: str = "") -> None:
        self.counts[what] = self.count(what) + by
        named = self.facts.setdefault(what, []) if fact else []
        if fact and len(named) < FACTS_KEPT and fact not in named:
            named.append(fact)

    def merge(self, other: Tally) -> Tally:
        """Take the other's counts in; itself."""
        for what, number in other.counts.items():
            self.counts[what] = self.count(what) + number
        for what, facts in other.facts.items():
            known = self.facts.setdefault(what, [])
            known += [fact for fact in facts if fact not in known][: FACTS_KEPT - len(known)]
        return self

    def to_json(self) -> dict[str, Any]:
        return {"counts": self.counts, "facts": self.facts}

    @classmethod
    def from_json(cls, doc: Mapping[str, Any]) -> Tally:
        return cls(dict(doc["counts"]), {what: list(facts) for what, facts in doc["facts"].items()})


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing to count. `named`: the fact is worth being named for it."""

    subject: str
    what: str
    by: int = 1
    named: bool = True


Subject = tuple[str, str]  # business day, user or pair


def tally(fact: Fact, setting: Setting, before: Before, into: dict[Subject, Tally]) -> set[Subject]:
    """Count a fact; whose tallies it changed. A body that cannot be read counts for nobody: it is a dispute."""
    try:
        marks = list(_marks(fact, setting, before))
        day = setting.days.day_of(fact.at).isoformat()
    except (AttributeError, KeyError, TypeError, ValueError):
        return set()
    touched: set[Subject] = set()
    for mark in marks:
        if mark.subject and mark.by:
            key = day, mark.subject
            into.setdefault(key, Tally()).add(mark.what, mark.by, fact.fact_id if mark.named else "")
            touched.add(key)
    return touched


def _marks(fact: Fact, setting: Setting, before: Before) -> Iterator[Mark]:
    body = fact.body
    match fact.kind:
        case Kind.TICKETS_SOLD:
            yield from _sold(fact, body["sale"], setting, before)
        case Kind.TICKETS_EXCHANGED:
            yield Mark(body["sale"]["user"], "exchanges", named=False)
            yield from _approved(body["sale"])
        case Kind.TICKETS_REFUNDED | Kind.REFUND_CLAIMED:
            yield from _refunded(fact, body["refund"], setting, before)
        case Kind.TICKETS_VOIDED:
            void = body["refund"]
            yield Mark(void["user"], "voids")
            if before.printed([ticket["id"] for ticket in void["tickets"]]):
                yield Mark(void["user"], "printed_voids")
            yield from _approved(void)
        case Kind.COPY_ISSUED:
            yield Mark(body["user"], "copies")
            yield from _approved(body)
        case Kind.DRAWER_OPENED:
            yield Mark(body["user"], "no_sales")
            yield from _approved(body)
        case Kind.SHIFT_HANDED_OVER:
            yield from _counted(fact, body["user"], setting)
        case Kind.SHIFT_CLOSED:
            yield from _counted(fact, body["user"], setting)
            yield Mark(body["user"], "shifts", named=False)
        case Kind.CASE_OPENED if body["record"]["kind"] == "complaint":
            yield Mark(before.seller(body["record"]["sale"]) if body["record"]["sale"] else "", "complaints")
        case Kind.DRILL_HELD if body["record"]["state"] == DONE:
            yield Mark(body["record"]["person"], "drills", named=False)
        case Kind.TENDER_CORRECTED:
            yield from _approved(body["correction"])
        case Kind.TICKET_RENAMED | Kind.PACKAGE_REFUNDED:
            yield from _approved(body)


def _sold(fact: Fact, sale: Mapping[str, Any], setting: Setting, before: Before) -> Iterator[Mark]:
    user = sale["user"]
    yield Mark(user, "sales", named=False)
    yield Mark(user, "tickets", len(sale["tickets"]), named=False)
    if setting.hours is not None and not setting.hours.open_at(setting.days.local(fact.at)):
        yield Mark(user, "outside_hours")
    yield Mark(user, "overrides", sum("override" in ticket for ticket in sale["tickets"]))
    if last := before.last_sale(user):
        gap = datetime.fromisoformat(fact.at) - datetime.fromisoformat(last)
        if timedelta() <= gap <= QUEUE:
            yield Mark(user, "queue_s", int(gap.total_seconds()), named=False)
            yield Mark(user, "queue_sales", named=False)
    yield from _approved(sale)


def _refunded(fact: Fact, refund: Mapping[str, Any], setting: Setting, before: Before) -> Iterator[Mark]:
    user, tickets = refund["user"], refund["tickets"]
    yield Mark(user, "refunds", len(tickets))
    if any(tender["kind"] == "cash" for tender in refund["tenders"]):
        at = datetime.fromisoformat(fact.at)
        sold = [before.sold_at(ticket["id"]) for ticket in tickets]
        if any(one and timedelta() <= at - datetime.fromisoformat(one) <= setting.fast for one in sold):
            yield Mark(user, "fast_refunds")
    yield from _approved(refund)


def _counted(fact: Fact, user: str, setting: Setting) -> Iterator[Mark]:
    """What a count of the drawer booked as missing (a debit of the account) or too much."""
    booked = [
        posting.amount.minor
        for posting in fact.postings
        if posting.account == OVER_SHORT and posting.amount.currency == setting.currency
    ]
    if difference := -sum(booked):
        yield Mark(user, "over_short", difference, named=False)
        yield Mark(user, "differing_shifts")


def _approved(document: Mapping[str, Any]) -> Iterator[Mark]:
    """Whoever approved something of it, together with whose it was."""
    user = document["user"]
    approvers = {document.get("approver", "")}
    for ticket in document.get("tickets", ()):
        if isinstance(ticket, dict):
            marks = (ticket, ticket.get("override"), ticket.get("comp"))
            approvers |= {mark.get("approver", "") for mark in marks if isinstance(mark, dict)}
    for approver in sorted(approvers - {"", user}):
        yield Mark(f"{user}{PAIR}{approver}", "approvals")
        yield Mark(approver, "approved", named=False)


def people_of(subject: str) -> list[str]:
    """The users whom a subject is about."""
    return subject.split(PAIR)
