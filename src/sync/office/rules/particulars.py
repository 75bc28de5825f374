"""What a dispute is about, by value: who, which places as people call them, whose money.

Read once, when the dispute is opened, from the fact and from what the office has then.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, tuple_

from pos.domain.facts import Fact
from pos.domain.money import Money, total
from pos.domain.personal import restore
from pos.domain.plan import Plan
from pos.domain.purse import is_purse, kind_of
from pos.domain.rights import Effect, OfficeState
from pos.domain.season import Area
from pos.domain.seating import Seating
from sync.office.rules.bodies import document_in, fact_in
from sync.office.rules.places import Key
from sync.office.store.tables import BESIDE, DOCUMENT, PLAN, RIGHT, SALE, TICKET

_NOT_THERE: Final = {"state": "", "holder": "", "since": 0, "ticket": "", "sale": ""}


@dataclass
class Register:
    """What the office has, looked up once for all disputes of a transaction."""

    connection: Connection
    _seatings: dict[str, Seating | None] = field(default_factory=dict)

    @cached_property
    def _names(self) -> dict[tuple[str, str], str]:
        rows = self.connection.execute(select(DOCUMENT).where(DOCUMENT.c.family.in_(("till", "user"))))
        return {(row.family, row.id): json.loads(row.body).get("name") or row.id for row in rows}

    def name(self, family: str, id: str) -> str:
        """What people call a till or a user; its id when it is not in the season."""
        return self._names.get((family, id), id)

    def beside(self, fact_id: str) -> str:
        """What is personal of a fact, "" for nothing."""
        return self.connection.execute(select(BESIDE.c.body).where(BESIDE.c.fact_id == fact_id)).scalar() or ""

    @cached_property
    def currency(self) -> str:
        body = self.connection.execute(select(DOCUMENT.c.body).where(DOCUMENT.c.family == "venue")).scalar_one()
        return str(json.loads(body)["currency"])

    def label(self, show: str, place: str) -> str:
        """ "Stalls A 12", "gift card K7"; the place's id where the show has no such place."""
        if is_purse(show):
            return f"{kind_of(show).replace('_', ' ')} {place}"
        if show not in self._seatings:
            self._seatings[show] = self._seating(show)
        seating = self._seatings[show]
        ix = seating.find(place) if seating is not None else None
        return place if seating is None or ix is None else seating.label(ix)

    def _seating(self, show: str) -> Seating | None:
        body = self.connection.execute(
            select(DOCUMENT.c.body).where(DOCUMENT.c.family == "show", DOCUMENT.c.id == show)
        ).scalar()
        if body is None:
            return None
        document = json.loads(body)
        areas = [Area(area["id"], area["capacity"]) for area in document.get("areas", [])]
        blob = self.connection.execute(
            select(PLAN.c.blob).where(PLAN.c.version == document.get("plan_version", ""))
        ).scalar()
        return Seating(Plan.from_bytes(blob) if blob is not None else None, areas)

    def standings(self, places: Iterable[Key]) -> dict[Key, dict[str, Any]]:
        """What the office has of these places now: state, who has it, since when, the ticket that counts."""
        rows = self.connection.execute(
            select(
                RIGHT.c.show_id,
                RIGHT.c.place,
                RIGHT.c.state,
                RIGHT.c.holder,
                RIGHT.c.since,
                RIGHT.c.ticket,
                TICKET.c.sale_id,
                SALE.c.body,
            )
            .join_from(RIGHT, TICKET, TICKET.c.id == RIGHT.c.ticket, isouter=True)
            .join(SALE, SALE.c.id == TICKET.c.sale_id, isouter=True)
            .where(tuple_(RIGHT.c.show_id, RIGHT.c.place).in_(bindparam("keys", expanding=True))),
            {"keys": sorted(set(places))},
        )
        found: dict[Key, dict[str, Any]] = {}
        for show, place, state, holder, since, ticket, sale, body in rows:
            # Whoever sold it is whom people ask, also when the right to refund is back at the office.
            seller = json.loads(body)["till"] if body is not None and state == "SOLD" else holder
            found[show, place] = {
                "state": state,
                "holder": self.name("till", seller),
                "since": since,
                "ticket": ticket,
                "sale": sale or "",
            }
        return found

    def sale_of(self, tickets: Iterable[str], named: str = "") -> dict[str, Any]:
        """The sale that one of these tickets is of, or that is `named`, where the fact itself does not carry it."""
        body = self.connection.execute(
            select(SALE.c.body)
            .join_from(SALE, TICKET, TICKET.c.sale_id == SALE.c.id)
            .where(TICKET.c.id.in_(bindparam("ids", expanding=True)) | (SALE.c.id == bindparam("named")))
            .order_by(SALE.c.id)
            .limit(1),
            {"ids": sorted(filter(None, tickets)), "named": named},
        ).scalar()
        return json.loads(body) if body is not None else {}


