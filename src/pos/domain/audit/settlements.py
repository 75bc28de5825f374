"""Settlements: what a window owes for a period, submitted, audited, and accepted or returned.

The laws:

* A settlement is of an agreement, a period and a till. It carries by value the figures it was submitted with, and the
  hash of the report that showed them. Nothing changes them: what facts say later are adjustments beside it.
* A supervisor submits; an auditor audits, with findings, and then accepts or returns it, with a reason. What was
  returned may be submitted again, as its next round. Every step is a fact, made at a till with the line down too,
  that names the round and the hash it speaks of.
* Nobody audits, accepts or returns what he sold, counted or submitted himself.
* The office takes steps in the order in which they reach it. One that does not follow (accepted twice, by who may
  not, of figures that were submitted anew meanwhile) changes nothing: it stays in the history, and is a dispute.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from pos.domain.facts import Kind
from pos.domain.report import Report

FAMILY: Final = "settlement"

Document = dict[str, Any]
Step = dict[str, Any]


class State(StrEnum):
    NONE = ""
    SUBMITTED = "submitted"
    AUDITED = "audited"
    ACCEPTED = "accepted"
    RETURNED = "returned"


# Kind of fact -> the state that it leads to.
STEPS: Final[dict[str, State]] = {
    Kind.SETTLEMENT_SUBMITTED: State.SUBMITTED,
    Kind.SETTLEMENT_AUDITED: State.AUDITED,
    Kind.SETTLEMENT_ACCEPTED: State.ACCEPTED,
    Kind.SETTLEMENT_RETURNED: State.RETURNED,
}
# State -> the states that it may be led to.
_NEXT: Final[dict[State, frozenset[State]]] = {
    State.NONE: frozenset({State.SUBMITTED}),
    State.SUBMITTED: frozenset({State.AUDITED, State.RETURNED}),
    State.AUDITED: frozenset({State.ACCEPTED, State.RETURNED}),
    State.RETURNED: frozenset({State.SUBMITTED}),
    State.ACCEPTED: frozenset(),
}
# What a submission says of what it settles; a settlement has it as its newest round had it.
SUBMITTED: Final = (
    "settlement", "agreement", "period", "since", "until", "till", "channel", "figures", "digest", "people", "heads",
    "provisional",
)  # fmt: skip


def digest_of(report: Report) -> str:
    """SHA-256 over a report's document, in hex: the same figures have the same, whenever and whoever made it."""
    document = {key: value for key, value in report.to_json().items() if key != "made_at"}
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def step_of(kind: str, body: Mapping[str, Any], *, at: str, till: str, fact: str) -> Step:
    """A step as the history keeps it; figures are told with each submission, so that every round is kept."""
    step: Step = {"what": STEPS[kind].value, "by": body["user"], "at": at, "till": till, "fact": fact}
    step |= {"round": body["round"], "digest": body["digest"]}
    step |= {key: body[key] for key in ("findings", "reason", "note") if body.get(key)}
    if kind == Kind.SETTLEMENT_SUBMITTED:
        step["submitted"] = {key: body[key] for key in SUBMITTED}
    return step


def why_not(document: Document | None, step: Mapping[str, Any]) -> str:
    """Why a step does not follow from where a settlement stands, "" when it does."""
    state = State(document["state"]) if document is not None else State.NONE
    wanted = State(step["what"])
    if wanted not in _NEXT[state]:
        return f"it is {state or 'not submitted'}"
    known = document["round"] if document is not None else 0
    if wanted is State.SUBMITTED:
        return "" if step["round"] == known + 1 else f"its round {step['round']} does not follow round {known}"
    if document is None or (step["round"], step["digest"]) != (known, document["digest"]):
        return "it was submitted anew meanwhile, with other figures"
    if step["by"] in document["people"] or step["by"] == document["submitted_by"]:
        return "whoever sold, counted or submitted it cannot settle it"
    return ""


def after(document: Document | None, step: Step) -> Document | None:
    """A settlement after a step; None while there is none. A step that does not stand changes only the history."""
    stands = step.get("stands", True) and not why_not(document, step)
    step = step | {"stands": stands}
    if document is None:
        if not stands:
            return None
        document = {"state": State.NONE.value, "history": []}
    changed = document | {"history": [*document["history"], step]}
    if not stands:
        return changed
    if step["what"] == State.SUBMITTED:
        told = step["submitted"]
        changed |= {**told, "id": told["settlement"], "round": step["round"]}
        changed |= {"submitted_by": step["by"], "submitted_at": step["at"], "findings": [], "reason": ""}
    changed |= {key: step[key] for key in ("findings", "reason") if key in step}
    return changed | {"state": step["what"]}
