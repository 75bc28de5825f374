"""Audit items and settlements, held against the facts that tell of them."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from sync.office.verify.report import Report

FAMILIES: Final = ("audit_item", "settlement")
_ITEMS: Final = {"AuditItemTaken": "taken", "AuditItemExplained": "explained", "AuditItemClosed": "closed"}
_SETTLEMENTS: Final = {
    "SettlementSubmitted": "submitted",
    "SettlementAudited": "audited",
    "SettlementAccepted": "accepted",
    "SettlementReturned": "returned",
}
# What may follow what in a settlement.
_FOLLOWS: Final = {
    ("", "submitted"), ("returned", "submitted"), ("submitted", "audited"), ("submitted", "returned"),
    ("audited", "accepted"), ("audited", "returned"),
}  # fmt: skip


def check_audit(connection: Connection, report: Report, disputed: set[str]) -> None:
    """I10: every item has an owner whom it is not about, and every step of it, and of a settlement, its fact.

    A settlement says what its newest submission says, and its steps are in order."""
    facts: dict[str, dict[str, dict[str, Any]]] = {family: defaultdict(dict) for family in FAMILIES}
    kinds = {**_ITEMS, **_SETTLEMENTS}
    named = ", ".join(f"'{kind}'" for kind in kinds)
    for fact, kind, envelope, verdict in connection.execute(
        text(f"SELECT fact_id, kind, envelope, verdict FROM fact WHERE kind IN ({named})")
    ):
        body = json.loads(envelope)["body"]
        family, key = ("settlement", "settlement") if kind in _SETTLEMENTS else ("audit_item", "item")
        if verdict != "disputed":
            facts[family][str(body.get(key))][fact] = body | {"what": kinds[kind]}
    there = connection.execute(
        text("SELECT family, id, body FROM document WHERE family IN ('audit_item', 'settlement')")
    )
    for family, id, text_ in there:
        document, own = json.loads(text_), facts[family].pop(id, {})
        _steps(report, family, id, document, own, disputed)
        if family == "audit_item":
            _item(report, id, document)
        else:
            _settlement(report, id, document, own)
            _money(connection, report, id, document)
    for family, left in facts.items():
        for id, own in left.items():
            for fact in sorted(own.keys() - disputed):
                report.violation(
                    "I10", f"{fact}: it is about {family} {id}, which is not there, and no dispute says so"
                )


def _steps(
    report: Report, family: str, id: str, document: dict[str, Any], own: dict[str, dict[str, Any]], disputed: set[str]
) -> None:
    """Every fact is in the history once, by the same person; one that does not stand is a dispute."""
    told = [step for step in document["history"] if step["by"] != "office"]
    if sorted((step["fact"], step["what"], step["by"]) for step in told) != sorted(
        (fact, body["what"], body["user"]) for fact, body in own.items()
    ):
        report.violation("I10", f"{family} {id}: its history is not what the facts about it say")
    for step in told:
        if not step["stands"] and step["fact"] not in disputed:
            report.violation("I10", f"{family} {id}: {step['fact']} does not stand, and no dispute says so")


def _item(report: Report, id: str, document: dict[str, Any]) -> None:
    if not document["owner"] or document["owner"] in document["people"]:
        report.violation(
            "I10", f"audit item {id} is about {document['people']} and with {document['owner'] or 'nobody'}"
        )
    state = "open"
    for step in document["history"]:
        if step["stands"] and step["what"] != "explained":
            if state == "closed" and step["what"] != "reopened":
                report.violation("I10", f"audit item {id}: {step['fact']} stands, though it was closed before")
            state = "open" if step["what"] == "reopened" else step["what"]
            if step["what"] != "reopened" and step["by"] in document["people"]:
                report.violation("I10", f"audit item {id}: it was {step['what']} by {step['by']}, whom it is about")
    if state != document["state"]:
        report.violation("I10", f"audit item {id} is {document['state']}, but its history leaves it {state}")
    if state != "closed":
        report.notes.append(f"audit item {id} about {', '.join(document['people'])}, with {document['owner']}: {state}")


def _settlement(report: Report, id: str, document: dict[str, Any], own: dict[str, dict[str, Any]]) -> None:
    state, digest, submitted = "", "", ""
    for step in document["history"]:
        if not step["stands"]:
            continue
        if (state, step["what"]) not in _FOLLOWS:
            report.violation(
                "I10", f"settlement {id}: {step['fact']} made it {step['what']} when it was {state or 'new'}"
            )
        state = step["what"]
        if state == "submitted":
            digest, submitted = step["digest"], step["fact"]
        elif step["digest"] != digest:
            report.violation("I10", f"settlement {id}: {step['fact']} is about other figures than were submitted")
        elif step["by"] in document["people"]:
            report.violation("I10", f"settlement {id}: {step['by']} settled what he sold or counted")
    said = own.get(submitted, {})
    for key in ("figures", "digest", "people", "heads", "till", "round"):
        if document.get(key) != said.get(key):
            report.violation("I10", f"settlement {id}: its {key} are not those of {submitted or 'any fact'}")
    if state != document["state"]:
        report.violation("I10", f"settlement {id} is {document['state']}, but its history leaves it {state}")


# Kinds of facts with tenders: where they are, and whether they came in.
_PAID: Final = {
    "TicketsSold": ("sale", 1), "TicketsExchanged": ("sale", 1), "TicketsRefunded": ("refund", -1),
    "RefundClaimed": ("refund", -1), "TicketsVoided": ("refund", -1), "AccountPaid": ("paid", 1),
}  # fmt: skip
# What moves tenders in other ways: a day with one of these is left to the checks of reports.
_OTHERWISE: Final = frozenset(
    {"TenderCorrected", "PackageRefunded", "OrderReserved", "OrderChanged", "OrderEnded", "PaymentEnded"}
)


def _money(connection: Connection, report: Report, id: str, document: dict[str, Any]) -> None:
    """I4: of a day that was settled whole, the tenders are those of the facts that the settlement says are in it."""
    if document["channel"] or not document["since"] or document["since"] != document["until"]:
        return
    body = connection.execute(text("SELECT body FROM document WHERE family = 'venue'")).scalar()
    venue = json.loads(body) if body else {"timezone": "UTC"}
    hours, minutes = map(int, venue.get("day_ends", "00:00").split(":"))
    zone, late = ZoneInfo(venue["timezone"]), timedelta(hours=hours, minutes=minutes)
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for hand, number in document["heads"].items():
        till, _, incarnation = hand.rpartition(".")
        if till != document["till"]:
            continue
        for kind, envelope in connection.execute(
            text("SELECT kind, envelope FROM fact WHERE till = :t AND incarnation = :i AND number <= :n"),
            {"t": till, "i": int(incarnation), "n": number},
        ):
            fact = json.loads(envelope)
            local = datetime.fromisoformat(fact["at"]).astimezone(zone).replace(tzinfo=None)
            if (local - late).date().isoformat() != document["since"]:
                continue
            if kind in _OTHERWISE and (kind != "PaymentEnded" or fact["money"]):
                return
            name, sign = _PAID.get(kind, ("", 0))
            for tender in fact["body"][name]["tenders"] if name else ():
                sums[tender["kind"]] += sign * Decimal(tender["amount"])
    said = {tender: Decimal(amount) for tender, amount in document["figures"]["tenders"].items()}
    if {tender: amount for tender, amount in sums.items() if amount} != said:
        report.violation("I4", f"settlement {id} has {document['figures']['tenders']}, its facts {dict(sums)}")
