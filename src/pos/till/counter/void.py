"""A sale undone at once: the customer is back within minutes, with all the paper, as if nothing had been sold.

A void is not a refund. The whole sale ends, fees and all, without a fee for that; its books are the sale's, turned
round; a card's payment is taken back where it was made. So it is for whoever sold it, in the same shift and within
the venue's `void_minutes`, and it is counted apart. What is older, or was sold elsewhere, is refunded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from pos.domain.books import Posting, entry
from pos.domain.errors import Refused
from pos.domain.facts import Fact, Kind
from pos.domain.money import Money, round_cash, total
from pos.domain.order import DEPOSIT
from pos.domain.sale import FOREIGN, Settlement, Tender, tender_account
from pos.domain.season import User
from pos.domain.shift import CashMove
from pos.store import journal
from pos.store.ledger import PrintJob
from pos.store.shiftbook import ShiftRow
from pos.till.counter import charge, issue, purses
from pos.till.counter.admit import let_in
from pos.till.counter.approval import approved, may_alone
from pos.till.counter.comeback import sold_articles
from pos.till.counter.numbers import Series, next_id, take
from pos.till.counter.passing import indexes_of
from pos.till.counter.refund import turned
from pos.till.counter.tenders import by_hand_back, check_drawer
from pos.till.counter.tickets import TRIES, Sold, all_in_hand, ending, look_up, rights_to, sale_of
from pos.till.desk import Desk, Unit, Verb

_VOIDS: Final = Series("voids", "V")
_PAGE: Final = 200  # facts read at a time, going back to the sale's own


def void(
    desk: Desk, *, sale: str, surrendered: bool, reason: str = "", approver: dict[str, Any] | None = None,
    slip: str = "",
) -> Verb[dict[str, Any]]:  # fmt: skip
    """Undo a whole sale: its places are free again in this till's hand, and every tender goes back.

    `sale` is its id, or one of its tickets. Raises Refused: unknown_ticket already_refunded exchanged already_admitted
    not_allowed right_to_refund_elsewhere drawer_short device_absent payment_declined payment_unknown
    storage_failed fenced; after any of them nothing has happened.
    """
    desk.signed_in("sell")
    desk.shift()
    desk.check_not_fenced()
    yield from charge.settle_open(desk)
    for _ in range(TRIES):
        sold = _whole(desk, sale, surrendered, approver)
        let_in(desk, sold, approver)
        yield from rights_to(desk, sold)
        currency, step = desk.season().venue.currency, desk.season().venue.cash_rounding
        yield from purses.hold(desk, tuple(_tenders(sale_of(desk, sale), step)))
        if all_in_hand(desk, sold):
            break  # else the office has asked for a ticket's right while it was asked for a purse
    # While the office was asked, somebody may have signed out, closed the shift, or taken a ticket back.
    user, shift = desk.signed_in("sell"), desk.shift()
    sold = _whole(desk, sale, surrendered, approver)
    admitted = let_in(desk, sold, approver)
    by = approved(desk, approver)
    body = sale_of(desk, sale)
    back = tuple(_tenders(body, step))
    rounding = total([tender.amount for tender in back], currency) - Money.parse(body["total"], currency)
    settlement = by_hand_back(Settlement(back, rounding, Money.zero(currency)), slip)
    check_drawer(desk, shift, settlement.paid("cash", currency))
    pins = (*((ticket.show, ticket.place) for ticket in sold), *purses.keys(back))
    intent = charge.Intent(charge.VOID, body["id"], pins)
    charge.check_not_pinned(desk, intent)
    settlement = turned(
        (yield from charge.charge(desk, user.id, shift, intent, purses.moved(desk, turned(settlement), by)))
    )
    document = _document(desk, shift, user.id, body, sold, settlement) | {
        **({"reason": reason} if reason else {}),
        **admitted,
        **({"approver": by} if by else {}),
    }
    with desk.unit() as unit:
        job = _commit(desk, unit, shift, sold, settlement, document)
        answer = unit.answers({"void": {key: document[key] for key in ("id", "sale", "amount", "rounding", "tenders")}})
    if settlement.paid("cash", currency):
        desk.outside.printers.kick_drawer()
    if job is not None:
        issue.send(desk, job)
    desk.emit("changed", places=indexes_of(desk, ((ticket.show, ticket.place) for ticket in sold)), documents=False)
    return answer


def _whole(desk: Desk, name: str, surrendered: bool, approver: dict[str, Any] | None) -> list[Sold]:
    """All tickets of the sale, if it may be undone here and now. Raises Refused."""
    user, shift = desk.signed_in("sell"), desk.shift()
    body = sale_of(desk, name)
    sold = look_up(desk, [ticket["id"] for ticket in body["tickets"]])
    sold_articles(desk, [article["ref"] for article in body.get("articles", ())])
    if (why := hindrance(desk, user, shift, body, alone=approver is None)) is not None:
        raise why
    if not surrendered:
        raise _no("the paper of every ticket must be handed in", body)
    return sold


def hindrance(desk: Desk, user: User, shift: ShiftRow, body: dict[str, Any], *, alone: bool) -> Refused | None:
    """Why a sale is not undone by this person in this shift, None when it may be. `alone`: nobody approves."""
    if any(article["kind"] == "package" for article in body.get("articles", ())):
        return _no("a package is not undone; what is left on it can be paid back", body)
    if "exchanged" in body:
        return _no("an exchange is not undone; exchange the tickets once more", body)
    if (body["till"], body.get("shift")) != (desk.outside.till, shift.id):
        return _no("it was not sold in this shift; it can be refunded", body)
    if body["user"] != user.id and alone and not may_alone(desk, ""):
        return _no("somebody else sold it, so a supervisor must approve", body)
    if any(tender.get("pending") for tender in body["tenders"]):
        return _no("the bank has not said yes to the card that paid for it", body)
    minutes = desk.season().venue.void_minutes
    begun = any((p.purpose, p.subject) == (charge.VOID, body["id"]) for p in desk.ledger.payments.pending())
    if not begun and desk.clock.now() - datetime.fromisoformat(body["at"]) > timedelta(minutes=minutes):
        return _no(f"it was sold more than {minutes} minutes ago; it can be refunded", body)
    return None


def _no(reason: str, body: dict[str, Any]) -> Refused:
    return Refused("not_allowed", what="void", reason=reason, sale=body["id"])


def _tenders(body: dict[str, Any], step: Money) -> Iterator[Tender]:
    """How the sale was paid, each tender by itself: to be given back just so, a deposit as it came itself."""
    currency = step.currency
    yield from (tender for _, tender in _deposits(body, step) if tender.amount)
    for item in body["tenders"]:
        if item["kind"] == DEPOSIT:
            continue
        detail = {"reverse": item["receipt"]} if item.get("payment") and item.get("receipt") else {}
        if "lapsed" in item:
            detail = {"lapsed": str(-Money.parse(item["lapsed"], currency))}
        given = None
        if item["kind"] == FOREIGN:  # the very notes go back
            given = Money.parse(item["given"], item["currency"])
            detail = {"currency": item["currency"], "rate": item["rate"]}
        yield Tender(item["kind"], Money.parse(item["amount"], currency), given, item.get("code", ""), detail)


def _deposits(body: dict[str, Any], step: Money) -> Iterator[tuple[Money, Tender]]:
    """What an order's deposit paid of the sale, and how that goes back: its cash in coins that there are.

    It is not owed to the order again, which may be done by now, with its place for sale.
    """
    for item in body["tenders"]:
        if item["kind"] == DEPOSIT:
            amount, kind = Money.parse(item["amount"], step.currency), item["paid_by"]
            yield amount, Tender(kind, round_cash(amount, step) if kind == "cash" else amount)


def told(body: dict[str, Any], step: Money) -> list[dict[str, Any]]:
    """The tenders by which a sale would go back, as a document tells them."""
    deposits = [tender.to_json() for _, tender in _deposits(body, step) if tender.amount]
    return deposits + [item for item in body["tenders"] if item["kind"] != DEPOSIT]


def _document(
    desk: Desk, shift: ShiftRow, user: str, body: dict[str, Any], sold: Sequence[Sold], settlement: Settlement
) -> dict[str, Any]:
    """The void by value: a refund's document, of everything that the sale had."""
    zero = Money.zero(desk.season().venue.currency)
    return {
        "id": next_id(desk, _VOIDS),
        "void": True,
        "sale": body["id"],
        "at": desk.clock.now().isoformat(timespec="seconds"),
        "till": desk.outside.till,
        "user": user,
        "shift": shift.id,
        # The fees go back whole, refundable or not, and so not with the tickets.
        "tickets": [replace(ticket.returned(zero), fees=()).to_json() for ticket in sold],
        **{key: body[key] for key in ("fees", "articles") if body.get(key)},
        "amount": body["total"],
        "fee": str(zero),
        "rounding": str(settlement.rounding),
        "tenders": [tender.to_json() for tender in settlement.tenders],
        "surrendered": True,
    }


