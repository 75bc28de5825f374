"""A drill while it is held, as the window of its training knows it: who waits for what, and how much time is left."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject, Signal

from pos.domain.errors import Refused
from pos.ui.bridge import Answer
from pos.ui.drills.model import Met, Waiting, met, waiting
from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.session import Session

OVER, RUNNING, WAITING = "over", "running", "waiting"


class RunningPresenter(QObject):
    """Follows the till's event `drill`. `marked` is the customer whom the screen is about."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.told: Answer = {}
        self.marked = 0
        self.problem = ""
        self._since = QElapsedTimer()
        session.heard.connect(self._heard)
        session.ticked.connect(self._tick)
        session.signed.connect(self.changed)
        session.bridge.call("drills", self._got)

    def _got(self, answer: Answer) -> None:
        if answer["running"] is not None:
            self._take(answer["running"])

    def _heard(self, event: Answer) -> None:
        if event.get("event") == "drill":
            self._take(event)

    def _take(self, told: Answer) -> None:
        self.told, self.problem = told, ""
        self._since.restart()
        numbers = [one["customer"] for one in told["customers"]]
        if self.marked not in numbers:
            self.marked = numbers[0] if numbers else 0
        self.changed.emit()

    def _tick(self) -> None:
        if self.state != OVER:
            self.changed.emit()

    # ---- what is shown -------------------------------------------------------------------

    @property
    def state(self) -> str:
        return str(self.told.get("state", WAITING))

    @property
    def left(self) -> str:
        """How much time is left: "7:12"; "" where that is no matter."""
        if self.state != RUNNING:
            return ""
        return self.session.formats.countdown(self.told["left_s"] - self._since.elapsed() / 1000)

    @property
    def customers(self) -> list[Waiting]:
        session = self.session
        return [waiting(one, session.formats, session.language) for one in self.told.get("customers", ())]

    @property
    def text(self) -> str:
        """What there is to say beside the customers."""
        if not self.told:
            return tr("The drill is being made ready …")
        if self.state == WAITING:
            name = self.session.names.get(self.told["person"], self.told["person"])
            return tr("The drill begins when {name} has signed in here and opened a shift.", name=name)
        if self.state == OVER:
            result = self.told["result"]
            return tr(
                "The drill is over: {points} of {of} points. {key} shows what was good and what was missed; {leave} "
                "leaves.",
                points=str(result["points"]),
                of=str(result["of"]),
                key=cap("drills"),
                leave=cap("training"),
            )
        return "" if self.told["customers"] else tr("Nobody is waiting. Look after your window.")

    @property
    def marks(self) -> list[Met]:
        """The result, once it is over."""
        result = self.told.get("result")
        return met(result, self.session.formats) if result else []

    # ---- what the person does beside the till ----------------------------------------------

    def mark(self, number: int) -> None:
        self.marked = number
        self.changed.emit()

    def step(self, by: int) -> None:
        numbers = [one.number for one in self.customers]
        if numbers:
            at = numbers.index(self.marked) if self.marked in numbers else 0
            self.mark(numbers[max(0, min(len(numbers) - 1, at + by))])

    def clear_jam(self) -> None:
        """The paper was taken out of the printer."""
        self._say("jam_cleared")

    def turn_away(self) -> None:
        """The marked customer is told that they cannot have what they want."""
        if self.marked:
            self._say("turned_away", customer=self.marked)

    def _say(self, what: str, **fields: Any) -> None:
        self.session.bridge.call("drill_said", self._got, self._refused, what=what, **fields)

    def _refused(self, refusal: Refused) -> None:
        self.problem = self.session.sentence(refusal)
        self.changed.emit()
