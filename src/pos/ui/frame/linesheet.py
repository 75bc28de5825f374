"""The line to the office, in full: how it is, how it was tonight, what the office lacks, what is in hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from pos.ui.bridge import Answer
from pos.ui.format import read_time
from pos.ui.frame.cover import Cover, section
from pos.ui.frame.linewords import NOT_ASKED, cause, line_name, online, unsent_groups, what_to_do
from pos.ui.i18n import name_in, told, tr, tr_count
from pos.ui.parts import FactGrid, foot, touch
from pos.ui.session import Session
from pos.ui.theme.widgets import KeyButton

_SIZE_PX: Final = (980, 620)
_NOW, _UNSENT, _SHOWS, _CHANGES, _LINES = 6, 8, 16, 30, 8  # rows


class LineSheet(Cover):
    """Asks the till whenever the line or what is unsent changes while it is shown. Enter has all sent and fetched."""

    def __init__(self, over: QWidget, session: Session, give_back: Callable[[], None]) -> None:
        super().__init__(over, give_back, _SIZE_PX)
        self.session = session
        self._told: Answer = {}
        self._trying = False
        self.title(tr("The line to the office"))
        self._advice = QLabel()
        self._advice.setWordWrap(True)
        self._advice.setProperty("role", "warning")
        self.box.addWidget(self._advice)
        self.now, self.unsent = FactGrid(_NOW), FactGrid(_UNSENT)
        self.shows, self.changes, self.lines = FactGrid(_SHOWS), FactGrid(_CHANGES), FactGrid(_LINES)
        self.scrolling(self._inside())
        self._try = touch(KeyButton(tr("Send and fetch now"), "Enter", kind="primary", stacked=True), self.try_now, 56)
        close = touch(KeyButton(tr("Close"), "Esc", kind="outline", stacked=True), self.dismiss, 56)
        self.box.addLayout(foot(close, self._try))
        for signal in (session.linked, session.shows_changed, session.status_changed, session.ticked):
            signal.connect(self.draw)
        session.heard.connect(self._heard)

    def _inside(self) -> QWidget:
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 12, 0)
        grid.setHorizontalSpacing(40)
        grid.setVerticalSpacing(8)
        parts = (
            (tr("Now"), self.now),
            (tr("In hand at this till"), self.shows),
            (tr("Not at the office yet"), self.unsent),
            (tr("Since this till was opened"), self.changes),
        )
        for at, (name, facts) in enumerate(parts):
            row, column = 2 * (at // 2), at % 2
            grid.addWidget(section(name), row, column)
            grid.addLayout(facts, row + 1, column, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(column, 1)
        self._addresses = section(tr("The office's addresses, in the order in which they are tried"))
        grid.addWidget(self._addresses, 4, 0, 1, 2)
        grid.addLayout(self.lines, 5, 0, 1, 2, Qt.AlignmentFlag.AlignTop)
        grid.setRowStretch(6, 1)
        return inside

    # ---- asking --------------------------------------------------------------------------

    def open(self) -> None:
        self._ask()
        self.session.refresh_status()
        super().open()
        self.draw()

    def _ask(self) -> None:
        self.session.bridge.latest("line", "line", self._got)

    def _got(self, answer: Answer) -> None:
        self._told = answer
        self.draw()

    def _heard(self, event: Answer) -> None:
        if self.isVisible() and event.get("event") in ("link", "sent", "changed"):
            self._ask()

    def try_now(self) -> None:
        """Have everything sent and fetched now; what comes of it is on the sheet."""
        if not self._trying:
            self._trying = True
            self.session.bridge.call("sync", None, lambda _: None, self._tried)
            self.draw()

    def _tried(self) -> None:
        self._trying = False
        self._ask()
        self.session.refresh_status()

    def act(self, action: str) -> None:
        if action == "primary":
            self.try_now()
        elif action == "line_page":
            self.dismiss()
        else:
            super().act(action)

    # ---- drawing -------------------------------------------------------------------------

    def draw(self) -> None:
        if not self.isVisible():
            return
        link = self.session.link
        self._advice.setText("" if link.online else what_to_do(self.session))
        self._advice.setVisible(bool(self._advice.text()))
        self._try.set_label(tr("Asking …") if self._trying else tr("Send and fetch now"))
        if not self._told:
            return  # nothing is said before the till has answered
        self.now.show_facts(self._now())
        self.unsent.show_facts(self._unsent() or [("", tr("Nothing: the office has everything."))])
        self.shows.show_facts(self._shows() or [("", tr("Nothing: open a shift, or wait for the office."))])
        lines = self._lines()
        self._addresses.setVisible(bool(lines))
        self.lines.show_facts(lines)
        self.changes.show_facts(self._changes() or [("", tr("The line has not been lost."))])

    def _clock(self, iso: str | None) -> str:
        """ "19:42 (12 min ago)", "" where it never was."""
        if not iso:
            return ""
        at, formats = read_time(iso), self.session.formats
        return tr("{time} ({span} ago)", time=formats.day_and_time(at, self.session.now), span=self._span(at))

    def _span(self, since: datetime) -> str:
        return self.session.formats.span((self.session.now - since).total_seconds())

    def _now(self) -> list[tuple[str, str]]:
        session, link = self.session, self.session.link
        if link.online:
            state = online(link.line)
        elif link.cause == NOT_ASKED:
            state = cause(session, NOT_ASKED)
        else:
            state = tr("Away: {cause}", cause=cause(session, link.cause))
        since = self._clock(link.since.isoformat()) if link.since is not None else ""
        never = tr("not since this till was opened")
        sent, received = (self._clock(self._told[key]) or never for key in ("sent_at", "received_at"))
        takes = link.round_trip_ms if link.online else None
        return [
            (tr("State"), state),
            (tr("Since"), since),
            (tr("In the words of the network"), told(str(self._told["link"]["detail"] or ""))),
            (tr("An answer takes"), tr("{n} ms", n=max(1, round(takes))) if takes is not None else ""),
            (tr("Last sent"), sent),
            (tr("Last received"), received),
        ]

    def _unsent(self) -> list[tuple[str, str]]:
        formats, now = self.session.formats, self.session.now
        rows = []
        for name, count, since in unsent_groups(self._told["unsent"]):
            time = formats.day_and_time(read_time(since), now)
            rows.append((name, tr("{count}, since {time}", count=formats.count(count), time=time)))
        return rows

    def _shows(self) -> list[tuple[str, str]]:
        session, formats = self.session, self.session.formats
        rows = []
        for card in session.shows:
            if not card.held_here:
                continue
            title = name_in(card.titles, session.language, card.title)
            places = tr_count("%n place in hand", "%n places in hand", card.held_here, formats.count(card.held_here))
            if not session.link.online and (as_of := card.as_of or session.link.since) is not None:
                places = tr("as of {time}: {places}", time=formats.time(as_of), places=places)
            rows.append((f"{formats.day_and_time(card.starts, session.now)} {title}", places))
        return rows[:_SHOWS]

    def _lines(self) -> list[tuple[str, str]]:
        """What is known of each address; nothing where there is only one."""
        lines = self._told["lines"]
        return [(line_name(one["name"]), self._line(one)) for one in lines][:_LINES] if len(lines) > 1 else []

    def _line(self, one: Answer) -> str:
        since = self._clock(one["since"])
        words = {
            "in_use": lambda: tr("{address}: in use since {time}", address=one["address"], time=since),
            "answers": lambda: tr("{address}: ready, it has answered since {time}", address=one["address"], time=since),
            "fails": lambda: tr(
                "{address}: {cause}, since {time}",
                address=one["address"],
                cause=cause(self.session, one["cause"]),
                time=since,
            ),
        }
        said = words.get(one["state"])
        return said() if said is not None else tr("{address}: not asked yet", address=one["address"])

    def _changes(self) -> list[tuple[str, str]]:
        formats, now = self.session.formats, self.session.now
        rows = []
        for one in reversed(self._told["changes"]):
            words = online(one.get("line") or "") if one["state"] == "online" else cause(self.session, one["cause"])
            rows.append((formats.day_and_time(read_time(one["at"]), now), words))
        return rows[:_CHANGES]
