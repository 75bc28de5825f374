"""Keying: a stack of log sheets is typed line by line, and booked at its end, all of it or nothing.

The laws of what is keyed:

* It is kept at the till, not at the window, and waits there whatever closes or crashes, for whoever is signed in.
* A ticket is keyed once, and then it can neither come back nor be lost until it is taken out of what is keyed.
* Tickets of one customer are one sale, at one time; a venue's fee for each sale is taken from them once, and nobody's
  companion is sold without their partner.
* What was handed over by hand was paid in cash, to the coin.
* No shift is closed and no drawer handed over before it is booked: its cash lies there, and is in nobody's books yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from pos.domain.basket import Line, fee_lines
from pos.domain.errors import Refused
from pos.domain.money import Money, total
from pos.domain.sale import Tender, settle
from pos.store.packs import Keyed, PackTicket
from pos.till.contingency.packs import now, out
from pos.till.contingency.rekey import Sold, after, basket_of, book_one, lines_of, making_of, sold_at
from pos.till.counter.pay import Making
from pos.till.desk import Desk
from pos.till.refusals import sentence


def keyed_paper(desk: Desk) -> dict[str, Any]:
    """What is keyed and not booked yet, customer by customer, at its prices; the cash that it makes."""
    desk.signed_in()
    return _shown(desk)


def key_paper(
    desk: Desk, *, tickets: list[str], price_type: str, at: str = "", proof: bool = False, joined: bool = False,
    change: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Keep tickets that were sold by hand, by id or code, to be booked with `book_paper`: as one customer's, and
    `joined` as tickets of the customer before, at their time. With `change` they are keyed already, and it was wrong.

    Raises Refused: unknown_ticket not_allowed no_price proof_needed approval_needed bad_request no_shift
    storage_failed fenced.
    """
    user = _at_work(desk)
    book = desk.ledger.packs
    before = book.keyed()
    paper = out(desk, tickets, keyed=change)
    if change:
        lines = _changed(desk, before, paper, price_type, proof, at)
    else:
        last = before[-1] if before else None
        first = last is None or not joined
        sold = Sold.of(paper, price_type, proof, sold_at(desk, paper, at if first or last is None else last.sold_at))
        lines_of(desk, sold)
        customer = (last.customer if last is not None else 0) + first
        when = sold.at.isoformat(timespec="seconds")
        lines = [Keyed(ticket.id, customer, price_type, proof, when, user, now(desk)) for ticket in paper]
    with desk.unit() as unit:
        (book.change if change else book.key)(lines)
        return unit.answers(_shown(desk))


def _changed(
    desk: Desk, before: Sequence[Keyed], paper: Sequence[PackTicket], price_type: str, proof: bool, at: str
) -> list[Keyed]:
    """These at another price type, and their customers' tickets at another time if one is given."""
    named = {ticket.id for ticket in paper}
    customers = {line.customer for line in before if line.ticket in named}
    lines = [line for line in before if line.customer in customers]
    if at:
        found = desk.ledger.packs.named([line.ticket for line in lines])
        when = sold_at(desk, list(found.values()), at).isoformat(timespec="seconds")
        lines = [replace(line, sold_at=when) for line in lines]
    lines = [replace(line, price_type=price_type, proof=proof) if line.ticket in named else line for line in lines]
    for one in _customers(desk, lines):
        lines_of(desk, one)
    return lines


def unkey_paper(desk: Desk, *, tickets: list[str]) -> dict[str, Any]:
    """Take tickets, by id or code, out of what is keyed. Raises Refused: unknown_ticket not_allowed storage_failed."""
    _at_work(desk)
    paper = out(desk, tickets, keyed=True)
    with desk.unit() as unit:
        desk.ledger.packs.unkey([ticket.id for ticket in paper])
        return unit.answers(_shown(desk))


