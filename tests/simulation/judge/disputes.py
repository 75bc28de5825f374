"""I10: no dispute without its cause, and every one of them visible to every till, with an owner."""

from __future__ import annotations

import json

from tests.simulation.judge.evidence import Evidence, Found, owner, read


def are_expected(evidence: Evidence) -> Found:
    for fact, *place in evidence.rows("SELECT fact_id, show_id, place FROM parked"):
        if tuple(place) not in evidence.cloned:
            yield f"{fact} is parked at {place}, and everything has been sent"
    for fact, cause, detail, body in evidence.rows("SELECT fact_id, cause, detail, body FROM dispute"):
        if cause == "rival" and evidence.doubtful(fact):
            continue  # also where one of the two under this number cannot be read
        poisoned = any(fact in window.poisoned for window in evidence.windows)
        document = json.loads(body)
        places = {(place["show"], place["place"]) for place in document["places"]}
        by_hand = cause == "payment_unused" and document["fields"]["state"] == "written_off"
        excused = (
            evidence.doubtful(fact)
            or (cause in ("place", "purse") and places <= evidence.cloned)
            or (cause == "payment_unused" and any(owner(fact) in window.cut_short for window in evidence.windows))
            or by_hand
            # Of the last two: supervisors at two windows that are cut off.
            or cause in ("paper_lost", "audit", "shift_verified_twice")
        )
        if (cause == "unreadable") != poisoned or not (poisoned or excused):
            yield f"{fact} is disputed: {cause}: {detail}"


def are_told(evidence: Evidence) -> Found:
    office = {id: json.loads(body) for id, body in evidence.rows("SELECT id, body FROM dispute")}
    for id, document in office.items():
        if not document["owner"]:
            yield f"dispute {id} has no owner"
        if document["state"] == "resolved" and not document["resolution"]:
            yield f"dispute {id} is resolved, and nothing says how"
    for window in evidence.windows:
        if window.replica is None:
            continue
        rows = read(window.replica, "SELECT id, body FROM document WHERE family = 'dispute'")
        told = {id: json.loads(body) for id, body in rows}
        for id in office.keys() | told.keys():
            if told.get(id) != office.get(id):
                yield f"the replica of {window.name} has dispute {id} otherwise than the office"
