"""Sales in the making: the basket in front, number 0, and those that are parked under their numbers.

Part of the ledger: every method that changes something belongs inside its `transaction()`.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from pos.domain.basket import Article, Basket, Line
from pos.domain.money import Money
from pos.store import tables as t

# Statements of the sale's path, built once: building one costs as much as running it.
_BASKETS = select(t.basket).order_by(t.basket.c.id)
_LINES = select(t.basket_line).order_by(t.basket_line.c.basket, t.basket_line.c.line)
_DROP = delete(t.basket).where(t.basket.c.id == bindparam("number"))
_DROP_LINES = delete(t.basket_line).where(t.basket_line.c.basket == bindparam("number"))
_DROP_LINE = delete(t.basket_line).where(
    t.basket_line.c.basket == bindparam("number"), t.basket_line.c.line == bindparam("gone")
)
_ADD, _ADD_LINES = insert(t.basket), insert(t.basket_line)


class BasketBook:
    """Belongs to the thread of its ledger's connection. Nobody else writes, so what was read or put holds
    until the ledger says to `forget` it, when a transaction has failed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._kept: dict[int, Basket] | None = None

    def forget(self) -> None:
        self._kept = None

    def front(self) -> Basket | None:
        """The one that is being sold."""
        return self._all().get(0)

    def parked(self) -> tuple[Basket, ...]:
        """Those that wait, by number."""
        return tuple(basket for number, basket in sorted(self._all().items()) if number)

    def all(self) -> tuple[Basket, ...]:
        return tuple(self._all().values())

    def put(self, basket: Basket) -> None:
        """Replace what is under the basket's number; one that is empty, has no code and did not lapse leaves none.

        Only lines that differ are written: a school class is picked one by one.
        """
        number, kept = basket.number, self._all()
        if basket.changed_at is None or not (not basket.empty or basket.lapsed or basket.codes):
            self.drop(number)
            return
        before = {line.line: line for line in kept[number].lines} if number in kept else {}
        after = {line.line: line for line in basket.lines}
        gone = [n for n, line in before.items() if after.get(n) is not line and after.get(n) != line]
        fresh = [line for n, line in after.items() if before.get(n) is not line and before.get(n) != line]
        if gone:
            self._connection.execute(_DROP_LINE, [{"number": number, "gone": n} for n in gone])
        self._connection.execute(_DROP, {"number": number})
        self._connection.execute(_ADD, _row(basket))
        if fresh:
            self._connection.execute(_ADD_LINES, [_line_row(number, line) for line in fresh])
        kept[number] = basket

    def drop(self, number: int) -> None:
        """There is no basket under this number any more."""
        if self._all().pop(number, None) is not None:
            self._connection.execute(_DROP_LINES, {"number": number})
            self._connection.execute(_DROP, {"number": number})

    def drop_all(self) -> None:
        for number in list(self._all()):
            self.drop(number)

    def renumber(self, number: int, basket: Basket) -> None:
        """What was under `number` is `basket` from now on, which has another number."""
        self.drop(number)
        self.put(basket)

    def _all(self) -> dict[int, Basket]:
        if self._kept is None:
            lines: dict[int, list[Line]] = {}
            for row in self._connection.execute(_LINES):
                lines.setdefault(row.basket, []).append(_line(row))
            rows = self._connection.execute(_BASKETS)
            self._kept = {row.id: _basket(row, tuple(lines.get(row.id, ()))) for row in rows}
        return self._kept


def _basket(row: Any, lines: tuple[Line, ...]) -> Basket:
    more = json.loads(row.more or "{}")
    articles = tuple(map(Article.from_row, more.get("articles", ())))
    changed_at = datetime.fromisoformat(row.changed_at)
    codes = tuple(more.get("codes", ()))
    return Basket(row.owner, lines, changed_at, bool(row.lapsed), row.id, row.name, row.note, articles, codes)


def _row(basket: Basket) -> dict[str, Any]:
    assert basket.changed_at is not None, "a basket that is kept was changed at some time"
    articles, codes = [article.to_row() for article in basket.articles], list(basket.codes)
    more = ({"articles": articles} if articles else {}) | ({"codes": codes} if codes else {})
    return {
        "id": basket.number,
        "owner": basket.owner,
        "changed_at": basket.changed_at.isoformat(),
        "lapsed": int(basket.lapsed),
        "name": basket.name,
        "note": basket.note,
        "more": json.dumps(more, ensure_ascii=False) if more else "",
    }


def _line(row: Any) -> Line:
    price = Money(row.minor, row.currency)
    line = Line(row.line, row.show, row.place, row.category, row.price_type, price, bool(row.proof))
    return line.with_more(json.loads(row.more))


def _line_row(number: int, line: Line) -> dict[str, Any]:
    return {
        "basket": number,
        "line": line.line,
        "show": line.show,
        "place": line.place,
        "category": line.category,
        "price_type": line.price_type,
        "minor": line.price.minor,
        "currency": line.price.currency,
        "proof": int(line.proof),
        "more": json.dumps(line.more(), ensure_ascii=False),
    }