def book_paper(desk: Desk) -> dict[str, Any]:
    """Book everything that is keyed, a sale for each customer, at the times when they were; the cash is in the drawer
    now. All of it, or nothing.

    Raises Refused: basket_empty when nothing is keyed; unknown_ticket not_allowed no_price proof_needed
    approval_needed bad_request no_shift storage_failed fenced.
    """
    user = _at_work(desk)
    shift = desk.shift()
    keyed = desk.ledger.packs.keyed()
    if not keyed:
        raise Refused("basket_empty")
    sold = _customers(desk, keyed)
    makings: list[Making] = []
    with desk.unit() as unit:
        for one in sold:
            lines = lines_of(desk, one)
            making = making_of(desk, user, one, lines, _exact(desk, lines))
            unit.at = making.at
            book_one(desk, unit, shift, making, one)
            makings.append(making)
        desk.ledger.packs.unkey([line.ticket for line in keyed])
        answer = unit.answers(
            {
                "sales": [{"id": making.id, "total": str(making.total)} for making in makings],
                "tickets": len(keyed),
                "cash": str(_cash(desk, [making.settlement.paid("cash", making.total.currency) for making in makings])),
            }
        )
    after(desk, sold)
    return answer


def _at_work(desk: Desk) -> str:
    """Who keys. Raises Refused."""
    user = desk.signed_in("sell")
    desk.shift()
    desk.check_not_fenced()
    return user.id


def _customers(desk: Desk, keyed: Sequence[Keyed]) -> list[Sold]:
    found = desk.ledger.packs.named([line.ticket for line in keyed])
    sold = []
    for _, group in groupby(keyed, lambda line: line.customer):
        lines = list(group)
        paper = [found[line.ticket] for line in lines]
        at = datetime.fromisoformat(lines[0].sold_at)
        sold.append(Sold(paper, [line.price_type for line in lines], [line.proof for line in lines], at))
    return sold


def _shown(desk: Desk) -> dict[str, Any]:
    keyed = desk.ledger.packs.keyed()
    by_ticket = {line.ticket: line for line in keyed}
    customers, cash = [], []
    for one in _customers(desk, keyed):
        told: dict[str, Any] = {"at": one.at.isoformat(timespec="seconds")}
        prices: list[str] = []
        try:
            lines = lines_of(desk, one)
            owed = _cash(desk, [tender.amount for tender in _exact(desk, lines)])
        except Refused as refused:
            # A companion without a partner yet, or a season that has changed since: it has to be seen which it is.
            wrong = {"code": refused.code, "text": sentence(refused)} | refused.fields
            told |= {"wrong": wrong, "cash": None}
        else:
            prices = [str(line.price) for line in lines]
            cash.append(owed)
            told |= {"cash": str(owed)}
        told["tickets"] = [
            _keyed_line(ticket, by_ticket[ticket.id]) | {"price": prices[at] if prices else None}
            for at, ticket in enumerate(one.paper)
        ]
        customers.append(told)
    return {"customers": customers, "tickets": len(keyed), "cash": str(_cash(desk, cash))}


def _keyed_line(ticket: PackTicket, line: Keyed) -> dict[str, Any]:
    return {
        "id": ticket.id,
        "pack": ticket.pack,
        "number": ticket.number,
        "show": ticket.show,
        "place": ticket.shown,
        "category": ticket.category,
        "price_type": line.price_type,
        "proof": line.proof,
        "by": line.keyed_by,
        "keyed_at": line.keyed_at,
    }


def _cash(desk: Desk, amounts: Sequence[Money]) -> Money:
    return total(list(amounts), desk.season().venue.currency)


def _exact(desk: Desk, lines: Sequence[Line]) -> list[Tender]:
    """What a customer has paid: their total in cash, to the venue's coin; nothing for what cost nothing."""
    venue = desk.season().venue
    basket = basket_of(desk, "", lines)
    due = basket.total(fee_lines(desk.season().fees, basket.bearing), venue.currency)
    return list(settle(due, [Tender("cash", due)], venue.cash_rounding).tenders) if due else []
