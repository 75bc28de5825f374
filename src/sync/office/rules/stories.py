"""The story of a place or a ticket, from every fact that the office has."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, or_, select

from pos.domain.facts import Fact
from pos.domain.personal import restore
from pos.domain.story import Chapter, Subject, tell
from sync.office.rules.bodies import fact_in
from sync.office.rules.stored import reads
from sync.office.store.tables import BESIDE, DISPUTE, FACT, SALE, TICKET

_ORDER: Final = "order:"


def story(connection: Connection, subject: Subject) -> list[dict[str, Any]]:
    """Chapters in the order of their times. Reads through all facts: for a person who asks, not for a sale."""
    facts = _facts_with(connection, [_effect_of(subject)])
    named = {effect.ticket for fact, _ in facts for effect in subject.effects_in(fact) if effect.ticket}
    orders = _orders(connection, subject)
    named |= {ticket for ticket, _ in orders}
    tickets = {subject.ticket} if subject.ticket else named
    if tickets:
        facts += _facts_with(connection, [json.dumps(ticket) for ticket in sorted(tickets)])
    unique = {fact.fact_id: (fact, verdict) for fact, verdict in facts}
    chapters = [one for _, one in orders] + tell(unique.values(), subject)
    chapters += _disputes(connection, subject, tickets)
    return [one.to_json() for one in sorted(chapters, key=lambda one: one.at)]


def subject_of(connection: Connection, ticket: str) -> Subject | None:
    """Where a ticket's place is, by its id or code."""
    plain = ticket.strip()
    row = connection.execute(
        select(TICKET.c.id, TICKET.c.show_id, TICKET.c.unit).where(
            or_(TICKET.c.id == plain, TICKET.c.code == plain.upper().partition(".")[0])
        )
    ).first()
    return Subject(row.show_id, row.unit, row.id) if row is not None else None


def _effect_of(subject: Subject) -> str:
    """How an effect on the subject's place begins in an envelope."""
    return json.dumps([subject.show, subject.place], ensure_ascii=False, separators=(",", ":"))[:-1] + ","


def _facts_with(connection: Connection, texts: list[str]) -> list[tuple[Fact, str]]:
    rows = connection.execute(
        select(FACT.c.envelope, FACT.c.verdict, BESIDE.c.body)
        .join(BESIDE, BESIDE.c.fact_id == FACT.c.fact_id, isouter=True)
        .where(or_(*(FACT.c.envelope.contains(text, autoescape=True) for text in texts)))
    )
    found: list[tuple[Fact, str]] = []
    for row in rows:
        try:
            fact = fact_in(row.envelope)
        except (ValueError, RecursionError):
            continue  # no more is known of it than that it came: the dispute about it has no place
        body = restore(fact.body, row.body or "") if reads(fact) else {}  # then its places tell that it was, and when
        found.append((replace(fact, body=body), row.verdict))
    return found


def _orders(connection: Connection, subject: Subject) -> list[tuple[str, Chapter]]:
    """Tickets of the place that the office itself sold: an order has no fact."""
    rows = connection.execute(
        select(TICKET.c.id, SALE.c.id.label("sale"), SALE.c.body)
        .join_from(TICKET, SALE, SALE.c.id == TICKET.c.sale_id)
        .where(TICKET.c.show_id == subject.show, TICKET.c.unit == subject.place, SALE.c.fact_id.startswith(_ORDER))
    )
    return [
        (
            row.id,
            Chapter(
                f"{_ORDER}{row.sale}", str(json.loads(row.body)["at"]), "office", "", "", "",
                f"Sold by the office as ticket {row.id} of order {row.sale}.",
            ),
        )
        for row in rows
        if subject.ticket in ("", row.id)
    ]  # fmt: skip


def _disputes(connection: Connection, subject: Subject, tickets: set[str]) -> list[Chapter]:
    found: list[Chapter] = []
    for body in connection.execute(select(DISPUTE.c.body)).scalars():
        document = json.loads(body)
        here = any((one["show"], one["place"]) == (subject.show, subject.place) for one in document["places"])
        if (here and not subject.ticket) or set(document["tickets"]) & tickets:
            text = f"Dispute {document['id']} was opened ({document['cause']}); it is {document['state']}."
            found.append(Chapter(document["id"], document["opened_at"], "office", "", "", "", text))
    return found
