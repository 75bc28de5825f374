"""The shift: a drawer's money from float to count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pos.domain.books import SAFE, Posting, drawer, entry, moved
from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.domain.sale import FOREIGN

MOVES: Final = ("paid_in", "paid_out", "drop", "transfer_in", "transfer_out", "fetch")
_INTO: Final = ("paid_in", "transfer_in", "fetch")  # those that bring cash into the drawer; `fetch` from the safe
HANDED_OVER: Final = "handed_over"  # by how much a drawer differed when another cashier took it


@dataclass(frozen=True, slots=True)
class CashMove:
    """Cash into (positive) or out of (negative) the drawer. `kind`: float, sale, HANDED_OVER or one of MOVES."""

    kind: str
    amount: Money
    reason: str
    at: str

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "amount": str(self.amount), "reason": self.reason, "at": self.at}


def expected(moves: Sequence[CashMove], currency: str) -> Money:
    """What the drawer should hold: float and every cash fact since."""
    return sum((move.amount for move in moves), Money.zero(currency))


def signed(kind: str, amount: Money) -> Money:
    """The amount with the sign it has for the drawer. Raises Refused("bad_request")."""
    if kind not in MOVES:
        raise Refused("bad_request", field="kind", reason=f"{kind!r} is none of {', '.join(MOVES)}")
    if amount.minor <= 0:
        raise Refused("bad_request", field="amount", reason="must be more than nothing")
    return amount if kind in _INTO else -amount


def move_entry(till: str, kind: str, amount: Money, parcel: str = "") -> tuple[Posting, ...]:
    """The books' side of a move of a positive `amount`. `parcel` is the account of the bag or transfer that it
    goes into or comes out of."""
    other = parcel or (SAFE if kind in ("drop", "fetch") else kind)
    return moved(other, drawer(till), amount) if kind in _INTO else moved(drawer(till), other, amount)


def counted_total(counted: object, currency: str, field: str = "counted") -> Money:
    """A count by denomination {"50.00": 3} or {"total": "238.85"}. Raises Refused("bad_request"), naming `field`."""
    if not isinstance(counted, Mapping) or not counted:
        raise Refused("bad_request", field=field, reason='must be {"50.00": 3, …} or {"total": "238.85"}')
    if "total" in counted and len(counted) > 1:
        raise Refused("bad_request", field=field, reason="either denominations or a total")
    sum_ = Money.zero(currency)
    for face, pieces in counted.items():
        try:
            if face == "total":
                sum_ = Money.parse(pieces, currency)
            elif isinstance(pieces, int) and not isinstance(pieces, bool) and pieces >= 0:
                sum_ += Money.parse(face, currency) * pieces
            else:
                raise ValueError(f"{pieces!r} is not a number of pieces")
        except ValueError as error:
            raise Refused("bad_request", field=f"{field}.{face}", reason=str(error)) from error
    if sum_.minor < 0:
        raise Refused("bad_request", field=field, reason="is negative")
    return sum_


def foreign_taken(sales: Iterable[Mapping[str, Any]], refunds: Iterable[Mapping[str, Any]] = ()) -> dict[str, Money]:
    """Currency -> the foreign cash that these documents say was taken, less what went back when a sale was undone."""
    taken: dict[str, Money] = {}
    for document, sign in (*((sale, 1) for sale in sales), *((refund, -1) for refund in refunds)):
        for tender in document["tenders"]:
            if tender["kind"] == FOREIGN:
                code = tender["currency"]
                taken[code] = taken.get(code, Money.zero(code)) + Money.parse(tender["given"], code) * sign
    return taken


def foreign_counts(taken: Mapping[str, Money], counted: Mapping[str, object]) -> list[tuple[Money, Money]]:
    """What of each foreign currency should be in the drawer, and what was counted. Raises Refused("bad_request")."""
    counts: list[tuple[Money, Money]] = []
    for code in sorted(taken.keys() | counted.keys()):
        if code not in counted:
            raise Refused("bad_request", field="foreign", reason=f"{code} was taken in this shift: count it, too")
        try:
            pieces = Money.parse(counted[code], code)
        except ValueError as error:
            raise Refused("bad_request", field=f"foreign.{code}", reason=str(error)) from error
        if pieces.minor < 0 or code not in taken:
            raise Refused("bad_request", field=f"foreign.{code}", reason="is negative, or none of it was taken")
        counts.append((taken[code], pieces))
    return counts


def foreign_rows(counts: Sequence[tuple[Money, Money]]) -> list[dict[str, str]]:
    """Those counts as the report has them."""
    return [
        {"currency": should.currency, "expected": str(should), "counted": str(is_), "difference": str(is_ - should)}
        for should, is_ in counts
    ]


def hand_over_entry(
    till: str, expected_cash: Money, counted: Money, foreign: Sequence[tuple[Money, Money]] = ()
) -> tuple[Posting, ...]:
    """The drawer is what was counted from now on; what differs goes to over_short. So with every currency."""
    sides = [(drawer(till), counted - expected_cash), ("over_short", expected_cash - counted)]
    for should, is_ in foreign:
        sides += [(f"{FOREIGN}:{till}", is_ - should), ("over_short", should - is_)]
    return entry(*sides)


def recount_entry(first: Money, second: Money) -> tuple[Posting, ...]:
    """What a second count of a closed drawer found beyond the first; the first stays as it was booked."""
    return entry(("safe", second - first), ("over_short", first - second))


def close_entry(
    till: str, expected_cash: Money, counted: Money, foreign: Sequence[tuple[Money, Money]] = ()
) -> tuple[Posting, ...]:
    """The count empties the drawer into the safe; what differs goes to over_short. So with every currency."""
    sides = [(drawer(till), -expected_cash), ("safe", counted), ("over_short", expected_cash - counted)]
    for should, is_ in foreign:
        sides += [(f"{FOREIGN}:{till}", -should), ("safe", is_), ("over_short", should - is_)]
    return entry(*sides)
