"""The place that is pointed at, or walked to, in words: what it is, what it costs, who has it and since when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from pos.ui.bridge import Answer
from pos.ui.format import read_time
from pos.ui.i18n import tr
from pos.ui.seatmap import states as s
from pos.ui.sell.aside.holding import type_words
from pos.ui.sell.hall import Hall
from pos.ui.session import Session

_DWELL_MS: Final = 150  # so long on one place, and its holder is asked for
_ASKED: Final = (s.ELSEWHERE, s.HELD, s.SOLD)  # states that somebody has brought about


class Pointed(QObject):
    """`changed` says that `text` is another. `state_of` and `price_of` are by place and by category."""

    changed = Signal()

    def __init__(
        self,
        session: Session,
        hall: Hall,
        state_of: Callable[[int], int],
        price_of: Callable[[str], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._hall = session, hall
        self._state_of, self._price_of = state_of, price_of
        self.place = -1
        self.text = ""
        self._asking = QTimer(self, singleShot=True)
        self._asking.timeout.connect(self._ask)

    def look(self, place: int) -> None:
        """This place is pointed at now, or its state is another; -1 for none."""
        self._asking.stop()
        self.place = place
        self._say(self.describe(place))
        if place >= 0 and self._state_of(place) in _ASKED:
            self._asking.start(_DWELL_MS)

    def describe(self, place: int) -> str:
        """A seat in words as far as they are at hand: what it is called, its category, its state, its price."""
        plan = self._hall.plan
        if plan is None or not 0 <= place < len(plan):
            return ""
        category = plan.categories[plan.category[place]].name
        state = self._words(place)
        return " · ".join(filter(None, (plan.label(place), category, self._price_of(category), state)))

    def _words(self, place: int) -> str:
        state = self._state_of(place)
        if state == s.HELD and (hold := self._hall.held_for(place)):
            return held_words(hold, self._session)
        return {
            s.FREE: tr("free"),
            s.HERE: tr("free, in hand here"),
            s.ELSEWHERE: tr("at another window"),
            s.HELD: tr("held"),
            s.SOLD: tr("sold"),
            s.BASKET: tr("in the basket"),
            s.UNPRICED: tr("not for sale"),
        }[state]

    def _say(self, text: str) -> None:
        if text != self.text:
            self.text = text
            self.changed.emit()

    def _ask(self) -> None:
        plan, place = self._hall.plan, self.place
        if plan is None or not 0 <= place < len(plan):
            return
        show, asked = self._hall.show_id, plan.place_ids[place]

        def came(answer: Answer) -> None:
            if (self.place, self._hall.show_id) == (place, show) and self._state_of(place) in _ASKED:
                self._say(" · ".join(filter(None, (self.describe(place), self._who(answer)))))

        self._session.bridge.latest("pointed", "place", came, lambda _: None, show=show, place=asked)

    def _who(self, answer: dict[str, Any]) -> str:
        """Who has it and since when, as far as that is known; of one that may not be used, why."""
        if "closed" in answer:
            return tr("may not be used: {reason}", reason=answer["closed"]["reason"])
        holder, since = answer["holder"], _moment(answer["since"])
        when = self._session.formats.day_and_time(since, self._session.now) if since is not None else ""
        if holder and when:
            return tr("{holder}, since {time}", holder=holder, time=when)
        return holder or (tr("since {time}", time=when) if when else "")


def held_words(hold: dict[str, Any], session: Session) -> str:
    """What a seat is held for: type, for whom, note, until when, and where it can be released."""
    ends = session.formats.day_and_time(read_time(hold["release"]), session.now) if hold["release"] else ""
    until = tr("until {time}", time=ends) if ends else ""
    home = tr("at home at {till}", till=hold["home"]) if hold["home"] else ""
    what = tr("held: {type}", type=type_words(hold["type"]))
    return " · ".join(filter(None, (what, hold["owner"], hold["order"], hold["note"], until, home)))


def _moment(text: str | None) -> datetime | None:
    return read_time(text) if text else None
