"""Figures over every fact of the office, page by page.

Whoever asks carries how far it is, so that any office process answers any page, and giving up costs nothing. The first
page says which facts belong: those that were here when it was asked. So all pages are of one moment, whatever tills
send meanwhile.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, exists, func, or_, select

from pos.domain.books import Posting
from pos.domain.calendar import MIDNIGHT, Calendar, parse_day_ends
from pos.domain.facts import Fact, Kind
from pos.domain.figures import Figures, Query, Reading
from pos.domain.figures.reading import OFFICE, WITHOUT
from pos.domain.money import Money
from sync.office.rules.bodies import fact_in
from sync.office.rules.drawers import open_shift
from sync.office.rules.reading import sane
from sync.office.store.tables import DOCUMENT, FACT, POSTING, PRESENCE, SALE, TILL

PAGE: Final = 2_000  # facts, and tickets in them, that are read for one answer: a till waits for each
_ROWS: Final = 500  # facts or orders that are fetched at once: an order may have hundreds of tickets
_ORDER: Final = "order:"
_FROM_SEASON: Final = SALE.c.fact_id.like(f"{_ORDER}%")


@dataclass(frozen=True, slots=True)
class Position:
    """`heads`: (till, incarnation, last fact) of what belongs; `at` the one that is being read, -1 for the orders of
    season files, of which there are `orders`, `after` the fact or order up to which it is read; `done` how many facts
    and orders are."""

    heads: tuple[tuple[str, int, int], ...]
    at: int = -1
    after: str = ""
    done: int = 0
    orders: int = 0

    @property
    def share(self) -> float:
        """How much of it all is read, 0 to 1."""
        whole = self.orders + sum(number for _, _, number in self.heads)
        return min(self.done / whole, 1.0) if whole else 0.0

    def to_json(self) -> dict[str, Any]:
        heads = [list(head) for head in self.heads]
        return {"heads": heads, "at": self.at, "after": self.after, "done": self.done, "orders": self.orders}

    @classmethod
    def from_json(cls, doc: dict[str, Any]) -> Position:
        """Raises KeyError, TypeError or ValueError."""
        heads = tuple((str(till), int(incarnation), int(number)) for till, incarnation, number in doc["heads"])
        return cls(heads, int(doc["at"]), str(doc["after"]), int(doc["done"]), int(doc["orders"]))


def whole(connection: Connection, query: Query) -> Figures:
    """All of it at once, for a command at the office. Raises NoSeason."""
    figures, position = page(connection, query, None)
    while position is not None:
        more, position = page(connection, query, position)
        figures.merge(more)
    return figures


class NoSeason(ValueError):
    """Nothing has been imported, so there is no calendar and no currency to read facts by."""


def reading_of(connection: Connection) -> Reading:
    """By the venue's calendar, in its currency. Raises NoSeason."""
    body = connection.execute(select(DOCUMENT.c.body).where(DOCUMENT.c.family == "venue")).scalar()
    if body is None:
        raise NoSeason("no season has been imported")
    venue = json.loads(body)
    ends = parse_day_ends(venue.get("day_ends", MIDNIGHT))
    return Reading(Calendar(ZoneInfo(venue["timezone"]), ends), venue["currency"])


def page(
    connection: Connection, query: Query, position: Position | None, limit: int = PAGE
) -> tuple[Figures, Position | None]:
    """The figures from one position to the next; None when there is no more. Raises NoSeason."""
    reading, figures = reading_of(connection), Figures()
    if position is None:
        position = Position(_heads(connection), orders=_count(connection))
        reading.opening(figures, query, _openings(connection))
    if position.at < 0:
        last, read = _orders(connection, reading, figures, query, position.after, limit)
        position = replace(position, after=last, done=position.done + read)
        return figures, position if last else _next(figures, position)
    till, incarnation, head = position.heads[position.at]
    last_read = int(position.after or 0)
    rows = connection.execute(
        select(FACT.c.number, FACT.c.kind, FACT.c.envelope, FACT.c.verdict, FACT.c.received_at)
        .where(
            FACT.c.till == till, FACT.c.incarnation == incarnation, FACT.c.number > last_read, FACT.c.number <= head,
            # Whatever its kind, a fact may be disputed, or move money that it should not.
            or_(
                FACT.c.kind.not_in(WITHOUT), FACT.c.verdict == "disputed",
                exists().where(POSTING.c.fact_id == FACT.c.fact_id),
            ),
        )
        .order_by(FACT.c.number)
        .limit(fetched := min(limit, _ROWS))
    ).all()  # fmt: skip
    read, whole_page = 0, False
    for row in rows:
        reached = row.number
        try:
            fact = fact_in(row.envelope)
            sane(fact)  # else nothing of it is in the books
        except (ValueError, RecursionError):
            figures.unreadable(row.kind, [f"{till}.{incarnation}.{row.number}"])
            continue
        reading.take(figures, query, fact, verdict=row.verdict, received=row.received_at)
        read += _weight(fact)
        if whole_page := read >= limit:
            break
    if len(rows) < fetched and not whole_page:
        return figures, _next(figures, position)
    return figures, replace(position, after=str(reached), done=position.done + reached - last_read)


