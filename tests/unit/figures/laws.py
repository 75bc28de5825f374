"""What must be true of figures, whatever happened: money is counted once, and by each way of looking alike.

Nothing here reads a document as the figures do: postings are added up by themselves.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from pos.domain.facts import Fact
from pos.domain.figures import DIMENSIONS, Calendar, Figures, Query, Reading
from pos.domain.figures.reading import account_of

WHOLE = Query(by=DIMENSIONS)
READING = Reading(Calendar(ZoneInfo("Europe/Vienna")), "EUR")
# Facts whose cash is how something was paid; the others carry it about.
PAID_BY = frozenset(
    {
        "TicketsSold", "TicketsRefunded", "RefundClaimed", "TicketsExchanged", "TicketsVoided", "TenderCorrected",
        "AccountPaid", "PackageRefunded", "OrderReserved", "OrderChanged", "OrderEnded",
    }
)  # fmt: skip
KEPT_AT = {"cash": ("drawer", "over_short"), "foreign": ("changed",)}


def figures_of(facts: Iterable[Fact], query: Query = WHOLE) -> Figures:
    figures = Figures()
    for fact in facts:
        READING.take(figures, query, fact)
    return figures


def broken(facts: list[Fact], figures: Figures | None = None) -> list[str]:
    """What does not hold, in words."""
    figures = figures_of(facts) if figures is None else figures
    found = [f"{kind}: {count} facts were not read: {named}" for kind, (count, named) in figures.unread.items()]
    booked: Tally[tuple[str, str]] = Tally()
    cash: Tally[str] = Tally()
    for fact in facts:
        for posting in fact.postings:
            booked[account_of(posting.account), posting.amount.currency] += posting.amount.minor
            if fact.kind in PAID_BY and posting.amount.currency == "EUR":
                cash[posting.account.partition(":")[0]] += posting.amount.minor
    told = {key: one.minor for key, one in figures.by("money", "item", "currency").items()}
    found += _apart("money by account", dict(booked), told)

    def at(kind: str, name: str = "") -> int:
        return sum(n for (a, currency), n in booked.items() if currency == "EUR" and a in (f"{kind}:{name}", kind))

    shows = {account.removeprefix("revenue:") for account, _ in booked if account.startswith("revenue:")}
    net = {key[0]: one.minor - one.tax for key, one in figures.by("ticket", "show").items()}
    found += _apart("net of tickets", {show: -at("revenue", show) for show in shows}, net)
    taxes: Tally[str] = Tally()
    for what in ("ticket", "fee", "article"):
        taxes.update({key[0]: one.tax for key, one in figures.by(what, "tax").items()})
    named = {account.removeprefix("tax:") for account, _ in booked if account.startswith("tax:")}
    found += _apart("tax", {tax: -at("tax", tax) for tax in named}, dict(taxes))
    fees = {key[0]: one.minor - one.tax for key, one in figures.by("fee", "item").items()}
    named = {account.removeprefix("fee:") for account, _ in booked if account.startswith("fee:")}
    found += _apart("fees", {fee: -at("fee", fee) for fee in named}, fees)
    paid = {key[0]: one.minor for key, one in figures.by("tender", "tender").items()}
    lapsed = {key[0]: one.minor for key, one in figures.by("lapsed", "tender").items()}
    passes = figures.total("article", lambda key: key.mark == "package").minor
    for kind in sorted({*paid, "card", "cash"}):
        if kind in KEPT_AT:
            there = sum(cash[account] for account in KEPT_AT[kind])
        else:
            there = sum(n for (a, c), n in booked.items() if c == "EUR" and a.partition(":")[0] == kind)
            there -= lapsed.get(kind, 0) - (passes if kind == "package" else 0)
        if there != paid.get(kind, 0):
            found.append(f"tender {kind}: {paid.get(kind, 0)}, its account moved by {there}")
    split = Tally({key[0]: one.minor for key, one in figures.by("paid", "tender").items()})
    split.pop("exchange", None)
    found += _apart("what was paid, by tender", paid, dict(split))
    gross = {key: one.minor for key, one in figures.by("ticket", "show", "price_type").items()}
    of_tickets = figures.by("paid", "show", "price_type", where=lambda key: key.item == "ticket")
    found += _apart("tickets' gross", gross, {key: one.minor for key, one in of_tickets.items()})
    charged = {key: one.minor for key, one in figures.by("fee", "show").items()}
    of_fees = figures.by("paid", "show", where=lambda key: key.item == "fee")
    if not any(fact.kind == "CommissionChanged" for fact in facts):
        found += _apart("fees by show", charged, {key: one.minor for key, one in of_fees.items()})
    if carried := figures.total("paid", lambda key: key.tender == "exchange").minor:
        found.append(f"exchanges carried {carried} out of nowhere")
    return found


def _apart(what: str, one: Mapping[Any, int], other: Mapping[Any, int]) -> list[str]:
    keys = sorted(one.keys() | other.keys(), key=str)
    return [
        f"{what}, {key}: {one.get(key, 0)} is not {other.get(key, 0)}"
        for key in keys
        if one.get(key, 0) != other.get(key, 0)
    ]
