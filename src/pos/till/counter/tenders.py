"""Tenders as they were asked for: what people say of how they pay, held against what the venue takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from pos.domain.errors import Refused
from pos.domain.mask import scrub
from pos.domain.money import Money
from pos.domain.sale import AWAITED, FOREIGN, PURSES, SLIP, TENDERS, Settlement, Tender
from pos.domain.shift import expected
from pos.store.shiftbook import ShiftRow
from pos.till.desk import Desk

# Of a drawer that is short: cash is brought from the safe, or from another till, or another till pays.
WAYS_OUT: Final = ("fetch", "transfer_in", "other_till")
LAST: Final = 4  # digits of a card's number, or of a document's, that may be kept


def tenders(desk: Desk) -> dict[str, Any]:
    """What may be paid with here and now, in the order in which it is offered."""
    desk.signed_in()
    season = desk.season()
    online = desk.outside.office.link().state == "online"
    taken: list[dict[str, Any]] = [{"kind": "cash"}]
    if desk.outside.terminal.present():
        taken.append({"kind": "card"})
    if season.venue.card_by_hand:
        taken.append({"kind": SLIP})
    taken.append({"kind": "purse"})
    if season.accounts:
        taken.append(
            {"kind": "account", "accounts": [{"id": one.id, "name": one.name} for one in season.accounts.values()]}
        )
    taken += [
        {"kind": FOREIGN, "currency": foreign.code, "rate": str(foreign.rate), "rounding": str(foreign.rounding)}
        for foreign in season.currencies.values()
    ]
    for kind, cap in (("mobile", season.venue.mobile_offline_cap), ("transfer", season.venue.transfer_offline_cap)):
        if online or cap is not None:
            taken.append({"kind": kind} | ({"most": str(cap)} if cap is not None and not online else {}))
    return {"tenders": taken, "tell_terms": season.venue.tell_terms}


def tenders_of(desk: Desk, asked: Sequence[dict[str, Any]]) -> list[Tender]:
    """Raises Refused("bad_request" | "device_absent" | "limit_exceeded") naming which."""
    return [tender_of(desk, item) for item in asked]


def tender_of(desk: Desk, item: dict[str, Any]) -> Tender:
    """One of them. Raises Refused."""
    kind, currency = item.get("kind"), desk.season().venue.currency
    if kind not in TENDERS:
        raise Refused("bad_request", field="tenders", reason=f"{kind!r} is none of {', '.join(TENDERS)}")
    try:
        amount = Money.parse(item.get("amount"), currency)
        if kind == "cash" and item.get("currency", currency) != currency:
            return _foreign(desk, item, amount)
        given = Money.parse(item["given"], currency) if item.get("given") is not None else None
    except ValueError as error:
        raise Refused("bad_request", field="tenders", reason=str(error)) from error
    if kind == "card" and "slip" in item:
        return _by_hand(desk, item, amount)
    if kind in AWAITED:
        return _by_phone_or_bank(desk, kind, item, amount)
    code = str(item.get("code", "")).strip() if kind in PURSES else ""
    if kind in PURSES and not code:
        raise Refused("bad_request", field="tenders", reason=f"a {kind} tender needs its code")
    return Tender(kind, amount, given, code, detail={"pending": True} if item.get("pending") else {})


def _foreign(desk: Desk, item: dict[str, Any], amount: Money) -> Tender:
    """Cash in another currency, at the season's rate. `given` is in it. Raises ValueError, Refused."""
    code, taken = str(item["currency"]), desk.season().currencies
    if code not in taken:
        known = ", ".join(sorted(taken)) or "none"
        raise Refused("bad_request", field="tenders", reason=f"no rate is set for {code}; there is one for: {known}")
    if amount.minor <= 0:
        raise Refused("not_allowed", what="tender", reason=f"{code} is taken at this counter, not paid out")
    given = Money.parse(item.get("given"), code)
    if given.minor <= 0:
        raise Refused("bad_request", field="tenders", reason=f"{code}: given must be more than nothing")
    foreign = taken[code]
    detail = {"currency": code, "rate": str(foreign.rate), "worth": str(foreign.worth(given))}
    return Tender(FOREIGN, amount, given, detail=detail)


