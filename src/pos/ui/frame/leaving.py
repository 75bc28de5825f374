"""Closing the window: what is open or waits is said, and asked about once. Nothing of it is lost either way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from pos.ui.application import ENDING
from pos.ui.attendance import basket_of
from pos.ui.foot.presenter import PaperPresenter
from pos.ui.frame.cover import Cover
from pos.ui.i18n import tr, tr_count
from pos.ui.parts import foot, touch
from pos.ui.session import Session
from pos.ui.theme.widgets import KeyButton

_SIZE_PX: Final = (720, 380)


class Leaving(Cover):
    """`close` closes the window. While something is under way it waits for that."""

    def __init__(
        self,
        over: QWidget,
        session: Session,
        paper: PaperPresenter,
        give_back: Callable[[], None],
        close: Callable[[], object],
    ) -> None:
        super().__init__(over, give_back, _SIZE_PX)
        self._session, self._paper, self._close = session, paper, close
        self._sure = False
        self.title(tr("Close the window?"))
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self.box.addWidget(self._text)
        self.box.addStretch(1)
        stay = touch(KeyButton(tr("Stay"), "Esc", kind="outline", stacked=True), self.dismiss, 56)
        leave = touch(KeyButton(tr("Close the window"), "Enter", kind="primary", stacked=True), self._leave, 56)
        self.box.addLayout(foot(stay, leave))
        session.status_changed.connect(self._draw)
        session.ticked.connect(self._draw)
        # Once whoever asked has taken the answer up.
        session.bridge.settled.connect(self._settled, Qt.ConnectionType.QueuedConnection)

    def agrees(self) -> bool:
        """Whether the window may close now; if not, it asks. Asked for a second time, it closes."""
        asked_before = self._sure or self.isVisible()
        if self._session.bridge.acting:
            self._sure = asked_before
        elif asked_before or not self.said():
            return True
        self.open()
        return False

    def open(self) -> None:
        self._session.refresh_status()
        super().open()
        self._draw()

    def dismiss(self) -> None:
        self._sure = False
        super().dismiss()

    def act(self, action: str) -> None:
        if action == "primary":
            self._leave()
        else:
            super().act(action)

    def _leave(self) -> None:
        self._sure = True
        if self._session.bridge.acting:
            self._draw()
        else:
            self._close()

    def _settled(self) -> None:
        if self._sure and self.isVisible():
            self._close()

    def _draw(self) -> None:
        if self.isVisible():
            self._text.setText("\n\n".join(self.said() or [tr("Nothing is open any more, and nothing waits.")]))

    def said(self) -> list[str]:
        """A sentence for each thing that is open or waits, and what becomes of it."""
        session = self._session
        said = []
        if session.bridge.acting:
            wait = tr("A payment or another step is under way. The window closes when it is over.")
            said.append(wait if self._sure else tr("A payment or another step is under way: it is not broken off."))
        if waits := basket_of(session):
            said.append(tr("{basket}: it is kept, and on screen again after the next start.", basket=waits))
        if session.status.shift:
            said.append(tr("The shift stays open, and its drawer uncounted. Close the shift first if the day is over."))
        if unsent := session.status.unsent:
            many = session.formats.count(unsent)
            entries = tr_count(
                "%n entry is not at the office yet", "%n entries are not at the office yet", unsent, many
            )
            said.append(tr("{entries}: kept on this machine, and sent after the next start.", entries=entries))
        if jobs := sum(job.open for job in self._paper.jobs):
            prints = tr_count("%n print waits", "%n prints wait", jobs, session.formats.count(jobs))
            said.append(tr("{prints}: what has not begun is printed after the next start.", prints=prints))
        if jobs := self._paper.troubled:
            prints = tr_count("%n print needs an answer", "%n prints need an answer", jobs, session.formats.count(jobs))
            said.append(tr("{prints}: it is asked for again after the next start.", prints=prints))
        return said


def ended_from_outside() -> bool:
    """Whether the system ends the program, or the person's session on this machine."""
    app = QApplication.instance()
    return isinstance(app, QApplication) and (bool(app.property(ENDING)) or app.isSavingSession())
