"""Paper packs: numbered tickets that go out on paper, for when a counter has to sell without its till.

The laws:

* Paper is a holder. What is on paper is nobody's to sell, to pass on or to take back, however
  long it stays out; closing a shift leaves it there.
* Each ticket ends once, at the till that issued it: it comes back, it is re-keyed as sold
  (`contingency.rekey`), or it is lost.
* A ticket's id and code are those it was printed with; what is re-keyed is the paper in the
  customer's hand, and nothing is printed for it.
* Paper comes back by its code, which is read off the paper itself: an id can be counted out, and
  would let a cashier keep the cash for a slip and give back its place. Only those who may do it
  without the paper are shown codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from pos.domain.choice import block
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.mask import scrub
from pos.domain.money import Money
from pos.domain.rights import Effect, OfficeState, OwnRight, OwnState, PlaceState
from pos.domain.sale import read_code
from pos.domain.seating import Seating
from pos.store.packs import Pack, PackTicket
from pos.till.belief import CODES
from pos.till.counter import issue
from pos.till.counter.approval import approved, may_alone
from pos.till.counter.numbers import Series, next_id, take
from pos.till.counter.passing import in_use, indexes_of
from pos.till.counter.sell import Wish, rights_for
from pos.till.desk import Desk, Unit, Verb

MOST: Final = 500  # tickets in one pack
RECENT: Final = timedelta(days=2)
_PACKS: Final = Series("packs", "P")


# ---- going out ---------------------------------------------------------------------------


def issue_paper(
    desk: Desk, *, show: str, places: list[str] | None = None, category: str = "", count: int = 0
) -> Verb[dict[str, Any]]:
    """Put places on paper: those that are named, or so many of a category. Rights not in hand are claimed. Without a
    ticket printer the tickets are a file, to be printed on any printer there is.

    Raises Refused: bad_request unknown_show unknown_place show_cancelled sales_closed not_allowed
    right_elsewhere sold held device_absent storage_failed fenced.
    """
    desk.signed_in("sell")
    desk.shift()
    desk.check_not_fenced()
    role = printer_of(desk)
    issue.check_present(desk, role)
    the_show, seating = desk.season().show(show), desk.belief.seating(show)
    the_show.check_on_sale(desk.clock.now())
    wishes = _wishes(desk, seating, show, _named(desk, seating, show, places, category, count))
    _check_unused(desk, show, [wish.shown for wish in wishes])
    units = yield from rights_for(desk, the_show, wishes)
    # While the office was asked, somebody may have signed out, closed the shift, or begun a basket.
    user = desk.signed_in("sell")
    shift = desk.shift()
    _check_unused(desk, show, units)
    at = desk.clock.now()
    pack = Pack(next_id(desk, _PACKS), shift.id, user.id, show, at.isoformat(timespec="seconds"))
    tickets = [
        PackTicket(f"{pack.id}-{n}", pack.id, n, show, unit, wish.shown, wish.category, desk.outside.entropy.code())
        for n, (wish, unit) in enumerate(zip(wishes, units, strict=True), 1)
    ]
    content = _content(desk, pack, tickets, at)
    with desk.unit() as unit_:
        unit_.at = at
        _go_out(desk, unit_, pack, tickets)
        take(desk, _PACKS)
        job = desk.ledger.add_job(role, "paper", pack.id, [ticket.id for ticket in tickets], content)
        answer = unit_.answers({"pack": _shown(desk, pack, tickets), "job": job.id, "printer": role})
    issue.send(desk, job)
    _say(desk, tickets)
    return answer


def printer_of(desk: Desk) -> str:
    """Where the tickets of a pack come out: the ticket printer, or without one a file."""
    as_file = not desk.outside.printers.present("ticket") and desk.outside.packs is not None
    return issue.SHEET if as_file else "ticket"


def _check_unused(desk: Desk, show: str, places: Sequence[str]) -> None:
    """None of them is in a basket or waits for money. Raises Refused("not_allowed")."""
    used = in_use(desk)
    for place in places:
        if (show, place) in used:
            shown = place.partition("#")[0]
            raise Refused("not_allowed", what="issue_paper", reason="it is being sold", show=show, place=shown)


def _named(desk: Desk, seating: Seating, show: str, places: list[str] | None, category: str, count: int) -> list[str]:
    """The seats or areas asked for. Raises Refused."""
    if (places is None) == (not category) or (places is None) != bool(count):
        raise Refused("bad_request", reason="give places, or a category and a count")
    if places is not None:
        if not 1 <= len(places) <= MOST:
            raise Refused("bad_request", field="places", reason=f"must name 1 to {MOST}")
        seats = [place for place in places if place not in seating.capacity]
        if len(set(seats)) < len(seats):
            raise Refused("bad_request", field="places", reason="names a seat twice")
        return places
    if not 1 <= count <= MOST:
        raise Refused("bad_request", field="count", reason=f"must be 1 to {MOST}")
    if category in seating.capacity:
        return [category] * count
    if category not in seating.categories() or seating.plan is None:
        raise Refused("unknown_place", show=show, place=category, category=category)
    chosen = _seats(desk, seating, show, category, count)
    if len(chosen) < count:
        raise Refused(
            "right_elsewhere", show=show, place=category, holder="office", since=None, free=len(chosen), count=count
        )
    return chosen


def to_be_had(desk: Desk, show: str, category: str) -> int:
    """How many places of a category could go on paper now: those in hand, and while the office can be asked those in
    the pool."""
    seating, column, used = desk.belief.seating(show), desk.belief.column(show), in_use(desk)
    online = desk.outside.office.link().state == "online"
    states = {CODES[state] for state in ((PlaceState.HERE, PlaceState.FREE) if online else (PlaceState.HERE,))}
    return sum(column[ix] in states and (show, seating.place(ix)) not in used for ix in seating.of_category(category))


def out_of(desk: Desk, show: str, category: str) -> int:
    """How many tickets of a category are out."""
    seating = desk.belief.seating(show)
    out = (place for place, right in desk.rights.get(show, {}).items() if right.state is OwnState.PAPER)
    return sum((ix := seating.find(place)) is not None and seating.category(ix) == category for place in out)


def _seats(desk: Desk, seating: Seating, show: str, category: str, count: int) -> list[str]:
    """Runs of neighbours: of those in hand first, then of those in the pool while the office can be asked."""
    plan = seating.plan
    assert plan is not None, "a category that is no area is a plan's"
    column, used = desk.belief.column(show), in_use(desk)
    chosen: list[int] = []
    online = desk.outside.office.link().state == "online"
    for state in (PlaceState.HERE, PlaceState.FREE) if online else (PlaceState.HERE,):

        def idle(ix: int, code: int = CODES[state]) -> bool:
            return column[ix] == code and (show, plan.place_ids[ix]) not in used

        chosen += block(plan, category, count - len(chosen), idle, 0.0)
        if len(chosen) >= count:
            break
    return [plan.place_ids[ix] for ix in chosen]


def _wishes(desk: Desk, seating: Seating, show: str, places: Sequence[str]) -> list[Wish]:
    """What `rights_for` asks for; the price is found when the paper is sold."""
    nothing = Money.zero(desk.season().venue.currency)
    column = desk.belief.column(show)
    wishes: list[Wish] = []
    for place in places:
        if place in seating.capacity:
            wishes.append(Wish(place, None, place, nothing))
            continue
        ix = seating.find(place)
        if ix is None or "#" in place:
            raise Refused("unknown_place", show=show, place=place)
        for state, code in ((PlaceState.SOLD, "sold"), (PlaceState.HELD, "held")):
            if column[ix] == CODES[state]:
                raise Refused(code, show=show, place=place)
        wishes.append(Wish(place, ix, seating.category(ix), nothing))
    return wishes


def _go_out(desk: Desk, unit: Unit, pack: Pack, tickets: Sequence[PackTicket]) -> None:
    effects = [_effect(desk, ticket, OfficeState.LEASED, OfficeState.PAPER) for ticket in tickets]
    body = {
        "pack": pack.id,
        "shift": pack.shift,
        "user": pack.user,
        "show": pack.show,
        "tickets": [
            {
                "id": ticket.id,
                "number": ticket.number,
                "show": ticket.show,
                "place": ticket.shown,
                "unit": ticket.place,
                "category": ticket.category,
                "code": ticket.code,
            }
            for ticket in tickets
        ],
    }
    unit.record(Kind.PAPER_ISSUED, body, effects=effects)
    unit.put_rights(
        [
            (ticket.show, ticket.place, OwnRight(OwnState.PAPER, effect.leaves))
            for ticket, effect in zip(tickets, effects, strict=True)
        ]
    )
    desk.ledger.packs.add(pack, tickets)


def _content(desk: Desk, pack: Pack, tickets: Sequence[PackTicket], at: datetime) -> dict[str, Any]:
    """The pack as finished text, a page each: a place and a number, and no price yet."""
    write = issue.words(desk)
    return {
        "kind": "tickets",
        "tickets": [
            issue.place_content(desk, ticket.show, ticket.place, ticket.shown)
            | {
                "category": ticket.category,
                "price_type": write.say("paper_ticket", number=str(ticket.number), count=str(len(tickets))),
                "price": "",
                "code": ticket.code,
                "ticket": ticket.id,
                "sale": pack.id,
                "sold": write.moment(at),
            }
            for ticket in tickets
        ],
    }


# ---- coming back, and getting lost -------------------------------------------------------


def return_paper(desk: Desk, *, tickets: list[str], approver: dict[str, Any] | None = None) -> dict[str, Any]:
    """Unsold tickets of a pack come back, by code, or by id with a supervisor: their places are in hand again.

    Raises Refused: unknown_ticket not_allowed bad_request approval_needed wrong_pin locked_out storage_failed fenced.
    """
    user = desk.signed_in("sell")
    shift = desk.shift()
    desk.check_not_fenced()
    back = out(desk, tickets)
    by = approved(desk, approver)
    read = set(map(_plain, tickets))
    unseen = [ticket.id for ticket in back if ticket.code not in read]
    if unseen and not may_alone(desk, by):
        raise Refused("approval_needed", what="return_paper", ticket=unseen[0])
    body: dict[str, Any] = {"shift": shift.id, "user": user.id, "tickets": [ticket.id for ticket in back]}
    body |= {"approver": by} if by else {}
    with desk.unit() as unit:
        _end(desk, unit, Kind.PAPER_RETURNED, body, back, OfficeState.LEASED)
        desk.ledger.packs.end(back, "returned", user.id, now(desk))
        answer = unit.answers({"tickets": [_line(desk, replace(ticket, state="returned")) for ticket in back]})
    _say(desk, back)
    return answer


def lose_paper(desk: Desk, *, pack: str, reason: str, approver: dict[str, Any] | None = None) -> dict[str, Any]:
    """What is still out of a pack is lost, but for what is keyed as sold. Its places are frozen, and the office is told
    of it as a dispute.

    Raises Refused: bad_request approval_needed wrong_pin not_allowed storage_failed fenced.
    """
    user = desk.signed_in("sell")
    shift = desk.shift()
    desk.check_not_fenced()
    keyed = {line.ticket for line in desk.ledger.packs.keyed()}
    lost = [ticket for ticket in desk.ledger.packs.of(pack) if ticket.state == "out" and ticket.id not in keyed]
    if not lost:
        raise Refused("bad_request", field="pack", reason=f"there is no pack {pack!r} with tickets out")
    by = approved(desk, approver)
    if not may_alone(desk, by):
        raise Refused("approval_needed", what="lose_paper")
    body: dict[str, Any] = {"pack": pack, "shift": shift.id, "user": user.id, "reason": reason}
    body |= {"tickets": [ticket.id for ticket in lost]} | ({"approver": by} if by else {})
    with desk.unit() as unit:
        _end(desk, unit, Kind.PAPER_LOST, body, lost, OfficeState.QUARANTINE)
        desk.ledger.packs.end(lost, "lost", user.id, now(desk))
        answer = unit.answers({"tickets": [_line(desk, replace(ticket, state="lost")) for ticket in lost]})
    _say(desk, lost)
    return answer


def out(desk: Desk, names: Sequence[str], keyed: bool = False) -> list[PackTicket]:
    """Tickets that are out, by id or by what their code says, in the order named. With `keyed` those that somebody has
    keyed as sold, else those that nobody has. Raises Refused."""
    plain = [_plain(name) for name in names]
    found = desk.ledger.packs.named(plain)
    typed = {line.ticket: line for line in desk.ledger.packs.keyed()}
    tickets: list[PackTicket] = []
    for name in plain:
        ticket = found.get(name)
        if ticket is None:
            raise Refused("unknown_ticket", ticket=scrub(name))
        if ticket.state != "out":
            raise _ended(desk, ticket, ticket.state, ticket.ended_by, ticket.ended_at)
        line = typed.get(ticket.id)
        if line is not None and not keyed:
            raise _ended(desk, ticket, "keyed", line.keyed_by, line.keyed_at)
        if line is None and keyed:
            reason = f"paper ticket {ticket.id} is not keyed"
            raise Refused("not_allowed", what="paper", reason=reason, ticket=ticket.id)
        if ticket in tickets:
            raise Refused("bad_request", field="tickets", reason="names a ticket twice", ticket=name)
        tickets.append(ticket)
    return tickets


def _plain(name: str) -> str:
    """A ticket's own code, whichever copy of it was read; anything else as it is."""
    try:
        return read_code(name.strip())[0]
    except ValueError:
        return name


