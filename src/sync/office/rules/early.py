"""What was told of tickets and sales before they were: after a restore their sale may be the last that comes.
So may the dispute that a step was taken in, the audit item, or the record of a customer who was changed since.

The laws:

* A till knows of another's ticket only by the office. So a fact about one that is not here is about a sale that the
  office had, and has forgotten since. It is booked, but there is no row yet for what it changes: it is noted.
* When the sale comes, what such facts say is laid over its rows: that it was paid back, its papers, its tenders, whose
  it is, and how it ended, if it has.
* Whoever opens a dispute, makes an audit item or takes a customer on record looks for what was noted of those
  (`rules.noted`): a step in a dispute, a change or an erasure, which would be lost else.
* The sale and what is told of it may come at the same moment: whoever tells of what others have made has the past alone
  (`lock`), so that one of the two finds the other.
* Nothing is noted or looked up at an office that was never restored.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from pos.domain.audit import items, settlements
from pos.domain.facts import Kind
from pos.domain.rights import Token
from sync.office.rules import customers, noted, tickets
from sync.office.rules.amendments import Amendments, sale_of
from sync.office.rules.page import Page
from sync.office.rules.papers import Papers
from sync.office.rules.people import SETTLES
from sync.office.rules.places import Key
from sync.office.rules.reading import Arrived
from sync.office.rules.recovery import lock_past, standing

_PAPERS: Final = (Kind.COPY_ISSUED, Kind.ORDER_COLLECTED, Kind.ORDER_HANDED_OUT)
_AMENDS: Final = (Kind.TENDER_CORRECTED, Kind.TICKET_RENAMED)
_STEPS: Final = (*SETTLES, *items.STEPS, *settlements.STEPS, *customers.ABOUT)
_KINDS: Final = frozenset((*tickets.ENDED_BY, Kind.REFUND_CLAIMED, *_PAPERS, *_AMENDS, *_STEPS))


def lock(connection: Connection, arrived: Sequence[Arrived]) -> None:
    """Before anything is read for a page: keep apart what comes and what is told of it."""
    office = standing(connection)
    if not office.generation:
        return
    facts = [one.fact for one in arrived if one.fact is not None]
    lock_past(connection, alone=office.recovering or any(fact.kind in _KINDS for fact in facts))


def keep_apart(connection: Connection) -> bool:
    """The same before audit items are made, or orders, which no page of facts is about: whether tills may have told of
    them already. Before every other lock."""
    restored = bool(standing(connection).generation)
    if restored:
        lock_past(connection, alone=False)
    return restored


def lay_over(connection: Connection, page: Page, arrived: Sequence[Arrived]) -> None:
    """Note what the page tells of what is not here, and add to it what is known already of the sales in it."""
    if page.board.restored:
        begun = {row["id"]: row for row in page.tickets}
        sales = {row["id"] for row in page.sales}
        _note(connection, page, arrived, begun.keys() | sales)
        erased = _lay(connection, page.papers, page.amendments, begun, sales, arrived)
        page.customers.erase_sales(erased)


def lay_over_orders(
    connection: Connection, begun: Sequence[dict[str, Any]], sales: Sequence[dict[str, Any]]
) -> tuple[Papers, Amendments, Erasures]:
    """The same for orders that are imported again, by the rows of their tickets and sales, which are still to be
    written. What is to be written after those."""
    papers, amendments = Papers(), Amendments()
    ids = {row["id"] for row in sales}
    erased = _lay(connection, papers, amendments, {row["id"]: row for row in begun}, ids, ())
    return papers, amendments, Erasures(erased)


@dataclass(frozen=True, slots=True)
class Erasures:
    """Sales whose buyers have been erased."""

    sales: Sequence[str]

    def write(self, connection: Connection) -> None:
        if self.sales:
            customers.erase(connection, (), self.sales)


class Whereabouts(NamedTuple):
    """Which place a ticket is of that is not here, and whether it has ended by a fact."""

    place: Key
    ended: bool = False


def whereabouts(connection: Connection, forgotten: Sequence[str]) -> dict[str, Whereabouts]:
    """What facts have told of tickets that are not here."""
    found: dict[str, Whereabouts] = {}
    for this in noted.look(connection, forgotten):
        places = {effect.ticket: (effect.show, effect.place) for effect in this.fact.effects}
        if this.fact.kind == Kind.REFUND_CLAIMED:
            places = {one["id"]: (one["show"], one["unit"]) for one in this.fact.body["refund"]["tickets"]}
        for ticket, become in this.become.items():
            if ticket in places:
                before = found.get(ticket)
                found[ticket] = Whereabouts(places[ticket], bool(become) or (before is not None and before.ended))
    return found


def _lay(
    connection: Connection,
    papers: Papers,
    amendments: Amendments,
    begun: dict[str, dict[str, Any]],
    sales: set[str],
    arrived: Sequence[Arrived],
) -> list[str]:
    """Lay what was told before over rows that are still to be written; the sales whose buyers were erased since."""
    told = noted.take(connection, sorted({*begun, *sales}))
    for this in told:
        for effect in this.fact.effects:
            row, become = begun.get(effect.ticket), this.become.get(effect.ticket, "")
            ends = become and effect.before == "SOLD" and effect.after == "LEASED"
            # Else it is no ticket of the past.
            if ends and row and (row["show_id"], row["unit"], row["state"]) == (effect.show, effect.place, "void"):
                row["state"] = become
        if this.fact.kind == Kind.REFUND_CLAIMED:
            papers.claim(this.fact, begun)
        if sale_of(this.fact) in sales:
            amendments.take_early(this.fact)
    of_papers = [this.one for this in told if this.fact.kind in _PAPERS]
    for ticket in sorted({name for one in of_papers for name in _on_paper(one)} & begun.keys()):
        # The page may have later papers of it: all of them once more, in their order.
        for one in sorted((one for one in (*of_papers, *arrived) if ticket in _on_paper(one)), key=_turn(ticket)):
            papers.take(_about(one, (ticket,)))
    erasures = (this for this in told if this.fact.kind == Kind.CUSTOMER_ERASED)
    return sorted({sale for this in erasures for sale in this.become if sale in sales})


def _note(connection: Connection, page: Page, arrived: Sequence[Arrived], own: Container[str]) -> None:
    """Facts about tickets and sales that are neither here nor in this page, for when they come."""
    named = {
        (row["subject"], row["fact_id"]): row
        for row in (*_named(arrived), *page.early, *page.customers.early(), *page.audit.early())
    }
    wanted = [(subject, fact_id) for subject, fact_id in named if subject not in own]
    subjects = sorted({subject for subject, _ in wanted})
    here = tickets.there(connection, subjects, subjects)
    noted.note(connection, [named[key] for key in wanted if key[0] not in here])


def _named(arrived: Sequence[Arrived]) -> Iterator[noted.Row]:
    """Whom the facts of a page are about; of tickets that end, `Page.early` says as much by what became of them."""
    for one in arrived:
        fact = one.fact
        if fact is None or one.unreadable:
            continue
        subjects = _on_paper(one) if fact.kind in _PAPERS else set()
        if fact.kind == Kind.REFUND_CLAIMED:
            subjects = {ticket["id"] for ticket in fact.body["refund"]["tickets"]}
        elif fact.kind == Kind.CUSTOMER_ERASED:
            subjects = set(fact.body.get("sales", ()))
        elif sale := sale_of(fact):
            subjects = {sale}
        yield from (noted.row(subject, fact.fact_id) for subject in sorted(subjects))


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
