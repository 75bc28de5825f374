"""Re-keying: tickets of a pack that were sold by hand are booked as the sales that they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pos.domain.basket import Basket, Line, quote
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.rights import Effect, OfficeState, OwnState
from pos.store.packs import PackTicket
from pos.store.shiftbook import ShiftRow
from pos.till.contingency.packs import out
from pos.till.counter.passing import indexes_of
from pos.till.counter.pay import Making, answer_of, book, document, work_out
from pos.till.counter.quoting import allowed, quoted_line
from pos.till.counter.tenders import tenders_of
from pos.till.desk import Desk, Unit


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
    sold_at = _sold_at(desk, paper, at)
    lines = _lines(desk, paper, price_type, proof, sold_at)
    paid = tenders_of(desk, tenders)
    if any(tender.code for tender in paid):
        raise Refused("not_allowed", what="tender", reason="paper tickets are paid for in cash or by card")
    if any(tender.kind != "cash" for tender in paid):
        raise Refused("bad_request", field="tenders", reason="what was sold on paper was paid in cash")
    free = frozenset((ticket.show, ticket.place) for ticket in paper)
    making = work_out(desk, user.id, Basket(user.id, lines, None), paid, free)
    # The customer has the paper: the ticket is the one on it.
    known = [replace(ticket, id=on.id, code=on.code) for ticket, on in zip(making.tickets, paper, strict=True)]
    making = replace(making, tickets=tuple(known))
    keyed = {"at": sold_at.isoformat(timespec="seconds"), "keyed_at": making.at.isoformat(timespec="seconds")}
    body = document(desk, shift, making) | keyed | {"packs": sorted({ticket.pack for ticket in paper})}
    with desk.unit() as unit:
        unit.at = making.at
        book(desk, unit, shift, making, body, OfficeState.PAPER)
        _count_copies(desk, unit, shift, making)
        desk.ledger.packs.set_state(paper, "sold")
        answer = unit.answers({"sale": answer_of(making)})
    desk.outside.printers.kick_drawer()
    desk.emit("changed", places=indexes_of(desk, free), documents=False)
    return answer


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


def _lines(
    desk: Desk, paper: Sequence[PackTicket], price_type: str | list[str], proof: bool, at: datetime
) -> tuple[Line, ...]:
    """The tickets at their prices then. Raises Refused("no_price" | "proof_needed" | "bad_request")."""
    types = [price_type] * len(paper) if isinstance(price_type, str) else price_type
    if len(types) != len(paper):
        raise Refused("bad_request", field="price_type", reason=f"{len(types)} price types for {len(paper)} tickets")
    season = desk.season()
    lines: list[Line] = []
    for n, (ticket, kind) in enumerate(zip(paper, types, strict=True), 1):
        table = season.price_list(ticket.show, at)
        if kind not in season.price_types:
            raise Refused("no_price", show=ticket.show, place=ticket.shown, category=ticket.category, price_type=kind)
        marks = allowed(desk, kind, None, "sold on paper", "")
        price = quote(table, season.price_types, ticket.category, kind, proof)
        lines.append(
            quoted_line(desk, n, ticket.show, ticket.place, ticket.category, kind, price, proof, table.id, marks)
        )
    return tuple(lines)


def _sold_at(desk: Desk, paper: Sequence[PackTicket], at: str) -> datetime:
    """When it was sold: between the pack's going out and now. Raises Refused("bad_request")."""
    now = desk.clock.now()
    if not at:
        return now
    try:
        sold_at = datetime.fromisoformat(at)
        issued = {pack.id: datetime.fromisoformat(pack.issued_at) for pack in desk.ledger.packs.packs()}
        good = max(issued[ticket.pack] for ticket in paper) <= sold_at <= now
    except (ValueError, TypeError) as error:
        raise Refused("bad_request", field="at", reason=f"{at!r} is no time like 2027-03-01T19:30:00+01:00") from error
    if not good:
        raise Refused("bad_request", field="at", reason=f"{at} is not between the pack's going out and now")
    return sold_at
