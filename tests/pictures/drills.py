"""Walks over drills: the list at a real window, and a drill that is held."""

from __future__ import annotations

from collections.abc import Iterator

from pos.domain.drills.script import Task
from tests.pictures.stage import Stage
from tests.window.counter import CTRL, Counter, Key
from tests.window.drilling import WHOLE, Held, with_drills

Shots = Iterator[str]


def drills(stage: Stage) -> Shots:
    """Who is due, a drill that went badly, what is learned from it."""
    with stage.season() as counter:
        there, window = with_drills(counter.house), counter.window
        counter.sign_in("sofia")
        counter.until(lambda: counter.screen == "open")
        counter.house.ask("start_drill", person="anna")
        there.log = WHOLE
        counter.house.ask("note_drill")
        counter.press(Key.Key_F4, modifier=CTRL)
        counter.until(lambda: counter.screen == "drills" and bool(window.drills.told["log"]))
        yield "drills"
        counter.press(Key.Key_F2)
        counter.qtbot.wait(100)
        yield "drills-held"
        counter.press(Key.Key_F5)
        counter.press(Key.Key_Return)
        counter.until(lambda: bool(window.drills.problem))
        yield "drills-new-action"
        drill = window.drills.told["log"][0]["id"]
        lesson = {"text": "Show everybody the terminal's own list", "owner": "anna", "due": "2020-01-31"}
        counter.house.ask("change_action", **lesson, **{"from": f"drill:{drill}"})
        counter.press(Key.Key_Escape, Key.Key_F3)
        counter.until(lambda: bool(window.drills.rows))
        yield "drills-actions"
        counter.press(Key.Key_Return)
        yield "drills-action-done"


def drill(stage: Stage) -> Shots:
    """In a drill: nobody yet, many at once, and the result."""
    with stage.season(training=True, drill=True) as counter:
        held = stage.held
        assert held is not None
        yield "drill-signin"
        counter.sign_in("anna")
        counter.open_shift("100")
        counter.house.ask("sync")
        counter.choose("tosca")
        yield "drill-nobody"
        held.until(Task.MEND)
        counter.until(lambda: len(counter.window.running.customers) > 2)
        yield "drill-waiting"
        yield from _screen(counter, held)


def _screen(counter: Counter, held: Held) -> Shots:
    counter.press(Key.Key_F4, modifier=CTRL)
    counter.until(lambda: counter.screen == "drills")
    yield "drill-screen"
    counter.press(Key.Key_Return)
    held.wait(600)
    counter.until(lambda: bool(counter.window.running.marks))
    counter.qtbot.wait(100)
    yield "drill-result"
