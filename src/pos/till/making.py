"""Reports at this till: the one that is being made, those that were made last, and the port that writes them.

A report that was made is kept for whoever asked for it, so that what is printed or written is what was shown, and
nothing is added up a second time.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from pos.domain.contingency.plan import Plan
from pos.domain.housechart import HouseChart
from pos.domain.report import Report

FORMATS: Final = ("pdf", "xlsx", "csv", "json", "text")
LANGUAGES: Final = ("en", "zh_TW", "vi", "uk", "hu")
_KEPT: Final = 8


@dataclass(frozen=True, slots=True)
class Form:
    """How a report is written: one of FORMATS in one of LANGUAGES; the rest is for CSV."""

    format: str
    language: str
    separator: str = ","
    decimal_comma: bool = False
    bom: bool = False


Step = Callable[[int, int], bool]  # told how many rows of how many are done; whether to go on


class ReportFiles(Protocol):
    """Writes reports, house charts and contingency plans, on a thread of its own."""

    def write(self, report: Report, form: Form, to: Path, replace: bool, step: Step) -> Future[str]:
        """The path of the file, which is whole or not there. In a folder it gets a name of its own. Fails with
        Refused: bad_request for a place that cannot be written to, or a name that is taken unless `replace`; stopped.
        `step` is called on that thread."""

    def chart(self, chart: HouseChart, language: str, to: Path, replace: bool, step: Step) -> Future[str]:
        """The same for a house chart, which is a PDF."""

    def plan(self, plan: Plan, language: str, made_at: str, to: Path, replace: bool, step: Step) -> Future[str]:
        """The same for a contingency plan, which is a PDF, a page a level."""


@dataclass
class Work:
    """A report that is being made or written; `stopped` once somebody has had enough of it."""

    name: str
    stopped: bool = False


@dataclass
class Making:
    """What a desk knows of its reports. `works` are under way."""

    works: list[Work] = field(default_factory=list)
    number: int = 0
    _kept: dict[int, tuple[str, Report]] = field(default_factory=dict)

    def keep(self, user: str, report: Report) -> int:
        """The number under which `user` finds it again."""
        self.number += 1
        self._kept[self.number] = user, report
        for old in list(self._kept)[:-_KEPT]:
            del self._kept[old]
        return self.number

    def kept(self, user: str, number: int) -> Report | None:
        """None for one that somebody else asked for, or that is too long ago."""
        owner, report = self._kept.get(number, ("", None))
        return report if owner == user else None
