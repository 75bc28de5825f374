"""The supervisor's inbox: what the office could not agree with, and what a person decides about it.

The replica's word overlaid by what was decided here and the office has not told yet, so
that all of it works with the line down.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from pos.domain.disputes import Document, State, after, in_words
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.store import dispute_steps
from pos.till.desk import Desk

WHICH: Final = ("open", "all")


def disputes(desk: Desk, *, state: str = "open") -> dict[str, Any]:
    """Those not resolved yet, taken or not, or all of them; the oldest first."""
    desk.signed_in("oversee")
    found = _believed(desk).values()
    wanted = [one for one in found if state == "all" or one["state"] != State.RESOLVED]
    return {"disputes": [_shown(desk, one) for one in sorted(wanted, key=lambda one: (one["opened_at"], one["id"]))]}


def take_dispute(desk: Desk, *, dispute: str) -> dict[str, Any]:
    """The person signed in sees to it from now on; whose it is already need not take it again.

    Raises Refused("unknown_dispute" | "already_resolved" | "fenced").
    """
    user = desk.signed_in("settle")
    document = _unresolved(desk, dispute)
    if document["owner"] == user.id:
        return {"dispute": _shown(desk, document)}
    return _step(desk, document, Kind.DISPUTE_TAKEN, State.TAKEN, {"user": user.id})


def resolve_dispute(
    desk: Desk, *, dispute: str, way: str, note: str, refund: str = "", sale: str = ""
) -> dict[str, Any]:
    """End a dispute. `refund` and `sale` name the later refund or sale by which it was done.

    Raises Refused("unknown_dispute" | "already_resolved" | "bad_request" | "unknown_ticket" | "fenced").
    """
    user = desk.signed_in("settle")
    document = _unresolved(desk, dispute)
    if way not in document["ways"]:
        raise Refused("bad_request", field="way", reason=f"way must be one of {', '.join(document['ways'])}")
    if sale and not (desk.ledger.find_sales(sale=sale) or desk.replica.find_sales(sale_id=sale)):
        raise Refused("unknown_ticket", sale=sale)
    named = {key: id for key, id in (("refund", refund), ("sale", sale)) if id}
    body = {"user": user.id, "way": way, "note": note.strip(), **named}
    return _step(desk, document, Kind.DISPUTE_RESOLVED, State.RESOLVED, body)


def _step(desk: Desk, document: Document, kind: Kind, what: State, body: dict[str, str]) -> dict[str, Any]:
    """Journal it; how the dispute stands now."""
    with desk.unit() as unit:
        fact = unit.record(kind, {"dispute": document["id"], **body})
        told = {key: text for key, text in body.items() if key != "user"}
        step = {"what": what.value, "by": body["user"], "till": fact.till, "at": fact.at, "fact": fact.fact_id, **told}
        dispute_steps.add(desk.ledger.connection, fact.number, document["id"], step)
        answer = unit.answers({"dispute": _shown(desk, after(document, step) | {"pending": True})})
    desk.emit("changed", places={}, documents=False, disputes=[document["id"]])
    return answer


def announce(desk: Desk, ids: Iterable[str]) -> None:
    """Say which of these are new, and about a fact of this till."""
    known = desk.replica.disputes() if ids else {}
    for id in ids:
        document = known.get(id)
        if document is not None and document["till"] == desk.outside.till and not document["history"]:
            places = [place["label"] for place in document["places"]]
            desk.emit("dispute", dispute=id, cause=document["cause"], places=places, text=in_words(document))


def _believed(desk: Desk) -> dict[str, Document]:
    """Every dispute as it stands, as far as this till knows. Raises Refused("offline")."""
    desk.season()  # refused before the first snapshot
    own = dispute_steps.by_dispute(desk.ledger.connection)
    return {id: _overlaid(document, own.get(id, [])) for id, document in desk.replica.disputes().items()}


def _overlaid(document: Document, own: list[dict[str, Any]]) -> Document:
    heard = {step["fact"] for step in document["history"]}
    waiting = [step for step in own if step["fact"] not in heard]
    for step in waiting:
        document = after(document, step)
    return document | {"pending": bool(waiting)}


def _unresolved(desk: Desk, dispute: str) -> Document:
    desk.check_not_fenced()
    document = _believed(desk).get(dispute)
    if document is None:
        raise Refused("unknown_dispute", dispute=dispute)
    if document["state"] == State.RESOLVED:
        done = document["resolution"]
        raise Refused("already_resolved", dispute=dispute, by=done["by"], since=done["at"])
    return document


def _shown(desk: Desk, document: Document) -> dict[str, Any]:
    """With what happened in words and how long ago, by this till's clock, in whole seconds."""
    age = desk.clock.now() - datetime.fromisoformat(document["opened_at"])
    return document | {"text": in_words(document), "age_s": max(0, int(age.total_seconds()))}
