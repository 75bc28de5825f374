"""Live documents at the office: holds and orders, kept as the newest fact about them says, told to every till.

Which places a hold has is said by the places' records: each that is HELD names its hold. A hold that has
none left is kept, and tills are told that it is over.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from pos.domain import hold
from pos.domain.facts import Fact, Kind
from pos.domain.live import HOLD, ORDER, Document, newer, told_in
from pos.domain.personal import forget
from pos.domain.rights import OfficeState
from sync.office.rules.changes import Entry
from sync.office.rules.people import user_of
from sync.office.rules.places import Place
from sync.office.store.tables import BESIDE, CHANGE_LOG, FACT, LIVE, RIGHT

Name = tuple[str, str]  # family, id
_HELD: Final = OfficeState.HELD
_OF_ORDERS: Final = (Kind.ORDER_RESERVED.value, Kind.ORDER_CHANGED.value, Kind.ORDER_ENDED.value)
_LOCK: Final = (
    select(LIVE.c.family, LIVE.c.id, LIVE.c.fact_id, LIVE.c.body)
    .where(tuple_(LIVE.c.family, LIVE.c.id).in_(bindparam("names", expanding=True)))
    .order_by(LIVE.c.family, LIVE.c.id)
    .with_for_update()
)
_PLACES: Final = (
    select(RIGHT.c.ticket, RIGHT.c.place)
    .where(RIGHT.c.state == _HELD.value, RIGHT.c.ticket.in_(bindparam("holds", expanding=True)))
    .order_by(RIGHT.c.ticket, RIGHT.c.ix)
)


@dataclass
class Live:
    """The documents that a page of facts carries, or whose places it touches; locked after the places."""

    connection: Connection
    documents: dict[Name, Document]
    facts: dict[Name, str]  # which one each is as of
    reminders: list[Document] = field(default_factory=list)  # orders whose buyers are to be reminded of them
    _changed: set[Name] = field(default_factory=set)

    @classmethod
    def lay(cls, connection: Connection, facts: Sequence[Fact], places: Iterable[Place]) -> Live:
        names = {(family, document["id"]) for fact in facts for family, document in _told(fact)}
        names |= {(HOLD, place.ticket) for place in places if place.state is _HELD}
        return cls.named(connection, names)

    @classmethod
    def named(cls, connection: Connection, names: Collection[Name]) -> Live:
        """The documents of these names that there are."""
        rows = connection.execute(_LOCK, {"names": sorted(names)}).all() if names else []
        known = {(row.family, row.id): row for row in rows}
        documents = {name: json.loads(row.body) for name, row in known.items()}
        return cls(connection, documents, {name: row.fact_id for name, row in known.items()})

    def take(self, fact: Fact) -> None:
        """Keep what a fact carries, as far as it is newer than what is there."""
        for family, document in _told(fact):
            name = family, document["id"]
            if newer(document, self.documents.get(name)):
                self.documents[name], self.facts[name] = document, fact.fact_id
                self._changed.add(name)
                if family == ORDER and fact.body.get("reminder") is True:
                    self.reminders.append(document)

    def type_of(self, hold_id: str) -> str:
        """The type of a hold, "" for one that is not known."""
        return str(self.documents.get((HOLD, hold_id), {}).get("type", ""))

    def is_due(self, fact: Fact) -> bool:
        """Whether a fact ends, or reminds of, what had its time, by its till's clock: so nobody is named."""
        what = "remind" if fact.body.get("reminder") is True else "expires"
        if (what == "expires" and fact.body.get("expired") is not True) or user_of(fact):
            return False
        of_order = fact.kind in _OF_ORDERS
        name = (ORDER, fact.body["order"]["id"]) if of_order else (HOLD, fact.body.get("hold", ""))
        ends = self.documents.get(name, {}).get(what if of_order else "release")
        return isinstance(ends, str) and bool(ends) and datetime.fromisoformat(fact.at) >= datetime.fromisoformat(ends)

    def write(self, changed: Sequence[Place]) -> list[Entry]:
        """Write what changed, `changed` places included; what tills are told. To be called before the change log."""
        names = self._changed | {(HOLD, id) for id in touched(changed) if (HOLD, id) in self.documents}
        return put(self.connection, {name: self.documents[name] for name in names}, self.facts)


