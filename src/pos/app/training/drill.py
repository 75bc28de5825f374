"""A drill put together: its world, what it lets fail, and the exercise that runs in its till."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from pos.app.counter import Till
from pos.app.drill.faults import Drill, Faults
from pos.app.drill.folder import FOLDER, DrillFolder
from pos.app.training.world import Opened, World
from pos.till.contingency.exercise import Exercise, Kit

IN_HAND: Final = 24  # places of each category that the till has in hand: more than all customers of a drill want


class NoDrill(RuntimeError):
    """There is no drill that could be held now."""


def drill_world(real: Path) -> World:
    """Raises NoDrill when none was ordered, or it has been opened before: a drill is held once."""
    folder = DrillFolder(real)
    if folder.ordered() is None:
        raise NoDrill("no drill was ordered: a supervisor starts one at the till, on the drills' screen")
    if folder.begun:
        raise NoDrill("this drill has been opened before, and is noted as broken off when its till is asked next")
    return World(real, FOLDER, anew=True, allotment=IN_HAND)


def open_till(real: Path, opened: Opened) -> Till:
    """The till of a drill whose world is open. Raises what opening a till raises, and NoDrill."""
    folder = DrillFolder(real)
    order = folder.ordered()
    if order is None:
        raise NoDrill("the drill was taken back")
    faults = Faults()
    faults.join(opened.cable)
    folder.append({"s": 0.0, "what": "opened"})
    exercise = Exercise(Kit(order, faults, folder.append, anybody=opened.demo))
    return Till(opened.settings, opened.cable, Drill(exercise, faults))


def training_till(real: Path, *, drill: bool) -> tuple[World, Callable[[Opened], Till]]:
    """The world of a training or a drill, and how to make the till in it. Raises NoDrill."""
    if drill:
        return drill_world(real), lambda opened: open_till(real, opened)
    return World(real), lambda opened: Till(opened.settings, opened.cable)
