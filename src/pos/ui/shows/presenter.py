"""Which shows the list holds, in which order, and what is said of each."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from pos.ui.i18n import name_in, tr
from pos.ui.model import ShowCard
from pos.ui.session import Session


@dataclass(frozen=True, slots=True)
class ShowRow:
    """One show as text. `today` and `sells` decide how it looks; `chosen` is the one being sold."""

    show: str
    day: str
    time: str
    title: str
    remark: str
    free: str
    today: bool
    sells: bool
    chosen: bool


class ShowsPresenter(QObject):
    """The programme from now on, then what is over; `wanted` narrows it."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.wanted = ""
        session.shows_changed.connect(self.changed)

    def type(self, text: str) -> None:
        self.wanted = text
        self.changed.emit()

    def rows(self) -> list[ShowRow]:
        """The shows that match, those that still sell first."""
        words = self.wanted.casefold().split()
        cards = sorted(self.session.shows, key=lambda card: (self._over(card), card.starts))
        rows = [self._row(card) for card in cards]
        return [row for row in rows if all(word in f"{row.title} {row.day} {row.time}".casefold() for word in words)]

    def _over(self, card: ShowCard) -> bool:
        return not card.sells and card.starts < self.session.now

    def _row(self, card: ShowCard) -> ShowRow:
        formats, now = self.session.formats, self.session.now
        today = formats.is_today(card.starts, now)
        away = self.session.link.known and not self.session.link.online
        if away:
            free = tr("{here} in hand of {free}", here=formats.count(card.held_here), free=formats.count(card.free))
        else:
            free = tr("{free} of {all} free", free=formats.count(card.free), all=formats.count(card.capacity))
        return ShowRow(
            card.id,
            tr("Today") if today else formats.date(card.starts),
            formats.time(card.starts),
            name_in(card.titles, self.session.language, card.title),
            self._remark(card),
            free,
            today,
            card.sells,
            card.id == self.session.show_id,
        )

    def _remark(self, card: ShowCard) -> str:
        formats, now = self.session.formats, self.session.now
        if card.changed:
            return tr("has changed")
        if card.on_sale is not None and card.on_sale > now:
            return tr("on sale from {when}", when=formats.day_and_time(card.on_sale, now))
        if not card.sells:
            return tr("over") if card.starts < now else tr("not on sale")
        if card.free == 0:
            return tr("sold out")
        if card.short and card.starts >= now:
            return tr("few left")
        if card.slow and card.starts >= now:
            return tr("sells slowly")
        if card.starts < now:
            return tr("began {span} ago", span=formats.span((now - card.starts).total_seconds()))
        if formats.is_today(card.starts, now):
            return tr("in {span}", span=formats.span((card.starts - now).total_seconds()))
        return ""
