"""Walks through what belongs to the contingency plan."""

from __future__ import annotations

from collections.abc import Iterator

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


def told(counter: Counter, version: str = "1") -> None:
    """Wait for what the till says."""
    sheet = counter.window.contingency
    counter.until(lambda: bool(sheet._told) and sheet._told["plan"]["version"] == version)
