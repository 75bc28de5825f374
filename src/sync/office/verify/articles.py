"""I4 and I7: what is sold beside tickets is in the books under its own name, and comes back once at most."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sync.office.verify.report import Report

_BACK = ("TicketsRefunded", "RefundClaimed", "TicketsVoided")


@dataclass
class Articles:
    """Articles that were sold and that came back, by the name their sale gave them."""

    sold: dict[str, Decimal] = field(default_factory=dict)
    back: dict[str, list[tuple[str, Decimal]]] = field(default_factory=lambda: defaultdict(list))  # by which facts


def tell_articles(report: Report, articles: Articles, fact_id: str, value: dict[str, Any]) -> None:
    """What one fact says of articles, held against its own postings."""
    kind, body = value["kind"], value["body"]
    told: dict[str, Decimal] = defaultdict(Decimal)
    if kind == "TicketsSold":
        for article in body["sale"].get("articles", ()):
            articles.sold[article["ref"]] = Decimal(article["amount"])
            told[f"{article['kind']}:{article['id']}"] -= Decimal(article["amount"]) - Decimal(article["tax"])
        _total(report, fact_id, body["sale"])
    elif kind in _BACK:
        for article in body["refund"].get("articles", ()):
            articles.back[article["ref"]].append((fact_id, Decimal(article["amount"])))
            told[f"{article['kind']}:{article['id']}"] += Decimal(article["amount"]) - Decimal(article["tax"])
    booked: dict[str, int] = defaultdict(int)
    for account, minor, _ in value["money"]:
        # A pass that is sold is an article as well; where one is used, its account is the purse's affair.
        if account.partition(":")[0] in ("product", "donation") or account in told:
            booked[account] += minor
    for account in sorted(told.keys() | booked.keys()):
        amount = told.get(account, Decimal(0))
        if int(str(amount).replace(".", "", 1)) != booked.get(account, 0):
            report.violation(
                "I4", f"{fact_id}: {account} is {booked.get(account, 0)} minor units, its articles {amount}"
            )


def _total(report: Report, fact_id: str, sale: dict[str, Any]) -> None:
    parts = [ticket["price"] for ticket in sale["tickets"]]
    parts += [item["amount"] for item in (*sale["fees"], *sale.get("articles", ()))]
    if sum(map(Decimal, parts), Decimal(0)) != Decimal(sale["total"]):
        report.violation("I4", f"{fact_id}: what was sold does not come to the total of {sale['total']}")


def check_articles(report: Report, articles: Articles) -> None:
    """A till takes back its own articles; whose facts come first does not matter here."""
    for ref, back in articles.back.items():
        sold = articles.sold.get(ref)
        for fact_id, amount in back:
            if amount != sold:
                was = "nothing" if sold is None else sold
                report.violation("I7", f"{fact_id}: article {ref} came back for {amount}, sold for {was}")
        if len(back) > 1:
            report.violation("I7", f"article {ref} came back more than once: {', '.join(fact for fact, _ in back)}")
