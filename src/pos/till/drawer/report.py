"""What a shift has come to, by its documents and cash moves: the figures of its X and its Z, in one place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pos.domain import declared
from pos.domain import shift as rules
from pos.domain.facts import Kind
from pos.domain.money import Money
from pos.store.shiftbook import ShiftRow
from pos.till.desk import Desk
from pos.till.drawer.figures import price_figures

Document = Mapping[str, Any]


def figures(desk: Desk, row: ShiftRow) -> dict[str, Any]:
    """`expected` is what the drawer should hold, `drawer` the sums of what moved in it by kind, `by_tender` what
    came in less what went back, `by_cashier` the same of each who has sold or paid back here."""
    currency = desk.season().venue.currency
    ledger = desk.ledger
    moves, sales = ledger.moves(row.id), ledger.sales_of(row.id)
    refunds = ledger.tickets.refunds_of(row.id)
    by_kind: dict[str, Money] = {}
    for move in moves:
        by_kind[move.kind] = by_kind.get(move.kind, Money.zero(currency)) + move.amount
    exchanges = sum("exchanged" in sale for sale in sales)
    voids = sum("void" in refund for refund in refunds)
    return {
        "shift": row.id,
        "opened_by": row.user,
        "opened_at": row.opened_at,
        "cashier": row.cashier,
        "expected": str(rules.expected(moves, currency)),
        "by_tender": _by_tender(signed_documents(desk, row), currency),
        "drawer": {kind: str(amount) for kind, amount in by_kind.items()},
        "sales": len(sales) - exchanges,
        "tickets": sum(len(sale["tickets"]) for sale in sales),
        "refunds": len(refunds) - voids,
        "voids": voids,
        "exchanges": exchanges,
        "by_cashier": _by_cashier(sales, refunds, currency),
        "no_sales": len(ledger.shiftbook.steps(row.id, Kind.DRAWER_OPENED)),
        **price_figures(sales, refunds, currency),
    }


def signed_documents(desk: Desk, row: ShiftRow) -> list[tuple[Document, int]]:
    """Each document of a shift by which money moved by tenders, with the sign that it has."""
    sales = ((sale, 1) for sale in desk.ledger.sales_of(row.id))
    refunds = ((refund, -1) for refund in desk.ledger.tickets.refunds_of(row.id))
    deposits = ((item, -1 if item.get("returned") else 1) for item in desk.ledger.live.deposits_of(row.id))
    return [*sales, *refunds, *deposits]


def papers(desk: Desk, row: ShiftRow) -> dict[str, declared.Pile]:
    """What lies in the drawer beside money, by the books."""
    back = sum(len(refund["tickets"]) for refund in desk.ledger.tickets.refunds_of(row.id))
    back += sum(len(sale.get("exchanged", ())) for sale in desk.ledger.sales_of(row.id))
    return declared.in_books(signed_documents(desk, row), back, desk.season().venue.currency)


def foreign(desk: Desk, row: ShiftRow) -> dict[str, Money]:
    """Foreign cash that the drawer should hold: what the shift has taken, as it was counted at hand-overs since."""
    taken = rules.foreign_taken(desk.ledger.sales_of(row.id), desk.ledger.tickets.refunds_of(row.id))
    for step in desk.ledger.shiftbook.steps(row.id, Kind.SHIFT_HANDED_OVER):
        for counted in step.body.get("foreign", ()):
            code = counted["currency"]
            taken[code] = taken[code] + Money.parse(counted["difference"], code)
    return taken


def _by_tender(documents: Iterable[tuple[Document, int]], currency: str) -> dict[str, str]:
    sums: dict[str, Money] = {}
    for document, sign in documents:
        for tender in document["tenders"]:
            amount = Money.parse(tender["amount"], currency) * sign
            sums[tender["kind"]] = sums.get(tender["kind"], Money.zero(currency)) + amount
    return {kind: str(amount) for kind, amount in sums.items()}


def _by_cashier(sales: list[dict[str, Any]], refunds: list[dict[str, Any]], currency: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for user in dict.fromkeys(str(document["user"]) for document in (*sales, *refunds)):
        sold = [sale for sale in sales if sale["user"] == user]
        back = [refund for refund in refunds if refund["user"] == user]
        signed = [*((sale, 1) for sale in sold), *((refund, -1) for refund in back)]
        found[user] = {
            "sales": len(sold),
            "tickets": sum(len(sale["tickets"]) for sale in sold),
            "refunds": len(back),
            "by_tender": _by_tender(signed, currency),
        }
    return found
