"""Disputes at the office: opened by what cannot be agreed with, settled by facts, told to every till."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, Select, bindparam, func, insert, select, update

from pos.domain.disputes import FAMILY, OFFICE, Document, State, after, consequence, ways_out
from pos.domain.facts import Fact, Kind
from sync.office.rules import noted
from sync.office.rules.changes import Entry
from sync.office.rules.particulars import Register, particulars
from sync.office.rules.places import Key
from sync.office.rules.recovery import standing
from sync.office.store.tables import DISPUTE, FACT, TICKET

_WHAT: Final = {Kind.DISPUTE_TAKEN: State.TAKEN.value, Kind.DISPUTE_RESOLVED: State.RESOLVED.value}


# ---- opening -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """Something of a fact that the office cannot agree with. `cause` has a row in
    `pos.domain.disputes`, `fields` is what its sentence names, `detail` is for a technician.

    `places` are those in question, None for all that the fact names; `envelope` and what lies
    `beside` it are given for a fact that is not in the table of facts, being a rival of one that is."""

    fact_id: str
    cause: str
    detail: str
    places: tuple[Key, ...] | None = None
    fields: dict[str, str] = field(default_factory=dict)
    envelope: str = ""
    beside: str = ""


def open_all(connection: Connection, found: Sequence[Found], at: str) -> list[Entry]:
    """Write disputes about facts that are stored; what tills are told of them. `at` is ISO 8601."""
    if not found:
        return []
    numbers, envelopes = _known(connection, {one.fact_id for one in found})
    register = Register(connection)
    rows: list[dict[str, Any]] = []
    for one in found:
        numbers[one.fact_id] = numbers.get(one.fact_id, 0) + 1
        beside = one.beside if one.envelope else register.beside(one.fact_id)
        envelope = one.envelope or envelopes[one.fact_id]
        about = particulars(register, one.fact_id, envelope, one.places, beside)
        document = about | {
            "id": f"{one.fact_id}-{numbers[one.fact_id]}",
            "cause": one.cause,
            "fields": one.fields,
            "detail": one.detail,
            "ways": [way.value for way in ways_out(one.cause, about["tickets"])],
            "opened_at": at,
            "state": State.OPEN.value,
            "owner": OFFICE,
            "resolution": None,
            "history": [],
        }
        rows.append(_row(document))
    connection.execute(insert(DISPUTE), rows)
    return [*map(_entry, rows), *_told_before(connection, rows)]


def _told_before(connection: Connection, rows: Sequence[dict[str, Any]]) -> list[Entry]:
    """What was done about these disputes before a restored office had opened them."""
    if not standing(connection).generation:
        return []
    cases = Cases(connection, {row["id"]: json.loads(row["body"]) for row in rows})
    for row in rows:
        for fact, may in noted.steps(connection, noted.of(FAMILY, row["id"])):
            cases.step(fact, may=may)
    return cases.write()


def _known(connection: Connection, facts: Collection[str]) -> tuple[dict[str, int], dict[str, str]]:
    """How many disputes there are already about these facts, and their envelopes."""
    named = {"ids": sorted(facts)}
    several: BindParameter[str] = bindparam("ids", expanding=True)
    counts = connection.execute(
        select(DISPUTE.c.fact_id, func.count()).where(DISPUTE.c.fact_id.in_(several)).group_by(DISPUTE.c.fact_id), named
    )
    stored = connection.execute(select(FACT.c.fact_id, FACT.c.envelope).where(FACT.c.fact_id.in_(several)), named)
    return {row[0]: row[1] for row in counts}, {row[0]: row[1] for row in stored}


def _row(document: Document) -> dict[str, Any]:
    resolution = document["resolution"]
    return {
        "id": document["id"],
        "fact_id": document["fact"],
        "cause": document["cause"],
        "detail": document["detail"],
        "state": document["state"],
        "owner": document["owner"],
        "opened_at": document["opened_at"],
        "resolved_at": resolution["at"] if resolution is not None else None,
        "body": json.dumps(document, ensure_ascii=False, separators=(",", ":")),
    }


def _entry(row: dict[str, Any]) -> Entry:
    return Entry("document", family=FAMILY, id=row["id"], body=json.loads(row["body"]))


# ---- settling ----------------------------------------------------------------------------


@dataclass
class Cases:
    """The disputes that a page of facts takes or resolves, locked, and what became of them."""

    connection: Connection
    documents: dict[str, Document]
    _changed: dict[str, Document] = field(default_factory=dict)

    def step(self, fact: Fact, *, may: bool) -> bool:
        """Add a fact to the history of its dispute; False when there is no such dispute.

        `may`: the office agrees that this person settles disputes; else it is a note only.
        """
        body = fact.body
        document = self.documents.get(body["dispute"])
        if document is None:
            return False
        step = {"what": _WHAT[Kind(fact.kind)], "by": body["user"], "till": fact.till, "at": fact.at}
        step |= {"fact": fact.fact_id, "stands": may}
        step |= {key: body[key] for key in ("way", "note", "refund", "sale") if body.get(key)}
        self.documents[document["id"]] = self._changed[document["id"]] = after(document, step)
        return True

    def write(self) -> list[Entry]:
        """Write what changed, tickets included; what tills are told. To be called before the change log."""
        entries: list[Entry] = []
        for document in self._changed.values():
            row = _row(document)
            self.connection.execute(update(DISPUTE).where(DISPUTE.c.id == row["id"]).values(row))
            entries.append(_entry(row))
            if document["state"] == State.RESOLVED:
                entries += self._tickets(document)
        return entries

    def _tickets(self, document: Document) -> list[Entry]:
        """The disputed tickets become what the resolution says. Once: then none of them is disputed any more."""
        become = consequence(document["cause"], document["resolution"]["way"]).tickets
        if not become:
            return []
        done = self.connection.execute(
            update(TICKET)
            .where(TICKET.c.id.in_(bindparam("ids", expanding=True)), TICKET.c.state == "disputed")
            .values(state=become)
            .returning(TICKET.c.sale_id),
            {"ids": document["tickets"]},
        )
        return [Entry("sale", id=sale) for sale in sorted(set(done.scalars()))]


def lock(connection: Connection, facts: Iterable[Fact]) -> Cases:
    """The disputes that these facts are about, locked in order: after places, before the change log's head."""
    ids = {fact.body["dispute"] for fact in facts}
    rows = (
        connection.execute(
            select(DISPUTE.c.id, DISPUTE.c.body)
            .where(DISPUTE.c.id.in_(bindparam("ids", expanding=True)))
            .order_by(DISPUTE.c.id)
            .with_for_update(),
            {"ids": sorted(ids)},
        ).all()
        if ids
        else []
    )
    return Cases(connection, {row.id: json.loads(row.body) for row in rows})


# ---- telling -----------------------------------------------------------------------------


def documents(connection: Connection, *, open_only: bool = False) -> list[Document]:
    """Disputes, the oldest first."""
    query = _documents(open_only=open_only).order_by(DISPUTE.c.opened_at, DISPUTE.c.id)
    return [json.loads(body) for body in connection.execute(query).scalars()]


def page(connection: Connection, after_id: str, limit: int, *, open_only: bool) -> tuple[list[Document], bool]:
    """Disputes after an id, in id order, and whether there are more."""
    query = _documents(open_only=open_only).where(DISPUTE.c.id > after_id).order_by(DISPUTE.c.id).limit(limit + 1)
    found = [json.loads(body) for body in connection.execute(query).scalars()]
    return found[:limit], len(found) > limit


def _documents(*, open_only: bool) -> Select[str]:
    query = select(DISPUTE.c.body)
    return query.where(DISPUTE.c.state != State.RESOLVED.value) if open_only else query
