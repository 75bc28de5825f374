"""Numbered bags: floats that are made up in the safe and sealed, taken as a shift's float, or opened again.

The number is the seal's, so it is used once. A drop that was sealed in the drawer is a bag like any other.
"""

from __future__ import annotations

from typing import Any

from pos.domain.books import OVER_SHORT, SAFE, Posting, drawer, entry, moved
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.money import Money
from pos.domain.parcels import BAG, Step, account, id_of, step
from pos.domain.shift import counted_total
from pos.till.counter import issue
from pos.till.counter.witness import second
from pos.till.desk import Desk
from pos.till.drawer import parcels, slips


def make_bag(desk: Desk, *, bag: str, counted: dict[str, Any], witness: dict[str, Any] | None = None) -> dict[str, Any]:
    """Count money out of the safe into a bag, and seal it.

    Raises Refused: bad_request parcel_moved check_needed wrong_pin not_allowed storage_failed fenced.
    """
    user = desk.signed_in("drawer")
    desk.check_not_fenced()
    parcels.check_new(desk, BAG, bag)
    amount = counted_total(counted, desk.season().venue.currency)
    if not amount:
        raise Refused("bad_request", field="counted", reason="an empty bag is none")
    beside = second(desk, witness, needed=desk.season().venue.safe_by_two, what="make_bag")
    made = step(BAG, bag, "made", amount=str(amount), pieces=counted)
    body = {"user": user.id, "number": bag, "amount": str(amount), "pieces": counted, "parcels": [made]}
    return _record(desk, Kind.BAG_MADE, body, beside, made, amount, moved(SAFE, account(BAG, bag), amount))


def open_bag(
    desk: Desk, *, bag: str, counted: dict[str, Any], note: str = "", witness: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Open a bag and count its money into the safe. What it differs by from what was sealed goes to over_short.

    Raises Refused: unknown_parcel parcel_moved bad_request check_needed wrong_pin not_allowed storage_failed fenced.
    """
    user = desk.signed_in("drawer")
    desk.check_not_fenced()
    known = parcels.under_way(desk, BAG, bag)
    amount = counted_total(counted, desk.season().venue.currency)
    beside = second(desk, witness, needed=desk.season().venue.safe_by_two, what="open_bag")
    sealed = _sealed(known, amount.currency)
    opened = step(BAG, bag, "opened", amount=str(amount), pieces=counted, note=note.strip())
    body = {
        "user": user.id,
        "number": bag,
        "amount": str(amount),
        "difference": str(amount - sealed),
        "pieces": counted,
        "note": note.strip(),
        "parcels": [opened],
    }
    postings = entry((account(BAG, bag), -sealed), (SAFE, amount), (OVER_SHORT, sealed - amount))
    return _record(desk, Kind.BAG_OPENED, body, beside, opened, amount, postings)


def _sealed(parcel: dict[str, Any], currency: str) -> Money:
    """What the books have in a bag."""
    return Money.parse(parcel["open"].get(currency, "0"), currency)


def _record(
    desk: Desk, kind: Kind, body: dict[str, Any], beside: str, done: Step, amount: Money, postings: tuple[Posting, ...]
) -> dict[str, Any]:
    at = desk.clock.now().isoformat(timespec="seconds")
    with desk.unit() as unit:
        parcels.keep(desk, unit.record(kind, body | ({"second": beside} if beside else {}), postings=postings))
        job = slips.of_parcel(desk, f"bag_{done['what']}", done, amount, at)
        known = parcels.shown(desk, parcels.one(desk, BAG, done["number"]))
        answer = unit.answers({"bag": known, "difference": body.get("difference", "0.00")})
    if job is not None:
        issue.send(desk, job)
    parcels.tell(desk)
    return answer


def as_float(desk: Desk, bag: str, counted: Money | None) -> tuple[Money, Step, tuple[Posting, ...]]:
    """A bag that a shift takes as its float: how much that is, the bag's step, and the books' side of it.

    `counted` is what was found in it, None for nobody having counted: then it is what was sealed. Of a bag that is
    not known here, its maker being cut off, somebody has to count it. Raises Refused.
    """
    currency = desk.season().venue.currency
    known = parcels.believed(desk, BAG).get(id_of(BAG, bag))
    if known is not None and known["ended"]:
        raise parcels.moved_on(known)
    if known is None and desk.outside.office.link().state == "online":
        raise Refused("unknown_parcel", sort=BAG, number=bag)
    if known is None and counted is None:
        raise Refused("bad_request", field="float", reason=f"bag {bag} is not known here: count it")
    if known is None:
        parcels.check_new(desk, BAG, bag)
    sealed = _sealed(known, currency) if known is not None else counted
    assert sealed is not None
    float_ = sealed if counted is None else counted
    sides = entry((account(BAG, bag), -sealed), (drawer(desk.outside.till), float_), (OVER_SHORT, sealed - float_))
    return float_, step(BAG, bag, "taken", amount=str(float_)), sides
