"""At which level a till is, told from what it sees of itself. One rule, and it has no memory.

* A level says what a cashier can still do, so the one that leaves the least wins.
* Without mains every window of the house goes dark sooner or later: paper, even where this till is fenced besides.
* Paper for want of a printer comes after that: a till that may not sell needs no printer.
* While nobody has heard of the neighbours yet, the till counts as not alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Level(StrEnum):
    """From all is well to nothing but paper; each is worse than the one before."""

    NORMAL = "normal"
    BACKUP = "backup"  # the office answers on another line than the main one
    AWAY = "away"  # the office does not answer; other tills do
    ALONE = "alone"  # nobody answers
    DEAD = "dead"  # this till may not, or cannot, write a sale down
    PAPER = "paper"  # no mains, or nothing to print tickets with

    @property
    def rank(self) -> int:
        """The higher, the worse."""
        return _ORDER.index(self)


_ORDER: Final = tuple(Level)
NOT_ASKED: Final = "not_asked"  # the cause of a line that was not tried yet: no level follows from it


@dataclass(frozen=True, slots=True)
class Signals:
    """What a till sees of itself. `cause` is the line's (`LinkState`), `line` the name of the address in use, "" for
    the main one. `stopped` is why nothing can be written down: "", fenced or storage_failed. `mains` is None where no
    one can tell. `no_printer`: there is a ticket printer, and it has been of no use for long."""

    online: bool
    cause: str = ""
    line: str = ""
    neighbours: int | None = None  # other tills that answer; None while they were not asked yet
    stopped: str = ""
    mains: bool | None = None
    no_printer: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """A level, and a word for why: "" when normal; no_power, fenced, storage_failed, no_printer, backup_line, or the
    line's own cause (no_network, no_office, office_refuses, not_our_office)."""

    level: Level
    cause: str = ""


def recognise(signals: Signals) -> Judged:
    """The level that follows from these signals."""
    if signals.mains is False:
        return Judged(Level.PAPER, "no_power")
    if signals.stopped:
        return Judged(Level.DEAD, signals.stopped)
    if signals.no_printer:
        return Judged(Level.PAPER, "no_printer")
    if signals.online:
        return Judged(Level.BACKUP, "backup_line") if signals.line else Judged(Level.NORMAL)
    if signals.cause == NOT_ASKED:
        return Judged(Level.NORMAL, NOT_ASKED)
    return Judged(Level.ALONE if signals.neighbours == 0 else Level.AWAY, signals.cause)
