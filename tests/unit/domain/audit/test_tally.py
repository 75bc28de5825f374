"""Tallies: what facts count for whom, and the rules that look at them."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pos.domain.audit.hours import Hours
from pos.domain.audit.rules import RULES, Rule, percent_basis_points, read_rules
from pos.domain.audit.tally import FACTS_KEPT, Setting, Subject, Tally, tally
from pos.domain.books import Posting
from pos.domain.calendar import Calendar
from pos.domain.facts import Fact, Kind
from pos.domain.money import Money

NOON = datetime(2027, 12, 3, 11, tzinfo=UTC)
SETTING = Setting(Calendar(ZoneInfo("Europe/Vienna"), timedelta(hours=4)), "EUR", Hours.parse("10:00-22:00"))


@dataclass
class Known:
    """What is known of before, as a test says it."""

    sold: dict[str, str] = field(default_factory=dict)
    papers: set[str] = field(default_factory=set)
    sellers: dict[str, str] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)

    def sold_at(self, ticket: str) -> str:
        return self.sold.get(ticket, "")

    def printed(self, tickets: Collection[str]) -> bool:
        return bool(self.papers & set(tickets))

    def seller(self, sale: str) -> str:
        return self.sellers.get(sale, "")

    def last_sale(self, user: str) -> str:
        return self.last.get(user, "")


def fact(kind: str, body: dict[str, Any], number: int = 1, at: datetime = NOON, *postings: Posting) -> Fact:
    return Fact("T1", 1, number, "0" * 64, at.isoformat(), kind, postings, (), body)


def sale(*tickets: dict[str, Any], user: str = "anna", **more: Any) -> dict[str, Any]:
    return {"sale": {"user": user, "tickets": list(tickets) or [{"id": "t1"}], **more}}


def refund(count: int = 1, kind: str = "cash", **more: Any) -> dict[str, Any]:
    tickets = [{"id": f"t{n}"} for n in range(1, count + 1)]
    return {"refund": {"user": "anna", "tickets": tickets, "tenders": [{"kind": kind}], **more}}


def counted(one: Fact, known: Known | None = None) -> dict[Subject, Tally]:
    found: dict[Subject, Tally] = {}
    tally(one, SETTING, known or Known(), found)
    return found


@pytest.mark.parametrize(
    ("kind", "body", "known", "expected"),
    [
        (Kind.TICKETS_SOLD, sale({"id": "a"}, {"id": "b"}), Known(), {"sales": 1, "tickets": 2}),
        (
            Kind.TICKETS_SOLD,
            sale({"id": "a", "override": {"approver": "sam"}}),
            Known(),
            {"sales": 1, "tickets": 1, "overrides": 1},
        ),
        (Kind.TICKETS_REFUNDED, refund(3), Known(), {"refunds": 3}),
        (
            Kind.TICKETS_REFUNDED,
            refund(),
            Known(sold={"t1": (NOON - timedelta(minutes=9)).isoformat()}),
            {"refunds": 1, "fast_refunds": 1},
        ),
        (
            Kind.TICKETS_REFUNDED,
            refund(),
            Known(sold={"t1": (NOON - timedelta(minutes=11)).isoformat()}),
            {"refunds": 1},
        ),
        (
            Kind.TICKETS_REFUNDED,
            refund(kind="card"),
            Known(sold={"t1": NOON.isoformat()}),
            {"refunds": 1},
        ),
        (Kind.TICKETS_VOIDED, refund(), Known(papers={"t1"}), {"voids": 1, "printed_voids": 1}),
        (Kind.TICKETS_VOIDED, refund(), Known(papers={"t2"}), {"voids": 1}),
        (Kind.DRAWER_OPENED, {"user": "anna", "reason": "change"}, Known(), {"no_sales": 1}),
        (Kind.COPY_ISSUED, {"user": "anna", "ticket": "t1", "copy": 1}, Known(), {"copies": 1}),
        (
            Kind.CASE_OPENED,
            {"user": "eva", "record": {"kind": "complaint", "sale": "S1"}},
            Known(sellers={"S1": "anna"}),
            {"complaints": 1},
        ),
        (Kind.DRILL_HELD, {"user": "eva", "record": {"person": "anna", "state": "done"}}, Known(), {"drills": 1}),
        (
            Kind.TICKETS_SOLD,
            sale(),
            Known(last={"anna": (NOON - timedelta(seconds=90)).isoformat()}),
            {"sales": 1, "tickets": 1, "queue_s": 90, "queue_sales": 1},
        ),
        (
            Kind.TICKETS_SOLD,
            sale(),
            Known(last={"anna": (NOON - timedelta(minutes=11)).isoformat()}),
            {"sales": 1, "tickets": 1},
        ),
    ],
)
def test_what_a_fact_counts_for_its_cashier(
    kind: str, body: dict[str, Any], known: Known, expected: dict[str, int]
) -> None:
    assert counted(fact(kind, body), known)["2027-12-03", "anna"].counts == expected


def test_an_approval_counts_for_the_two_together_and_for_nobody_who_approves_his_own() -> None:
    found = counted(fact(Kind.TICKETS_REFUNDED, refund(approver="sam")))
    assert found["2027-12-03", "anna+sam"].counts == {"approvals": 1}
    assert found["2027-12-03", "sam"].counts == {"approved": 1}
    assert counted(fact(Kind.TICKETS_REFUNDED, refund(approver="anna"))).keys() == {("2027-12-03", "anna")}


def test_a_sale_at_night_belongs_to_the_business_day_before_and_is_outside_the_hours() -> None:
    found = counted(fact(Kind.TICKETS_SOLD, sale(), 1, datetime(2027, 12, 4, 2, tzinfo=UTC)))
    assert found["2027-12-03", "anna"].counts == {"sales": 1, "tickets": 1, "outside_hours": 1}


def test_over_and_short_is_what_the_count_of_the_drawer_booked() -> None:
    short = Posting("over_short", Money(250, "EUR")), Posting("over_short", Money(9900, "USD"))
    closed = fact(Kind.SHIFT_CLOSED, {"shift": "S1", "user": "anna"}, 1, NOON, *short)
    assert counted(closed)["2027-12-03", "anna"].counts == {"over_short": -250, "differing_shifts": 1, "shifts": 1}


def test_a_body_that_cannot_be_read_counts_for_nobody() -> None:
    assert counted(fact(Kind.TICKETS_SOLD, {"sale": {"user": "anna"}})) == {}
    assert counted(fact(Kind.TICKETS_REFUNDED, {"refund": "?"})) == {}


def test_a_drill_that_was_broken_off_was_not_held() -> None:
    assert counted(fact(Kind.DRILL_HELD, {"user": "sam", "record": {"person": "anna", "state": "broken_off"}})) == {}


def test_parts_of_a_history_add_up_to_the_whole_in_any_order() -> None:
    chance = random.Random(7)
    facts = [
        fact(
            chance.choice([Kind.TICKETS_VOIDED, Kind.TICKETS_REFUNDED]),
            refund(chance.randint(1, 3), approver=chance.choice(["sam", "eva", "anna"])),
            number,
            NOON + timedelta(hours=chance.randint(0, 60)),
        )
        for number in range(1, 80)
    ]
    whole: dict[Subject, Tally] = {}
    for one in facts:
        tally(one, SETTING, Known(), whole)
    chance.shuffle(facts)
    merged: dict[Subject, Tally] = {}
    while facts:
        part: dict[Subject, Tally] = {}
        for one in [facts.pop() for _ in range(min(len(facts), chance.randint(1, 9)))]:
            tally(one, SETTING, Known(), part)
        for key, value in part.items():
            merged.setdefault(key, Tally()).merge(Tally.from_json(value.to_json()))
    assert {key: one.counts for key, one in merged.items()} == {key: one.counts for key, one in whole.items()}
    assert all(len(facts) <= FACTS_KEPT for one in merged.values() for facts in one.facts.values())


CASH = Rule("cash_difference", "differing_shifts", least=3, minor=2000)


# ---- rules -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "counts", "fires"),
    [
        (RULES["refund_rate"], {"refunds": 5, "tickets": 49}, True),
        (RULES["refund_rate"], {"refunds": 5, "tickets": 50}, False),  # one in ten is not more than one in ten
        (RULES["refund_rate"], {"refunds": 4, "tickets": 4}, False),
        (RULES["refund_rate"], {"refunds": 5}, True),
        (RULES["no_sale"], {"no_sales": 5}, False),
        (RULES["no_sale"], {"no_sales": 6}, True),
        (RULES["cash_difference"], {"differing_shifts": 2, "over_short": -100_000}, False),
        (RULES["cash_difference"], {"differing_shifts": 3, "over_short": 0}, True),
        (CASH, {"differing_shifts": 1, "over_short": -2000}, True),
        (CASH, {"differing_shifts": 1, "over_short": 1999}, False),
    ],
)  # fmt: skip
def test_when_a_rule_fires(rule: Rule, counts: dict[str, int], fires: bool) -> None:
    assert (rule.fired(Tally(counts)) is not None) is fires


def test_settings_change_thresholds_and_leave_the_rest() -> None:
    rules = read_rules({"refund_rate": {"percent": "2.5", "least": 2}, "no_sale": {"off": True}}, "EUR")
    assert (rules["refund_rate"].percent, rules["refund_rate"].least) == (250, 2)
    assert rules["no_sale"].off
    assert rules["one_pair"] == RULES["one_pair"]
    assert rules["refund_rate"].thresholds("EUR") == {"least": 2, "window": "day", "percent": "2.5"}


@pytest.mark.parametrize("text", ["", "x", "-1", "101", "1.234", 10, "1.x"])
def test_a_percentage_that_is_none_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"percentage|between"):
        percent_basis_points(text)
