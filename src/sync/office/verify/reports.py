"""I4: every report's total, held against the ledger and the documents, which are added up here once more.

Nothing is shared with those who build reports but the reports themselves: postings are summed by the database, and
documents of facts are read as they lie there.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, text

from pos.domain.money import Money
from pos.domain.reports.statements import FAMILY, digest
from pos.domain.season import Season
from sync.office.rules.figures import NoSeason, reading_of
from sync.office.verify.doings import check_doings
from sync.office.verify.houses import check_houses
from sync.office.verify.journal import digits
from sync.office.verify.made import built, column, same, total
from sync.office.verify.report import Report

# What is owed to holders of codes is one account in reports.
_BY_KIND: Final = ("voucher", "gift_card", "package", "deposit")
_REFUNDS: Final = ("TicketsRefunded", "RefundClaimed", "TicketsVoided")
Sums = dict[str, int]


def check_reports(connection: Connection, report: Report) -> None:
    """Build every report, of all that ever was, and add it up by other means."""
    try:
        currency = reading_of(connection).currency
        season = season_of(connection)
    except NoSeason:
        return
    except (KeyError, TypeError, ValueError) as error:
        report.notes.append(f"reports cannot be made: the season's documents are damaged ({error!r})")
        return
    books = _books(connection, currency)
    unread = _ledger(connection, report, season, books)
    if unread:
        report.notes.append(f"reports leave out what {sum(unread.values())} facts say, which they cannot read")
    else:
        _sales(connection, report, season, _documents(connection, currency), books)
    check_doings(connection, report, season, digits(currency), unread.keys())
    check_houses(connection, report, season)
    _signed(connection, report)


def season_of(connection: Connection) -> Season:
    documents: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for family, id, body in connection.execute(text("SELECT family, id, body FROM document")):
        documents[family][id] = json.loads(body)
    return Season.from_documents(documents)


def _books(connection: Connection, currency: str) -> Sums:
    """Account -> its balance in the house's currency, as the database adds it up."""
    sums: Sums = defaultdict(int)
    rows = connection.execute(
        text("SELECT account, SUM(minor) FROM posting WHERE currency = :currency GROUP BY account"),
        {"currency": currency},
    )
    for account, minor in rows:
        kind = account.partition(":")[0]
        sums[kind if kind in _BY_KIND else account] += int(minor)
    return {account: minor for account, minor in sums.items() if minor}


def _ledger(connection: Connection, report: Report, season: Season, books: Sums) -> dict[str, int]:
    made, unread = built(connection, season, "ledger")
    told = column(made, "trial_balance", "balance")
    same(report, "ledger", "balance of", books, {account: minor for account, minor in told.items() if minor})
    return unread


class _Told:
    """What documents say: gross by show, money by tender, tickets by show."""

    def __init__(self) -> None:
        self.gross: Sums = defaultdict(int)
        self.tickets: Sums = defaultdict(int)
        self.tenders: Sums = defaultdict(int)


def _documents(connection: Connection, currency: str) -> _Told:
    told, places = _Told(), digits(currency)

    def minor(amount: str) -> int:
        return int(Decimal(amount).scaleb(places))

    for sign, document in _read(connection):
        for ticket in document.get("tickets", ()):
            told.gross[ticket["show"]] += sign * minor(ticket["price"])
            told.tickets[ticket["show"]] += sign
        for ticket in document.get("exchanged", ()):
            told.gross[ticket["show"]] -= minor(ticket["price"])
            told.tickets[ticket["show"]] -= 1
        for tender in document["tenders"]:
            told.tenders[tender["kind"]] += sign * minor(tender["amount"])
    return told


def _read(connection: Connection) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Documents that money was taken by (1) or given back by (-1)."""
    for kind, envelope in connection.execute(text("SELECT kind, envelope FROM fact")):
        body = json.loads(envelope)["body"]
        if kind in ("TicketsSold", "TicketsExchanged"):
            yield 1, body["sale"]
        elif kind in _REFUNDS:
            yield -1, body["refund"]
        elif kind == "PackageRefunded":
            yield -1, body
        elif kind == "AccountPaid":
            yield 1, body["paid"]
        elif kind == "TenderCorrected":
            yield 1, {"tenders": body["correction"]["tenders"]}
            yield -1, {"tenders": body["correction"]["was"]}
        elif kind.startswith("Order"):
            yield from _deposit(body)
        elif kind == "PaymentEnded":
            yield from _fallen_through(json.loads(envelope))
    for body in connection.execute(text("SELECT body FROM sale WHERE fact_id LIKE 'order:%'")).scalars():
        yield 1, json.loads(body)


def _deposit(body: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """A deposit is owed to whoever paid it: taken, it is a tender that went, until it is used, given back or kept."""
    if isinstance(deposit := body.get("deposit"), dict) and "tenders" in deposit:
        owed = {"kind": "deposit", "amount": str(-Decimal(deposit["amount"]))}
        yield -1 if deposit.get("returned") else 1, {"tenders": [*deposit["tenders"], owed]}
    if "forfeited" in body:
        yield 1, {"tenders": [{"kind": "deposit", "amount": body["forfeited"]}]}


def _fallen_through(fact: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for account, minor, currency in fact["money"]:
        kind = account.partition(":")[0]
        if kind in ("card", "card_slip", "mobile", "transfer"):
            yield 1, {"tenders": [{"kind": kind, "amount": str(Money(minor, currency))}]}


def _sales(connection: Connection, report: Report, season: Season, told: _Told, books: Sums) -> None:
    daily, _ = built(connection, season, "daily_settlement")
    sales, _ = built(connection, season, "sales")
    tenders = {kind: minor for kind, minor in told.tenders.items() if minor}
    for name, made in (("daily_settlement", daily), ("sales", sales)):
        same(report, name, "tender", tenders, column(made, "by_tender", "amount"))
    gross = sum(told.gross.values())
    for name, made, heading, head in (
        ("daily_settlement", daily, "by_show", "gross"),
        ("daily_settlement", daily, "by_channel", "gross"),
        ("sales", sales, "price_type_by_tender", "total"),
    ):
        same(report, name, heading, {"gross": gross}, {"gross": total(made, heading, head)})
    for show in sorted(told.gross):
        if show in season.shows:
            made, _ = built(connection, season, "box_office", show=show)
            lines = {
                "gross": told.gross[show], "tickets": told.tickets[show], "net": -books.get(f"revenue:{show}", 0),
            }  # fmt: skip
            there = {head: total(made, "by_price_type", head) for head in lines}
            same(report, f"box_office {show}", "its", lines, there)
    for promoter in season.promoters:
        made, _ = built(connection, season, "promoter_statement", promoter=promoter)
        theirs = sum(told.gross.get(show.id, 0) for show in season.shows.values() if show.promoter == promoter)
        here = sum(total(made, heading, "gross") for heading in ("shows", "future_shows"))
        same(report, f"promoter_statement {promoter}", "its", {"gross": theirs}, {"gross": here})


def _signed(connection: Connection, report: Report) -> None:
    """A statement that was signed is locked: its document still has the hash it was signed by."""
    rows = connection.execute(text("SELECT id, body FROM document WHERE family = :family"), {"family": FAMILY})
    for id, body in rows:
        record = json.loads(body)
        if digest(record["document"]) != record["sha256"]:
            report.violation("I4", f"statement {id}: it is not the document that was signed")
