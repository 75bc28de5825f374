"""Differences that facts show and somebody has to explain: what opens one, what settles it, what is waited for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from pos.domain.amend import OVER_SHORT
from pos.domain.facts import Fact, Kind
from pos.domain.money import Money

PATIENCE: Final = timedelta(minutes=30)  # how long a card payment may be without an outcome before it is somebody's


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that does not add up. `id` is what it is about, so that the same facts find it once; `at` when it
    happened, ISO 8601. What `waits` is only a difference when nothing settles it in time."""

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
        for one in _opened(fact, currency):
            found.opened.append(one)
        if fact.kind == Kind.PAYMENT_ENDED:
            found.settled.append(f"payment:{fact.body['payment']}")
    except (AttributeError, KeyError, TypeError, ValueError):
        return Found()
    return found


def _opened(fact: Fact, currency: str) -> Iterator[Difference]:
    body = fact.body

    def difference(id: str, rule: str, figures: dict[str, Any], shift: str = "", *, waits: bool = False) -> Difference:
        people = (body["user"],) if body.get("user") else ()
        return Difference(id, rule, people, figures, fact.till, fact.fact_id, fact.at, shift, waits)

    match fact.kind:
        case Kind.SHIFT_CLOSED | Kind.DRAWER_TAKEN_OVER:
            for code in sorted({posting.amount.currency for posting in fact.postings}):
                missing = sum(
                    posting.amount.minor
                    for posting in fact.postings
                    if posting.account == OVER_SHORT and posting.amount.currency == code
                )
                if missing:
                    id = f"over_short:{body['shift']}" + (f":{code}" if code != currency else "")
                    figures = {"difference": str(Money(-missing, code)), "currency": code}
                    yield difference(id, OVER_SHORT, figures, body["shift"])
        case Kind.TERMINAL_DAY_ENDED if body["difference"] is None or Money.parse(body["difference"], currency):
            figures = {name: body[name] for name in ("total", "expected", "difference")} | {"currency": currency}
            yield difference(f"card:{fact.fact_id}", "card_difference", figures)
        case Kind.PAYMENT_STARTED:
            figures = {"amount": body["amount"], "currency": currency}
            yield difference(f"payment:{body['payment']}", "payment_unresolved", figures, waits=True)