def _by_phone_or_bank(desk: Desk, kind: str, item: dict[str, Any], amount: Money) -> Tender:
    """A mobile payment or bank transfer: with a `reference` somebody has seen it arrive, else it is waited for.

    Raises Refused("limit_exceeded" | "offline" | "not_allowed").
    """
    venue = desk.season().venue
    if amount.minor > 0 and desk.outside.office.link().state != "online":
        cap = venue.mobile_offline_cap if kind == "mobile" else venue.transfer_offline_cap
        if cap is None:
            raise Refused("offline", kind=kind, reason=f"this venue takes no {kind} payment while the office is away")
        if amount > cap:
            raise Refused("limit_exceeded", what=kind, amount=str(amount), limit=str(cap))
    reference = scrub(str(item.get("reference", "")).strip())
    return Tender(kind, amount, detail={"reference": reference} if reference else {})


def awaited_in(settlement: Settlement) -> Tender | None:
    """The tender that has to arrive before anything is sold. Raises Refused("not_allowed") where it cannot be
    waited for beside the others."""
    waits = [tender for tender in settlement.tenders if tender.kind in AWAITED and not tender.detail.get("reference")]
    if len(waits) > 1:
        raise Refused("not_allowed", what="tender", reason="one payment at a time is waited for")
    if waits and any(tender.kind == "card" for tender in settlement.tenders):
        reason = "the card is charged at once, and nothing is sold before the rest has arrived"
        raise Refused("not_allowed", what="tender", reason=reason)
    return waits[0] if waits else None


def _by_hand(desk: Desk, item: dict[str, Any], amount: Money) -> Tender:
    """A card that went through the bank's own reader, by the number of its slip. Raises Refused."""
    venue = desk.season().venue
    slip = scrub(str(item["slip"]).strip())
    if not venue.card_by_hand:
        raise Refused("device_absent", device="terminal", kind="card")
    if not slip:
        raise Refused("bad_request", field="tenders", reason="the slip has a number: write it down")
    cap = venue.card_offline_cap
    if cap is not None and amount > cap and desk.outside.office.link().state != "online":
        raise Refused("limit_exceeded", what="card", amount=str(amount), limit=str(cap))
    last = last_of(str(item.get("last4", "")))
    return Tender(SLIP, amount, detail={"slip": slip} | ({"last4": last} if last else {}))


def by_hand_back(settlement: Settlement, slip: str) -> Settlement:
    """What the bank's own reader gives back has a slip again; a transfer has a reference, as far as it is made already.

    Raises Refused("not_allowed") where a slip is not written down.
    """
    slip = scrub(slip.strip())
    for tender in settlement.tenders:
        if tender.kind == SLIP and not slip:
            reason = (
                f"{tender.amount} goes back by the bank's own reader: do that, and write down the number of its slip"
            )
            raise Refused("not_allowed", what="slip", reason=reason, amount=str(tender.amount), kind=tender.kind)
    named = {SLIP: {"slip": slip}} | ({kind: {"reference": slip} for kind in AWAITED} if slip else {})
    tenders = (replace(t, detail=named[t.kind]) if t.kind in named else t for t in settlement.tenders)
    return replace(settlement, tenders=tuple(tenders))


def check_drawer(desk: Desk, shift: ShiftRow, cash: Money) -> None:
    """Raises Refused("drawer_short") for more cash than the drawer should hold."""
    held = expected(desk.ledger.moves(shift.id), cash.currency)
    if cash > held:
        raise short(held, cash)


def short(held: Money, cash: Money) -> Refused:
    """More cash than the drawer should hold, and the ways out of it, by what has to be done."""
    missing = cash - held
    return Refused("drawer_short", expected=str(held), amount=str(cash), missing=str(missing), ways=list(WAYS_OUT))


def last_of(number: str) -> str:
    """The end of a number that is not to be kept as a whole."""
    return "".join(letter for letter in number if letter.isalnum())[-LAST:]
