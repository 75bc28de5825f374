"""What the audit's lists and its panel show: documents of the till, as rows and words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pos.domain.money import Money
from pos.domain.reports.audit import said_of
from pos.ui.format import Formats, read_time
from pos.ui.i18n import tr
from pos.ui.purse import tender_names

SETTLEMENTS, DIFFERENCES, ANOMALIES, PEOPLE = "settlements", "differences", "anomalies", "people"
SECTIONS: Final = (SETTLEMENTS, DIFFERENCES, ANOMALIES, PEOPLE)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list: `lead` at the left, `title` over `text`, `right` over `below`; `doc` is what it is of."""

    id: str
    lead: str
    title: str
    text: str
    right: str
    below: str
    doc: Mapping[str, Any] = field(repr=False)


def section_names() -> dict[str, str]:
    return {
        SETTLEMENTS: tr("Settlements"),
        DIFFERENCES: tr("Differences"),
        ANOMALIES: tr("Anomalies"),
        PEOPLE: tr("People"),
    }


def state_names() -> dict[str, str]:
    return {
        "due": tr("not submitted"),
        "submitted": tr("submitted"),
        "audited": tr("audited"),
        "accepted": tr("accepted"),
        "returned": tr("returned"),
        "open": tr("open"),
        "taken": tr("taken"),
        "closed": tr("closed"),
        "explained": tr("explained"),
        "reopened": tr("opened again"),
    }


def rule_names() -> dict[str, str]:
    return {
        "refund_rate": tr("Many refunds"),
        "no_sale": tr("Drawer opened without a sale"),
        "void_after_print": tr("Voids after printing"),
        "one_pair": tr("Approvals by one pair"),
        "cash_difference": tr("Cash differences"),
        "outside_hours": tr("Sales outside opening hours"),
        "reprint_rate": tr("Many reprints"),
        "price_override": tr("Prices set by hand"),
        "fast_refund": tr("Cash back right after the sale"),
        "over_short": tr("Drawer over or short"),
        "card_difference": tr("Cards: terminal and till differ"),
        "payment_unresolved": tr("Card payment without an outcome"),
        "unverified_shift": tr("Shift not verified"),
        "transfer_open": tr("Transfer not confirmed"),
        "deposit_open": tr("Deposit not credited in full"),
        "paper_difference": tr("Ticket paper missing or found"),
    }


def to_do() -> dict[str, str]:
    """What there is to do, by rule; for an anomaly it is always the same."""
    return {
        "over_short": tr("Count again, or explain what happened."),
        "card_difference": tr("Compare the terminal's slip with the till's card payments."),
        "payment_unresolved": tr("Ask the terminal, at its own window, what became of it."),
        "unverified_shift": tr("Verify it, at the drawer's screen: the cash, the slips, the vouchers."),
        "transfer_open": tr("Have the other window confirm it, or take it back."),
        "deposit_open": tr("Ask the courier or the bank, then enter what was credited or explain the rest."),
        "paper_difference": tr("Look for the numbers; then say what became of them."),
    }


def settlement_row(doc: Mapping[str, Any], formats: Formats, currency: str, tills: Mapping[str, str]) -> Row:
    due = Money.parse(doc["figures"]["due"], currency) if "figures" in doc else None
    return Row(
        doc.get("id") or doc["settlement"],
        str(doc["period"]),
        tills.get(doc["till"], doc["till"]),
        str(doc["agreement"]),
        formats.money(due) if due is not None else "",
        state_names()[doc["state"]],
        doc,
    )


def item_row(doc: Mapping[str, Any], formats: Formats) -> Row:
    names = doc["names"]
    about = ", ".join(names.get(one, one) for one in doc["people"]) or doc.get("till", "")
    return Row(
        doc["id"],
        formats.span(doc["age_s"]),
        rule_names().get(doc["rule"], doc["rule"]),
        tr("{about}: {figures}", about=about, figures=said_of(doc)),
        state_names()[doc["state"]],
        tr("with {owner}", owner=names.get(doc["owner"], tr("the office"))),
        doc,
    )


def person_row(doc: Mapping[str, Any], formats: Formats, currency: str) -> Row:
    return Row(
        doc["user"],
        formats.count(doc["sales"]),
        doc["name"],
        tr(
            "{refunds} refunds, {voids} voids", refunds=formats.count(doc["refunds"]), voids=formats.count(doc["voids"])
        ),
        formats.money(Money.parse(doc["over_short"], currency)),
        tr("over or short"),
        doc,
    )


def settlement_facts(doc: Mapping[str, Any], formats: Formats, currency: str) -> list[tuple[str, str]]:
    """What a settlement was submitted with."""
    figures = doc.get("figures", {})

    def money(text: str) -> str:
        return formats.money(Money.parse(text, currency))

    tenders = tender_names() | {"foreign": tr("foreign cash")}
    facts = [(tenders.get(kind, kind), money(amount)) for kind, amount in sorted(figures.get("tenders", {}).items())]
    names = {
        "commission": tr("Commission"),
        "due": tr("To hand over"),
        "over_short": tr("Over or short"),
    }
    facts += [(name, money(figures[key])) for key, name in names.items() if key in figures]
    return facts


def person_facts(doc: Mapping[str, Any], formats: Formats, currency: str) -> list[tuple[str, str]]:
    names = {
        "sales": tr("Sales"),
        "tickets": tr("Tickets"),
        "refunds": tr("Tickets refunded"),
        "voids": tr("Sales voided"),
        "copies": tr("Tickets printed again"),
        "overrides": tr("Prices set by hand"),
        "complaints": tr("Complaints"),
        "drills": tr("Drills held"),
    }
    facts = [(name, formats.count(doc[key])) for key, name in names.items()]
    pace = doc["seconds_a_sale"]
    facts.append((tr("A sale takes"), formats.span(pace) if pace is not None and pace >= 60 else _seconds(pace)))
    return [*facts, (tr("Over or short"), formats.money(Money.parse(doc["over_short"], currency)))]


def _seconds(pace: int | None) -> str:
    return tr("{seconds} s", seconds=str(pace)) if pace is not None else "–"


def threshold(limits: Mapping[str, Any]) -> str:
    """ "5 or more, over 10 %"."""
    parts = []
    if "least" in limits:
        parts.append(tr("{count} or more", count=str(limits["least"])))
    if "percent" in limits:
        parts.append(tr("over {percent} %", percent=limits["percent"]))
    if "minutes" in limits:
        parts.append(tr("within {minutes} min", minutes=str(limits["minutes"])))
    if "amount" in limits:
        parts.append(tr("or {amount} altogether", amount=limits["amount"]))
    return ", ".join(parts)


def story(doc: Mapping[str, Any], formats: Formats, names: Mapping[str, str]) -> list[str]:
    """The history, a line each."""
    lines = []
    for step in doc.get("history", ()):
        at = formats.local(read_time(step["at"]))
        who = names.get(step["by"], tr("the office") if step["by"] == "office" else step["by"])
        what = state_names().get(step["what"], step["what"])
        said = "; ".join(step.get("findings", ())) or step.get("reason") or step.get("note") or ""
        line = tr("{what} by {name}, {at}", what=what, name=who, at=f"{at:%Y-%m-%d %H:%M}")
        line += f": {said}" if said else ""
        lines.append(line if step["stands"] else tr("{line} (does not stand)", line=line))
    if doc.get("pending"):
        lines.append(tr("The office has not heard of it yet."))
    return lines
