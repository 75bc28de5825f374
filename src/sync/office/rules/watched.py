"""How far the facts of each till have been looked at, what the next ones need of them, and people's tallies."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from pos.domain.audit.differences import Difference
from pos.domain.audit.tally import Subject, Tally
from pos.domain.facts import Fact, Kind
from pos.domain.parcels import FAMILY as PARCELS
from pos.domain.parcels import difference, is_settled
from sync.office.rules.stored import told
from sync.office.store.tables import DOCUMENT, FACT, SALE, TALLY, TICKET, TILL, WATCHED

AT_ONCE: Final = 500  # facts that are looked at in one transaction
# What is looked at; of other facts only their numbers count.
KINDS: Final = (
    Kind.TICKETS_SOLD, Kind.TICKETS_EXCHANGED, Kind.TICKETS_REFUNDED, Kind.REFUND_CLAIMED, Kind.TICKETS_VOIDED,
    Kind.COPY_ISSUED, Kind.SHIFT_CLOSED, Kind.CASE_OPENED, Kind.TENDER_CORRECTED, Kind.TICKET_RENAMED,
    Kind.PACKAGE_REFUNDED, Kind.DRAWER_TAKEN_OVER, Kind.DRAWER_OPENED, Kind.SHIFT_HANDED_OVER, Kind.SHIFT_VERIFIED,
    Kind.CASH_MOVED, Kind.DEPOSIT_MADE, Kind.DEPOSIT_CREDITED, Kind.DIFFERENCE_EXPLAINED, Kind.STOCK_COUNTED,
    Kind.TERMINAL_DAY_ENDED, Kind.PAYMENT_STARTED, Kind.PAYMENT_ENDED, Kind.DRILL_HELD,
)  # fmt: skip


@dataclass
class Ledger:
    """One till's facts on their way through: what of earlier ones the next ones need."""

    connection: Connection
    till: str
    incarnation: int
    number: int
    last: dict[str, str] = field(default_factory=dict)  # user -> when he sold last
    waiting: dict[str, Difference] = field(default_factory=dict)

    # ---- what `tally` asks ----------------------------------------------------------------

    def sold_at(self, ticket: str) -> str:
        query = select(SALE.c.body).join(TICKET, TICKET.c.sale_id == SALE.c.id).where(TICKET.c.id == ticket)
        body = self.connection.execute(query).scalar()
        return str(json.loads(body).get("at", "")) if body is not None else ""

    def seller(self, sale: str) -> str:
        body = self.connection.execute(select(SALE.c.body).where(SALE.c.id == sale)).scalar()
        return str(json.loads(body).get("user", "")) if body is not None else ""

    def printed(self, tickets: Collection[str]) -> bool:
        wanted = set(tickets)
        sold = (
            select(FACT.c.number)
            .join(SALE, SALE.c.fact_id == FACT.c.fact_id)
            .join(TICKET, TICKET.c.sale_id == SALE.c.id)
            .where(TICKET.c.id.in_(sorted(wanted)), FACT.c.till == self.till, FACT.c.incarnation == self.incarnation)
        )
        since = self.connection.execute(sold.order_by(FACT.c.number).limit(1)).scalar()
        if since is None:
            return False
        reports = select(FACT.c.envelope).where(
            FACT.c.till == self.till,
            FACT.c.incarnation == self.incarnation,
            FACT.c.number > since,
            FACT.c.kind == Kind.PRINT_REPORTED.value,
        )
        bodies = (fact.body for _, fact in told(self.connection, reports))
        return any(body.get("outcome") == "done" and wanted & set(body["tickets"]) for body in bodies)

    def last_sale(self, user: str) -> str:
        return self.last.get(user, "")

    # ---- kept -----------------------------------------------------------------------------

    def saw(self, fact: Fact) -> None:
        sale = fact.body.get("sale")
        if fact.kind == Kind.TICKETS_SOLD and isinstance(sale, dict):  # one that cannot be read is a dispute
            self.last[str(sale.get("user", ""))] = fact.at
        self.number = fact.number

    def body(self) -> str:
        waiting = [one.to_json() for one in self.waiting.values()]
        return json.dumps({"last": self.last, "waiting": waiting}, ensure_ascii=False)


def due(connection: Connection) -> bool:
    """Whether there are facts that were not looked at, or something waits for its time."""
    seen = (WATCHED.c.till == TILL.c.id) & (WATCHED.c.incarnation == TILL.c.incarnation)
    behind = select(TILL.c.id).outerjoin(WATCHED, seen).where(TILL.c.applied > func.coalesce(WATCHED.c.number, 0))
    waiting = select(WATCHED.c.till).where(WATCHED.c.body.contains('"waiting": [{'))
    return any(connection.execute(query.limit(1)).first() is not None for query in (behind, waiting))


