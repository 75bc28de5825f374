"""The rush before a start: the show stays, pick-ups stand beside the sale, receipts come on demand.

It is offered from 45 minutes before a start until the show sells no more, begun with a key, and over by itself
then. It is this window's own, whoever is signed in: a queue does not end with a change of cashier.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from pos.ui.i18n import name_in, tr
from pos.ui.session import Session

if TYPE_CHECKING:
    from pos.ui.model import ShowCard

BEFORE: Final = timedelta(minutes=45)


def in_time(session: Session, card: ShowCard) -> bool:
    """Whether a show's rush is now: soon to begin, or begun and still on sale."""
    ends = max(card.starts, card.sales_until or card.starts)
    return card.sells and card.starts - BEFORE <= session.now < ends


def offered(session: Session) -> ShowCard | None:
    """The show whose rush may begin: the one being sold, else the next of those that are in time."""
    fitting = [card for card in session.shows if in_time(session, card)]
    coming = [card for card in fitting if card.starts > session.now]
    return next((card for card in fitting if card.id == session.show_id), next(iter(coming), None))


def title_of(session: Session, card: ShowCard) -> str:
    """The show as the window names it: its title and when it begins."""
    return f"{name_in(card.titles, session.language, card.title)} {session.formats.time(card.starts)}"


class Rush(QObject):
    """Begins and ends the session's rush."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self.session = session
        session.ticked.connect(self._look)
        session.shows_changed.connect(self._look)

    def toggle(self) -> None:
        """The key: into the rush, or out of it."""
        session = self.session
        if session.rush:
            self.end()
        elif (card := offered(session)) is None:
            session.toast.emit("plain", tr("No show begins within 45 minutes."))
        else:
            session.choose(card.id)
            session.rush = card.id
            session.rush_changed.emit()

    def end(self) -> None:
        self.session.rush = ""
        self.session.rush_changed.emit()

    def _look(self) -> None:
        session = self.session
        if not session.rush:
            return
        card = next((card for card in session.shows if card.id == session.rush), None)
        if card is None or not in_time(session, card):
            self.end()
            session.toast.emit("plain", tr("The rush is over: this show sells no more."))
