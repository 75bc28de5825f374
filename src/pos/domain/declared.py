"""What a cashier declares when a shift is closed, beside the cash, held against what the books say of the same.

Each kind is declared by how many papers of it there are and what they come to: card slips, vouchers, passes,
tickets that came back. `COUNTED` are kinds that have a number alone; ticket paper, the blanks that are left, is named
by its serial numbers, and what is held against the books is which of them there are. A kind of which there is neither a
declaration nor an entry has no row; one that was not declared has no difference, since nobody said anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.domain.sale import FOREIGN, SLIP, TENDERS
from pos.domain.serials import Serials, counted, named

RETURNED: Final = "returned"  # tickets that were refunded, exchanged or voided, as they lie in the drawer
STOCK: Final = "stock"  # blank tickets with numbers: those in the printer and those in their boxes
COUNTED: Final = frozenset({RETURNED, STOCK})
_IN_THE_DRAWER: Final = ("cash", FOREIGN)  # counted, piece by piece, on their own
KINDS: Final = ("card", SLIP, *(kind for kind in TENDERS if kind not in ("card", *_IN_THE_DRAWER)), RETURNED, STOCK)


@dataclass(frozen=True, slots=True)
class Pile:
    """Papers of one kind: how many, and what they come to; None where only their number says something. `serials`
    are the numbers of ticket paper."""

    count: int = 0
    amount: Money | None = None
    serials: tuple[Serials, ...] = ()


def read(declared: Mapping[str, Any], currency: str) -> dict[str, Pile]:
    """{"card": {"count": 3, "amount": "174.00"}, "returned": {"count": 1}, "stock": {"serials": ["A0001-A0200"]}} by
    kind; of ticket paper no serials say that none is there. Raises Refused("bad_request")."""
    piles: dict[str, Pile] = {}
    for kind, said in declared.items():
        field = f"declared.{kind}"
        if kind not in KINDS:
            raise Refused("bad_request", field=field, reason=f"{kind!r} is none of {', '.join(KINDS)}")
        if kind == STOCK:
            here = named(f"{field}.serials", said["serials"]) if said["serials"] else []
            piles[kind] = Pile(counted(here), serials=tuple(here))
            continue
        try:
            amount = None if kind in COUNTED else Money.parse(said["amount"], currency)
        except KeyError as error:
            raise Refused("bad_request", field=f"{field}.amount", reason="is missing") from error
        except ValueError as error:
            raise Refused("bad_request", field=f"{field}.amount", reason=str(error)) from error
        piles[kind] = Pile(said["count"], amount)
    return piles


def compare(
    declared: Mapping[str, Pile], books: Mapping[str, Pile], currency: str, blanks: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """A row for each kind: {`kind`, `count`, `books_count`, `declared`, `books`, `difference`}. Amounts are of
    kinds that have one; `count`, `declared` and `difference` are None for what was not declared. `blanks` is the count
    of ticket paper: its row has the numbers that were `missing`, and those beyond the books (`more`)."""
    rows: list[dict[str, Any]] = []
    for kind in (kind for kind in KINDS if kind in declared or kind in books):
        said, is_ = declared.get(kind), books.get(kind, Pile(0, None if kind in COUNTED else Money.zero(currency)))
        row: dict[str, Any] = {
            "kind": kind,
            "count": said.count if said is not None else None,
            "books_count": is_.count,
        }
        if is_.amount is not None:
            amount = said.amount if said is not None else None
            row |= {
                "declared": str(amount) if amount is not None else None,
                "books": str(is_.amount),
                "difference": str(amount - is_.amount) if amount is not None else None,
            }
        if kind == STOCK and blanks is not None:
            row |= {name: blanks[name] for name in ("missing", "more")}
        rows.append(row)
    return rows


def differs(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether anything that was declared is not what the books say."""
    return any(
        (row["count"] is not None and row["count"] != row["books_count"])
        or (row.get("declared") is not None and row["declared"] != row["books"])
        or bool(row.get("missing") or row.get("more"))
        for row in rows
    )
