"""Re-keying: tickets of a pack that were sold by hand are booked as the sales that they were.

`rekey_paper` books one sale; a whole stack of them is keyed line by line first (`contingency.keying`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pos.domain.basket import Basket, Line, paired, quote
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.rights import Effect, OfficeState, OwnState
from pos.domain.sale import Tender
from pos.store.packs import PackTicket
from pos.store.shiftbook import ShiftRow
from pos.till.contingency.packs import out
from pos.till.counter.passing import indexes_of
from pos.till.counter.pay import Making, answer_of, book, document, work_out
from pos.till.counter.quoting import allowed, quoted_line
from pos.till.counter.tenders import tenders_of
from pos.till.desk import Desk, Unit


@dataclass(frozen=True, slots=True)
class Sold:
    """Paper tickets of one customer, each at its price type and as the proof was seen, and when that was."""

    paper: Sequence[PackTicket]
    types: Sequence[str]
    proofs: Sequence[bool]
    at: datetime

    @classmethod
    def of(cls, paper: Sequence[PackTicket], price_type: str, proof: bool, at: datetime) -> Sold:
        """All at the same price type."""
        return cls(paper, [price_type] * len(paper), [proof] * len(paper), at)

    @property
    def places(self) -> frozenset[tuple[str, str]]:
        return frozenset((ticket.show, ticket.place) for ticket in self.paper)


def rekey_paper(
    desk: Desk, *, tickets: list[str], price_type: str | list[str], tenders: list[dict[str, Any]], at: str = "",
    proof: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Book paper tickets, by id or code, as sold: one sale, at the time when it was, its cash in the drawer now.

    `price_type` is one for all, or one for each ticket. Nothing is printed. Raises Refused:
    unknown_ticket not_allowed no_price proof_needed underpaid overpaid bad_request storage_failed fenced.
    """
    user = desk.signed_in("sell")
    shift = desk.shift()
    desk.check_not_fenced()
    paper = out(desk, tickets)
    types = [price_type] * len(paper) if isinstance(price_type, str) else price_type
    if len(types) != len(paper):
        raise Refused("bad_request", field="price_type", reason=f"{len(types)} price types for {len(paper)} tickets")
    sold = Sold(paper, types, [proof] * len(paper), sold_at(desk, paper, at))
    lines = lines_of(desk, sold)
    paid = tenders_of(desk, tenders)
    if any(tender.code for tender in paid):
        raise Refused("not_allowed", what="tender", reason="paper tickets are paid for in cash or by card")
    if any(tender.kind != "cash" for tender in paid):
        raise Refused("bad_request", field="tenders", reason="what was sold on paper was paid in cash")
    making = making_of(desk, user.id, sold, lines, paid)
    with desk.unit() as unit:
        unit.at = making.at
        book_one(desk, unit, shift, making, sold)
        answer = unit.answers({"sale": answer_of(making)})
    after(desk, [sold])
    return answer


# ---- booking -------------------------------------------------------------------------------


def making_of(desk: Desk, user: str, sold: Sold, lines: Sequence[Line], paid: Sequence[Tender]) -> Making:
    """The sale worked out. Raises Refused."""
    making = work_out(desk, user, basket_of(desk, user, lines), paid, sold.places)
    # The customer has the paper: the ticket is the one on it.
    ids = {ticket.id: on.id for ticket, on in zip(making.tickets, sold.paper, strict=True)}
    known = [
        replace(ticket, id=on.id, code=on.code, marks=_renamed(ticket.marks, ids))
        for ticket, on in zip(making.tickets, sold.paper, strict=True)
    ]
    return replace(making, tickets=tuple(known))


def _renamed(marks: Mapping[str, Any], ids: Mapping[str, str]) -> Mapping[str, Any]:
    partner = marks.get("companion_of")
    return {**marks, "companion_of": ids[partner]} if partner else marks


def basket_of(desk: Desk, user: str, lines: Sequence[Line]) -> Basket:
    """A customer's tickets, companions with their partners. Raises Refused("not_allowed")."""
    season = desk.season()
    companions = {show.id: show.companions for show in season.shows.values()}
    return paired(Basket(user, tuple(lines), None), season.price_types, companions)


def book_one(desk: Desk, unit: Unit, shift: ShiftRow, making: Making, sold: Sold) -> None:
    """Book it in the open transaction."""
    keyed = {"at": sold.at.isoformat(timespec="seconds"), "keyed_at": making.at.isoformat(timespec="seconds")}
    body = document(desk, shift, making) | keyed | {"packs": sorted({ticket.pack for ticket in sold.paper})}
    book(desk, unit, shift, making, body, OfficeState.PAPER)
    _count_copies(desk, unit, shift, making)
    desk.ledger.packs.end(sold.paper, "sold", making.user, keyed["keyed_at"])


def after(desk: Desk, sold: Sequence[Sold]) -> None:
    """What follows the commit."""
    desk.outside.printers.kick_drawer()
    places = frozenset(place for one in sold for place in one.places)
    desk.emit("changed", places=indexes_of(desk, places), documents=False)


def _count_copies(desk: Desk, unit: Unit, shift: ShiftRow, making: Making) -> None:
    """A pack that did not come out for certain was printed again, marked as a copy. Now that its tickets are sold,
    whoever prints for their buyers next has to know."""
    sold = OfficeState.SOLD
    for ticket in making.tickets:
        if copies := desk.ledger.tickets.copies(ticket.id):
            token = desk.held(ticket.show, ticket.place, OwnState.PAPER)
            effect = Effect(ticket.show, ticket.place, token, sold, sold, desk.outside.till, ticket.id)
            why = {"shift": shift.id, "user": making.user, "reason": "printed again while it was on paper"}
            unit.record(Kind.COPY_ISSUED, {"ticket": ticket.id, "copy": copies} | why, effects=[effect])


def lines_of(desk: Desk, sold: Sold) -> tuple[Line, ...]:
    """The tickets at their prices then. Raises Refused("no_price" | "proof_needed" | "approval_needed")."""
    season = desk.season()
    lines: list[Line] = []
    for n, (ticket, kind, proof) in enumerate(zip(sold.paper, sold.types, sold.proofs, strict=True), 1):
        table = season.price_list(ticket.show, sold.at)
        if kind not in season.price_types:
            raise Refused("no_price", show=ticket.show, place=ticket.shown, category=ticket.category, price_type=kind)
        marks = allowed(desk, kind, None, "sold on paper", "")
        price = quote(table, season.price_types, ticket.category, kind, proof)
        lines.append(
            quoted_line(desk, n, ticket.show, ticket.place, ticket.category, kind, price, proof, table.id, marks)
        )
    return tuple(lines)


def sold_at(desk: Desk, paper: Sequence[PackTicket], at: str) -> datetime:
    """When it was sold: between the pack's going out and now. Raises Refused("bad_request")."""
    now = desk.clock.now()
    if not at:
        return now
    try:
        sold = datetime.fromisoformat(at)
        issued = {pack.id: datetime.fromisoformat(pack.issued_at) for pack in desk.ledger.packs.packs()}
        good = max(issued[ticket.pack] for ticket in paper) <= sold <= now
    except (ValueError, TypeError) as error:
        raise Refused("bad_request", field="at", reason=f"{at!r} is no time like 2027-03-01T19:30:00+01:00") from error
    if not good:
        raise Refused("bad_request", field="at", reason=f"{at} is not between the pack's going out and now")
    return sold
