"""The top bar: what is being sold, the line to the office, and who is at the window."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from pos.ui.frame.levelwords import GRAVE, NORMAL, level_name
from pos.ui.frame.linewords import NOT_ASKED, cause, online
from pos.ui.i18n import name_in, tr
from pos.ui.keys import cap
from pos.ui.session import Session
from pos.ui.sizes import set_height
from pos.ui.theme import tokens as t
from pos.ui.theme.apply import restyle
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton, Pill, RailButton


class TopBar(QFrame):
    """Draws the session; `lock` is pressed to lock, `line` to see the line to the office in full, `level` to read what
    the contingency plan says of the level that the till is at."""

    lock = Signal()
    settings = Signal()
    line = Signal()
    level = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._compact = False
        self.setProperty("role", "card")
        self.setFixedHeight(56)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 12, 0)
        row.setSpacing(12)
        self._brand = brand = QLabel("Housefull")
        brand.setFont(text_font(t.BODY, QFont.Weight.Bold))
        self._title, self._when, self._fresh, self._who = QLabel(), QLabel(), QLabel(), QLabel()
        self._title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._when.setTextFormat(Qt.TextFormat.RichText)
        self._who.setTextFormat(Qt.TextFormat.RichText)
        self._fresh.setProperty("role", "muted")
        self._pill = Pill()
        self._pill.pressed.connect(self.line)
        self._level = Pill()
        self._level.pressed.connect(self.level)
        self._lock = KeyButton(tr("Lock"), cap("lock"), kind="plain")
        set_height(self._lock, 48)
        self._lock.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._lock.clicked.connect(self.lock)
        self._settings = RailButton("settings", tr("Settings"), cap("settings"))
        self._settings.setCheckable(False)
        self._settings.set_compact(True)
        self._settings.setToolTip(tr("Settings"))
        self._settings.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._settings.clicked.connect(self.settings)
        for part in (brand, self._title, self._when, self._fresh):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self._level)
        row.addWidget(self._pill)
        row.addWidget(self._who)
        row.addWidget(self._settings)
        row.addWidget(self._lock)
        for signal in (session.signed, session.linked, session.shows_changed, session.status_changed):
            signal.connect(self.draw)
        session.show_chosen.connect(self.draw)
        self.draw()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 56)

    def set_compact(self, compact: bool) -> None:
        """In a small window: no more than which show, the line and who."""
        self._compact = compact
        self._brand.setVisible(not compact)
        self.draw()

    @property
    def _narrow(self) -> bool:
        """Whether there is room for the needful alone: the chip of the level takes some."""
        return self._compact or self.session.status.level != NORMAL

    def draw(self) -> None:
        """Called on every change, and by the window's clock for the countdown."""
        self._draw_show()
        self._draw_person()
        self._draw_link()
        self._draw_level()

    def _draw_show(self) -> None:
        session, formats = self.session, self.session.formats
        card = session.show if session.person is not None else None
        for part in (self._title, self._when):
            part.setVisible(card is not None)
        self._fresh.setVisible(card is not None and not self._narrow)
        if card is None:
            return
        self._title.setText(name_in(card.titles, session.language, card.title))
        muted = self.palette().placeholderText().color().name()
        when = f"{formats.date(card.starts)} · {formats.time(card.starts)}"
        parts = [countdown(session, card.starts), session.venue.name]
        small = " · ".join(filter(None, parts[:1] if self._narrow else parts))
        # Not tonight's show: said in words, weight and ground, since selling the wrong day is the dearest slip.
        other_day = not formats.is_today(card.starts, session.now)
        if other_day:
            when = f"<b>{when}</b>"
        if other_day != (self._when.property("role") == "other-day"):
            self._when.setProperty("role", "other-day" if other_day else "")
            restyle(self._when)
        self._when.setText(f'{when} <span style="color:{muted}; font-size:13px">· {small}</span>')
        if session.link.online:
            self._fresh.setText(tr("live · {time}", time=formats.time(session.now)))
        elif card.as_of is not None:
            self._fresh.setText(tr("as of {time}", time=formats.time(card.as_of)))
        elif session.link.since is not None:
            self._fresh.setText(tr("as of {time}", time=formats.time(session.link.since)))

    def _draw_person(self) -> None:
        session, person = self.session, self.session.person
        self._who.setVisible(person is not None)
        self._lock.setVisible(person is not None)
        self._settings.setVisible(person is not None)
        if person is None:
            return
        muted = self.palette().placeholderText().color().name()
        parts = [session.venue.till]
        if person.shift_since is not None and not self._narrow:
            parts.append(tr("shift since {time}", time=session.formats.time(person.shift_since)))
        rest = " · ".join(filter(None, parts))
        self._who.setText(f'<b>{person.name}</b> <span style="color:{muted}">{rest}</span>')

    def _draw_link(self) -> None:
        link, formats = self.session.link, self.session.formats
        self._pill.setVisible(link.known)
        if not link.known:
            return
        if link.cause == NOT_ASKED:
            self._pill.show_state("quiet", cause(self.session, NOT_ASKED))
        elif link.online:
            trip = "" if link.round_trip_ms is None else f" · {max(1, round(link.round_trip_ms))} ms"
            self._pill.show_state("online", online(link.line) + trip)
        else:
            age = formats.span((self.session.now - link.since).total_seconds()) if link.since else ""
            self._pill.show_state("away", tr("Office away {age}", age=age).strip())

    def _draw_level(self) -> None:
        level = self.session.status.level
        self._level.setVisible(level != NORMAL)
        name = tr("{level} {key}", level=level_name(level), key=cap("contingency"))
        self._level.show_state("loss" if level in GRAVE else "away", name)


def countdown(session: Session, starts: datetime) -> str:
    """ "in 28 min", "in 3 d", or how long ago it began."""
    seconds = (starts - session.now).total_seconds()
    span = session.formats.span(seconds)
    return tr("in {span}", span=span) if seconds >= 0 else tr("began {span} ago", span=span)
