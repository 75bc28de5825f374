"""The Z of each closed shift, added up once more from the facts between its opening and its close.

Postings and documents are read as they lie in the envelopes; neither the figures of reports nor whoever builds a Z
is asked. What a drawer should hold, its number range and its hash are judged with its rows (`rows`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pos.store.verify.cash import ORDERS, minor
from pos.store.verify.evidence import Evidence, Findings
from pos.store.verify.journal import Shift, Story

# Kinds of facts with tenders: their document, how it is counted, whose count a cashier's is, whether money came in.
_PAID: Final = {
    "TicketsSold": ("sale", "sales", "sales", 1),
    "TicketsExchanged": ("sale", "exchanges", "sales", 1),
    "TicketsRefunded": ("refund", "refunds", "refunds", -1),
    "RefundClaimed": ("refund", "refunds", "refunds", -1),
    "TicketsVoided": ("refund", "voids", "refunds", -1),
    "AccountPaid": ("paid", "", "", 1),
}
# What a payment that fell through was to come by.
_CASHLESS: Final = ("card", "card_slip", "mobile", "transfer", "voucher", "gift_card", "account")
# What a Z says beside its count: amounts by name, amounts, counts.
_FIGURES: Final = (
    "by_tender", "drawer", "articles", "promotions", "overrides", "sales", "tickets", "refunds", "voids", "exchanges",
    "no_sales", "overridden", "comps", "by_cashier",
)  # fmt: skip
Sums = Counter[tuple[str, ...]]  # ("by_tender", "cash") -> minor units, ("by_cashier", "anna", "tickets") -> pieces


def check_closes(evidence: Evidence, story: Story, found: Findings) -> None:
    """I4: every figure of a Z is what the shift's facts come to."""
    sums, people = Sums(), set[str]()
    closing = {shift.closed: (name, shift) for name, shift in story.shifts.items() if shift.closed}
    for row in evidence.tables["journal"]:
        if row["number"] in closing:
            _compare(*closing[row["number"]], sums, people, found)
        try:
            fact = json.loads(bytes(row["envelope"]))
            if fact["kind"] == "ShiftOpened":
                sums, people = Sums(), set()
            told, person = _told(fact)
            for account, amount, currency in fact["money"]:
                if account == f"foreign:{evidence.till}":
                    told["foreign", currency] += amount
        except (KeyError, TypeError, ValueError, AttributeError):
            continue  # it cannot be read, which the journal's own judgement says
        sums.update(told)
        people |= {person} - {""}


def _compare(name: str, shift: Shift, sums: Sums, people: set[str], found: Findings) -> None:
    report = shift.report
    which = f"shift {name}" + (f" ({report['z']})" if "z" in report else "")
    # Whoever has neither sold nor paid back stands in no Z.
    by_facts = Sums({key: value for key, value in sums.items() if key[0] != "by_cashier" or key[1] in people})
    by_facts.update({("drawer", kind): value for kind, value in shift.cash.items()})
    told: dict[tuple[str, ...], int] = {}
    names = [one for one in _FIGURES if one in report or "z" in report]  # the first tills said less in theirs
    try:
        for one in names:
            told.update(_flat((one,), report.get(one, {})))
        told.update({("foreign", row["currency"]): minor(row["expected"]) for row in report.get("foreign", ())})
    except (KeyError, TypeError, ValueError) as error:
        found.wrong("I4", f"{which}: its figures cannot be read ({error})")
        return
    for key in sorted(told.keys() | by_facts.keys()):
        if key[0] in (*names, "foreign") and told.get(key, 0) != by_facts[key]:
            found.wrong("I4", f"{which}: {' '.join(key)} is {told.get(key, 0)} in its Z, {by_facts[key]} by its facts")


def _flat(path: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], int]]:
    """Every figure under its path; amounts, which are texts, in minor units."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat((*path, key), inner)
    else:
        yield path, minor(value) if isinstance(value, str) else int(value)


def _told(fact: Mapping[str, Any]) -> tuple[Sums, str]:
    """What one fact adds to its shift, and who has sold or paid back by it, "" for nobody."""
    kind, body, sums = fact["kind"], fact["body"], Sums()
    if kind in _PAID:
        name, counted, of_person, sign = _PAID[kind]
        document = body[name]
        person = document["user"]
        if counted:
            sums.update([(counted,), ("by_cashier", person, of_person)])
        _tenders(sums, person, document["tenders"], sign)
        for article in document.get("articles", ()):
            sums["articles", article["name"]] += sign * minor(article["amount"])
        if name == "sale":
            _tickets(sums, person, document["tickets"])
        return sums, person
    if kind == "TenderCorrected":
        told = body["correction"]
        _tenders(sums, told["user"], told["tenders"], 1)
        _tenders(sums, told["user"], told["was"], -1)
        return sums, told["user"]
    if kind == "PackageRefunded":
        _tenders(sums, body["user"], body["tenders"], -1)
        return sums, body["user"]
    if kind in ORDERS and body.get("deposit"):
        told = body["deposit"]
        person = told.get("user", body.get("user", ""))
        _tenders(sums, person, told["tenders"], -1 if told.get("returned") else 1)
        return sums, person
    if kind == "PaymentEnded":
        lost = [(account.partition(":")[0], amount) for account, amount, _ in fact["money"]]
        for tender, amount in lost:
            if tender in _CASHLESS:
                sums["by_tender", tender] += amount
                sums["by_cashier", body.get("user", ""), "by_tender", tender] += amount
    elif kind == "DrawerOpened":
        sums["no_sales",] += 1
    return sums, ""


def _tenders(sums: Sums, person: str, tenders: list[dict[str, Any]], sign: int) -> None:
    for tender in tenders:
        amount = sign * minor(tender["amount"])
        sums["by_tender", tender["kind"]] += amount
        sums["by_cashier", person, "by_tender", tender["kind"]] += amount


def _tickets(sums: Sums, person: str, tickets: list[dict[str, Any]]) -> None:
    sums["tickets",] += len(tickets)
    sums["by_cashier", person, "tickets"] += len(tickets)
    for ticket in tickets:
        sums["comps",] += "comp" in ticket
        if "promotion" in ticket:
            sums["promotions",] += minor(ticket["promotion"]["off"])
        if "override" in ticket:
            sums["overridden",] += 1
            sums["overrides",] += minor(ticket["override"]["was"]) - minor(ticket["price"])
