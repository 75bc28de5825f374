"""A page of facts on its way into the books: what it writes, table by table."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from sync.office.rules import changes, disputes, drawers, outbox
from sync.office.rules.admissions import Gates
from sync.office.rules.amendments import Amendments
from sync.office.rules.audit import Audit
from sync.office.rules.board import Board
from sync.office.rules.customers import Customers
from sync.office.rules.live import Live
from sync.office.rules.papers import Papers
from sync.office.rules.parcels import Cash
from sync.office.rules.people import People
from sync.office.rules.places import Key
from sync.office.rules.purses import Purses
from sync.office.rules.records import Records
from sync.office.rules.stock import Stock
from sync.office.store.bulk import insert_rows
from sync.office.store.tables import BESIDE, FACT, POSTING, SALE, TICKET
from sync.wire import FactResult


@dataclass(slots=True)
class Page:
    """What a page of facts writes, table by table."""

    till: str
    incarnation: int
    now_iso: str
    board: Board
    people: People
    taken: set[str]  # sale and ticket ids that the office already has
    cases: disputes.Cases
    gates: Gates
    purses: Purses
    live: Live
    customers: Customers
    stock: Stock
    verified: dict[str, str]  # shifts that have been verified, by the fact that did
    counted: dict[drawers.Shift, str]  # drawers of others that have been counted out, by the fact that did
    audit: Audit
    facts: list[dict[str, Any]] = field(default_factory=list)
    postings: list[dict[str, Any]] = field(default_factory=list)
    sales: list[dict[str, Any]] = field(default_factory=list)
    tickets: list[dict[str, Any]] = field(default_factory=list)
    ended: list[dict[str, Any]] = field(default_factory=list)
    early: list[dict[str, str]] = field(default_factory=list)  # by which facts tickets have ended (`rules.early`)
    papers: Papers = field(default_factory=Papers)
    records: Records = field(default_factory=Records)
    cash: Cash = field(default_factory=Cash)
    amendments: Amendments = field(default_factory=Amendments)
    beside: list[dict[str, Any]] = field(default_factory=list)
    refunds: list[dict[str, Any]] = field(default_factory=list)  # whose buyers are told of them
    disputes: list[disputes.Found] = field(default_factory=list)
    results: list[FactResult] = field(default_factory=list)

    def dispute(self, fact_id: str, cause: str, detail: str, *places: Key, **fields: str) -> None:
        """Open a dispute. `places` are those in question, none for all that the fact names; `fields`
        is what the cause's sentence (`pos.domain.disputes`) names beside the fact and its places."""
        self.disputes.append(disputes.Found(fact_id, cause, detail, places or None, fields))

    def unused(self, fact_id: str, payment: dict[str, Any]) -> None:
        """A card payment that nothing more will be heard of: a dispute of its own, about its own places."""
        fields = {name: str(payment[name]) for name in ("payment", "amount", "state")}
        detail = "card payment {payment} of {amount} is left {state}".format_map(fields)
        places = tuple((show, place) for show, place in payment.get("places", ()))
        self.disputes.append(disputes.Found(fact_id, "payment_unused", detail, places, fields))


def write(connection: Connection, page: Page) -> None:
    """The page's own rows: facts, money, sales, tickets and what became of their papers, gates, purses."""
    written = (
        (FACT, page.facts),
        (BESIDE, page.beside),
        (POSTING, page.postings),
        (SALE, page.sales),
        (TICKET, page.tickets),
    )
    for table, rows in written:
        insert_rows(connection, table, rows)
    page.papers.write(connection)
    page.gates.write()
    page.purses.write()


def notices(connection: Connection, page: Page) -> list[changes.Entry]:
    """Queue what buyers with an e-mail address are told of this page's sales and refunds."""
    entries: list[changes.Entry] = []
    for row in page.sales:
        if '"contact":' in row["body"]:
            entries += outbox.queue(connection, f"sale:{row['id']}", "sale", json.loads(row["body"]))
    for order in page.live.reminders:
        entries += outbox.queue(connection, f"order:{order['id']}:{order['version']}", "order", order)
    for refund in page.refunds:
        entries += outbox.queue_refund(connection, refund)
    return entries