def _told(fact: Fact) -> list[tuple[str, Document]]:
    """What a fact carries; nothing of one that cannot be read, which is a dispute already."""
    try:
        return list(told_in(fact.body))
    except ValueError:
        return []


def touched(changed: Iterable[Place]) -> set[str]:
    """The holds that these places have come into, or left."""
    before = {place.ticket_before for place in changed if place.before[0] == _HELD.value}
    return before | {place.ticket for place in changed if place.state is _HELD}


def put(connection: Connection, documents: dict[Name, Document], facts: dict[Name, str]) -> list[Entry]:
    """Write documents anew, with the places that they have now; what tills are told of them."""
    if not documents:
        return []
    places = _places(connection, {id for family, id in documents if family == HOLD})
    entries: list[Entry] = []
    rows: list[dict[str, Any]] = []
    for (family, id), document in sorted(documents.items()):
        body = document | ({"places": places.get(id, [])} if family == HOLD else {})
        text = json.dumps(body, ensure_ascii=False, sort_keys=True)
        rows.append({"family": family, "id": id, "fact_id": facts.get((family, id), ""), "body": text})
        entries.append(Entry("document", family=family, id=id, body=body if is_told(family, body) else None))
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(LIVE)  # over the row that is locked: whoever waits for it still finds it
    newest = {name: insert.excluded[name] for name in ("fact_id", "body")}
    connection.execute(insert.on_conflict_do_update(index_elements=["family", "id"], set_=newest), rows)
    return entries


def is_told(family: str, body: Document) -> bool:
    """Whether tills have this document: of a hold that has no places left there is nothing to know."""
    return family != HOLD or bool(body["places"])


def _places(connection: Connection, holds: Collection[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if holds:
        for id, place in connection.execute(_PLACES, {"holds": sorted(holds)}):
            found.setdefault(id, []).append(place)
    return found


def documents(connection: Connection) -> list[tuple[str, Document]]:
    """Family and body of every document that tills have."""
    rows = connection.execute(select(LIVE.c.family, LIVE.c.body).order_by(LIVE.c.family, LIVE.c.id))
    read = ((row.family, json.loads(row.body)) for row in rows)
    return [(family, body) for family, body in read if is_told(family, body)]


def uses(fact: Fact) -> bool:
    """Whether a person does something with a hold by this fact. Giving its right back is nobody's decision."""
    return fact.kind not in (Kind.RIGHTS_RETURNED, Kind.SEALED) and any(
        _HELD in (effect.before, effect.after) for effect in fact.effects
    )


def may_use(type_: str, role: str, approvers: Iterable[str]) -> bool:
    """Whether this role may do something with a hold of this type, alone or with the approval of others' roles."""
    return hold.may_touch(type_, role) or any(approver in hold.APPROVERS for approver in approvers)


def erase(connection: Connection, customers: Collection[str], sales: Collection[str]) -> list[Entry]:
    """Take what is personal from these customers' orders, and from those that these sales paid for."""
    entries: list[Entry] = []
    rows = connection.execute(select(LIVE.c.id, LIVE.c.body).where(LIVE.c.family == ORDER).order_by(LIVE.c.id)).all()
    for row in rows:
        document = json.loads(row.body)
        buyer = document.get("buyer")
        theirs = isinstance(buyer, dict) and buyer.get("customer") in customers
        if not (theirs or row.id in sales) or "erased" in document:
            continue
        plain = forget(document)
        text = json.dumps(plain, ensure_ascii=False, sort_keys=True)
        this = (LIVE.c.family == ORDER, LIVE.c.id == row.id)
        connection.execute(update(LIVE).where(*this).values(body=text))
        log = CHANGE_LOG.c
        connection.execute(update(CHANGE_LOG).where(log.family == ORDER, log.doc_id == row.id).values(body=text))
        facts = select(FACT.c.fact_id).where(FACT.c.kind.in_(_OF_ORDERS), FACT.c.envelope.contains(f'"id":"{row.id}"'))
        connection.execute(delete(BESIDE).where(BESIDE.c.fact_id.in_(facts)))
        entries.append(Entry("document", family=ORDER, id=row.id, body=plain))
    return entries