def mine(connection: Connection) -> bool:
    """Whether this is the one that looks, until its transaction ends."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    row = {"till": "", "incarnation": 0, "number": 0, "body": ""}
    connection.execute(dialect.insert(WATCHED).values(row).on_conflict_do_nothing())
    query = select(WATCHED.c.number).where(WATCHED.c.till == "", WATCHED.c.incarnation == 0)
    return connection.execute(query.with_for_update(skip_locked=True)).first() is not None


def following(connection: Connection) -> tuple[dict[tuple[str, int], Ledger], list[Fact]]:
    """The tills with something new or something that waits, and the next facts of them."""
    known = {(row.till, row.incarnation): row for row in connection.execute(select(WATCHED)).all() if row.till}
    ledgers: dict[tuple[str, int], Ledger] = {}
    facts: list[Fact] = []
    for till in connection.execute(select(TILL.c.id, TILL.c.incarnation, TILL.c.applied).order_by(TILL.c.id)).all():
        row = known.get((till.id, till.incarnation))
        body = json.loads(row.body) if row is not None else {"last": {}, "waiting": []}
        waiting = {one["id"]: Difference.from_json(one) for one in body["waiting"]}
        number = row.number if row is not None else 0
        left = AT_ONCE - len(facts)
        if till.applied <= number and not waiting:
            continue
        ledger = Ledger(connection, till.id, till.incarnation, number, body["last"], waiting)
        ledgers[till.id, till.incarnation] = ledger
        if till.applied <= number or left <= 0:
            continue
        query = (
            select(FACT.c.envelope)
            .where(
                FACT.c.till == till.id,
                FACT.c.incarnation == till.incarnation,
                FACT.c.number > number,
                FACT.c.number <= till.applied,
                FACT.c.kind.in_([kind.value for kind in KINDS]),
            )
            .order_by(FACT.c.number)
            .limit(left)
        )
        read = [Fact.from_bytes(envelope.encode()) for envelope in connection.execute(query).scalars()]
        facts += read
        if len(read) < left:
            ledger.number = till.applied
    return ledgers, facts


def write_marks(connection: Connection, ledgers: Iterable[Ledger]) -> None:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    for one in ledgers:
        row = {"till": one.till, "incarnation": one.incarnation, "number": one.number, "body": one.body()}
        written = dialect.insert(WATCHED).values(row)
        newest = {name: written.excluded[name] for name in ("number", "body")}
        connection.execute(written.on_conflict_do_update(index_elements=["till", "incarnation"], set_=newest))


def add_tallies(connection: Connection, found: dict[Subject, Tally]) -> dict[Subject, Tally]:
    """Add what was counted to what is there; the tallies as they are now."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    whole: dict[Subject, Tally] = {}
    for (day, subject), added in sorted(found.items()):
        key = TALLY.c.subject == subject, TALLY.c.day == day
        body = connection.execute(select(TALLY.c.body).where(*key)).scalar()
        whole[day, subject] = (Tally.from_json(json.loads(body)) if body is not None else Tally()).merge(added)
        text = json.dumps(whole[day, subject].to_json(), ensure_ascii=False, sort_keys=True)
        written = dialect.insert(TALLY).values(subject=subject, day=day, body=text)
        connection.execute(
            written.on_conflict_do_update(index_elements=["subject", "day"], set_={"body": written.excluded.body})
        )
    return whole


def parcel(connection: Connection, id: str) -> str:
    """How the parcel stands that a difference "parcel:ID" is about: open, settled, or apart when it has ended with
    something left on it; "" for a difference about something else."""
    head, _, name = id.partition(":")
    if head != "parcel":
        return ""
    query = select(DOCUMENT.c.body).where(DOCUMENT.c.family == PARCELS, DOCUMENT.c.id == name)
    body = connection.execute(query).scalar()
    if body is None:
        return "open"
    document = json.loads(body)
    return "settled" if is_settled(document) else "apart" if difference(document) else "open"


def looked(connection: Connection) -> dict[str, int]:
    """Till and incarnation ("T1.1") -> up to which of its facts was looked."""
    rows = connection.execute(
        select(WATCHED.c.till, WATCHED.c.incarnation, WATCHED.c.number).where(WATCHED.c.till != "")
    )
    return {f"{row.till}.{row.incarnation}": row.number for row in rows}


def tallies(connection: Connection, since: str, until: str, subject: str = "") -> dict[Subject, Tally]:
    """Tallies of the days from `since` to `until`, both included; of one subject, or of all."""
    query = select(TALLY).where(TALLY.c.day.between(since, until)).order_by(TALLY.c.day, TALLY.c.subject)
    rows = connection.execute(query.where(TALLY.c.subject == subject) if subject else query)
    return {(row.day, row.subject): Tally.from_json(json.loads(row.body)) for row in rows}
