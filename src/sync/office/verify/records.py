"""Records that tills keep, held against the facts that tell of them."""

from __future__ import annotations

import json
from typing import Any, Final

from sqlalchemy import Connection, bindparam, text

from sync.office.verify.report import Report

FAMILIES: Final = {
    "StandbyChanged": "standby",
    "GuestListChanged": "guest_list",
    "CommissionChanged": "commission",
    "InvoiceIssued": "invoice",
    "CaseOpened": "case",
    "StatementSigned": "statement",
    "StockReceived": "stock_box",
    "StockRequestChanged": "stock_request",
    "StockRequestAnswered": "stock_answer",
    "PlanIssued": "contingency_plan",
    "EvacuationCalled": "evacuation",
    "EvacuationEnded": "evacuation",
    "ShowAbandoned": "called_off",
    "PlacesClosed": "called_off",
    "PlacesReopened": "called_off",
    "DrillHeld": "drill",
    "PlanActionChanged": "plan_action",
    "IncidentReported": "incident",
}

_FACTS: Final = text(
    "SELECT till, incarnation, fact_id, kind, envelope FROM fact WHERE kind IN :kinds"
    " ORDER BY till, incarnation, number"
).bindparams(bindparam("kinds", expanding=True))
_DOCUMENTS: Final = text("SELECT family, id, body FROM document WHERE family IN :families").bindparams(
    bindparam("families", expanding=True)
)
_PERSONAL: Final = ("name", "contact", "buyer", "collected_by", "profile", "words", "to", "erased")


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    """A record without what is personal in it, which no envelope has."""
    return {key: value for key, value in record.items() if key not in _PERSONAL}


def check_records(connection: Connection, report: Report, disputed: set[str]) -> None:
    """I3: a record is what the last fact of its home says. I5: invoices of a till are numbered without gaps."""
    last: dict[tuple[str, str], Any] = {}
    invoices: dict[tuple[str, int], list[int]] = {}
    rows = connection.execute(_FACTS, {"kinds": list(FAMILIES)})
    for till, incarnation, fact, kind, envelope in rows:
        if fact in disputed:
            continue
        record = json.loads(envelope)["body"]["record"]
        last[FAMILIES[kind], record["id"]] = _plain(record)
        if kind == "InvoiceIssued":
            invoices.setdefault((till, incarnation), []).append(record["number"])
    documents = connection.execute(_DOCUMENTS, {"families": list(FAMILIES.values())})
    there = {(family, id): _plain(json.loads(body)) for family, id, body in documents}
    for key in sorted(last.keys() | there.keys()):
        if last.get(key) != there.get(key):
            report.violation("I3", f"{key[0]} {key[1]}: the office has it otherwise than the last fact about it")
    for (till, incarnation), numbers in invoices.items():
        if numbers != list(range(1, len(numbers) + 1)):
            report.violation("I5", f"{till}.{incarnation}: its invoices are numbered {numbers}")
