"""Paying with vouchers and gift cards, and paying back to them: by their tokens, as with places.

The laws are on top of `pos.domain.purse`. A verb that moves money of purses first has their
tokens in hand (`hold`, which may wait for the office), then works out what is left (`moved`), and
writes that down with the fact that moves it (`spend`). While a card is charged in between, the
purses are pinned with everything else that it is charged for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from pos.domain.errors import Refused
from pos.domain.mask import scrub
from pos.domain.money import Money
from pos.domain.packages import KIND as PACKAGE
from pos.domain.purse import Purse, show_of
from pos.domain.rights import Effect, OfficeState, OwnState
from pos.domain.sale import PURSES, Settlement, Tender
from pos.till.counter.approval import may_alone
from pos.till.counter.house import stamp
from pos.till.counter.passing import accept_sold
from pos.till.counter.visits import told_of
from pos.till.desk import Desk, Verb
from pos.till.ports import ClaimAnswer, LineDown, RefusedClaim

CLAIM_WAIT_S: Final = 4.0  # of the five seconds in which a claim answers
_Name = tuple[str, str]  # kind, code


def keys(tenders: Iterable[Tender]) -> tuple[tuple[str, str], ...]:
    """The places of the purses that these tenders are of, to be pinned."""
    return tuple((show_of(kind), code) for kind, code in _names(tenders))


def _names(tenders: Iterable[Tender]) -> list[_Name]:
    return list(dict.fromkeys((tender.kind, tender.code) for tender in tenders if tender.kind in PURSES))


def hold(desk: Desk, tenders: Sequence[Tender]) -> Verb[None]:
    """Get the tokens of these tenders' purses into this till's hand, all of them.

    Raises Refused: unknown_ticket for a code that the office does not have; right_elsewhere when another
    till has it, or the line is down.
    """
    clock = desk.outside.clock
    deadline_s = clock.boottime_s() + CLAIM_WAIT_S
    while missing := [name for name in _names(tenders) if not _in_hand(desk, name)]:
        kind, code = missing[0]
        wait_s = deadline_s - clock.boottime_s()
        if wait_s <= 0:
            raise _away(desk, missing[0], "late")
        try:
            answer: ClaimAnswer = yield desk.outside.office.claim(
                show_of(kind), [code], whole=True, wait_s=wait_s, sold=True
            )
            for refused in answer.refused:
                raise _refused(desk, missing[0], refused)
            with desk.unit() as unit:
                accept_sold(desk, unit, show_of(kind), answer)
            if not _in_hand(desk, missing[0]):
                # A token that this till gave back and has not sent yet: send it first.
                yield desk.outside.office.sync()
        except LineDown as down:
            raise _away(desk, missing[0], down.cause) from down


def purse(desk: Desk, *, code: str) -> Verb[dict[str, Any]]:
    """What is left on a voucher, a gift card or a pass, of which also its visits. Its token is in this till's hand
    afterwards, for only its holder knows.

    Raises Refused as `hold` does. What reads like a card's number is asked of nobody.
    """
    desk.signed_in("sell")
    desk.check_not_fenced()
    code = code.strip()
    if scrub(code) != code:
        raise Refused("unknown_ticket", purse=scrub(code))
    zero = Money.zero(desk.season().venue.currency)
    for kind in sorted(PURSES, key=lambda kind: not _in_hand(desk, (kind, code))):
        try:
            yield from hold(desk, [Tender(kind, zero, code=code)])
        except Refused as refused:
            if refused.code != "unknown_ticket":
                raise
            continue
        found = _purse(desk, (kind, code))
        until = found.valid_until.isoformat() if found.valid_until is not None else None
        visits = told_of(desk, code) if kind == PACKAGE else {}
        return {"purse": {"kind": kind, "code": code, "left": str(found.left), "valid_until": until} | visits}
    raise Refused("unknown_ticket", purse=code)


def _in_hand(desk: Desk, name: _Name) -> bool:
    kind, code = name
    own = desk.rights.get(show_of(kind), {}).get(code)
    return own is not None and own.state is OwnState.SOLD


def _refused(desk: Desk, name: _Name, refused: RefusedClaim) -> Refused:
    kind, code = name
    if refused.code == "unknown_place":
        return Refused("unknown_ticket", kind=kind, purse=code)
    since = stamp(desk, refused.since)
    return Refused("right_elsewhere", kind=kind, purse=code, place=code, holder=refused.holder or "office", since=since)


def _away(desk: Desk, name: _Name, cause: str) -> Refused:
    kind, code = name
    since = desk.outside.office.link().since or None
    return Refused(
        "right_elsewhere", kind=kind, purse=code, place=code, holder="office", since=since, cause=cause
    )  # fmt: skip


def moved(desk: Desk, settlement: Settlement, approver: str = "") -> Settlement:
    """The settlement with what it leaves on each purse by value. Negative tenders are paid back.

    Raises Refused: limit_exceeded for more than is left; outside_terms for a voucher that has expired;
    check_needed when a clock that has jumped would decide that.
    """
    purses: dict[_Name, Purse] = {}
    tenders: list[Tender] = []
    for tender in settlement.tenders:
        if tender.kind in PURSES:
            name = tender.kind, tender.code
            purse = purses.get(name) or _purse(desk, name)
            _check_clock(desk, purse, tender, approver)
            purses[name], tender = purse.moved(tender, desk.clock.now())
        tenders.append(tender)
    return replace(settlement, tenders=tuple(tenders))


def _purse(desk: Desk, name: _Name) -> Purse:
    purse = desk.ledger.purses.get(*name)
    if purse is None or not _in_hand(desk, name):
        raise _away(desk, name, "passed_on")
    return purse


def _check_clock(desk: Desk, purse: Purse, tender: Tender, approver: str) -> None:
    until, clock = purse.valid_until, desk.clock
    if until is None or tender.amount.minor <= 0 or not clock.doubtful or may_alone(desk, approver):
        return
    if (clock.now() > until) != (clock.wall > until):
        raise Refused(
            "check_needed", purse=purse.code, reason="this machine's clock has jumped", clock=clock.now().isoformat()
        )


def spend(desk: Desk, settlement: Settlement) -> list[Effect]:
    """Write down what is left, in the transaction that is open; the effects by which the fact shows that
    this till had the tokens."""
    effects: list[Effect] = []
    for tender in settlement.tenders:
        if tender.kind in PURSES:
            purse = _purse(desk, (tender.kind, tender.code))
            show, code = purse.key
            token = desk.held(show, code, OwnState.SOLD, code)
            left = Money.parse(tender.detail["left"], tender.amount.currency)
            desk.ledger.purses.put(replace(purse, left=left))
            sold = OfficeState.SOLD
            effects.append(Effect(show, code, token, sold, sold, desk.outside.till, code))
    return effects
