"""A shift's figures as a report, for those forms in which its Z on paper is not: a page, a workbook, a file."""

from __future__ import annotations

from typing import Final

from pos.domain.books import DRAWER
from pos.domain.facts import Kind
from pos.domain.figures import Key
from pos.domain.report import MONEY, TEXT, WORD, Cell, Report, Table
from pos.domain.reports.frame import Source, fees, report, table, tenders, tickets_by
from pos.domain.reports.money import CALLED, articles, documents

# What put cash into the drawer or took it out, beside documents.
_MOVED: Final[dict[str, str]] = {
    Kind.SHIFT_OPENED: "float", Kind.CASH_MOVED: "cash_moved", Kind.SHIFT_HANDED_OVER: "handed_over",
    Kind.COUNTERFEIT_TAKEN: "counterfeit", Kind.CHANGE_RECEIVED: "change_received",
}  # fmt: skip


def shift_z(source: Source) -> Report:
    """What one shift sold and took, what its drawer should hold, and, once it is closed, what was counted."""
    by_cashier = source.figures.by("tender", "user", "tender")
    cashiers = [(source.user(user), tender, source.money(one.minor)) for (user, tender), one in by_cashier.items()]
    tables = [
        tenders(source),
        _drawer(source),
        table("by_cashier", (("cashier", TEXT), ("tender", WORD), ("amount", MONEY)), cashiers),
        tickets_by(source, "by_price_type", "price_type", TEXT, source.price_type),
        fees(source),
        articles(source),
        documents(source),
    ]
    facts: list[tuple[str, Cell]] = [("shift", source.asked["shift"]), *_count(source)]
    return report(source, "shift_z", facts, tables, ("cashier", "supervisor"))


def _in_drawer(key: Key) -> bool:
    return key.item.partition(":")[0] == DRAWER


def _drawer(source: Source) -> Table:
    """The drawer's account by what moved it, up to the close, which empties it."""
    sums: dict[str, int] = {}
    for (kind,), one in source.figures.by("money", "kind", where=_in_drawer).items():
        if kind != Kind.SHIFT_CLOSED:
            word = CALLED.get(kind) or _MOVED.get(kind, "other")
            sums[word] = sums.get(word, 0) + one.minor
    rows = [(word, source.money(minor)) for word, minor in sums.items()]
    return table("drawer", (("kind", WORD), ("amount", MONEY)), rows)


def _count(source: Source) -> list[tuple[str, Cell]]:
    """What the close booked: the drawer emptied of what was expected, into the safe as it was counted."""
    booked = source.figures.by("money", "item", where=lambda key: key.kind == Kind.SHIFT_CLOSED)
    if not booked:
        return []
    sums = dict.fromkeys((DRAWER, "over_short"), 0)
    for (account,), one in booked.items():
        name = account.partition(":")[0]
        if name in sums:
            sums[name] -= one.minor
    expected, off = sums.values()
    amounts = {"expected": expected, "counted": expected + off, "difference": off}
    return [(word, source.money(minor)) for word, minor in amounts.items()]
