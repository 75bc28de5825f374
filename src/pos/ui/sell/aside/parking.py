"""Customers who wait: putting the basket aside, and taking one up again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.ui import bridge
from pos.ui.format import read_time
from pos.ui.i18n import tr, tr_count
from pos.ui.sell.aside.question import Answer, Question
from pos.ui.session import Session

_SOON_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Parked:
    """A basket that waits. `expires` is None when it has none to lose any more, which `lapsed` tells of."""

    number: int
    name: str
    note: str
    owner: str
    tickets: int
    shows: tuple[str, ...]
    total: Money
    expires: datetime | None
    lapsed: bool

    @classmethod
    def read(cls, doc: dict[str, Any], currency: str) -> Parked:
        expires = doc.get("expires")
        return cls(
            int(doc["number"]),
            doc["name"],
            doc["note"],
            doc["owner_name"],
            int(doc["tickets"]),
            tuple(doc["shows"]),
            Money.parse(doc["total"], currency),
            read_time(expires) if expires else None,
            bool(doc["lapsed"]),
        )


class ParkingLot(QObject):
    """The parked baskets as the till has them. `front` is given a basket that takes the place of the one in front."""

    changed = Signal()

    def __init__(self, session: Session, front: Callable[[bridge.Answer], None], parent: QObject) -> None:
        super().__init__(parent)
        self.session, self._front = session, front
        self.parked: list[Parked] = []
        session.heard.connect(self._heard)

    def refresh(self) -> None:
        self.session.bridge.latest("parked", "parked", self._take)

    def _take(self, answer: bridge.Answer) -> None:
        self.parked = [Parked.read(doc, self.session.venue.currency) for doc in answer["parked"]]
        self.changed.emit()

    def _heard(self, event: bridge.Answer) -> None:
        if event.get("event") != "basket":
            return
        if number := event.get("number"):
            who = " ".join(filter(None, (str(number), event.get("name") or "")))
            text = tr("Parked basket {who}: its time was over, and another window took its places.", who=who)
            self.session.toast.emit("warning", text)
        self.refresh()

    def park(self, name: str) -> None:
        """Put the basket in front aside."""

        def done(answer: bridge.Answer) -> None:
            self._front(answer["basket"])
            self._parked_as(answer["parked"]["number"])
            self.refresh()

        self.session.bridge.call("park", done, name=name)

    def take_up(self, number: int) -> None:
        """Take a parked basket up; what is in front waits for it."""

        def done(answer: bridge.Answer) -> None:
            self._front(answer["basket"])
            if "parked" in answer:
                self._parked_as(answer["parked"]["number"])
            self.refresh()

        def refused(refusal: Refused) -> None:
            self.session.toast.emit("warning", self.session.sentence(refusal))
            self.refresh()

        self.session.bridge.call("recall", done, refused, number=number, park=True)

    def _parked_as(self, number: int) -> None:
        self.session.toast.emit("good", tr("Parked as number {number}.", number=number))


class _Waiting(Question):
    """Rows of what is parked, their time running."""

    def __init__(self, lot: ParkingLot) -> None:
        super().__init__()
        self._lot = lot
        lot.changed.connect(self.tick)
        lot.refresh()
        self.tick()

    def tick(self) -> None:
        self.answers = [self._row(parked) for parked in self._lot.parked]
        self.changed.emit()

    def _row(self, parked: Parked) -> Answer:
        session = self._lot.session
        count = tr_count("%n ticket", "%n tickets", parked.tickets)
        owner = parked.owner if parked.name else ""  # who knows what was promised
        detail = " · ".join(filter(None, (parked.note, count, ", ".join(parked.shows), owner)))
        left = max(0.0, (parked.expires - session.now).total_seconds()) if parked.expires else 0.0
        below = tr("{time} left", time=f"{int(left) // 60}:{int(left) % 60:02d}") if left else tr("time is over")
        if parked.expires is None and not parked.lapsed:
            below = ""
        total = session.formats.amount(parked.total)
        title = f"{parked.number}  {parked.name or parked.owner}"
        return Answer(parked.number, 0, title, detail, total, below, bool(below) and left < _SOON_S)

    def digit(self, number: int) -> None:
        if any(parked.number == number for parked in self._lot.parked):
            self.choose(number)

    def choose(self, key: Any) -> None:
        self.ended.emit()
        self._lot.take_up(int(key))


class Park(_Waiting):
    """The basket is put aside under a name, if one is typed; below it those that wait already."""

    typed = True

    def __init__(self, lot: ParkingLot) -> None:
        super().__init__(lot)
        self.title = tr("Park this basket")
        self.hint = tr("Its places and prices stay for ten minutes.")
        self.field, self.action = tr("Name, or anything to know it by"), tr("Park")

    def enter(self, text: str) -> None:
        self.ended.emit()
        self._lot.park(text.strip())


class TakeUp(_Waiting):
    """One of those that wait is taken up by its number."""

    def __init__(self, lot: ParkingLot) -> None:
        super().__init__(lot)
        self.title, self.action = tr("Parked baskets"), tr("Take up")

    def tick(self) -> None:
        super().tick()
        hint = tr("Type its number, or press it.") if self.answers else tr("No basket is parked.")
        if hint != self.hint:
            self.hint = hint
            self.changed.emit()
