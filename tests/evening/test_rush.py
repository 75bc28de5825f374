"""The scripted rush of `make bench` in small: every errand once at three windows, a jam, and a line that is down."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication

from tests.bench.rush.evening import play

CUSTOMERS = 12


def test_everybody_is_served_in_a_rush_and_both_ends_verify(qapp: QApplication, tmp_path: Path) -> None:
    figures = play(tmp_path / "house", CUSTOMERS)
    assert len(figures.served) == CUSTOMERS
    # What has its right at another window cannot come back while the line is down; and another window may have sold a
    # seat a moment before.
    assert not [
        code for code in figures.refused if code not in ("wrong_pin", "sold") and not code.endswith("_elsewhere")
    ]
    assert max(one.actions for one in figures.of("cash", "cash, banknote")) <= 5
