"""I4: how a sale was paid is what its fact says, or the last correction of it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from sync.office.verify.report import Report

_RELABELLED = ("cash", "card_slip")


def check_corrections(connection: Connection, report: Report, disputed: set[str]) -> None:
    """Check every sale that was corrected."""
    rows = connection.execute(
        text("SELECT fact_id, envelope FROM fact WHERE kind = 'TenderCorrected' ORDER BY till, incarnation, number")
    ).all()
    last: dict[str, dict[str, Any]] = {}
    for fact, envelope in rows:
        if fact in disputed:
            continue
        told = json.loads(envelope)["body"]["correction"]
        last[told["sale"]] = told
        fixed = [[t for t in side if t["kind"] not in _RELABELLED] for side in (told["was"], told["tenders"])]
        if fixed[0] != fixed[1]:
            report.violation("I4", f"{fact}: it corrects tenders that only their machine or their code can")
    for sale, told in last.items():
        body = connection.execute(text("SELECT body FROM sale WHERE id = :sale"), {"sale": sale}).scalar()
        document = json.loads(body) if body else {}
        if document.get("tenders") != told["tenders"] or document.get("rounding") != told["rounding"]:
            report.violation("I4", f"sale {sale}: it is not paid as its last correction says")
            continue
        paid = sum(Decimal(tender["amount"]) for tender in told["tenders"])
        if paid != Decimal(document["total"]) + Decimal(told["rounding"]):
            report.violation("I4", f"sale {sale}: its correction does not come to its total")
