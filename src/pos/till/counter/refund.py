"""Refunds: a ticket ends, its place is free again in this till's hand, and the money goes back as it came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.money import Money, total
from pos.domain.refund import Returned, ReturnedArticle, refund_entry, refund_settlement
from pos.domain.sale import Settlement, Tender
from pos.domain.shift import CashMove
from pos.domain.terms import Rule, Step
from pos.store.ledger import PrintJob
from pos.store.shiftbook import ShiftRow
from pos.till.counter import charge, checks, issue, purses
from pos.till.counter.admit import let_in
from pos.till.counter.approval import approved, may_alone
from pos.till.counter.closed import comes_back, still_used
from pos.till.counter.comeback import check_article_terms, sold_articles, with_companions
from pos.till.counter.numbers import Series, next_id, take
from pos.till.counter.passing import indexes_of
from pos.till.counter.tenders import by_hand_back, check_drawer, last_of
from pos.till.counter.tickets import TRIES, Sold, all_in_hand, ending, holder_of, look_up, rights_to
from pos.till.desk import Desk, Unit, Verb

_REFUNDS: Final = Series("refunds", "R")


def refund(
    desk: Desk, *, reason: str, tickets: Sequence[str] = (), articles: Sequence[str] = (),
    approver: dict[str, Any] | None = None, surrendered: bool | None = None, identity: str = "",
    waive_fee: bool = False, slip: str = "",
) -> Verb[dict[str, Any]]:  # fmt: skip
    """Take tickets back by the terms they were sold under, and articles of this till's sales, and pay out to the
    original tender. A companion's ticket comes back with its partner's.

    Raises Refused: unknown_ticket already_refunded exchanged already_admitted right_to_refund_elsewhere outside_terms
    identity_needed check_needed approval_needed wrong_pin not_allowed drawer_short device_absent payment_declined
    payment_unknown right_elsewhere storage_failed fenced; after any of them nothing has happened.
    """
    if not (tickets or articles):
        raise Refused("bad_request", field="tickets", reason="name tickets, or articles")
    user = desk.signed_in("sell")
    desk.shift()
    desk.check_not_fenced()
    yield from charge.settle_open(desk)
    claimed = yield from _rights(desk, tickets, articles, approver, surrendered)
    # While the office was asked, somebody may have signed out, closed the shift, or taken a ticket back.
    user = desk.signed_in("sell")
    shift = desk.shift()
    sold = with_companions(desk, look_up(desk, tickets))
    goods = sold_articles(desk, articles)
    admitted = let_in(desk, still_used(desk, sold), approver)
    currency = desk.season().venue.currency
    steps = [step_in_force(desk, ticket, ticket.terms(currency).refund, approver) for ticket in sold]
    by = approved(desk, approver)
    check_cards(desk, sold, by)
    checks.check_holder([holder_of(desk, ticket) for ticket in sold], identity, trusted=may_alone(desk, by))
    check_article_terms(desk, goods, by)
    if waive_fee and not may_alone(desk, by):
        raise Refused("approval_needed", what="waive_fee")
    returned = [
        ticket.returned(fee_of(ticket, step, currency, waive_fee)) for ticket, step in zip(sold, steps, strict=True)
    ]
    _check_amount(desk, sold, returned, by, claimed=claimed)
    exact = refund_settlement([*returned, *goods], desk.season().venue.cash_rounding)
    settlement = by_hand_back(exact, slip)
    cash = settlement.paid("cash", currency)
    check_drawer(desk, shift, cash)
    pins = (*((ticket.show, ticket.place) for ticket in sold), *purses.keys(settlement.tenders))
    intent = charge.Intent("refund", ",".join([*(item.id for item in sold), *articles]), pins)
    charge.check_not_pinned(desk, intent)
    given = yield from charge.charge(desk, user.id, shift, intent, purses.moved(desk, turned(settlement), by))
    settlement = turned(given)
    document = document_of(desk, shift, user.id, returned, goods, settlement) | {
        "reason": reason,
        **admitted,
        **({"approver": by} if by else {}),
        **({"surrendered": surrendered} if surrendered is not None else {}),
        **({"identity": last_of(identity)} if identity else {}),
        **({"claimed": True} if claimed else {}),
    }
    with desk.unit() as unit:
        job = commit(desk, unit, shift, sold, returned, goods, settlement, document)
        shown = ("id", "amount", "fee", "rounding", "tenders", "claimed")
        answer = unit.answers({"refund": {key: document[key] for key in shown if key in document}})
    if cash:
        desk.outside.printers.kick_drawer()
    if job is not None:
        issue.send(desk, job)
    desk.emit("changed", places=indexes_of(desk, ((ticket.show, ticket.place) for ticket in sold)), documents=False)
    return answer


def _rights(
    desk: Desk,
    tickets: Sequence[str],
    articles: Sequence[str],
    approver: dict[str, Any] | None,
    surrendered: bool | None,
) -> Verb[bool]:
    """The tokens of the tickets and of the purses that paid, in hand; whether it is paid out without the tickets'."""
    claimed = False
    for _ in range(TRIES):
        sold = with_companions(desk, look_up(desk, tickets))
        goods = sold_articles(desk, articles)
        let_in(desk, still_used(desk, sold), approver)
        try:
            yield from rights_to(desk, sold)
        except Refused as refused:
            claimed = _may_claim(desk, refused, approver, surrendered)
            if not claimed:
                raise
        yield from purses.hold(desk, [*_paid_by(sold), *_paid_by(goods)])
        if claimed or all_in_hand(desk, sold):
            break  # else the office has asked for a ticket's right while it was asked for a purse
    return claimed


