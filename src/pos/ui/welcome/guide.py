"""The guide of the first start: from a folder with nothing in it to the first sale, one plain step after another.

It can be left at any point (Esc) and is taken up there at the next start; once the till is set up, leaving opens it.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QStackedWidget, QVBoxLayout, QWidget

from pos.ui.frame.leaving import ended_from_outside
from pos.ui.i18n import speak, tr
from pos.ui.keys import KeyMap, cap
from pos.ui.parts import foot, scrolled, touch
from pos.ui.theme.apply import dress, tokens_for
from pos.ui.theme.fonts import load_fonts
from pos.ui.theme.tokens import Tokens
from pos.ui.theme.widgets import KeyButton
from pos.ui.welcome.begin import BeginPage
from pos.ui.welcome.choices import language_page, look_page
from pos.ui.welcome.page import Page
from pos.ui.welcome.people import PeoplePage, PracticePage
from pos.ui.welcome.printers import PrintersPage
from pos.ui.welcome.work import Apart, Work

STEPS: Final = ("language", "begin", "printers", "look", "people", "practice")
_SIZE_PX: Final = (880, 600)
_BUTTON_PX: Final = 56


class Guide(QDialog):
    """`work` does what is asked. Accepted when it is over, or was left with the till set up; else rejected."""

    def __init__(self, work: Work, step: str = "language", language: str = "en", theme: str = "system") -> None:
        super().__init__()
        load_fonts()
        self.work, self.language, self.theme = work, language, theme
        self._apart = Apart()
        self.finished.connect(self._apart.close)
        speak(language)
        self._dress()
        self.setWindowTitle("Housefull")
        room = self.screen().availableGeometry().size()  # 540 px high on a common screen at 200 %
        self.resize(QSize(*_SIZE_PX).boundedTo(room))
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._keys = KeyMap(self, self.act)
        self._build()
        first = step if step in STEPS and (work.there or step in STEPS[:2]) else "language"
        self.go(first)

    def _dress(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        dress(app, self.tokens)

    def _build(self) -> None:
        """All that has words in it, in one piece that another language replaces."""
        self._face = QWidget()
        box = QVBoxLayout(self._face)
        box.setContentsMargins(24, 24, 24, 24)
        box.setSpacing(16)
        self._step = QLabel()
        self._step.setProperty("role", "muted")
        self._stack = QStackedWidget()
        self._scroll = scrolled(self._stack)
        self.pages: dict[str, Page] = {}
        for name in STEPS:
            page = self.pages[name] = self._page(name)
            page.passed.connect(self.forward)
            page.changed.connect(self._draw)
            page.spoke.connect(self._scroll.ensureWidgetVisible)
            self._stack.addWidget(page)
        self.back_button = touch(KeyButton(tr("Back"), cap("line_up"), kind="outline"), self.back, _BUTTON_PX)
        self.later_button = touch(KeyButton(tr("Later"), cap("back"), kind="outline"), self.leave, _BUTTON_PX)
        self.next_button = touch(KeyButton("", cap("primary"), kind="primary"), self.primary, _BUTTON_PX)
        for button in (self.back_button, self.later_button, self.next_button):
            button.setAutoDefault(False)
        box.addWidget(self._step)
        box.addWidget(self._scroll, 1)
        self._stack.setProperty("role", "")  # on the dialog's own ground
        box.addLayout(foot(self.back_button, self.later_button, self.next_button))
        self._outer.addWidget(self._face)

    def _page(self, name: str) -> Page:
        if name == "language":
            return language_page(self.language, self.set_language)
        if name == "look":
            return look_page(self.theme, self.set_theme)
        makers = {
            "begin": BeginPage, "printers": PrintersPage, "people": PeoplePage, "practice": PracticePage
        }  # fmt: skip
        return makers[name](self.work, self._apart)

    # ---- moving about ------------------------------------------------------------------

    @property
    def tokens(self) -> Tokens:
        """The look that is in force."""
        return tokens_for(self.theme)

    @property
    def page(self) -> Page:
        return self.pages[self.step]

    def go(self, step: str) -> None:
        self.step = step
        self._stack.setCurrentWidget(self.page)
        self.work.keep(step, self.language)
        self.activateWindow()  # without a window manager nobody does after a file was chosen
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.page.enter()
        self._draw()

    def forward(self) -> None:
        """The next step; after the last one the guide is over."""
        at = STEPS.index(self.step)
        if self.step == "begin":
            self.work.speak(self.language)
        if at + 1 < len(STEPS):
            self.go(STEPS[at + 1])
        else:
            self.work.done()
            self.accept()

    def back(self) -> None:
        at = STEPS.index(self.step)
        if at and not self.page.busy:
            self.go(STEPS[at - 1])

    def leave(self) -> None:
        """Later: the till opens if it is set up; the guide comes again at the next start."""
        if self.page.busy:
            return
        if self.work.there:
            self.accept()
        else:
            self.reject()

    def primary(self) -> None:
        if not self.page.busy:
            self.page.primary()

    def act(self, action: str) -> None:
        kind, _, value = action.partition(":")
        if action == "primary":
            self.primary()
        elif action == "back":
            self.leave()
        elif action == "line_up":
            self.back()
        elif kind == "screen" and not self.page.busy:
            self.page.choose(int(value))

    def closeEvent(self, event: QCloseEvent) -> None:
        """The frame's own cross is Later, too; but when the program is to end, no till is opened."""
        if self.work.there and not ended_from_outside():
            self.accept()
        super().closeEvent(event)

    # ---- what is chosen ----------------------------------------------------------------

    def set_language(self, language: str) -> None:
        """Speak it from here on."""
        self.language = language
        speak(language)
        if self.work.there:
            self.work.speak(language)
        self._outer.removeWidget(self._face)
        self._face.hide()
        self._face.deleteLater()  # not at once: a button of it is being pressed
        self._build()
        self.go(self.step)

    def set_theme(self, theme: str) -> None:
        """Look so from here on."""
        self.theme = theme
        self._dress()
        self.work.look(theme)

    def _draw(self) -> None:
        at, busy = STEPS.index(self.step), self.page.busy
        self._step.setText(tr("Step {step} of {steps}", step=at + 1, steps=len(STEPS)))
        self.next_button.set_label(self.page.next_label)
        self.back_button.setEnabled(at > 0 and not busy)
        self.later_button.setEnabled(not busy)
        self.next_button.setEnabled(not busy)
