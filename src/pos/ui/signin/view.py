"""The sign-in screen: people at the left, the PIN in the panel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from pos.ui.attendance import basket_of
from pos.ui.format import Formats
from pos.ui.frame.practice import PracticePresenter
from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.numpad import NumPad
from pos.ui.roles import role_name
from pos.ui.screen import Screen
from pos.ui.signin.languages import LanguageRow, language_at
from pos.ui.signin.presenter import SignInPresenter
from pos.ui.sizes import set_height
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton, keycap

_COLUMNS: Final = 3
_KEYED: Final = 10


class _PersonButton(QPushButton):
    """Someone who may sign in: name, role, and the key that chooses them."""

    def __init__(self, name: str, role: str, cap: str) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setAccessibleName(f"{name}, {role}")
        set_height(self, 72)
        who, what, key = QLabel(name), QLabel(role), keycap(cap)
        self._what, self._name, self._role = what, name, role
        who.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        what.setProperty("role", "small")
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 10, 12, 10)
        grid.setVerticalSpacing(0)
        grid.addWidget(who, 0, 0)
        grid.addWidget(what, 1, 0)
        grid.addWidget(key, 0, 1, 2, 1)
        grid.setColumnStretch(0, 1)
        key.setVisible(bool(cap))
        for label in (who, what, key):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_locked(self, seconds: float) -> None:
        """For how long wrong PINs keep them out."""
        shown = self._role
        if seconds:
            shown = tr("{role} · locked for {time}", role=self._role, time=Formats.countdown(seconds + 1))
        self._what.setText(shown)
        self.setAccessibleName(f"{self._name}, {shown}")


class SignInScreen(Screen):
    """Redraws from its presenter."""

    name = "signin"

    def __init__(self, presenter: SignInPresenter, practice: PracticePresenter, lead: Callable[[str], None]) -> None:
        """`lead` does a key of the window."""
        super().__init__()
        self.presenter, self.practice, self._lead = presenter, practice, lead
        self._people: dict[str, _PersonButton] = {}
        self._build_work()
        self._build_panel()
        presenter.changed.connect(self.draw)
        presenter.session.ticked.connect(self._tick)
        presenter.session.status_changed.connect(self._draw_clock)
        presenter.session.status_changed.connect(self._draw_basket)
        self.draw()
        self._draw_clock()

    def _build_work(self) -> None:
        # Training has a line above everything and a row more below: both sizes leave the people their whole height.
        edge, clock = (12, t.TOTAL) if self.practice.on else (32, t.CHANGE)
        box = QVBoxLayout(self.work)
        box.setContentsMargins(48, edge, 48, edge)
        box.setSpacing(8)
        self._clock, self._date, self._house = QLabel(), QLabel(), QLabel()
        self._clock.setFont(text_font(clock, QFont.Weight.DemiBold))
        self._date.setFont(text_font(t.TITLE))
        self._date.setProperty("role", "muted")
        self._house.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        for label in (self._house, self._clock, self._date):
            box.addWidget(label)
        self._step = QLabel()
        self._step.setFixedHeight(32)  # it is there whether something is said or not, so that nothing moves
        box.addWidget(self._step)
        self._waits = QLabel()
        self._waits.setWordWrap(True)
        self._waits.setFont(text_font(t.BODY, QFont.Weight.DemiBold))
        box.addWidget(self._waits)
        who = QLabel(tr("Who is at the window?"))
        who.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        box.addWidget(who)
        self._grid = QGridLayout()
        self._grid.setSpacing(12)
        for column in range(_COLUMNS):
            self._grid.setColumnStretch(column, 1)
        box.addLayout(self._grid)
        box.addStretch(1)
        self.languages = LanguageRow(self.presenter.session.language)
        self.languages.chosen.connect(self.presenter.speak)
        box.addWidget(self.languages)
        box.addLayout(self._build_training())

    def _build_training(self) -> QVBoxLayout:
        """The way into training, and out of it; what to do when something fails; what a technician asks for."""
        on = self.practice.on
        self.train = KeyButton(tr("Leave training") if on else tr("Training"), cap("training"), kind="outline")
        self.train.clicked.connect(lambda: self.practice.act("training"))
        self.line = KeyButton(tr("Cut or mend the line"), cap("training_line"), kind="outline")
        self.line.clicked.connect(lambda: self.practice.act("training_line"))
        telephone = KeyButton(tr("Diagnostics"), cap("diagnostics"), kind="outline")
        telephone.clicked.connect(lambda: self._lead("diagnostics"))
        plan = KeyButton(tr("Contingency plan"), cap("contingency"), kind="outline")
        plan.clicked.connect(lambda: self._lead("contingency"))
        rows = QVBoxLayout()
        rows.setSpacing(8)
        for buttons in ((self.train, self.line), (plan, telephone)) if on else ((self.train, plan, telephone),):
            row = QHBoxLayout()
            row.setSpacing(8)
            for button in buttons:
                set_height(button, t.TOUCH)
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                row.addWidget(button)
            row.addStretch(1)
            rows.addLayout(row)
        if self.practice.drill:
            self.line.hide()  # the drill cuts and mends it
        return rows

    def _build_panel(self) -> None:
        box = self.panel_box()
        self._name, self._pin, self._problem = QLabel(), QLabel(), QLabel()
        self._name.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._name.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pin.setFont(text_font(t.TOTAL, QFont.Weight.Bold))
        self._pin.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pin.setFixedHeight(56)
        self._problem.setProperty("role", "warning")
        self._problem.setWordWrap(True)
        self._problem.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._problem.setMinimumHeight(44)
        pad = NumPad(point=False)
        pad.digit.connect(self.presenter.type_digit)
        pad.erase.connect(self.presenter.erase)
        self._enter = KeyButton(tr("Sign in"), cap("primary"), kind="primary", stacked=True)
        set_height(self._enter, 64)
        self._enter.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._enter.clicked.connect(self.presenter.submit)
        box.addStretch(1)
        for part in (self._name, self._pin, self._problem, pad):
            box.addWidget(part)
        box.addStretch(1)
        box.addWidget(self._enter)

    # ---- drawing -----------------------------------------------------------------------

    def draw(self) -> None:
        presenter = self.presenter
        steps = {"office": tr("This till's own office is starting …"), "till": tr("The till is opening …")}
        self._step.setText(steps.get(presenter.step, ""))
        if [known.user for known in presenter.users] != list(self._people):
            self._rebuild_people()
        for user, button in self._people.items():
            button.setChecked(user == presenter.chosen)
        chosen = next((known.name for known in presenter.users if known.user == presenter.chosen), "")
        self._name.setText(chosen)
        if presenter.pin:
            self._pin.setText("●" * len(presenter.pin))
            self._pin.setProperty("role", "")
        else:
            self._pin.setText("PIN")
            self._pin.setProperty("role", "muted")
        self._pin.style().polish(self._pin)
        self._pin.setAccessibleName(tr("PIN, {n} digits typed", n=len(presenter.pin)))
        self._enter.set_label(tr("Checking…") if presenter.asking else tr("Sign in"))
        self._enter.setEnabled(bool(presenter.pin and presenter.chosen) and not presenter.asking)
        self._draw_said()
        self._draw_basket()

    def _draw_said(self) -> None:
        self._problem.setText("▲ " + self.presenter.said if self.presenter.said else "")
        for user, button in self._people.items():
            button.show_locked(self.presenter.locked_for(user))

    def _draw_basket(self) -> None:
        """Whose basket waits here, and what becomes of it: whoever signs in sees what he takes up."""
        waits = basket_of(self.presenter.session)
        self._waits.setVisible(bool(waits))
        if waits:
            rule = tr("Whoever signs in goes on with it, and what is sold is theirs. {key} parks it.", key=cap("park"))
            self._waits.setText(f"{waits}. {rule}")

    def _tick(self) -> None:
        self._draw_clock()
        if self.work.isVisible():
            self._draw_said()
            self._draw_basket()

    def _rebuild_people(self) -> None:
        for button in self._people.values():
            self._grid.removeWidget(button)
            button.deleteLater()
        self._people = {}
        for at, known in enumerate(self.presenter.users):
            button = _PersonButton(known.name, role_name(known.role), f"F{at + 1}" if at < _KEYED else "")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, user=known.user: self.presenter.choose(user))
            self._grid.addWidget(button, at // _COLUMNS, at % _COLUMNS)
            self._people[known.user] = button

    def _draw_clock(self) -> None:
        session = self.presenter.session
        # The till's venue says what the clock reads; until it is known there is none to show.
        known = bool(session.venue.name)
        for label in (self._clock, self._date, self._house):
            label.setVisible(known)
        if known:
            self._clock.setText(session.formats.time(session.now))
            self._date.setText(session.formats.date_long(session.now))
            self._house.setText(" · ".join(filter(None, (session.venue.name, session.venue.till))))

    # ---- keys --------------------------------------------------------------------------

    def enter(self) -> None:
        self.presenter.refresh()
        self.work.setFocus()

    def act(self, action: str) -> bool:
        kind, _, value = action.partition(":")
        presenter = self.presenter
        if kind == "digit":
            presenter.type_digit(value)
        elif kind == "erase":
            presenter.erase()
        elif kind == "price":
            presenter.choose_number(int(value))
        elif kind == "primary":
            presenter.submit()
        elif kind == "screen" and (language := language_at(int(value))):
            presenter.speak(language)
        elif kind == "back":
            return presenter.clear()
        else:
            return False
        return True
