"""I10: whatever the audit has found is somebody's whom it is not about, and its steps follow each other."""

from __future__ import annotations

import json

from tests.simulation.judge.evidence import Evidence, Found, read

_FOLLOWS = {
    ("", "submitted"), ("returned", "submitted"), ("submitted", "audited"), ("submitted", "returned"),
    ("audited", "accepted"), ("audited", "returned"),
}  # fmt: skip


def items_have_owners(evidence: Evidence) -> Found:
    for id, body in evidence.rows("SELECT id, body FROM document WHERE family = 'audit_item'"):
        item = json.loads(body)
        if not item["owner"] or item["owner"] in item["people"]:
            yield f"audit item {id} is about {item['people']} and with {item['owner'] or 'nobody'}"
        if not item["facts"]:
            yield f"audit item {id} names no fact"
        closed = [step for step in item["history"] if step["stands"] and step["what"] == "closed"]
        if any(step["by"] in item["people"] for step in closed):
            yield f"audit item {id} was closed by whom it is about"


def settlements_are_in_order(evidence: Evidence) -> Found:
    submitted = {}
    for fact, envelope in evidence.rows("SELECT fact_id, envelope FROM fact WHERE kind = 'SettlementSubmitted'"):
        submitted[fact] = json.loads(envelope)["body"]
    for id, body in evidence.rows("SELECT id, body FROM document WHERE family = 'settlement'"):
        settlement, state, last = json.loads(body), "", ""
        for step in settlement["history"]:
            if step["stands"]:
                if (state, step["what"]) not in _FOLLOWS:
                    yield f"settlement {id} was made {step['what']} when it was {state or 'new'}"
                state, last = step["what"], step["fact"] if step["what"] == "submitted" else last
        if settlement["figures"] != submitted.get(last, {}).get("figures"):
            yield f"settlement {id} has other figures than were submitted"


def are_told(evidence: Evidence) -> Found:
    for family in ("audit_item", "settlement"):
        rows = evidence.rows(f"SELECT id, body FROM document WHERE family = '{family}'")
        office = {id: json.loads(body) for id, body in rows}
        for window in evidence.windows:
            if window.replica is None:
                continue
            rows = read(window.replica, f"SELECT id, body FROM document WHERE family = '{family}'")
            told = {id: json.loads(body) for id, body in rows}
            for id in office.keys() | told.keys():
                if told.get(id) != office.get(id):
                    yield f"the replica of {window.name} has {family} {id} otherwise than the office"
