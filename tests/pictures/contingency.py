"""Walks through what belongs to the contingency plan."""

from __future__ import annotations

from collections.abc import Iterator

from pos.till.contingency.plan import FILE
from tests.peers.incident import incident
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


def told(counter: Counter, version: str = "1") -> None:
    """Wait for what the till says."""
    sheet = counter.window.contingency
    counter.until(lambda: bool(sheet._told) and sheet._told["plan"]["version"] == version)
