"""What was told of tickets and sales before they were: after a restore their sale may be the last that comes.

The laws:

* A till knows of another's ticket only by the office. So a fact about one that is not here is about a sale that the
  office had, and has forgotten since. It is booked, but there is no row yet for what it changes.
* When the sale comes, what such facts say is laid over its rows: that it was paid back, its papers, its tenders, whose
  it is, and how it ended, if it has.
* Nothing is looked up at an office that was never restored, nor of what was sold after a restore had ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, not_, select

from pos.domain.facts import Fact, Kind
from sync.office.rules.amendments import sale_of
from sync.office.rules.page import Page
from sync.office.rules.reading import Arrived, again
from sync.office.rules.tickets import ENDED_BY
from sync.office.store.restores import RESTORED
from sync.office.store.tables import BESIDE, FACT, TILL
from sync.wire import FactItem

_FAST: Final = timedelta(hours=1)  # a till's clock may be
_PAPERS: Final = (Kind.COPY_ISSUED, Kind.ORDER_COLLECTED, Kind.ORDER_HANDED_OUT)
_AMENDS: Final = (Kind.TENDER_CORRECTED, Kind.TICKET_RENAMED)
_KINDS: Final = [str(kind) for kind in (*ENDED_BY, Kind.REFUND_CLAIMED, *_PAPERS, *_AMENDS)]


def lay_over(connection: Connection, page: Page, arrived: Sequence[Arrived]) -> None:
    """Add to the page what is known already of the sales in it."""
    if not page.board.restored or not page.sales:
        return
    since = _since(connection, arrived)
    if not since:
        return
    sales = {row["id"] for row in page.sales}
    begun = {row["id"]: row for row in page.tickets}
    for one, fact, verdict in _told_before(connection, page, since):
        for effect in fact.effects if verdict == "applied" and fact.kind in ENDED_BY else ():
            row = begun.get(effect.ticket) if effect.before == "SOLD" and effect.after == "LEASED" else None
            # Else it is no ticket of the past.
            if row is not None and (row["show_id"], row["unit"], row["state"]) == (effect.show, effect.place, "void"):
                row["state"] = ENDED_BY[fact.kind]
        if fact.kind == Kind.REFUND_CLAIMED:
            page.claims(fact, begun)
        if fact.kind in _PAPERS:
            page.papers(_about(one, begun))
        if sale_of(fact) in sales:
            page.amendments.take_early(fact)


def _about(one: Arrived, begun: dict[str, Any]) -> Arrived:
    """What a fact tells of the papers of these tickets only."""
    return replace(
        one,
        copies={ticket: copy for ticket, copy in one.copies.items() if ticket in begun},
        issued=tuple(ticket for ticket in one.issued if ticket in begun),
        handed_to=tuple(ticket for ticket in one.handed_to if ticket in begun),
    )


def _since(connection: Connection, arrived: Sequence[Arrived]) -> str:
    """When the office was restored, the first time that it may have forgotten one of these sales; "" if it cannot."""
    made = min(datetime.fromisoformat(one.fact.at) for one in arrived if one.fact is not None and one.sale is not None)
    rows = connection.execute(select(RESTORED.c.at, RESTORED.c.ended_at))
    return min(
        (row.at for row in rows if not row.ended_at or made <= datetime.fromisoformat(row.ended_at) + _FAST),
        default="",
    )


def _told_before(connection: Connection, page: Page, since: str) -> Iterator[tuple[Arrived, Fact, str]]:
    """The facts of others since then that may be about tickets which are not here, and their verdicts."""
    named = {"till": page.till, "incarnation": page.incarnation, "since": since}
    for row in connection.execute(_OF_OTHERS, named):
        one = again(
            FactItem(
                number=row.number, envelope=row.envelope, hash=row.hash, signature=row.signature, beside=row.body or ""
            )
        )
        if one.fact is not None and not one.unreadable:
            yield one, one.fact, row.verdict


# A till's facts came in the order of their numbers: its last one of before is found from their end.
_EARLIER: Final = FACT.alias("earlier")
_LAST: Final = (
    select(_EARLIER.c.number)
    .where(
        _EARLIER.c.till == TILL.c.id,
        _EARLIER.c.incarnation == TILL.c.incarnation,
        _EARLIER.c.received_at < bindparam("since"),
    )
    .order_by(_EARLIER.c.number.desc())
    .limit(1)
    .correlate(TILL)
    .scalar_subquery()
)
_OF_OTHERS: Final = (
    select(FACT.c.number, FACT.c.envelope, FACT.c.hash, FACT.c.signature, FACT.c.verdict, BESIDE.c.body)
    .select_from(TILL)
    .join(
        FACT,
        (FACT.c.till == TILL.c.id)
        & (FACT.c.incarnation == TILL.c.incarnation)
        & (FACT.c.number > func.coalesce(_LAST, 0)),
    )
    .join(BESIDE, BESIDE.c.fact_id == FACT.c.fact_id, isouter=True)
    .where(
        FACT.c.kind.in_(_KINDS),
        not_((TILL.c.id == bindparam("till")) & (TILL.c.incarnation == bindparam("incarnation"))),
    )
    .order_by(FACT.c.received_at, FACT.c.till, FACT.c.incarnation, FACT.c.number)
)
