"""Every screen at 1366 × 768: no text is cut, nothing is too small for a finger or too near to what destroys."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from pos.data import resource
from pos.ui.format import Formats
from pos.ui.numpad import NumPad
from tests.pictures import contingency, rulers
from tests.pictures.longest import Longest, untranslated, words_in
from tests.pictures.shots import shown
from tests.pictures.stage import Stage
from tests.pictures.walks import WALKS
from tests.unit.till.counter import documents

RULERS = (rulers.clipped, rulers.scrolled, rulers.small, rulers.near, rulers.faint)


# What is the same in every language: keys, units, what the languages call themselves, and a technician's words.
CODES = words_in(
    "Alt Tab Del Esc Enter PgUp PgDn PIN PDF pdf XLSX CSV CHF EUR mm ms Housefull Magyar English Tiếng Việt Українська",
    "繁體中文 中文 connection refused Mrs Brown Ida Orsos Ада Ковач Kovács Béla Nguyễn Văn An house zvt",
)


@pytest.fixture(scope="module")
def data(stage: Stage) -> set[str]:
    """The words of what is sold, where and by whom, and of dates."""
    with closing(sqlite3.connect(stage.replica)) as db:
        season = [row[0] for row in db.execute("SELECT body FROM document")]
    halls = [resource("plans", f"{name}.json").read_text(encoding="utf-8") for name in ("opera", "studio")]
    bench = [str(word.body) for word in documents([])]
    locale = Formats(stage.language).locale
    named = [kind["format"] for kind in (locale.days, locale.months)]
    dates = [name for widths in named for names in widths.values() for name in names.values()]
    reports = resource("reports", "words.toml").read_text(encoding="utf-8")
    decoded = (line.encode().decode("unicode_escape") if "\\u" in line else line for line in season)
    plans = (resource("contingency.toml").read_text(encoding="utf-8"), contingency.PLAN)
    return CODES | words_in(*decoded, *halls, *bench, *dates, *plans, reports)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Dates are as long as they get in Vietnamese."""
    made = Stage("vi")
    yield made
    made.close()


@pytest.mark.parametrize("walk", WALKS)
def test_everything_has_room_in_every_language(
    walk: str, stage: Stage, data: set[str], qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    """… and no text is there that none of them has."""
    monkeypatch.setattr("pos.ui.i18n.catalogue", lambda language: Longest())
    found = []
    for shot in WALKS[walk](stage):
        found += [f"{shot}: {line}" for line in measured(shown(), RULERS)]
        if not shot.startswith("diagnostics"):  # those are a technician's codes
            found += [f"{shot} is not translated: {line}" for line in untranslated(shown(), data)]
    assert not found, "\n".join(found)


def test_a_keypad_has_no_gaps_for_a_finger(stage: Stage, qapp: QApplication) -> None:
    seen = 0
    for shot in WALKS["begin"](stage):
        pads = [pad for pad in shown().findChildren(NumPad) if pad.isVisible()]
        assert [gap for pad in pads for gap in rulers.wide_gaps(pad)] == [], shot
        seen += len(pads)
    assert seen


def measured(window: QWidget, by: tuple[Callable[[QWidget], list[str]], ...]) -> list[str]:
    found: list[str] = []
    for _ in range(2):  # what was still being laid out is looked at again
        rulers.settle(window)
        found = [f"{ruler.__name__}: {line}" for ruler in by for line in ruler(window)]
        if not found:
            break
    return found