def _ended(desk: Desk, ticket: PackTicket, state: str, by: str, at: str) -> Refused:
    users = desk.season().users
    reason = f"paper ticket {ticket.id} is {state}"
    named = {"by": users[by].name if by in users else by, "since": at} if at else {}
    return Refused("not_allowed", what="paper", reason=reason, ticket=ticket.id, state=state, **named)


def now(desk: Desk) -> str:
    """The time that is kept beside what is done to paper now."""
    return desk.clock.now().isoformat(timespec="seconds")


def _end(
    desk: Desk, unit: Unit, kind: Kind, body: dict[str, Any], tickets: Sequence[PackTicket], after: OfficeState
) -> None:
    effects = [_effect(desk, ticket, OfficeState.PAPER, after) for ticket in tickets]
    unit.record(kind, body, effects=effects)
    state = OwnState.LEASED if after is OfficeState.LEASED else OwnState.LOST
    unit.put_rights(
        [
            (ticket.show, ticket.place, OwnRight(state, effect.token))
            for ticket, effect in zip(tickets, effects, strict=True)
        ]
    )


def _effect(desk: Desk, ticket: PackTicket, before: OfficeState, after: OfficeState) -> Effect:
    token = desk.rights[ticket.show][ticket.place].token
    return Effect(ticket.show, ticket.place, token, before, after, desk.outside.till, ticket.id)