def _next(figures: Figures, position: Position) -> Position | None:
    """The till after this one, which is read to its end."""
    done = position.done
    if position.at >= 0:
        till, incarnation, head = position.heads[position.at]
        figures.reached(f"{till}.{incarnation}", head)
        done += head - int(position.after or 0)
    at = position.at + 1
    return replace(position, at=at, after="", done=done) if at < len(position.heads) else None


def _heads(connection: Connection) -> tuple[tuple[str, int, int], ...]:
    rows = connection.execute(
        select(TILL.c.id, TILL.c.incarnation, TILL.c.applied)
        .where(TILL.c.applied > 0)
        .order_by(TILL.c.id, TILL.c.incarnation)
    )
    return tuple((row.id, row.incarnation, row.applied) for row in rows)


def _openings(connection: Connection) -> list[Posting]:
    """What season files put on vouchers, gift cards and house accounts: it stands in the books without a fact."""
    rows = connection.execute(
        select(POSTING.c.account, POSTING.c.currency, func.sum(POSTING.c.minor).label("minor"))
        .join(FACT, FACT.c.fact_id == POSTING.c.fact_id, isouter=True)
        .where(FACT.c.fact_id.is_(None), POSTING.c.fact_id.not_like(f"{_ORDER}%"))
        .group_by(POSTING.c.account, POSTING.c.currency)
    )
    return [Posting(row.account, Money(int(row.minor), row.currency)) for row in rows]


def _orders(
    connection: Connection, reading: Reading, figures: Figures, query: Query, after: str, limit: int
) -> tuple[str, int]:
    """Orders of season files after this one, which the office sold without a till: the last one, "" for no more, and
    how many they were."""
    rows = connection.execute(
        select(SALE.c.id, SALE.c.fact_id, SALE.c.body)
        .where(_FROM_SEASON, SALE.c.id > after)
        .order_by(SALE.c.id)
        .limit(fetched := min(limit, _ROWS))
    ).all()
    postings = _postings(connection, [row.fact_id for row in rows])
    weight = 0
    for count, row in enumerate(rows, 1):
        sale = json.loads(row.body)
        fact = Fact(OFFICE, 0, 0, "", sale["at"], Kind.TICKETS_SOLD, postings[row.fact_id], (), {"sale": sale})
        reading.take(figures, query, fact)
        weight += _weight(fact)
        if weight >= limit:
            return str(row.id), count
    return str(rows[-1].id) if len(rows) == fetched else "", len(rows)


def _count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(SALE).where(_FROM_SEASON)).scalar_one()


def _weight(fact: Fact) -> int:
    """How much there is to read in it: itself, and its tickets."""
    sale = fact.body.get("sale")
    return 1 + len(sale["tickets"]) if isinstance(sale, dict) and isinstance(sale.get("tickets"), list) else 1


def _postings(connection: Connection, facts: list[str]) -> dict[str, tuple[Posting, ...]]:
    found: dict[str, tuple[Posting, ...]] = dict.fromkeys(facts, ())
    rows = connection.execute(select(POSTING).where(POSTING.c.fact_id.in_(facts)).order_by(POSTING.c.line))
    for row in rows:
        found[row.fact_id] += (Posting(row.account, Money(row.minor, row.currency)),)
    return found


def standing(connection: Connection) -> list[dict[str, Any]]:
    """Tills that may still have facts to send: when each was last heard, and whether its shift is open."""
    rows = connection.execute(
        select(TILL.c.id, TILL.c.incarnation, TILL.c.applied, PRESENCE.c.last_seen)
        .join(PRESENCE, PRESENCE.c.till == TILL.c.id, isouter=True)
        .where(TILL.c.state == "ACTIVE")
        .order_by(TILL.c.id)
    ).all()
    return [
        {
            "till": row.id,
            "incarnation": row.incarnation,
            "applied": row.applied,
            "heard": datetime.fromtimestamp(row.last_seen, UTC).isoformat(timespec="seconds") if row.last_seen else "",
            "shift": opened.body["shift"] if (opened := open_shift(connection, row.id, row.incarnation)) else "",
        }
        for row in rows
    ]


def look(connection: Connection, _till: str, fields: dict[str, Any]) -> dict[str, Any]:
    """A page as a till asks for it: `query`, and the `position` that the last answer gave, none at first. `position` is
    None when there is no more, `share` (of 1000) how much is read; the last page has `tills`."""
    query = Query.from_json(fields["query"])
    given = fields.get("position")
    figures, position = page(connection, query, None if given is None else Position.from_json(given))
    answer: dict[str, Any] = {"figures": figures.to_json(), "position": None, "share": 1000}
    if position is None:
        return answer | {"tills": standing(connection)}
    return answer | {"position": position.to_json(), "share": int(position.share * 1000)}
