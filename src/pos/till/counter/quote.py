"""What would come of taking tickets back, told before anybody decides: nothing is changed, and nobody is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pos.domain.errors import Refused
from pos.domain.money import Money, total
from pos.domain.refund import Returned, ReturnedArticle, paid_out, refund_settlement
from pos.domain.shift import expected
from pos.domain.terms import Rule
from pos.till.counter.admit import admission
from pos.till.counter.approval import may_alone
from pos.till.counter.collect import has_paper
from pos.till.counter.comeback import sold_articles, with_companions
from pos.till.counter.refund import check_cards, check_limit, fee_of, kept_by
from pos.till.counter.sell import wishes_for
from pos.till.counter.tickets import Sold, holder_of, in_hand, look_up
from pos.till.counter.void import hindrance
from pos.till.counter.void import told as told_back
from pos.till.desk import Desk


def quote(
    desk: Desk, *, tickets: Sequence[str] = (), articles: Sequence[str] = (), waive_fee: bool = False,
    show: str = "", places: list[str] | None = None, price_type: str | list[str] = "",
) -> dict[str, Any]:  # fmt: skip
    """What these tickets' terms say just now, what a refund of them and of `articles` would pay out and by which
    tenders, and what hinders it: `needs` are the refusals that a supervisor's approval would lift. With `show`,
    `places` and `price_type`, what an exchange of the tickets for those comes to, too.

    Raises Refused: unknown_ticket already_refunded exchanged not_allowed bad_request, and what `add` does of places.
    """
    if not (tickets or articles):
        raise Refused("bad_request", field="tickets", reason="name tickets, or articles")
    user, shift = desk.signed_in("sell"), desk.shift()
    currency = desk.season().venue.currency
    sold, goods = with_companions(desk, look_up(desk, tickets)), sold_articles(desk, articles)
    steps = [kept_by(desk, ticket, ticket.terms(currency).refund) for ticket in sold]
    returned = [
        ticket.returned(fee_of(ticket, step, currency, waive_fee))
        for ticket, (step, _) in zip(sold, steps, strict=True)
    ]
    back: list[Returned | ReturnedArticle] = [*returned, *goods]
    settlement = refund_settlement(back, desk.season().venue.cash_rounding)
    amount = total([item.worth for item in back], currency)
    late = any(late for _, late in steps) or not all(item.article.refundable for item in goods)
    held = expected(desk.ledger.moves(shift.id), currency)
    body = sold[0].sale if sold else desk.ledger.find_sales(sale=goods[0].sale)[0]
    whole = {ticket.id for ticket in sold} == {ticket["id"] for ticket in body["tickets"]}
    why = hindrance(desk, user, shift, body, alone=False) if whole else None
    alone = hindrance(desk, user, shift, body, alone=True) if whole else None
    told = _exchange(desk, sold, show, places, price_type, waive_fee) if places and sold else {}
    return told | {
        "tickets": [_ticket(desk, ticket) for ticket in sold],
        "articles": [{"ref": item.article.ref, "name": item.article.name, "amount": str(item.worth)} for item in goods],
        "refund": {
            "amount": str(amount),
            "fee": str(total([item.fee for item in returned], currency)),
            "rounding": str(settlement.rounding),
            "tenders": [tender.to_json() for tender in settlement.tenders],
            "needs": _needs(desk, sold, amount, waive_fee, late=late),
            "short": str(held) if settlement.paid("cash", currency) > held else None,
        },
        "void": {
            "sale": body["id"],
            "amount": body["total"],
            "tenders": told_back(body, desk.season().venue.cash_rounding),
            "may": whole and why is None,
            "approval": why is None and alone is not None,
            "reason": str(why.fields["reason"]) if why is not None else "",
        },
    }


def _exchange(
    desk: Desk, sold: Sequence[Sold], show: str, places: list[str], price_type: str | list[str], waive_fee: bool
) -> dict[str, Any]:
    """What changing the tickets for these places comes to; with money that is paid out, by which tenders."""
    currency, the_show = desk.season().venue.currency, desk.season().show(show)
    freed = frozenset(ticket.place for ticket in sold if ticket.show == show)
    # What has to be seen is told, not asked for yet.
    wishes = wishes_for(desk, the_show, desk.belief.seating(show), places, price_type, True, freed, "a member")
    steps = [kept_by(desk, ticket, ticket.terms(currency).exchange) for ticket in sold]
    fees = [fee_of(ticket, step, currency, waive_fee) for ticket, (step, _) in zip(sold, steps, strict=True)]
    returned = [ticket.returned(fee) for ticket, fee in zip(sold, fees, strict=True)]
    fee = total(fees, currency)
    difference = total([wish.price for wish in wishes], currency) - total([item.price for item in returned], currency)
    due = difference + fee
    out = paid_out(returned, -due) if due.minor < 0 else ()
    told = {
        "difference": str(difference),
        "fee": str(fee),
        "total": str(due),
        "proof": next(filter(None, (desk.season().price_types[wish.price_type].proof for wish in wishes)), ""),
        "needs": _needs(desk, sold, -due, waive_fee, late=any(late for _, late in steps)),
        "tenders": [tender.to_json() for tender in out],
    }
    return {"exchange": told}


def _needs(desk: Desk, sold: Sequence[Sold], amount: Money, waive_fee: bool, *, late: bool) -> list[str]:
    """The codes with which a refund of these is refused to a cashier alone."""
    if may_alone(desk, ""):
        return []
    needs = ["outside_terms"] if late else []
    if any(admission(desk, ticket.sale, ticket.body) is not None for ticket in sold):
        needs.append("already_admitted")
    try:
        check_limit(desk, sold, amount, "")
        check_cards(desk, sold, "")
    except Refused as refused:
        needs.append(refused.code)
    if waive_fee and "approval_needed" not in needs:
        needs.append("approval_needed")
    return needs


def _ticket(desk: Desk, ticket: Sold) -> dict[str, Any]:
    currency, body = desk.season().venue.currency, ticket.body
    terms = ticket.terms(currency)
    seating = desk.belief.seating(ticket.show)
    ix = seating.find(ticket.place)
    return {
        "id": ticket.id,
        "sale": ticket.sale["id"],
        "show": ticket.show,
        "place": body["place"],
        "label": seating.label(ix) if ix is not None else body["place"],
        "category": body["category"],
        "price_type": body["price_type"],
        "price": body["price"],
        "named": any(holder_of(desk, ticket).get(key) for key in ("identity", "name")),
        "issued": has_paper(desk, body),
        "here": in_hand(desk, ticket),
        "refund": _side(desk, ticket, terms.refund),
        "exchange": _side(desk, ticket, terms.exchange),
    }


def _side(desk: Desk, ticket: Sold, rule: Rule) -> dict[str, Any]:
    """What one side of the terms says now: whether it is allowed, until when, and the fee for this ticket."""
    currency, starts = desk.season().venue.currency, desk.season().show(ticket.show).starts
    step, late = kept_by(desk, ticket, rule)
    deadline = step.deadline(starts) if step is not None else None
    return {
        "allowed": not late,
        "until": deadline.isoformat() if deadline is not None else None,
        "fee": str(fee_of(ticket, step, currency, False)),
    }