# ---- looking -----------------------------------------------------------------------------


def paper(desk: Desk, *, recent: bool = False) -> dict[str, Any]:
    """Every pack of this till, the newest first, and what became of its tickets; their codes only to a supervisor.
    With `recent` those alone of which something is out, and those of the last two days."""
    desk.signed_in()
    book = desk.ledger.packs
    packs = book.packs()
    if recent:
        counts, since = book.counts(), desk.clock.now() - RECENT
        packs = [
            pack
            for pack in packs
            if "out" in counts.get(pack.id, {}) or datetime.fromisoformat(pack.issued_at) >= since
        ]
    return {"packs": [_shown(desk, pack, book.of(pack.id)) for pack in packs]}


def _shown(desk: Desk, pack: Pack, tickets: Sequence[PackTicket]) -> dict[str, Any]:
    return {
        "id": pack.id,
        "show": pack.show,
        "issued_at": pack.issued_at,
        "user": pack.user,
        "out": sum(ticket.state == "out" for ticket in tickets),
        "tickets": [_line(desk, ticket) for ticket in tickets],
    }


def _line(desk: Desk, ticket: PackTicket) -> dict[str, Any]:
    line = {
        "id": ticket.id,
        "number": ticket.number,
        "place": ticket.shown,
        "category": ticket.category,
        "state": ticket.state,
    } | ({"by": ticket.ended_by, "at": ticket.ended_at} if ticket.ended_at else {})
    return line | ({"code": ticket.code} if may_alone(desk, "") else {})


def _say(desk: Desk, tickets: Sequence[PackTicket]) -> None:
    places = indexes_of(desk, ((ticket.show, ticket.place) for ticket in tickets))
    desk.emit("changed", places=places, documents=False)