def _paid_by(items: Sequence[Sold] | Sequence[ReturnedArticle]) -> list[Tender]:
    return [tender for item in items for tender in item.share]


def _may_claim(desk: Desk, refused: Refused, approver: dict[str, Any] | None, surrendered: bool | None) -> bool:
    """Whether to pay out without the token: where the venue lets it, the office is away, a supervisor
    approves, and the paper is handed in. The office books it as a claim, and the place stays sold."""
    away = refused.code == "right_to_refund_elsewhere" and "cause" in refused.fields
    return away and desk.season().venue.refund_offline_cap is not None and approver is not None and bool(surrendered)


def turned(settlement: Settlement) -> Settlement:
    """Money paid out as money taken, and back: a terminal is told by the sign which way it goes."""
    return replace(settlement, tenders=tuple(replace(tender, amount=-tender.amount) for tender in settlement.tenders))


def step_in_force(desk: Desk, ticket: Sold, rule: Rule, approver: dict[str, Any] | None) -> Step | None:
    """The step of the terms that applies now; None where no fee is kept, since the show is called off or
    moved, or the place may not be used.

    Raises Refused("outside_terms" | "check_needed"). With a supervisor, what is too late goes by the last step.
    """
    step, late = kept_by(desk, ticket, rule)
    if step is None:
        return None
    starts = desk.season().show(ticket.show).starts
    trusted = approver is not None or may_alone(desk, "")
    if desk.clock.doubtful and not trusted and rule.in_force(starts, desk.clock.wall) != (None if late else step):
        raise Refused(
            "check_needed",
            ticket=ticket.id,
            reason="this machine's clock has jumped",
            clock=desk.clock.now().isoformat(),
        )
    if late and not trusted:
        deadline = rule.deadline(starts)
        raise Refused("outside_terms", ticket=ticket.id, until=deadline.isoformat() if deadline else None)
    return step


def kept_by(desk: Desk, ticket: Sold, rule: Rule) -> tuple[Step | None, bool]:
    """The step whose fee would be kept now, None for none, and whether it is too late without a supervisor."""
    show = desk.season().show(ticket.show)
    if show.called_off or comes_back(desk, ticket):
        return None, False
    step = rule.in_force(show.starts, desk.clock.now())
    return step or rule.steps[-1], step is None


def fee_of(ticket: Sold, step: Step | None, currency: str, waived: bool) -> Money:
    """What is kept of a ticket's price."""
    if step is None or waived:
        return Money.zero(currency)
    return step.fee_on(Money.parse(ticket.body["price"], currency))


