"""What was told of tickets and sales before they were: after a restore their sale may be the last that comes.

The laws:

* A till knows of another's ticket only by the office. So a fact about one that is not here is about a sale that the
  office had, and has forgotten since. It is booked, but there is no row yet for what it changes: it is noted.
* When the sale comes, what such facts say is laid over its rows: that it was paid back, its papers, its tenders, whose
  it is, and how it ended, if it has.
* The sale and what is told of it may come at the same moment: whoever tells of others' tickets has the past alone
  (`lock`), so that one of the two finds the other.
* Nothing is noted or looked up at an office that was never restored.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from pos.domain.facts import Fact, Kind
from pos.domain.rights import Token
from sync.office.rules import tickets
from sync.office.rules.amendments import sale_of
from sync.office.rules.page import Page
from sync.office.rules.reading import Arrived, again
from sync.office.rules.recovery import lock_past, standing
from sync.office.store.restores import EARLY
from sync.office.store.tables import BESIDE, FACT
from sync.wire import FactItem

_PAPERS: Final = (Kind.COPY_ISSUED, Kind.ORDER_COLLECTED, Kind.ORDER_HANDED_OUT)
_AMENDS: Final = (Kind.TENDER_CORRECTED, Kind.TICKET_RENAMED)
_KINDS: Final = frozenset((*tickets.ENDED_BY, Kind.REFUND_CLAIMED, *_PAPERS, *_AMENDS))


@dataclass(slots=True)
class _Told:
    """A fact that came before the sale did, and what it makes of the tickets that it has ended."""

    one: Arrived
    fact: Fact
    become: dict[str, str] = field(default_factory=dict)


def lock(connection: Connection, arrived: Sequence[Arrived]) -> None:
    """Before anything is read for a page: keep sales and what is told of them apart."""
    office = standing(connection)
    if not office.generation:
        return
    facts = [one.fact for one in arrived if one.fact is not None]
    if office.recovering or any(fact.kind in _KINDS for fact in facts):
        lock_past(connection, alone=True)
    elif any(one.sale is not None for one in arrived):
        lock_past(connection, alone=False)


def lay_over(connection: Connection, page: Page, arrived: Sequence[Arrived]) -> None:
    """Note what the page tells of what is not here, and add to it what is known already of the sales in it."""
    if not page.board.restored:
        return
    begun = {row["id"]: row for row in page.tickets}
    sales = {row["id"] for row in page.sales}
    _note(connection, page, arrived, begun.keys() | sales)
    told = _told_before(connection, sorted(begun.keys() | sales))
    for this in told:
        for effect in this.fact.effects:
            row, become = begun.get(effect.ticket), this.become.get(effect.ticket, "")
            ends = become and effect.before == "SOLD" and effect.after == "LEASED"
            # Else it is no ticket of the past.
            if ends and row and (row["show_id"], row["unit"], row["state"]) == (effect.show, effect.place, "void"):
                row["state"] = become
        if this.fact.kind == Kind.REFUND_CLAIMED:
            page.claims(this.fact, begun)
        if sale_of(this.fact) in sales:
            page.amendments.take_early(this.fact)
    of_papers = [this.one for this in told if this.fact.kind in _PAPERS]
    for ticket in sorted({name for one in of_papers for name in _on_paper(one)} & begun.keys()):
        # The page may have later papers of it: all of them once more, in their order.
        for one in sorted((one for one in (*of_papers, *arrived) if ticket in _on_paper(one)), key=_turn(ticket)):
            page.papers(_about(one, (ticket,)))


def _note(connection: Connection, page: Page, arrived: Sequence[Arrived], own: Container[str]) -> None:
    """Facts about tickets and sales that are neither here nor in this page, for when they come."""
    named = {(row["subject"], row["fact_id"]): row for row in (*_named(arrived), *page.early)}
    wanted = [(subject, fact_id) for subject, fact_id in named if subject not in own]
    subjects = sorted({subject for subject, _ in wanted})
    here = tickets.there(connection, subjects, subjects)
    if rows := [named[key] for key in wanted if key[0] not in here]:
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        connection.execute(dialect.insert(EARLY).on_conflict_do_nothing(), rows)


def _named(arrived: Sequence[Arrived]) -> Iterator[dict[str, str]]:
    """Whom the facts of a page are about; of tickets that end, `Page.early` says as much by what became of them."""
    for one in arrived:
        fact = one.fact
        if fact is None or one.unreadable:
            continue
        subjects = _on_paper(one) if fact.kind in _PAPERS else set()
        if fact.kind == Kind.REFUND_CLAIMED:
            subjects = {ticket["id"] for ticket in fact.body["refund"]["tickets"]}
        elif sale := sale_of(fact):
            subjects = {sale}
        yield from ({"subject": subject, "fact_id": fact.fact_id, "become": ""} for subject in sorted(subjects))


def _on_paper(one: Arrived) -> set[str]:
    return {*one.copies, *one.issued, *one.handed_to}


def _turn(ticket: str) -> Any:
    """The order of papers of one ticket: by the token that their till had, then as it made them."""

    def key(one: Arrived) -> tuple[Token, int]:
        tokens = (effect.token for effect in (one.fact.effects if one.fact else ()) if effect.ticket == ticket)
        return max(tokens, default=Token(0, 0)), one.item.number

    return key


def _about(one: Arrived, begun: Container[str]) -> Arrived:
    """What a fact tells of the papers of these tickets only."""
    return replace(
        one,
        copies={ticket: copy for ticket, copy in one.copies.items() if ticket in begun},
        issued=tuple(ticket for ticket in one.issued if ticket in begun),
        handed_to=tuple(ticket for ticket in one.handed_to if ticket in begun),
    )


def _told_before(connection: Connection, subjects: Sequence[str]) -> list[_Told]:
    """The facts that are noted for these sales and tickets, which need no note any more."""
    found: dict[str, _Told] = {}
    for at in range(0, len(subjects), tickets.AT_ONCE):
        these = {"subjects": subjects[at : at + tickets.AT_ONCE]}
        rows = connection.execute(_NOTED, these).all()
        for row in rows:
            if row.fact_id not in found:
                item = FactItem(
                    number=row.number, envelope=row.envelope, hash=row.hash, signature=row.signature,
                    beside=row.body or "",
                )  # fmt: skip
                one = again(item)
                if one.fact is None or one.unreadable:
                    continue
                found[row.fact_id] = _Told(one, one.fact)
            found[row.fact_id].become[row.subject] = row.become
        if rows:
            connection.execute(_USED, these)
    return list(found.values())


_OF: Final = EARLY.c.subject.in_(bindparam("subjects", expanding=True))
_NOTED: Final = (
    select(EARLY, FACT.c.number, FACT.c.envelope, FACT.c.hash, FACT.c.signature, BESIDE.c.body)
    .join(FACT, FACT.c.fact_id == EARLY.c.fact_id)
    .join(BESIDE, BESIDE.c.fact_id == EARLY.c.fact_id, isouter=True)
    .where(_OF)
    .order_by(FACT.c.till, FACT.c.incarnation, FACT.c.number, EARLY.c.subject)
)
_USED: Final = delete(EARLY).where(_OF)
