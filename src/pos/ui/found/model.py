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
    """A ticket and the sale it is of. `admitted` is where and when it was let in, empty if it was not."""

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

    @property
    def live(self) -> bool:
        return self.state == "live"


def read_found(answer: Answer, currency: str) -> list[Found]:
    """The tickets of the sales in an answer of `find`."""
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
        )
        for sale in answer["sales"]
        for ticket in sale["tickets"]
    ]
