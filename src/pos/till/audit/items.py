"""The audit's worklist at a till: anomalies and differences, taken, explained and closed, with the line down too."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from pos.domain.audit import items
from pos.domain.audit.items import Document, State
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.reports.audit import open_items
from pos.domain.season import MAY
from pos.till.audit import steps
from pos.till.counter.reports import shown
from pos.till.desk import Desk

SORTS: Final = (items.ANOMALY, items.DIFFERENCE)


def audit_items(desk: Desk, *, state: str = "open", sort: str = "", report: bool = False) -> dict[str, Any]:
    """Those not closed yet, or all; the oldest first. Who does not oversee sees those about himself. With `report`
    also as a report, to be printed or written."""
    user = desk.signed_in()
    oversees = user.role in MAY["oversee"]
    wanted = [
        one
        for one in _believed(desk).values()
        if (oversees or user.id in one["people"])
        and (state == "all" or one["state"] != State.CLOSED)
        and sort in ("", one["sort"])
    ]
    ordered = sorted(wanted, key=lambda one: (one["opened_at"], one["id"]))
    answer = {"items": [_shown(desk, one) for one in ordered]}
    if not report:
        return answer
    name = "anomalies" if sort == items.ANOMALY else "differences" if sort == items.DIFFERENCE else "worklist"
    made = open_items(desk.season(), name, ordered, desk.clock.now().isoformat(timespec="seconds"))
    return answer | shown(desk, user.id, made)


def take_audit_item(desk: Desk, *, item: str) -> dict[str, Any]:
    """The person signed in sees to it from now on; whose it is already need not take it again.

    Raises Refused("unknown_audit_item" | "not_allowed" | "fenced").
    """
    user = desk.signed_in("oversee")
    document = _open(desk, item, items.TOOK)
    if document["owner"] == user.id and document["state"] == State.TAKEN:
        return {"item": _shown(desk, document)}
    return _step(desk, document, Kind.AUDIT_ITEM_TAKEN, "")


def explain_audit_item(desk: Desk, *, item: str, note: str) -> dict[str, Any]:
    """Say what it was: anybody may, and those concerned should.

    Raises Refused("unknown_audit_item" | "not_allowed" | "fenced").
    """
    desk.signed_in()
    return _step(desk, _open(desk, item, items.EXPLAINED), Kind.AUDIT_ITEM_EXPLAINED, note)


def close_audit_item(desk: Desk, *, item: str, note: str) -> dict[str, Any]:
    """End it, with what it was. Nobody closes what is about himself.

    Raises Refused("unknown_audit_item" | "not_allowed" | "fenced").
    """
    desk.signed_in("oversee")
    return _step(desk, _open(desk, item, items.CLOSED), Kind.AUDIT_ITEM_CLOSED, note)


def announce(desk: Desk, before: set[str]) -> set[str]:
    """Say which items, of those that were not there before, wait for whoever is signed in; the ids of all."""
    known = desk.replica.records(items.FAMILY) if desk.replica.complete() else {}
    user = desk.user
    for id in sorted(known.keys() - before):
        one = known[id]
        if user is not None and one["owner"] == user.id and one["state"] == State.OPEN:
            desk.emit("audit_item", item=id, rule=one["rule"], people=one["people"])
    return set(known)


def _believed(desk: Desk) -> dict[str, Document]:
    """Every item as it stands, as far as this till knows. Raises Refused("offline")."""
    desk.season()  # refused before the first snapshot
    known = desk.replica.records(items.FAMILY)
    for id, own in steps.waiting(desk, items.FAMILY, known).items():
        document = known.get(id)
        if document is not None:  # a replica that is fetched again may not have it yet
            for step in own:
                document = items.after(document, step)
            known[id] = document | {"pending": True}
    return known


def _open(desk: Desk, item: str, what: str) -> Document:
    """An item of which this step may be taken by the person signed in."""
    desk.check_not_fenced()
    user = desk.signed_in()
    document = _believed(desk).get(item)
    if document is None or (user.role not in MAY["oversee"] and user.id not in document["people"]):
        raise Refused("unknown_audit_item", item=item)
    if why := items.why_not(document, {"what": what, "by": user.id}):
        raise Refused("not_allowed", what=f"{what} an audit item", reason=why, item=item)
    return document


def _step(desk: Desk, document: Document, kind: Kind, note: str) -> dict[str, Any]:
    user, said = desk.signed_in(), note.strip()
    body = {"item": document["id"], "user": user.id} | ({"note": said} if said else {})
    with desk.unit() as unit:
        fact = unit.record(kind, body)
        step = {"what": items.STEPS[kind], "by": user.id, "at": fact.at, "till": fact.till, "fact": fact.fact_id}
        step |= {"note": said} if said else {}
        steps.keep(desk, unit, fact.number, items.FAMILY, document["id"], step)
        answer = unit.answers({"item": _shown(desk, items.after(document, step) | {"pending": True})})
    desk.emit("changed", places={}, documents=False, records=[items.FAMILY])
    return answer


def _shown(desk: Desk, document: Document) -> dict[str, Any]:
    """With people's names and its age by this till's clock, in whole seconds."""
    users = desk.season().users
    names = {id: users[id].name for id in (*document["people"], document["owner"]) if id in users}
    age = desk.clock.now() - datetime.fromisoformat(document["opened_at"])
    return {"pending": False} | document | {"names": names, "age_s": max(0, int(age.total_seconds()))}
