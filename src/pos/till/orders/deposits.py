"""Deposits: money that a reservation is secured by, taken and given back by the tenders it came as."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any

from pos.domain.basket import Basket
from pos.domain.errors import Refused
from pos.domain.money import Money, round_cash, total
from pos.domain.order import Order
from pos.domain.sale import AWAITED, FOREIGN, PURSES, Settlement, Tender, settle
from pos.domain.shift import CashMove
from pos.store.shiftbook import ShiftRow
from pos.till.counter import charge
from pos.till.counter.tenders import by_hand_back, tenders_of
from pos.till.desk import Desk


def take(
    desk: Desk, user: str, shift: ShiftRow, subject: str, basket: Basket, asked: Sequence[dict[str, Any]]
) -> Generator[Any, Any, Settlement]:
    """Take a deposit, at most what the basket comes to. `subject` is the order it is for, or `charge.BASKET` while
    there is none yet: an order's number is nobody's before it is taken. Raises Refused."""
    currency = desk.season().venue.currency
    paid = tenders_of(desk, asked)
    for tender in paid:
        if tender.kind in PURSES or tender.detail.get("pending"):
            reason = f"a deposit is paid in cash or by card, not by {tender.kind}"
            raise Refused("bad_request", field="tenders", reason=reason)
        if tender.kind in AWAITED and not tender.detail.get("reference"):
            reason = f"a deposit by {tender.kind} must have arrived already: write down its reference"
            raise Refused("bad_request", field="tenders", reason=reason)
    amount = total([tender.amount for tender in paid], currency)
    price = basket.tickets_total(currency)
    if amount > price:
        raise Refused("overpaid", due=str(price), over=str(amount - price))
    settlement = settle(amount, paid, desk.season().venue.cash_rounding)
    pins = tuple((line.show, line.place) for line in basket.lines)
    intent = charge.Intent(charge.DEPOSIT, subject, pins)
    charge.check_not_pinned(desk, intent)
    return (yield from charge.charge(desk, user, shift, intent, settlement))


def kind_back(tender: Tender) -> str:
    """What goes back for it: foreign cash goes back in the house's money."""
    return "cash" if tender.kind == FOREIGN else tender.kind


def exact(settlement: Settlement) -> list[Tender]:
    """The tenders without what cash was rounded by: the buyer is owed what was asked."""
    found, rounding = [], settlement.rounding
    for tender in settlement.tenders:
        if kind_back(tender) == "cash" and rounding:
            tender, rounding = replace(tender, amount=tender.amount - rounding), Money.zero(rounding.currency)
        found.append(tender)
    return found


def document(
    desk: Desk, shift: ShiftRow, code: str, amount: Money, settlement: Settlement, **more: Any
) -> dict[str, Any]:
    """The deposit's document, as the fact carries it."""
    return {
        "id": code,
        "at": desk.clock.now().isoformat(timespec="seconds"),
        "shift": shift.id,
        "amount": str(amount),
        "rounding": str(settlement.rounding),
        "tenders": [tender.to_json() for tender in settlement.tenders],
        "change": str(settlement.change),
    } | more


def moved(desk: Desk, shift: ShiftRow, document: dict[str, Any] | None, settlement: Settlement, *, sign: int) -> None:
    """The ledger's rows for money of a deposit, in the unit's transaction."""
    if document is None:
        return
    currency = settlement.rounding.currency
    if cash := settlement.paid("cash", currency):
        amount = cash if sign > 0 else -cash
        desk.ledger.add_move(shift.id, CashMove("deposit", amount, document["id"], document["at"]))
    desk.ledger.live.add_deposit(shift.id, document)
    charge.use(desk, settlement, document["id"])


def back(desk: Desk, order: Order, *, keeps: bool, slip: str) -> Settlement:
    """How what is left of a deposit goes back: as it came."""
    step = desk.season().venue.cash_rounding
    zero = Money.zero(step.currency)
    if keeps or not order.left:
        return Settlement((), zero, zero)
    tenders = tuple(
        Tender(kind, round_cash(amount, step) if kind == "cash" else amount) for kind, amount in order.parts
    )
    paid = total([tender.amount for tender in tenders], step.currency)
    return by_hand_back(Settlement(tuple(t for t in tenders if t.amount), paid - order.left, zero), slip)