def particulars(
    register: Register, fact_id: str, envelope: str, disputed: Iterable[Key] | None, beside: str
) -> dict[str, Any]:
    """What a dispute's document says of its fact, and of what lies `beside` it. `disputed` are the places in
    question, None for all that the fact names. What cannot be read leaves what the envelope tells, or its number."""
    till, _, number = fact_id.rsplit(".", 2)
    fact: Fact | None = None
    with suppress(ValueError, RecursionError):
        fact = fact_in(envelope)
        fact = replace(fact, body=restore(fact.body, beside))
    found: dict[str, Any] = {
        "fact": fact_id,
        "number": int(number),
        "till": till,
        "till_name": register.name("till", till),
        "kind": str(fact.kind) if fact is not None else "",
        "at": str(fact.at) if fact is not None else "",
        "user": "",
        "user_name": "",
        "places": [],
        "sale": "",
        "tickets": [],
        "customer": "",
        "contact": "",
        "money": "",
        "currency": register.currency,
    }
    # Nothing has checked the body of a fact that is disputed as unreadable: it may be anything.
    with suppress(TypeError, ValueError, LookupError, AttributeError, ArithmeticError):
        return found if fact is None else found | _of_fact(register, fact, disputed)
    return found


def _of_fact(register: Register, fact: Fact, disputed: Iterable[Key] | None) -> dict[str, Any]:
    named = {(effect.show, effect.place): effect.ticket for effect in fact.effects}
    places = set(named if disputed is None else disputed)
    standings = register.standings(places)
    document = document_in(fact)
    sale = document
    if not ("tenders" in document and "total" in document):
        sale = register.sale_of([*named.values(), *_tickets(document)], str(document.get("sale") or ""))
    user = str(document.get("user") or "")
    return {
        "user": user,
        "user_name": register.name("user", user),
        "places": [
            {
                "show": show,
                "place": place,
                "label": register.label(show, place),
                "ticket": named.get((show, place), ""),
                "standing": standings.get((show, place), _NOT_THERE),
            }
            for show, place in sorted(places)
        ],
        "sale": str(sale.get("id") or ""),
        "tickets": [
            effect.ticket
            for effect in sorted(fact.effects, key=lambda effect: (effect.show, effect.place))
            if (effect.show, effect.place) in places and _begins(effect)
        ],
        "customer": str(sale.get("name") or ""),
        "contact": str(sale.get("contact") or ""),
        **_money(register, fact, document, places),
    }


def _tickets(document: dict[str, Any]) -> list[str]:
    """The tickets that a document names, as far as it can be read."""
    named = document.get("tickets")
    ids = [ticket.get("id") for ticket in named if isinstance(ticket, dict)] if isinstance(named, list) else []
    return [id for id in ids if isinstance(id, str)]


def _begins(effect: Effect) -> bool:
    """Whether a ticket begins: then its paper is out."""
    return effect.after is OfficeState.SOLD and effect.before is not OfficeState.SOLD


def _money(register: Register, fact: Fact, document: dict[str, Any], places: set[Key]) -> dict[str, str]:
    """What is at stake: the whole sale or refund, or the price of those of its tickets that are in
    question; else what moved."""
    currency = fact.postings[0].amount.currency if fact.postings else register.currency
    with suppress(KeyError, ValueError, TypeError):
        tickets = [ticket for ticket in document["tickets"] if (ticket["show"], ticket["unit"]) in places]
        whole = document.get("total", document.get("amount"))
        amounts = [whole] if len(tickets) == len(document["tickets"]) else [ticket["price"] for ticket in tickets]
        amount = total([Money.parse(text, currency) for text in amounts], currency)
        return {"money": str(amount), "currency": currency}
    moved = sum(
        posting.amount.minor
        for posting in fact.postings
        if posting.amount.currency == currency and posting.amount.minor > 0
    )
    return {"money": str(Money(moved, currency)) if moved else "", "currency": currency}
