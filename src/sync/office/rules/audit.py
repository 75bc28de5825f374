"""Audit items and settlements at the office: steps taken from the facts of tills, in the order in which they come."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select, tuple_

from pos.domain.audit import items, settlements
from pos.domain.facts import Fact
from sync.office.rules import noted
from sync.office.rules.changes import Entry
from sync.office.rules.documents import put
from sync.office.store.tables import DOCUMENT

Name = tuple[str, str]  # family, id
Document = dict[str, Any]


@dataclass
class Audit:
    """The documents that a page of facts is about, locked, and what became of them."""

    connection: Connection
    documents: dict[Name, Document]
    restored: bool = False  # the office was: an item may be still to be made, a settlement to be submitted
    _waiting: dict[Name, list[tuple[Fact, bool]]] = field(default_factory=dict)  # steps in such
    _changed: set[Name] = field(default_factory=set)

    @classmethod
    def lay(cls, connection: Connection, facts: Iterable[Fact], *, restored: bool) -> Audit:
        """After places, before the change log's head."""
        names = {name for fact in facts if (name := named(fact)) is not None}
        return cls(connection, lock(connection, names), restored)

    def take(self, fact: Fact, *, may: bool) -> str:
        """Take a fact's step; why it does not follow, "" when there is nothing against it.

        `may`: the office agrees that this person's role is for it; else that is a dispute of its own, and the step is
        a note only.
        """
        name = named(fact)
        if name is None:
            return ""
        document = self.documents.get(name)
        if name[0] == settlements.FAMILY:
            return self._settle(name, document, fact, may=may)
        if document is None and self.restored:
            self._waiting.setdefault(name, []).append((fact, may))
            return ""
        if document is None:
            return f"there is no audit item {name[1]!r}"
        step = step_of(fact)
        why = items.why_not(document, step) if may else ""
        self._put(name, items.after(document, step if may else step | {"stands": False}))
        return f"audit item {name[1]}: {why}" if why else ""

    def _settle(self, name: Name, document: Document | None, fact: Fact, *, may: bool) -> str:
        step = settlements.step_of(fact.kind, fact.body, at=fact.at, till=fact.till, fact=fact.fact_id)
        if document is None and self.restored and step["what"] != settlements.State.SUBMITTED:
            self._waiting.setdefault(name, []).append((fact, may))
            return ""
        why = settlements.why_not(document, step) if may else ""
        changed = settlements.after(document, step if may else step | {"stands": False})
        if changed is not None:
            self._put(name, changed)
        if document is None and changed is not None and self.restored:
            late = [*noted.steps(self.connection, noted.of(*name)), *self._waiting.pop(name, ())]
            for other, allowed in late:
                self._settle(name, self.documents[name], other, may=allowed)
        return f"settlement {name[1]}: {why}" if why else ""

    def early(self) -> list[noted.Row]:
        """What this page has told of what is still to come."""
        told = [(name, fact, may) for name, steps in self._waiting.items() for fact, may in steps]
        return [noted.row(noted.of(*name), fact.fact_id, noted.MAY if may else "") for name, fact, may in told]

    def _put(self, name: Name, document: Document) -> None:
        self.documents[name] = document
        self._changed.add(name)

    def write(self) -> list[Entry]:
        """Write what changed; what tills are told."""
        return [told(self.connection, name[0], self.documents[name]) for name in sorted(self._changed)]


def step_of(fact: Fact) -> dict[str, Any]:
    """What a fact does with an audit item."""
    step: dict[str, Any] = {"what": items.STEPS[fact.kind], "by": fact.body["user"], "at": fact.at}
    step |= {"till": fact.till, "fact": fact.fact_id}
    return step | ({"note": fact.body["note"]} if fact.body.get("note") else {})


def named(fact: Fact) -> Name | None:
    """The family and id of the document that a fact takes a step in."""
    if fact.kind in settlements.STEPS:
        return settlements.FAMILY, str(fact.body["settlement"])
    return (items.FAMILY, str(fact.body["item"])) if fact.kind in items.STEPS else None


def lock(connection: Connection, names: Iterable[Name]) -> dict[Name, Document]:
    """The documents of these names that there are, locked in order."""
    wanted = sorted(set(names))
    if not wanted:
        return {}
    query = (
        select(DOCUMENT)
        .where(tuple_(DOCUMENT.c.family, DOCUMENT.c.id).in_(wanted))
        .order_by(DOCUMENT.c.family, DOCUMENT.c.id)
        .with_for_update()
    )
    return {(row.family, row.id): json.loads(row.body) for row in connection.execute(query).all()}


def told(connection: Connection, family: str, document: Document) -> Entry:
    """Write a document; what tills are told of it."""
    put(connection, family, document["id"], document)
    return Entry("document", family=family, id=document["id"], body=document)
