"""Walks through what belongs to the contingency plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from pos.till.contingency.plan import FILE
from tests.pictures.selling import at_work
from tests.pictures.stage import Stage
from tests.window.counter import CTRL, Counter, Key

Shots = Iterator[str]
PLAN = """
version = "2027-1"
valid_from = 2026-01-01
approved_by = "Ida Orsos"
[[person]]
key = "duty"
name = "Kovács Béla"
telephone = "+36 1 555 01 00"
role = "Mrs Brown"
tell_at = ["away", "alone", "dead", "paper"]
[[person]]
key = "network"
name = "Nguyễn Văn An"
telephone = "+36 1 555 01 17"
tell_at = ["backup", "away", "alone"]
[[person]]
key = "house"
name = "Ада Ковач"
telephone = "+36 1 555 01 99"
"""


def plan(stage: Stage) -> Shots:
    """The sheet before sign-in, in an outage, at each level; and a plan that is issued."""
    with stage.season() as counter:
        counter.press(Key.Key_F1, modifier=CTRL)
        told(counter)
        yield "plan-signin"
        counter.press(Key.Key_Escape)
        at_work(counter, "sofia")
        counter.house.desk.outside.ledger.with_name(FILE).write_text(PLAN, "utf-8")
        counter.house.cut()
        counter.until(lambda: counter.window.session.status.level == "alone")
        yield "plan-chip"
        counter.press(Key.Key_F1, modifier=CTRL)
        told(counter, "2027-1")
        counter.press(Key.Key_F1)
        counter.until(lambda: bool(counter.window.contingency._told["people"][0]["told_at"]))
        yield "plan-alone"
        for key, level in ((Key.Key_2, "backup"), (Key.Key_5, "dead"), (Key.Key_6, "paper"), (Key.Key_7, "evacuation")):
            counter.press(key)
            yield f"plan-{level}"
        counter.press(Key.Key_F9)
        yield "plan-issue"
        counter.press(Key.Key_S, modifier=CTRL)
        counter.until(lambda: counter.window.contingency._issuing.problem.isVisible())
        yield "plan-nonsense"


def outages(stage: Stage) -> Shots:
    """What is on, what is being sent, and the report of another window with everything in it."""
    with stage.season() as counter:
        at_work(counter, "sofia")
        counter.press(Key.Key_F5, modifier=CTRL)
        counter.until(lambda: counter.screen == "outages" and counter.window.outages.told)
        yield "outages-none"
        counter.house.cut()
        counter.until(lambda: len(counter.window.outages.rows) == 1)
        yield "outages-on"
        counter.house.document("incident", incident())
        counter.until(lambda: len(counter.window.outages.rows) == 2)
        counter.house.say("drain", **DRAIN)
        counter.until(lambda: counter.window.outages.drain is not None)
        counter.press(Key.Key_Down)
        yield "outages-incident"
        counter.press(Key.Key_Slash)
        counter.type("Mrs Brown")
        yield "outages-lesson"


DRAIN = {
    "sent": 1120,
    "total": 3480,
    "rate": 41.5,
    "left_s": 57,
    "kinds": [
        {"kind": kind, "count": count}
        for kind, count in (("TicketsSold", 1410), ("PrintReported", 870), ("TicketsRefunded", 61), ("CashMoved", 19))
    ],
}


def incident() -> dict[str, Any]:
    """Of the other window, this afternoon: two levels, sales, refusals, paper, disputes, people who were told."""
    began = datetime.now(UTC) - timedelta(hours=5)
    at = [(began + timedelta(minutes=minutes)).isoformat() for minutes in range(0, 60, 4)]
    dispute = {"cause": "place", "at": at[14], "places": ["Stalls C 12", "Stalls C 13"]}
    sofia = {"at": at[2], "person": "duty", "name": "Kovács Béla", "telephone": "+36 1 555 01 00", "user": "sofia"}
    return {
        "id": "W2-I00001", "home": "W2", "plan": "2027-1", "began_at": at[0], "back_at": at[12], "sent_at": at[13],
        "cause": "no_network", "worst": "alone", "lasted_s": 2880, "detected_s": 7, "recovered_s": 241, "restarts": 1,
        "sent": 3480, "printed": 412, "misprinted": 2,
        "levels": [
            {"level": "away", "cause": "no_office", "since": at[0], "until": at[3], "seconds": 720},
            {"level": "alone", "cause": "no_network", "since": at[3], "until": at[12], "seconds": 2160},
        ],
        "sales": [
            {"level": "away", "sales": 61, "tickets": 133, "refunds": 2, "amount": "6783.00",
             "tenders": {"cash": "5100.00", "card": "1683.00"}},
            {"level": "alone", "sales": 128, "tickets": 279, "refunds": 0, "amount": "14229.00",
             "tenders": {"cash": "14229.00"}},
        ],
        "refused": [{"at": at[4], "times": 9, "code": "right_elsewhere", "verb": "add", "show": "", "place": "A-1"}],
        "refused_more": 0,
        "paper": [{"pack": "W2-P00001", "show": "", "tickets": 40, "sold": 31, "returned": 6, "lost": 2, "out": 1}],
        "disputes": [
            {"id": "W2.1.9-1", "state": "open"} | dispute,
            {"id": "W2.1.12-1", "state": "resolved", "way": "accept", "by": "sofia", "resolved_at": at[14]} | dispute,
        ],
        "told": [sofia | {"level": "away", "text": ""}, sofia | {"at": at[5], "name": "Nguyễn Văn An", "text": ""}],
        "more": [],
    }  # fmt: skip


def told(counter: Counter, version: str = "1") -> None:
    """Wait for what the till says."""
    sheet = counter.window.contingency
    counter.until(lambda: bool(sheet._told) and sheet._told["plan"]["version"] == version)
