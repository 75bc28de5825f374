"""Every screen at 1366 × 768: no text is cut, nothing is too small for a finger or too near to what destroys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from gettext import NullTranslations

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from pos.settings import LOCALES
from pos.ui.catalogue import catalogue
from pos.ui.numpad import NumPad
from pos.ui.theme.fonts import load_fonts, text_font
from tests.pictures import rulers
from tests.pictures.shots import shown
from tests.pictures.stage import Stage
from tests.pictures.walks import WALKS

RULERS = (rulers.clipped, rulers.small, rulers.near, rulers.faint)


class Longest(NullTranslations):
    """Each text in the language in which it is longest, so that what has room has it in all of them."""

    def __init__(self) -> None:
        super().__init__()
        load_fonts()
        self._texts = [catalogue(language) for language in LOCALES]
        self._wide = rulers.width_in(text_font())

    def gettext(self, message: str) -> str:
        return max((texts.gettext(message) for texts in self._texts), key=self._wide)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return max((texts.ngettext(msgid1, msgid2, n) for texts in self._texts), key=self._wide)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Dates are as long as they get in Vietnamese."""
    made = Stage("vi")
    yield made
    made.close()


@pytest.mark.parametrize("walk", WALKS)
def test_everything_has_room_in_every_language(
    walk: str, stage: Stage, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pos.ui.i18n.catalogue", lambda language: Longest())
    found = [f"{shot}: {line}" for shot in WALKS[walk](stage) for line in measured(shown(), RULERS)]
    assert not found, "\n".join(found)


def test_a_keypad_has_no_gaps_for_a_finger(stage: Stage, qapp: QApplication) -> None:
    seen = 0
    for shot in WALKS["begin"](stage):
        pads = [pad for pad in shown().findChildren(NumPad) if pad.isVisible()]
        assert [gap for pad in pads for gap in rulers.wide_gaps(pad)] == [], shot
        seen += len(pads)
    assert seen


def measured(window: QWidget, by: tuple[Callable[[QWidget], list[str]], ...]) -> list[str]:
    rulers.settle(window)
    return [f"{ruler.__name__}: {line}" for ruler in by for line in ruler(window)]