def _check_amount(
    desk: Desk, sold: Sequence[Sold], returned: Sequence[Returned], approver: str, *, claimed: bool
) -> None:
    """Raises Refused("approval_needed") over what the terms let a cashier pay, "limit_exceeded" over what may
    be paid without the token."""
    venue = desk.season().venue
    due = total([item.worth for item in returned], venue.currency)
    check_limit(desk, sold, due, approver)
    cap = venue.refund_offline_cap
    if claimed and cap is not None and due > cap:
        raise Refused("limit_exceeded", what="refund", amount=str(due), limit=str(cap))


def check_limit(desk: Desk, sold: Sequence[Sold], due: Money, approver: str) -> None:
    """Terms may name an amount over which money paid out needs a supervisor. Raises Refused("approval_needed")."""
    limits = [
        Money.parse(limit, due.currency)
        for ticket in sold
        if (limit := ticket.body["terms"].get("approval_over")) is not None
    ]
    if limits and due > min(limits) and not may_alone(desk, approver):
        raise Refused("approval_needed", what="refund", amount=str(due), over=str(min(limits)))


def check_cards(desk: Desk, sold: Sequence[Sold], approver: str) -> None:
    """What a card paid without its bank's yes is not simply paid back.

    Raises Refused("not_allowed" | "approval_needed").
    """
    owed = {payment.subject for payment in desk.ledger.payments.owed()}
    for ticket in sold:
        if ticket.sale["id"] in owed:
            reason = "the bank has not said yes to the card that paid for it"
            raise Refused("not_allowed", what="refund", reason=reason, ticket=ticket.id)
        if any(tender.get("pending") for tender in ticket.sale["tenders"]) and not may_alone(desk, approver):
            raise Refused("approval_needed", what="refund", ticket=ticket.id)


def document_of(
    desk: Desk,
    shift: ShiftRow,
    user: str,
    returned: Sequence[Returned],
    goods: Sequence[ReturnedArticle],
    settlement: Settlement,
) -> dict[str, Any]:
    """The refund by value, as the fact carries it."""
    currency = desk.season().venue.currency
    return {
        "id": next_id(desk, _REFUNDS),
        "at": desk.clock.now().isoformat(timespec="seconds"),
        "till": desk.outside.till,
        "user": user,
        "shift": shift.id,
        "tickets": [item.to_json() for item in returned],
        **({"articles": [item.to_json() for item in goods]} if goods else {}),
        "amount": str(total([*(item.worth for item in returned), *(item.worth for item in goods)], currency)),
        "fee": str(total([item.fee for item in returned], currency)),
        "rounding": str(settlement.rounding),
        "tenders": [tender.to_json() for tender in settlement.tenders],
    }


def commit(
    desk: Desk,
    unit: Unit,
    shift: ShiftRow,
    sold: Sequence[Sold],
    returned: Sequence[Returned],
    goods: Sequence[ReturnedArticle],
    settlement: Settlement,
    document: dict[str, Any],
    *,
    paper: bool = True,
) -> PrintJob | None:
    """Write the refund in the unit's transaction; its receipt's job, None where there is no `paper`."""
    currency = desk.season().venue.currency
    effects, freed = ([], []) if "claimed" in document else ending(desk, sold)
    effects += purses.spend(desk, settlement)
    unit.record(
        Kind.REFUND_CLAIMED if "claimed" in document else Kind.TICKETS_REFUNDED,
        {"refund": document},
        postings=refund_entry(desk.outside.till, returned, settlement, currency, goods),
        effects=effects,
    )
    unit.put_rights(freed)
    ledger = desk.ledger
    ledger.tickets.add_refund(shift.id, document)
    ended = [*(item.id for item in returned), *(item.article.ref for item in goods)]
    ledger.tickets.end(ended, "refunded", document["id"])
    if cash := settlement.paid("cash", currency):
        ledger.add_move(shift.id, CashMove("refund", -cash, document["id"], document["at"]))
    charge.use(desk, settlement, document["id"])
    take(desk, _REFUNDS)
    if not paper or not desk.outside.printers.present("receipt"):
        return None
    return ledger.add_job("receipt", "refund", document["id"], [], issue.refund_content(desk, document))
