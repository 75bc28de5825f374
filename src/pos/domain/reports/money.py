"""Reports of money: the daily settlement, price types by tender, the books."""

from __future__ import annotations

from collections.abc import Callable

from pos.domain.figures import Figures, Sum
from pos.domain.money import Money
from pos.domain.report import COUNT, DAY, MONEY, TEXT, WORD, Cell, Report, Table
from pos.domain.reports.frame import (
    SHOW,
    TICKETS,
    Source,
    fees,
    period,
    report,
    table,
    tenders,
    tickets,
    tickets_by,
)


def daily_settlement(source: Source) -> Report:
    """What was sold and how it was paid, per day, till, cashier, show and tender."""
    figures = source.figures
    by_show = [
        (source.title(key[0]), source.starts(key[0]), *tickets(source, one))
        for key, one in figures.by("ticket", "show").items()
    ]
    tables = [
        tenders(source),
        _by_tender(source, "by_day", "day", DAY, str),
        _by_tender(source, "by_till", "till", TEXT, source.till),
        _by_tender(source, "by_cashier", "user", TEXT, source.user),
        table("by_show", (*SHOW, *TICKETS), by_show),
        _channels(source),
        fees(source),
        articles(source),
        documents(source),
    ]
    signatures = ("cashier", "supervisor", "auditor")
    return report(source, "daily_settlement", period(source), tables, signatures)


def _by_tender(source: Source, heading: str, name: str, kind: str, say: Callable[[str], str]) -> Table:
    """Money by one dimension and tender, a row for each."""
    columns = (("cashier" if name == "user" else name, kind), ("tender", WORD), ("amount", MONEY))
    rows = [
        (say(key[0]), key[1], source.money(one.minor))
        for key, one in source.figures.by("tender", name, "tender").items()
    ]
    return table(heading, columns, rows)


def _channels(source: Source) -> Table:
    return tickets_by(source, "by_channel", "channel", WORD, str)


def articles(source: Source) -> Table:
    sums = source.figures.by("article", "mark", "item").items()
    rows = [(key[0], key[1], one.pieces, source.money(one.minor), source.money(one.tax)) for key, one in sums]
    columns = (("kind", WORD), ("article", TEXT), ("count", COUNT), ("gross", MONEY), ("tax", MONEY))
    return table("articles", columns, rows)


# How documents of each kind are called.
CALLED = {
    "TicketsSold": "sales", "TicketsRefunded": "refunds", "RefundClaimed": "claimed", "TicketsExchanged": "exchanges",
    "TicketsVoided": "voids", "TenderCorrected": "corrections", "AccountPaid": "account_paid",
    "PackageRefunded": "packages_refunded", "OrderReserved": "deposits", "OrderChanged": "deposits",
    "OrderEnded": "deposits_returned",
}  # fmt: skip


def documents(source: Source) -> Table:
    sums: dict[str, Sum] = {}
    for key, one in source.figures.by("document", "kind").items():
        word = CALLED.get(key[0], key[0])
        sums[word] = sums.get(word, Sum()).plus(one)
    rows = [(word, abs(one.pieces), source.money(one.minor)) for word, one in sums.items()]
    return table("documents", (("kind", WORD), ("count", COUNT), ("amount", MONEY)), rows, total=False)


def sales(source: Source) -> Report:
    """Tickets by price type, and what of them was paid by which tender."""
    paid = source.figures.by("paid", "price_type", "tender", where=lambda key: key.item == "ticket")
    gross = source.figures.by("ticket", "price_type")
    kinds = sorted({key[1] for key in paid})
    types = sorted({key[0] for key in (*paid, *gross)})
    rows: list[tuple[Cell, ...]] = [
        (
            source.price_type(one),
            gross.get((one,), Sum()).pieces,
            *(source.money(paid.get((one, kind), Sum()).minor) for kind in kinds),
            source.money(gross.get((one,), Sum()).minor),
        )
        for one in types
    ]
    columns = (
        ("price_type", TEXT),
        ("tickets", COUNT),
        *((kind or "nothing_paid", MONEY) for kind in kinds),
        ("total", MONEY),
    )
    others = source.figures.by("paid", "item", "tender", where=lambda key: key.item != "ticket")
    rest = [(key[0], key[1], source.money(one.minor)) for key, one in others.items() if one.minor]
    tables = [
        table("price_type_by_tender", columns, rows),
        table("paid_besides", (("paid_for", WORD), ("tender", WORD), ("amount", MONEY)), rest),
        tenders(source),
    ]
    return report(source, "sales", period(source), tables)


def ledger(source: Source) -> Report:
    """The trial balance: each account's debits and credits in the period, and what stands on it after it."""
    tables = []
    for currency in sorted({key.currency for key, _ in source.figures.rows("money")}):
        debit, credit, balance = _accounts(
            source.figures, currency, source.asked.get("since", source.asked.get("day", ""))
        )
        rows: list[tuple[Cell, ...]] = [
            (account, *(Money(side.get(account, 0), currency) for side in (debit, credit, balance)))
            for account in sorted(balance)
        ]
        columns = (("account_name", TEXT), ("debit", MONEY), ("credit", MONEY), ("balance", MONEY))
        if currency == source.currency:
            tables.append(table("trial_balance", columns, rows))
        else:
            # A report is in the house's currency; what lies in the drawer of another is told as text.
            others: list[tuple[Cell, ...]] = [
                (f"{row[0]} {currency}", *(str(cell) for cell in row[1:])) for row in rows
            ]
            tables.append(table("foreign", tuple((head, TEXT) for head, _ in columns), others, total=False))
    return report(source, "ledger", period(source), tables)


def _accounts(figures: Figures, currency: str, since: str) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    debit: dict[str, int] = {}
    credit: dict[str, int] = {}
    balance: dict[str, int] = {}
    for key, one in figures.rows("money", lambda key: key.currency == currency):
        balance[key.item] = balance.get(key.item, 0) + one.minor
        if key.day >= since:
            side = debit if key.way == "debit" else credit
            side[key.item] = side.get(key.item, 0) + abs(one.minor)
    return debit, credit, balance
