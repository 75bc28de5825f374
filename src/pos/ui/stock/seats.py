"""Seat stock as the window shows it: shows to come with what their places are, how they sell, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.domain.seatstock import COUNTABLE
from pos.ui.bridge import Answer
from pos.ui.format import read_time
from pos.ui.i18n import tr, tr_count
from pos.ui.session import Session

_PERCENT: Final = 100  # basis points in one


@dataclass(frozen=True, slots=True)
class Stock:
    """One show. `doc` has the parts by name; `share` is what is sold, in whole percent."""

    show: str
    title: str
    starts: datetime
    capacity: int
    left: int
    share: int
    alert: dict[str, Any] | None
    doc: dict[str, Any]

    @classmethod
    def read(cls, doc: dict[str, Any]) -> Stock:
        return cls(
            doc["show"],
            doc["title"],
            read_time(doc["starts"]),
            doc["capacity"],
            doc["left"],
            doc["share"] // _PERCENT,
            doc["alert"],
            doc,
        )


def part_names() -> dict[str, str]:
    """The parts of a show's places, in words, in the order in which they are shown."""
    return {
        "free": tr("Free"),
        "hands": tr("In windows' hands"),
        "basket": tr("In baskets here"),
        "held": tr("Held"),
        "killed": tr("Killed"),
        "sold": tr("Sold"),
        "paper": tr("On paper"),
        "frozen": tr("Frozen"),
    }


def count_names() -> dict[str, str]:
    """What two people can count, in words."""
    return {"left": tr("Unsold"), "held": tr("Held"), "paper": tr("Paper"), "sold": tr("Sold")}


class SeatsPresenter(QObject):
    """The shows to come, the soonest first; one is marked, and may be counted by two who are not told before."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.rows: list[Stock] = []
        self.marked = ""
        self.origin = "shows"  # the screen that led here, to which Esc goes back
        self.asking = False
        self.problem = self.said = ""
        self.counted: dict[str, str] = dict.fromkeys(COUNTABLE, "")

    def refresh(self) -> None:
        self.session.bridge.latest("stock", "stock", self._got)

    def _got(self, answer: Answer) -> None:
        self.rows = [Stock.read(doc) for doc in answer["shows"]]
        if self.current is None and self.rows:
            self.marked = self.rows[0].show
        self.changed.emit()

    @property
    def current(self) -> Stock | None:
        return next((row for row in self.rows if row.show == self.marked), None)

    def mark(self, show: str) -> None:
        if show != self.marked:
            self.marked = show
            self._drop()
        self.changed.emit()

    def _drop(self) -> None:
        self.problem = self.said = ""
        self.counted = dict.fromkeys(COUNTABLE, "")

    def alert(self, row: Stock) -> str:
        """Why a show wants a look, and what is proposed; empty for one that does not."""
        if row.alert is None:
            return ""
        formats, count = self.session.formats, int(row.alert["count"])
        places = tr_count("%n place", "%n places", count, formats.count(count))
        do = {
            "release_holds": tr("release holds: {places}", places=places),
            "recall_hands": tr("ask other windows for theirs: {places}", places=places),
            "standby_list": tr("open the waiting list"),
            "add_allotment": tr("bring places here: {places}", places=places),
            "promotion": tr("promote it: {places}", places=places),
        }.get(row.alert["action"], row.alert["action"])
        if row.alert["what"] == "short":
            return tr("Short — {do}", do=do)
        expected = f"{int(row.alert['expected']) // _PERCENT} %"
        return tr("Slow, {expected} expected — {do}", expected=expected, do=do)

    def pace(self, row: Stock) -> str:
        """How it sells."""
        formats = self.session.formats
        return tr(
            "{day} in 24 hours, {week} in 7 days",
            day=formats.count(row.doc["sold_day"]),
            week=formats.count(row.doc["sold_week"]),
        )

    # ---- counted by two ----------------------------------------------------------------

    def type(self, part: str, text: str) -> None:
        self.counted[part] = text.strip()
        self.problem = self.said = ""
        self.changed.emit()

    def clear(self) -> bool:
        had = any(self.counted.values()) or bool(self.problem or self.said)
        self._drop()
        self.changed.emit()
        return had

    def count(self) -> None:
        """Enter what was counted."""
        row = self.current
        typed = {part: text for part, text in self.counted.items() if text}
        if row is None or self.asking:
            return
        if not typed or not all(text.isdigit() for text in typed.values()):
            self.problem = tr("Type what you have counted, as whole numbers.")
            self.changed.emit()
            return
        self.asking = True
        fields = {"what": "seats", "show": row.show, "counted": {part: int(text) for part, text in typed.items()}}
        self.session.bridge.call("stock_take", self._counted, self._refused, self._ended, **fields)
        self.changed.emit()

    def _ended(self) -> None:
        self.asking = False
        self.changed.emit()

    def _counted(self, answer: Answer) -> None:
        self._drop()
        names = count_names()
        if answer.get("waiting"):
            self.said = tr("Kept. Now somebody else signs in and counts the same, without being told.")
        elif not answer["agreed"]:
            apart = ", ".join(names[part] for part in answer["apart"])
            self.problem = tr("The two counts are not the same ({parts}). Both count again.", parts=apart)
        else:
            off = {part: number for part, number in answer["difference"].items() if number}
            told = ", ".join(f"{names[part]} {number:+d}" for part, number in off.items())
            self.said = tr("Both agree: {told}", told=told) if off else tr("Both agree, and everything is there.")
        self.refresh()

    def _refused(self, refusal: Refused) -> None:
        self.problem = self.session.sentence(refusal)
        self.changed.emit()
