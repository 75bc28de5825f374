"""Cash into or out of the drawer for another reason than a sale: paid in and out, drops, transfers from till to till,
and what is fetched from the safe.

A transfer is confirmed twice: whoever sends it books it out of their drawer under a number, whoever receives it books
what they counted into theirs. Between the two it lies in neither. Both ends work with the line down; they meet at the
office by the number, which goes along on a slip.
"""

from __future__ import annotations

from typing import Any, Final

from pos.domain import shift as rules
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.money import Money
from pos.domain.parcels import BAG, NUMBER, TRANSFER, Step, account, id_of, step, step_of
from pos.domain.shift import CashMove
from pos.till.counter import issue
from pos.till.counter.numbers import Series, next_id, take
from pos.till.counter.tenders import short
from pos.till.counter.witness import second
from pos.till.desk import Desk
from pos.till.drawer import parcels, slips
from pos.till.drawer.counting import amount as amount_of

_TRANSFERS: Final = Series("transfers", "T")


def move_cash(
    desk: Desk,
    *,
    kind: str,
    amount: str,
    reason: str,
    bag: str = "",
    to: str = "",
    transfer: str = "",
    witness: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Book a move. A drop may name the sealed `bag` it lies in; a transfer_out names the till it goes `to`; a
    transfer_in names the `transfer` of the slip, unless just one is known to wait for this till.

    Raises Refused: bad_request drawer_short check_needed wrong_pin not_allowed unknown_parcel parcel_moved
    storage_failed.
    """
    user, row = desk.signed_in("drawer"), desk.shift()
    value = amount_of(desk, "amount", amount)
    signed = rules.signed(kind, value)
    if not reason.strip():
        raise Refused("bad_request", field="reason", reason="must not be empty")
    moves = desk.ledger.moves(row.id)
    held = rules.expected(moves, value.currency)
    if held + signed < Money.zero(value.currency):
        raise short(held, value)
    parcel = _parcel(desk, kind, value, bag, to, transfer)
    from_safe = kind == "fetch" and desk.season().venue.safe_by_two
    beside = second(desk, witness, needed=from_safe, what=kind)
    body: dict[str, Any] = {"shift": row.id, "user": user.id, "kind": kind, "amount": str(value), "reason": reason}
    body |= {"second": beside} if beside else {}
    name = ""
    if parcel is not None:
        body["parcels"] = [parcel]
        name = account(parcel["sort"], parcel["number"])
    at = desk.clock.now().isoformat(timespec="seconds")
    move = CashMove(kind, signed, reason, at)
    with desk.unit() as unit:
        fact = unit.record(Kind.CASH_MOVED, body, postings=rules.move_entry(desk.outside.till, kind, value, name))
        parcels.keep(desk, fact)
        desk.ledger.add_move(row.id, move)
        job = None
        if parcel is not None and kind != "transfer_in":
            if kind == "transfer_out":
                take(desk, _TRANSFERS)
            job = slips.of_parcel(desk, kind, parcel, value, at)
        answer = {"drawer": drawer_state([*moves, move], value.currency)}
        if parcel is not None:
            known = parcels.one(desk, parcel["sort"], parcel["number"])
            answer |= {parcel["sort"]: parcel["number"], "parcel": parcels.shown(desk, known)}
        answer = unit.answers(answer)
    if job is not None:
        issue.send(desk, job)
    if parcel is not None:
        parcels.tell(desk)
    desk.outside.printers.kick_drawer()
    return answer


def drawer_state(moves: list[CashMove], currency: str) -> dict[str, Any]:
    return {"expected": str(rules.expected(moves, currency)), "moves": [move.to_json() for move in moves]}


def _parcel(desk: Desk, kind: str, value: Money, bag: str, to: str, transfer: str) -> Step | None:
    """What the move does to a parcel, None for one that concerns none."""
    if bag and kind != "drop":
        raise Refused("bad_request", field="bag", reason="a drop goes into a bag, and nothing else")
    if bag:
        parcels.check_new(desk, BAG, bag)
        return step(BAG, bag, "dropped", amount=str(value))
    if kind == "transfer_out":
        _check_till(desk, to)
        return step(TRANSFER, next_id(desk, _TRANSFERS), "sent", amount=str(value), receiver=to)
    if kind == "transfer_in":
        return _received(desk, value, to, transfer)
    return None


def _check_till(desk: Desk, to: str) -> None:
    if to not in desk.season().tills:
        known = ", ".join(till for till in desk.season().tills if till != desk.outside.till)
        raise Refused("bad_request", field="to", reason=f"there is no till {to!r}; there are: {known}")
    if to == desk.outside.till:
        raise Refused("bad_request", field="to", reason="that is this till")


def _received(desk: Desk, value: Money, sender: str, transfer: str) -> Step:
    """The transfer that comes in. What was counted may differ from what was sent: that is an open difference."""
    if not transfer:
        transfer = _only_one(desk, value, sender)
    if not NUMBER.fullmatch(transfer):
        raise Refused("bad_request", field="transfer", reason="write the number as the slip has it")
    known = parcels.believed(desk, TRANSFER).get(id_of(TRANSFER, transfer))
    if known is None and desk.outside.office.link().state == "online" and not transfer.startswith(_unheard(desk)):
        raise Refused("unknown_parcel", sort=TRANSFER, number=transfer)
    if known is not None and known["ended"]:
        raise parcels.moved_on(known)
    sent = step_of(known, "begin") if known is not None else None
    back = sent is not None and sent["till"] == desk.outside.till
    if sent is not None and not back and sent.get("receiver") != desk.outside.till:
        reason = f"{transfer} was sent to {sent.get('receiver')}, and this is {desk.outside.till}"
        raise Refused("not_allowed", what="transfer_in", reason=reason)
    return step(TRANSFER, transfer, "taken_back" if back else "received", amount=str(value))


def _unheard(desk: Desk) -> tuple[str, ...]:
    """How the numbers of other tills' transfers begin: the sender may be cut off, and the money is here."""
    return tuple(f"{till}{mark}" for till in desk.season().tills if till != desk.outside.till for mark in "-.")


def _only_one(desk: Desk, value: Money, sender: str) -> str:
    """The transfer that is meant where its number was not said: of those that wait for this till the only one, or
    the only one of this amount."""
    waiting = [
        one["number"]
        for one in parcels.believed(desk, TRANSFER).values()
        if (sent := step_of(one, "begin")) is not None
        and not one["ended"]
        and sent.get("receiver") == desk.outside.till
        and sender in ("", sent["till"])
    ]
    alike = [number for number in waiting if parcels.one(desk, TRANSFER, number)["amount"] == str(value)]
    for found in (alike, waiting):
        if len(found) == 1:
            return str(found[0])
    known = ", ".join(waiting) or "none that is known here"
    raise Refused("bad_request", field="transfer", reason=f"which one? Waiting for this till: {known}")