def _commit(
    desk: Desk,
    unit: Unit,
    shift: ShiftRow,
    sold: Sequence[Sold],
    settlement: Settlement,
    document: dict[str, Any],
) -> PrintJob | None:
    """Write the void in the unit's transaction; its receipt's job."""
    currency = desk.season().venue.currency
    effects, freed = ending(desk, sold)
    effects += purses.spend(desk, settlement)
    unit.record(Kind.TICKETS_VOIDED, {"refund": document}, postings=_back(desk, document["sale"]), effects=effects)
    unit.put_rights(freed)
    ledger = desk.ledger
    ledger.tickets.add_refund(shift.id, document)
    articles = [article["ref"] for article in document.get("articles", ())]
    ledger.tickets.end([*(ticket.id for ticket in sold), *articles], "void", document["id"])
    if cash := settlement.paid("cash", currency):
        ledger.add_move(shift.id, CashMove("void", -cash, document["id"], document["at"]))
    charge.use(desk, settlement, document["id"])
    take(desk, _VOIDS)
    if not desk.outside.printers.present("receipt"):
        return None
    return ledger.add_job("receipt", "void", document["id"], [], issue.refund_content(desk, document))


def _back(desk: Desk, sale: str) -> tuple[Posting, ...]:
    """The sale turned round in the books, but for a deposit, which goes back as it came."""
    till, step = desk.outside.till, desk.season().venue.cash_rounding
    sides = [(side.account, side.amount) for side in _turned_round(desk, sale)]
    for amount, tender in _deposits(sale_of(desk, sale), step):
        sides += [(tender_account(till, tender.kind), -tender.amount), ("rounding", tender.amount - amount)]
    return entry(*(side for side in sides if side[0].partition(":")[0] != DEPOSIT))


def _turned_round(desk: Desk, sale: str) -> tuple[Posting, ...]:
    """The sale's own postings, and those of its corrections, turned round: whatever they booked is booked back."""
    found: list[Posting] = []
    end = desk.number
    while end > 0:
        start = max(end - _PAGE, 0)
        for signed in reversed(journal.facts_after(desk.ledger.connection, start, end - start)):
            fact = Fact.from_bytes(signed.envelope)
            if fact.kind == Kind.TENDER_CORRECTED and fact.body["correction"]["sale"] == sale:
                found += fact.postings
            if fact.kind == Kind.TICKETS_SOLD and fact.body["sale"]["id"] == sale:
                found += fact.postings
                return tuple(Posting(posting.account, -posting.amount) for posting in found)
        end = start
    raise ValueError(f"the journal has no sale {sale}")  # the ledger's row of it was written with the fact
