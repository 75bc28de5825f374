"""The last pages: who signs in, and a first sale that is not real."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from pos.ui.i18n import told, tr
from pos.ui.keys import cap
from pos.ui.parts import touch
from pos.ui.roles import role_name
from pos.ui.theme import tokens as t
from pos.ui.theme.widgets import KeyButton
from pos.ui.welcome.page import Page
from pos.ui.welcome.work import Apart, Work


class PeoplePage(Page):
    """Who may sign in, as the season says."""

    def __init__(self, work: Work, apart: Apart) -> None:
        super().__init__(
            tr("Who works here?"),
            tr("Each person signs in with a PIN of their own. People and PINs are in the season that the office has."),
        )
        self._work, self._apart = work, apart
        self.names = QLabel()
        self.names.setTextFormat(Qt.TextFormat.PlainText)
        self.box.addWidget(self.names)
        self.box.addStretch(1)

    def enter(self) -> None:
        self._apart.run(self._work.people, self._got)

    def _got(self, people: object) -> None:
        assert isinstance(people, list)
        self.names.setText("\n".join(f"{one['name']} · {role_name(one['role'])}" for one in people))
        if not people:
            self.say(tr("Nobody is there yet: add [[user]] to the season, and import it again."), wrong=True)


class PracticePage(Page):
    """The first sale, in training; then the till is opened."""

    def __init__(self, work: Work, apart: Apart) -> None:
        super().__init__(
            tr("A first sale, to practise"),
            tr("Training opens in a window of its own, with your hall and your prices. Nothing sold there is real."),
        )
        self._work, self._apart = work, apart
        steps = QLabel(
            "\n".join(
                (
                    tr("1. Choose your name, type your PIN, press Enter."),
                    tr("2. Type the money in the drawer, 100 say, and press Enter."),
                    tr("3. Press B: the two best seats are in the basket."),
                    tr("4. Press Enter: they are paid in cash, and printed."),
                    tr("5. Leave training with ^T."),
                )
            )
        )
        steps.setTextFormat(Qt.TextFormat.PlainText)
        button = KeyButton(tr("Begin the practice sale"), cap("screen:1"), kind="outline")
        button.setAutoDefault(False)
        self.practise = touch(button, self._begin, t.TOUCH)
        self.box.addWidget(steps)
        self.box.addWidget(self.practise)
        self.box.addStretch(1)

    @property
    def next_label(self) -> str:
        return tr("Open the till")

    def choose(self, number: int) -> None:
        if number == 1:
            self._begin()

    def _begin(self) -> None:
        self.say(tr("Training opens in a window of its own. Come back here afterwards."))
        self._apart.run(self._work.practise, self._over)

    def _over(self, wrong: str) -> None:
        if wrong:
            self.say(told(wrong), wrong=True)
        else:
            self.say(tr("That was the practice. Again, or open the till?"))
        self.window().raise_()
        self.window().activateWindow()  # without a window manager nobody else gives the keyboard back
