"""Records: small documents that a till keeps and every till knows (a place on a waiting list, an invoice).

* A record has a home: the till that made it. Only facts of its home change it, so it needs no token,
  and two tills that are cut off from each other never write the same one.
* A fact carries the whole record by value, under `record`; the last one that its home told is the record.
* What a till knows of a record is the office's word, overlaid by its own ledger for those that are its own.
"""

from __future__ import annotations

import re
from typing import Any, Final

from pos.domain.contingency.calledoff import FAMILY as CALLED_OFF
from pos.domain.contingency.evacuation import FAMILY as EVACUATION
from pos.domain.facts import Kind
from pos.domain.parcels import FAMILY as PARCEL

Record = dict[str, Any]

# Kind of fact -> the family of the record that it carries.
RECORDED: Final[dict[str, str]] = {
    Kind.STANDBY_CHANGED: "standby",
    Kind.GUEST_LIST_CHANGED: "guest_list",
    Kind.COMMISSION_CHANGED: "commission",
    Kind.INVOICE_ISSUED: "invoice",
    Kind.CASE_OPENED: "case",
    Kind.STATEMENT_SIGNED: "statement",
    Kind.STOCK_RECEIVED: "stock_box",
    Kind.STOCK_REQUEST_CHANGED: "stock_request",
    Kind.STOCK_REQUEST_ANSWERED: "stock_answer",
    Kind.PLAN_ISSUED: "contingency_plan",
    Kind.EVACUATION_CALLED: EVACUATION,
    Kind.EVACUATION_ENDED: EVACUATION,
    Kind.SHOW_ABANDONED: CALLED_OFF,
    Kind.PLACES_CLOSED: CALLED_OFF,
    Kind.PLACES_REOPENED: CALLED_OFF,
    Kind.DRILL_HELD: "drill",
    Kind.PLAN_ACTION_CHANGED: "plan_action",
    Kind.INCIDENT_REPORTED: "incident",
}
# Customers, notices, audit items, settlements, what ticket paper each till has (pos.domain.blanks), parcels of cash and
# the safe are told like records, though the office makes them by rules of their own.
FAMILIES: Final = frozenset(RECORDED.values()) | {
    "customer",
    "notice",
    "audit_item",
    "settlement",
    "stock_hand",
    PARCEL,
    "safe",
}


def record_in(kind: str, body: dict[str, Any]) -> tuple[str, Record] | None:
    """The family and the record that a fact of this kind carries, None for one that carries none."""
    family = RECORDED.get(kind)
    return None if family is None else (family, body["record"])


def is_of(id: str, till: str) -> bool:
    """Whether a document's id says that this till made it: `T1-C00001`, or `T1.2-C00001` after another
    enrolment, whichever one it was; not `T12-C00001`."""
    return re.fullmatch(rf"{re.escape(till)}([.][0-9]+)?-[A-Z][0-9]+", id) is not None
