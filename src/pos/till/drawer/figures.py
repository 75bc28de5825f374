"""What a shift's report says of prices: what was sold beside tickets, and what took tickets below their list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pos.domain.money import Money, total
from pos.till.words import Words


def price_figures(
    sales: Sequence[Mapping[str, Any]], refunds: Sequence[Mapping[str, Any]], currency: str
) -> dict[str, Any]:
    """`articles`: by product, what came in less what went back. `promotions`, `overrides`: what they took off
    (negative: added). `overridden` and `comps`: how many tickets. All of sales as they were made."""
    tickets = [ticket for sale in sales for ticket in sale["tickets"]]
    set_by_hand = [ticket for ticket in tickets if "override" in ticket]

    def money(texts: Iterable[str]) -> Money:
        return total([Money.parse(text, currency) for text in texts], currency)

    return {
        "articles": {name: str(amount) for name, amount in _articles(sales, refunds, currency).items()},
        "promotions": str(money(ticket["promotion"]["off"] for ticket in tickets if "promotion" in ticket)),
        "overrides": str(money(t["override"]["was"] for t in set_by_hand) - money(t["price"] for t in set_by_hand)),
        "overridden": len(set_by_hand),
        "comps": sum("comp" in ticket for ticket in tickets),
    }


def _articles(
    sales: Sequence[Mapping[str, Any]], refunds: Sequence[Mapping[str, Any]], currency: str
) -> dict[str, Money]:
    sums: dict[str, Money] = {}
    for name, amount in _moves(sales, refunds, currency):
        sums[name] = sums.get(name, Money.zero(currency)) + amount
    return sums


def _moves(
    sales: Sequence[Mapping[str, Any]], refunds: Sequence[Mapping[str, Any]], currency: str
) -> Iterator[tuple[str, Money]]:
    for documents, back in ((sales, False), (refunds, True)):
        for document in documents:
            for article in document.get("articles", ()):
                amount = Money.parse(article["amount"], currency)
                yield article["name"], -amount if back else amount


def price_groups(write: Words, report: Mapping[str, Any], currency: str) -> list[dict[str, Any]]:
    """The same on paper, as far as there is anything to say."""

    def row(text: str, amount: str) -> dict[str, str]:
        return {"text": text, "amount": write.money(Money.parse(amount, currency))}

    articles = [row(name, amount) for name, amount in report["articles"].items()]
    prices = [row(write.say("promotions"), report["promotions"])] if Money.parse(report["promotions"], currency) else []
    if report["overridden"]:
        prices.append(row(f"{write.say('overrides')} × {report['overridden']}", report["overrides"]))
    if report["comps"]:
        prices.append({"text": write.say("comps"), "amount": str(report["comps"])})
    return [{"heading": write.say("products"), "rows": articles}, {"heading": write.say("prices"), "rows": prices}]
