"""Audit items: anomalies that a rule has flagged, and differences that nobody has explained yet.

The laws:

* An item is a document that names by value what was found, by which rule, about whom and in which facts. It has an
  owner from the first moment: somebody who may see to it and is not concerned. It is open, then taken, then closed.
* Taking, explaining and closing are facts, so they work offline. Anybody may explain, those concerned too; nobody
  whom an item is about takes or closes it. Of two closings the one that reaches the office first stands.
* An item is never deleted, and the same facts never make a second one: its id is what it is about. While it is not
  closed its figures follow the facts. A closed one is opened again when they have doubled since.
* A difference that later facts settle (a card payment that ended, a recount) is closed by the office, naming them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from pos.domain.facts import Kind
from pos.domain.season import MAY

FAMILY: Final = "audit_item"
ANOMALY, DIFFERENCE = "anomaly", "difference"
OFFICE: Final = "office"  # who closes what facts have settled, and opens again what went on

Document = dict[str, Any]
Step = dict[str, Any]


class State(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    CLOSED = "closed"


TOOK, EXPLAINED, CLOSED, REOPENED = "taken", "explained", "closed", "reopened"
# Kind of fact -> what it does to an item.
STEPS: Final[dict[str, str]] = {
    Kind.AUDIT_ITEM_TAKEN: TOOK,
    Kind.AUDIT_ITEM_EXPLAINED: EXPLAINED,
    Kind.AUDIT_ITEM_CLOSED: CLOSED,
}
# What there is to do about a difference, by its rule: a word's key, as the window and reports say it.
TO_DO: Final[dict[str, str]] = {
    "over_short": "count_again_or_explain",
    "card_difference": "compare_with_the_terminal",
    "payment_unresolved": "ask_the_terminal",
    "unverified_shift": "verify_the_shift",
    "transfer_open": "confirm_the_transfer",
    "deposit_open": "ask_the_bank",
    "paper_difference": "look_for_the_paper",
}
RULES: Final = tuple(TO_DO)


def opened(
    id: str,
    sort: str,
    rule: str,
    people: Iterable[str],
    owner: str,
    at: str,
    figures: Mapping[str, Any],
    facts: Iterable[str],
    **more: Any,
) -> Document:
    """A new item. `at` is ISO 8601 by the office's clock; `more` says where: `day`, `till`, `shift`, `thresholds`."""
    return {
        "id": id,
        "sort": sort,
        "rule": rule,
        "people": sorted(set(people)),
        "owner": owner,
        "state": State.OPEN.value,
        "opened_at": at,
        "figures": dict(figures),
        "facts": list(facts),
        "history": [],
        **more,
    }


def after(document: Document, step: Step) -> Document:
    """An item after a step: {"what", "by", "at", "till", "fact", "note"}. A step that does not stand is only kept."""
    step = step | {"stands": step.get("stands", True) and not why_not(document, step)}
    changed = document | {"history": [*document["history"], step]}
    if not step["stands"] or step["what"] == EXPLAINED:
        return changed
    if step["what"] == REOPENED:
        return changed | {"state": State.OPEN.value}
    if step["what"] == CLOSED:
        return changed | {"state": State.CLOSED.value, "closed_at": step["at"], "closed_figures": document["figures"]}
    return changed | {"state": State.TAKEN.value, "owner": step["by"]}


def why_not(document: Document, step: Mapping[str, Any]) -> str:
    """Why a step cannot be taken, "" when it can."""
    if step["what"] == REOPENED:
        return ""
    if document["state"] == State.CLOSED:
        return "it is closed already"
    if step["what"] in (TOOK, CLOSED) and step["by"] in document["people"]:
        return "it is about whoever did this"
    return ""


def owner_for(people: Collection[str], users: Mapping[str, Mapping[str, Any]], preferred: str = "") -> str:
    """Who sees to an item about these people, by the documents of all users: whom the rule names, else the superior
    of one of them, else the first supervisor, admin or auditor who is not concerned; the office when all are."""
    superiors = [str(users[one].get("superior", "")) for one in sorted(people) if one in users]
    ordered = sorted(users, key=lambda id: (users[id].get("order", 0), id))
    by_role = [id for role in ("supervisor", "admin", "auditor") for id in ordered if users[id]["role"] == role]
    for one in (preferred, *superiors, *by_role):
        if one in users and one not in people and users[one]["role"] in MAY["oversee"]:
            return one
    return OFFICE
