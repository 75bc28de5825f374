"""A ticket that was found, as the screen needs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pos.domain.money import Money
from pos.ui.bridge import Answer
from pos.ui.format import read_time


@dataclass(frozen=True, slots=True)
class Found:
    """A ticket and the sale it is of, or an `article` of a sale: that has no show, and its name for a place.
    `admitted` is where and when it was let in, empty if it was not. `copied`: only the copy of a till that is gone
    tells of it."""

    id: str
    sale: str
    at: datetime
    till: str
    total: Money
    show: str
    place: str
    code: str
    price: Money
    state: str
    issued: bool
    admitted: dict[str, Any]
    article: bool = False
    copied: bool = False

    @property
    def live(self) -> bool:
        return self.state == "live"


def read_found(answer: Answer, currency: str) -> list[Found]:
    """The tickets of the sales in an answer of `find`, each sale's articles behind them."""
    return [row for sale in answer["sales"] for row in (*_tickets(sale, currency), *_articles(sale, currency))]


def _tickets(sale: Answer, currency: str) -> list[Found]:
    return [
        Found(
            ticket["id"],
            sale["id"],
            read_time(sale["at"]),
            sale["till"],
            Money.parse(sale["total"], currency),
            ticket["show"],
            ticket["place"],
            ticket["code"],
            Money.parse(ticket["price"], currency),
            ticket["state"],
            bool(ticket["issued"]),
            ticket["admitted"] or {},
            copied=bool(sale.get("copied")),
        )
        for ticket in sale["tickets"]
    ]


def _articles(sale: Answer, currency: str) -> list[Found]:
    at, total = read_time(sale["at"]), Money.parse(sale["total"], currency)
    return [
        Found(
            one["ref"], sale["id"], at, sale["till"], total, "", one["name"], "",
            Money.parse(one["amount"], currency), one["state"], True, {}, article=True,
            copied=bool(sale.get("copied")),
        )
        for one in sale.get("articles", ())
    ]  # fmt: skip
