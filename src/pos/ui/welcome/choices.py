"""The pages on which one of a few things is chosen: the language, first, so that what follows can be read; the look."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QGridLayout

from pos.ui.catalogue import LANGUAGES
from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.sizes import set_height
from pos.ui.theme.widgets import KeyButton
from pos.ui.welcome.page import Page

_COLUMNS = 2
_BUTTON_PX = 56


class ChoicePage(Page):
    """`choices` are (what is meant, its name); `chosen` is told which one was pressed."""

    def __init__(
        self, title: str, words: str, choices: Sequence[tuple[str, str]], current: str, chosen: Callable[[str], None]
    ) -> None:
        super().__init__(title, words)
        self._chosen = chosen
        self._names = dict(choices)
        self.buttons: dict[str, KeyButton] = {}
        grid = QGridLayout()
        grid.setSpacing(12)
        for at, (meant, name) in enumerate(choices):
            button = KeyButton(name, cap(f"screen:{at + 1}"), kind="outline")
            button.setCheckable(True)
            button.setAutoDefault(False)
            set_height(button, _BUTTON_PX)
            button.clicked.connect(lambda _=False, meant=meant: self._choose(meant))
            grid.addWidget(button, at // _COLUMNS, at % _COLUMNS)
            self.buttons[meant] = button
        self.box.addLayout(grid)
        self.box.addStretch(1)
        self._mark(current)

    def choose(self, number: int) -> None:
        if 1 <= number <= len(self.buttons):
            self._choose(list(self.buttons)[number - 1])

    def _choose(self, meant: str) -> None:
        self._mark(meant)
        self._chosen(meant)

    def _mark(self, meant: str) -> None:
        for each, button in self.buttons.items():
            button.setChecked(each == meant)
            button.set_label(f"✓ {self._names[each]}" if each == meant else self._names[each])


def language_page(current: str, chosen: Callable[[str], None]) -> ChoicePage:
    """Each language by the name it has for itself."""
    return ChoicePage(
        tr("Welcome to Housefull"),
        tr("In which language? The window and what it prints speak it; each person may have another one later."),
        list(LANGUAGES.items()),
        current,
        chosen,
    )


def look_page(current: str, chosen: Callable[[str], None]) -> ChoicePage:
    """The four looks, in force at once."""
    looks = [
        ("system", tr("As the desktop has it")),
        ("light", tr("Light")),
        ("dark", tr("Dark")),
        ("contrast", tr("High contrast")),
    ]
    words = tr("It can be changed at any time (^D, and in the settings).")
    return ChoicePage(tr("How shall it look?"), words, looks, current, chosen)
