"""The end of the payment terminal's day, from the drawer's screen: asked for twice, told plainly."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.ui.bridge import Answer
from pos.ui.i18n import name_in, tr
from pos.ui.session import Session


class DayEnd(QObject):
    """`text` is what there is to say about it; `level`, how it is meant, is "muted", "good" or "warning"."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.text, self.level = "", "muted"
        self.asking = False
        self._sure = False
        session.heard.connect(self._heard)
        session.signed.connect(self.forget)

    @property
    def present(self) -> bool:
        """Whether this till has a terminal."""
        return "terminal" in self.session.status.devices

    def press(self) -> None:
        """Once to be asked whether this is meant, twice to have it done."""
        if self.asking or not self.present:
            return
        if not self._sure:
            self._sure = True
            self._say("warning", tr("The terminal hands in the day's card payments? Once more starts it."))
            return
        self.asking, self._sure = True, False
        self._say("muted", tr("Reaching the terminal…"))
        self.session.bridge.call("end_of_day", self._done, self._refused, self._ended)

    def forget(self) -> None:
        """Somebody else, or something else: what was said or begun here is over."""
        if not self.asking and (self.text or self._sure):
            self._sure = False
            self._say("muted", "")

    def _heard(self, event: Answer) -> None:
        if self.asking and event.get("event") == "terminal" and event["text"]:
            shown = name_in(event.get("texts"), self.session.language, event.get("words") or "")
            self._say("muted", shown)

    def _ended(self) -> None:
        self.asking = False

    def _done(self, answer: Answer) -> None:
        doc, money = answer["end_of_day"], self._money
        expected, level = money(doc["expected"]), "warning"
        if doc["total"] is None:
            text = tr("The terminal names no sum. This till has moved {expected} by card.", expected=expected)
        elif Money.parse(doc["difference"], self.session.venue.currency):
            text = tr(
                "The terminal handed in {total}, this till has moved {expected} by card: {difference} apart.",
                total=money(doc["total"]),
                expected=expected,
                difference=money(doc["difference"]),
            )
        else:
            text, level = tr("The terminal handed in {total}, as this till has it ✓", total=money(doc["total"])), "good"
        if doc["unclear_before"]:
            text += " " + tr("An end of day before this one had no clear outcome; part of it may have gone then.")
        self._say(level, text)

    def _money(self, text: str) -> str:
        return self.session.formats.money(Money.parse(text, self.session.venue.currency))

    def _refused(self, refusal: Refused) -> None:
        text = self.session.sentence(refusal)
        if refusal.fields.get("known") is False:
            text += " " + tr("It may have handed in all the same: look at its slip.")
        self._say("warning", text)

    def _say(self, level: str, text: str) -> None:
        self.level, self.text = level, text
        self.changed.emit()
