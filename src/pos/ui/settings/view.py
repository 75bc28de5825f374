"""The settings screen: one row for each thing, its keys beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout

from pos.tillvalues import AUTO, THEMES
from pos.ui.application import finger_percent, limited_to
from pos.ui.catalogue import LANGUAGES
from pos.ui.i18n import tr, tr_count
from pos.ui.keys import cap
from pos.ui.parts import FactGrid, Problem, touch
from pos.ui.screen import Screen
from pos.ui.settings.presenter import SettingsPresenter
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton

_SMALLER, _LARGER, _SOONER, _LONGER, _SOUND, _TRY = range(5, 11)


def theme_names() -> dict[str, str]:
    """What each look is called."""
    return {
        "system": tr("As the system"),
        "light": tr("Light"),
        "dark": tr("Dark"),
        "contrast": tr("High contrast"),
    }


class SettingsScreen(Screen):
    """F1–F4 choose the look, F5 and F6 the scale, F7 and F8 when it locks, F9 and F10 switch sounds and try them."""

    name = "settings"

    def __init__(self, presenter: SettingsPresenter, leave: Callable[[], None]) -> None:
        super().__init__()
        self.presenter, self._leave = presenter, leave
        self._steppers: dict[int, KeyButton] = {}
        self.build(presenter)

    def _build_work(self) -> None:
        presenter = self.presenter
        box = QVBoxLayout(self.work)
        box.setContentsMargins(32, 20, 32, 20)
        box.setSpacing(12)
        title = QLabel(tr("Settings of this window"))
        title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        box.addWidget(title)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(16)
        grid.setColumnStretch(1, 1)
        self._looks: dict[str, KeyButton] = {}
        looks = QGridLayout()
        looks.setSpacing(8)
        for number, theme in enumerate(THEMES, 1):
            button = KeyButton(theme_names()[theme], f"F{number}")
            button.setCheckable(True)
            looks.addWidget(touch(button, partial(self._press, number)), (number - 1) // 2, (number - 1) % 2)
            self._looks[theme] = button
        self._scale, self._lock = QLabel(), QLabel()
        self._sound = touch(KeyButton("", f"F{_SOUND}"), partial(self._press, _SOUND))
        self._sound.setCheckable(True)
        sounds = QHBoxLayout()
        sounds.setSpacing(8)
        sounds.addWidget(self._sound)
        sounds.addWidget(touch(KeyButton(tr("Try them out"), f"F{_TRY}"), presenter.tried.emit))
        sounds.addStretch(1)
        smaller, larger = (_SMALLER, tr("Smaller")), (_LARGER, tr("Larger"))
        sooner, longer = (_SOONER, tr("Sooner")), (_LONGER, tr("Longer"))
        rows = (
            (tr("Appearance"), looks),
            (tr("Size"), self._stepped(self._scale, smaller, larger, presenter.step_scale)),
            (tr("Locks itself"), self._stepped(self._lock, sooner, longer, presenter.step_lock)),
            (tr("Sounds"), sounds),
        )
        for at, (words, layout) in enumerate(rows):
            label = QLabel(words)
            label.setProperty("role", "strong")
            grid.addWidget(label, 2 * at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addLayout(layout, 2 * at, 1)
        self._finger = QLabel()
        self._finger.setWordWrap(True)
        self._finger.setProperty("role", "muted")
        grid.addWidget(self._finger, 3, 1)
        box.addLayout(grid)
        box.addStretch(1)

    def _stepped(
        self, shown: QLabel, less: tuple[int, str], more: tuple[int, str], step: Callable[[int], None]
    ) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        for by, (key, words) in ((-1, less), (1, more)):
            self._steppers[key] = button = touch(KeyButton(words, f"F{key}"), partial(step, by))
            row.addWidget(button)
        row.addWidget(shown, 1)
        return row

    def _build_panel(self) -> None:
        side = self.panel_box()
        title = QLabel(tr("This till"))
        title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        side.addWidget(title)
        self._facts = FactGrid(3)
        side.addLayout(self._facts)
        note = QLabel(
            tr("All of this is kept in till.toml. Everybody has their own language here; paper has the till's.")
        )
        note.setWordWrap(True)
        note.setProperty("role", "muted")
        side.addWidget(note)
        side.addStretch(1)
        self._problem = Problem()
        side.addWidget(self._problem)
        done = KeyButton(tr("Back to work"), cap("primary"), kind="primary", stacked=True)
        side.addWidget(touch(done, self._leave, 64))

    # ---- drawing -----------------------------------------------------------------------

    def enter(self) -> None:
        self.presenter.refresh()
        self.work.setFocus()

    def draw(self) -> None:
        presenter, values = self.presenter, self.presenter.values
        for theme, button in self._looks.items():
            button.setChecked(values.get("theme") == theme)
        scale, minutes = values.get("scale", AUTO), values.get("lock_after", 0)
        self._scale.setText(tr("as the system says") if scale == AUTO else tr("{percent} %", percent=scale))
        after = tr_count("after %n minute without a hand on it", "after %n minutes without a hand on it", minutes)
        self._lock.setText(after if minutes else tr("never"))
        for key in (_SOONER, _LONGER):
            self._steppers[key].setEnabled(presenter.may_lock)
        on = bool(values.get("sounds", True))
        self._sound.setChecked(on)
        self._sound.set_label(tr("On") if on else tr("Off"))
        self._draw_finger()
        ratio = self.work.devicePixelRatioF()
        self._facts.show_facts(
            (
                (tr("Paper"), LANGUAGES.get(presenter.paper, presenter.paper)),
                (tr("Screen"), self._screen()),
                (tr("Size now"), tr("{percent} %", percent=round(ratio * 100))),
            )
        )
        done = tr("The new size is there from the next start of the program.") if presenter.later else ""
        self._problem.tell(presenter.problem, done=done)

    def _screen(self) -> str:
        screen = self.work.screen() or QGuiApplication.primaryScreen()
        size = screen.size() * screen.devicePixelRatio()
        return f"{size.width()} × {size.height()}"

    def _draw_finger(self) -> None:
        """Whether a key is as large as a finger on this screen, where it says how large it is."""
        now = round(self.work.devicePixelRatioF() * 100)
        if limited := limited_to():
            said = tr("No more than {percent} % fit on this screen.", percent=limited)
        elif (percent := finger_percent(self.work.screen() or QGuiApplication.primaryScreen())) > now:
            said = tr("On this screen keys are as large as a finger, 9 mm, from {percent} % on.", percent=percent)
        else:
            said = ""
        self._finger.setText(said)
        self._finger.setVisible(bool(said))

    def act(self, action: str) -> bool:
        kind, _, value = action.partition(":")
        if action in ("primary", "back"):
            self._leave()
        elif kind == "price":
            self._press(int(value))
        else:
            return False
        return True

    def _press(self, number: int) -> None:
        """A key or a button: what it does, and the buttons as they stand until the till has answered."""
        presenter = self.presenter
        acts: dict[int, Callable[[], object]] = {
            _SMALLER: lambda: presenter.step_scale(-1),
            _LARGER: lambda: presenter.step_scale(1),
            _SOUND: presenter.toggle_sounds,
            _TRY: presenter.tried.emit,
        }
        if presenter.may_lock:
            acts |= {_SOONER: lambda: presenter.step_lock(-1), _LONGER: lambda: presenter.step_lock(1)}
        acts.get(number, partial(presenter.choose_theme, number))()
        self.draw()
