"""Differences that facts show and somebody has to explain: what opens one, what settles it, what is waited for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from pos.domain.amend import OVER_SHORT
from pos.domain.facts import Fact, Kind
from pos.domain.money import Money
from pos.domain.parcels import DEPOSIT, SORTS, TRANSFER, steps_in

CARD, PAYMENT, UNVERIFIED, PAPER = "card_difference", "payment_unresolved", "unverified_shift", "paper_difference"
PARCELS: Final = {TRANSFER: "transfer_open", DEPOSIT: "deposit_open"}
# How long what is under way may take before it is somebody's to look after.
PATIENCE: Final = {
    PAYMENT: timedelta(minutes=30),
    "transfer_open": timedelta(hours=2),
    UNVERIFIED: timedelta(hours=12),
    "deposit_open": timedelta(days=4),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that does not add up. `id` is what it is about, so that the same facts find it once; `at` when it
    happened, ISO 8601. What `waits` is only a difference when nothing settles it in time (PATIENCE)."""

    id: str
    rule: str
    people: tuple[str, ...]
    figures: Mapping[str, Any]
    till: str
    fact: str
    at: str
    shift: str = ""
    waits: bool = False

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, doc: Mapping[str, Any]) -> Difference:
        return cls(**{**doc, "people": tuple(doc["people"])})


@dataclass
class Found:
    """What a fact opens, and the ids of what it settles."""

    opened: list[Difference] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)


def find(fact: Fact, currency: str) -> Found:
    """What a fact shows; nothing for a body that cannot be read, which is a dispute."""
    found = Found()
    try:
        found.opened += _opened(fact, currency)
        found.settled += _settled(fact)
    except (AttributeError, KeyError, TypeError, ValueError):
        return Found()
    return found


def _opened(fact: Fact, currency: str) -> Iterator[Difference]:
    body = fact.body

    def one(id: str, rule: str, figures: dict[str, Any], shift: str = "") -> Difference:
        people = tuple(sorted({str(body[key]) for key in ("user", "second") if isinstance(body.get(key), str)}))
        return Difference(id, rule, people, figures, fact.till, fact.fact_id, fact.at, shift, rule in PATIENCE)

    match fact.kind:
        case Kind.SHIFT_CLOSED | Kind.DRAWER_TAKEN_OVER | Kind.SHIFT_HANDED_OVER:
            part = f":{fact.fact_id}" if fact.kind == Kind.SHIFT_HANDED_OVER else ""
            for code, missing in _missing(fact).items():
                other = f":{code}" if code != currency else ""
                figures = {"difference": str(Money(-missing, code)), "currency": code}
                yield one(f"over_short:{body['shift']}{part}{other}", OVER_SHORT, figures, body["shift"])
            if fact.kind == Kind.SHIFT_CLOSED:
                yield one(f"unverified:{body['shift']}", UNVERIFIED, {"currency": currency}, body["shift"])
        case Kind.TERMINAL_DAY_ENDED if body["difference"] is None or Money.parse(body["difference"], currency):
            figures = {name: body[name] for name in ("total", "expected", "difference")} | {"currency": currency}
            yield one(f"card:{fact.fact_id}", CARD, figures)
        case Kind.PAYMENT_STARTED:
            figures = {"amount": body["amount"], "currency": currency}
            yield one(f"payment:{body['payment']}", PAYMENT, figures)
        case Kind.STOCK_COUNTED if isinstance(body.get("paper"), dict):
            paper = body["paper"]
            if paper["missing"] or paper["more"]:
                counts: dict[str, Any] = {name: len(paper[name]) for name in ("missing", "more")}
                yield one(f"paper:{fact.fact_id}", PAPER, counts)
    for id, step in steps_in(fact):
        sort = id.partition(":")[0]
        if sort in PARCELS and SORTS[sort].phase(step["what"]) == "begin":
            figures = {"amount": str(step.get("amount", "0")), "currency": currency}
            yield one(f"parcel:{id}", PARCELS[sort], figures, str(step.get("shift", "")))


def _missing(fact: Fact) -> dict[str, int]:
    """By currency, what a count booked as missing (a debit) or too much; nothing for what came out even."""
    sums: dict[str, int] = {}
    for posting in fact.postings:
        if posting.account == OVER_SHORT:
            code = posting.amount.currency
            sums[code] = sums.get(code, 0) + posting.amount.minor
    return {code: sums[code] for code in sorted(sums) if sums[code]}


def _settled(fact: Fact) -> Iterator[str]:
    if fact.kind == Kind.PAYMENT_ENDED:
        yield f"payment:{fact.body['payment']}"
    elif fact.kind == Kind.SHIFT_VERIFIED:
        yield f"unverified:{fact.body['shift']}"
    for id, step in steps_in(fact):
        sort = id.partition(":")[0]
        if sort in PARCELS and SORTS[sort].phase(step["what"]) in ("end", "explain"):
            yield f"parcel:{id}"
