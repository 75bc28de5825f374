"""What a shift has come to: the figures of its X and its Z, summed from its own facts (`pos.domain.figures`)."""

from __future__ import annotations

from typing import Any, Final

from pos.domain import declared
from pos.domain import shift as rules
from pos.domain.books import drawer
from pos.domain.facts import Kind
from pos.domain.figures import Figures, Key, Query
from pos.domain.figures.sums import BACK, Sum
from pos.domain.money import Money
from pos.domain.order import DEPOSIT
from pos.store.shiftbook import ShiftRow
from pos.till.counter import blanks
from pos.till.counter.gathering import of_shift
from pos.till.desk import Desk
from pos.till.drawer.figures import price_figures

_ASKED: Final = Query(by=("kind", "user", "tender", "item"), what=("money", "tender", "document", "ticket"))
_REFUNDS: Final = (Kind.TICKETS_REFUNDED, Kind.REFUND_CLAIMED)
_ORDERS: Final = (Kind.ORDER_RESERVED, Kind.ORDER_CHANGED, Kind.ORDER_ENDED)
_SOLD: Final = (Kind.TICKETS_SOLD, Kind.TICKETS_EXCHANGED)


def figures(desk: Desk, row: ShiftRow) -> dict[str, Any]:
    """`expected` is what the drawer should hold, `drawer` the sums of what moved in it by kind, `by_tender` what
    came in less what went back, `by_cashier` the same of each who has sold or paid back here."""
    currency = desk.season().venue.currency
    ledger = desk.ledger
    summed = of_shift(desk, _ASKED, row.first_number, desk.number)
    account = drawer(desk.outside.till)
    held = summed.total("money", lambda key: (key.item, key.currency) == (account, currency))
    by_kind: dict[str, Money] = {}
    for move in ledger.moves(row.id):
        by_kind[move.kind] = by_kind.get(move.kind, Money.zero(currency)) + move.amount
    return {
        "shift": row.id,
        "opened_by": row.user,
        "opened_at": row.opened_at,
        "cashier": row.cashier,
        "expected": str(Money(held.minor, currency)),
        "by_tender": _by_tender(summed, currency),
        "drawer": {kind: str(amount) for kind, amount in by_kind.items()},
        "sales": _documents(summed, Kind.TICKETS_SOLD),
        "tickets": _tickets(summed),
        "refunds": _documents(summed, *_REFUNDS),
        "voids": _documents(summed, Kind.TICKETS_VOIDED),
        "exchanges": _documents(summed, Kind.TICKETS_EXCHANGED),
        "by_cashier": _by_cashier(summed, currency),
        "no_sales": len(ledger.shiftbook.steps(row.id, Kind.DRAWER_OPENED)),
        **price_figures(ledger.sales_of(row.id), ledger.tickets.refunds_of(row.id), currency),
    }


def papers(desk: Desk, row: ShiftRow) -> dict[str, declared.Pile]:
    """What lies in the drawer beside money, by the books: a paper for each tender, whichever way its money went."""
    currency = desk.season().venue.currency
    summed = of_shift(desk, _ASKED, row.first_number, desk.number)
    # A correction says by what a sale was paid; the slip that was made for it is the same one.
    made = summed.by("tender", "tender", where=lambda key: _moved(key) and key.kind != Kind.TENDER_CORRECTED)
    piles = {}
    for (tender,), measured in summed.by("tender", "tender", where=_moved).items():
        if tender in declared.KINDS:
            piles[tender] = declared.Pile(made.get((tender,), Sum()).pieces, Money(measured.minor, currency))
    back = -summed.total("ticket", lambda key: key.way == BACK).pieces
    piles |= {declared.RETURNED: declared.Pile(back)} if back else {}
    return piles | ({declared.STOCK: declared.Pile(blanks.left(desk))} if blanks.numbered(desk) else {})


def foreign(desk: Desk, row: ShiftRow) -> dict[str, Money]:
    """Foreign cash that the drawer should hold: what the shift has taken, as it was counted at hand-overs since."""
    taken = rules.foreign_taken(desk.ledger.sales_of(row.id), desk.ledger.tickets.refunds_of(row.id))
    for step in desk.ledger.shiftbook.steps(row.id, Kind.SHIFT_HANDED_OVER):
        for counted in step.body.get("foreign", ()):
            code = counted["currency"]
            taken[code] = taken[code] + Money.parse(counted["difference"], code)
    return taken


def _moved(key: Key) -> bool:
    """What an order still owes or has is no money that came in."""
    return not (key.tender == DEPOSIT and key.kind in _ORDERS)


def _by_tender(summed: Figures, currency: str, user: str | None = None) -> dict[str, str]:
    found = summed.by("tender", "tender", where=lambda key: _moved(key) and user in (None, key.user))
    return {tender: str(Money(measured.minor, currency)) for (tender,), measured in found.items()}


def _documents(summed: Figures, *kinds: str, user: str | None = None) -> int:
    """How many documents of these kinds there were; what came back is counted downwards."""
    return abs(summed.total("document", lambda key: key.kind in kinds and user in (None, key.user)).pieces)


def _tickets(summed: Figures, user: str | None = None) -> int:
    return summed.total("ticket", lambda key: key.kind in _SOLD and key.way != BACK and user in (None, key.user)).pieces


def _by_cashier(summed: Figures, currency: str) -> dict[str, Any]:
    """Those who have sold or paid back, in the order of their names."""
    people = [user for (user,) in summed.by("document", "user") if user]
    return {
        user: {
            "sales": _documents(summed, *_SOLD, user=user),
            "tickets": _tickets(summed, user),
            "refunds": _documents(summed, *_REFUNDS, Kind.TICKETS_VOIDED, user=user),
            "by_tender": _by_tender(summed, currency, user),
        }
        for user in people
    }
