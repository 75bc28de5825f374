"""What each person did, counted from facts: shown to that person, and of all to those who oversee.

The office counts what it has booked; this till adds its own facts that the office has not looked at yet. With the
line down it is this till's facts alone, and `partial` says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from pos.domain.audit.hours import Hours
from pos.domain.audit.tally import PAIR, Setting, Subject, Tally, tally
from pos.domain.calendar import Calendar
from pos.domain.errors import Refused
from pos.domain.facts import Fact, Kind
from pos.domain.money import Money
from pos.domain.reports.audit import people as people_report
from pos.store import journal
from pos.till.counter.reports import shown
from pos.till.counter.tickets import find_ticket, sale_of
from pos.till.desk import Desk, Verb
from pos.till.ports import LineDown

MOST_DAYS: Final = 400
_PAGE: Final = 500
# What is told of a person, in this order; what is not there is nothing.
TOLD: Final = (
    "sales", "tickets", "refunds", "voids", "printed_voids", "exchanges", "copies", "overrides", "no_sales",
    "outside_hours", "fast_refunds", "approved", "shifts", "differing_shifts", "complaints", "drills",
)  # fmt: skip


def my_figures(desk: Desk, *, since: str = "", until: str = "") -> Verb[dict[str, Any]]:
    """What the person signed in did, from one business day to another (ISO 8601), today if none is named.

    Raises Refused("bad_request").
    """
    user = desk.signed_in()
    first, last = days(desk, since, until)
    found, partial = yield from _tallies(desk, first, last, user.id)
    person = _told(desk, user.id, found.get(user.id, Tally()))
    return {"since": first, "until": last, "person": person, "partial": partial}


def people_figures(desk: Desk, *, since: str = "", until: str = "", report: bool = False) -> Verb[dict[str, Any]]:
    """The same of everybody, for those who oversee. With `report` also as one, to be printed or written. Raises
    Refused("bad_request")."""
    user = desk.signed_in("oversee")
    first, last = days(desk, since, until)
    found, partial = yield from _tallies(desk, first, last, "")
    people = [_told(desk, one, found[one]) for one in sorted(found) if PAIR not in one]
    answer = {"since": first, "until": last, "people": people, "partial": partial}
    if not report:
        return answer
    made = people_report(desk.season(), people, first, last, desk.clock.now().isoformat(timespec="seconds"))
    return answer | shown(desk, user.id, made)


def calendar(desk: Desk) -> Calendar:
    """The venue's. Raises Refused("offline") before the first snapshot."""
    venue = desk.season().venue
    return Calendar(ZoneInfo(venue.timezone), venue.day_ends)


def days(desk: Desk, since: str, until: str) -> tuple[str, str]:
    """The first and last business day that are meant, today where none is named. Raises Refused("bad_request")."""
    today = calendar(desk).day_of(desk.clock.now()).isoformat()
    first, last = since or until or today, until or today
    for name, text in (("since", first), ("until", last)):
        try:
            date.fromisoformat(text)
        except ValueError as error:
            raise Refused("bad_request", field=name, reason=f"{text!r} is not a day like 2027-12-03") from error
    if not timedelta() <= date.fromisoformat(last) - date.fromisoformat(first) <= timedelta(days=MOST_DAYS):
        raise Refused("bad_request", field="until", reason=f"must be 0 to {MOST_DAYS} days after the first")
    return first, last


def _tallies(desk: Desk, since: str, until: str, user: str) -> Verb[tuple[dict[str, Tally], bool]]:
    """User -> what he did in these days, and whether only this till's facts are in it."""
    days: dict[Subject, Tally] = {}
    looked, partial = 0, False
    try:
        office = yield desk.outside.office.look("people", {"since": since, "until": until, "user": user})
        for day, subject, counts in office["tallies"]:
            days[day, subject] = Tally(dict(counts))
        looked = int(office["looked"].get(f"{desk.outside.till}.{desk.outside.incarnation}", 0))
    except LineDown:
        partial = True
    for key, own in _own(desk, since, looked).items():
        days.setdefault(key, Tally()).merge(own)
    found: dict[str, Tally] = {}
    for (day, subject), one in days.items():
        if since <= day <= until and user in ("", subject):
            found.setdefault(subject, Tally()).merge(one)
    return found, partial


@dataclass
class _Known:
    """What this till knows of what happened before a fact."""

    desk: Desk
    papers: set[str] = field(default_factory=set)
    last: dict[str, str] = field(default_factory=dict)

    def sold_at(self, ticket: str) -> str:
        try:
            return str(find_ticket(self.desk, ticket)[0].get("at", ""))
        except Refused:
            return ""

    def seller(self, sale: str) -> str:
        try:
            return str(sale_of(self.desk, sale).get("user", ""))
        except Refused:
            return ""

    def printed(self, tickets: Collection[str]) -> bool:
        return bool(self.papers & set(tickets))

    def last_sale(self, user: str) -> str:
        return self.last.get(user, "")

    def saw(self, fact: Fact) -> None:
        if fact.kind == Kind.TICKETS_SOLD:
            self.last[str(fact.body["sale"]["user"])] = fact.at
        elif fact.kind == Kind.PRINT_REPORTED and fact.body["outcome"] == "done":
            self.papers.update(fact.body["tickets"])


def _own(desk: Desk, since: str, looked: int) -> dict[Subject, Tally]:
    """What this till's facts after `looked`, from the day `since` on, come to."""
    days, venue = calendar(desk), desk.season().venue
    hours = Hours.parse(venue.opening_hours) if venue.opening_hours is not None else None
    setting = Setting(days, venue.currency, hours)
    known, found = _Known(desk), dict[Subject, Tally]()
    for fact in _since(desk, days, since):
        if fact.number > looked:
            tally(fact, setting, known, found)
        known.saw(fact)
    return found


def _since(desk: Desk, days: Calendar, since: str) -> Iterator[Fact]:
    """This till's facts from a business day on, in order. What lies before is not read, but for its last page."""
    start = desk.number
    while start > 0:
        start = max(0, start - _PAGE)
        (first,) = journal.facts_after(desk.ledger.connection, start, 1)
        if days.day_of(Fact.from_bytes(first.envelope).at).isoformat() < since:
            break
    while page := journal.facts_after(desk.ledger.connection, start, _PAGE):
        yield from (Fact.from_bytes(signed.envelope) for signed in page)
        start = page[-1].number


def _told(desk: Desk, user: str, one: Tally) -> dict[str, Any]:
    """A person's counts with a name. `seconds_a_sale` is from one sale to the next at the same window where they were
    at most ten minutes apart, None where there were none such."""
    season = desk.season()
    named = season.users[user].name if user in season.users else user
    told: dict[str, Any] = {"user": user, "name": named} | {what: one.count(what) for what in TOLD}
    told["over_short"] = str(Money(one.count("over_short"), season.venue.currency))
    queue = one.count("queue_sales")
    return told | {"seconds_a_sale": one.count("queue_s") // queue if queue else None}
