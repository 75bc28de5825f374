"""The scripted rush of `make bench` in small: every errand once at three windows, a jam, and a line that is down."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication

from tests.bench.rush.evening import play

CUSTOMERS = 12
_SEATS = ("add", "quote", "exchange")
_REFUSED = {
    "sign_in: wrong_pin",
    # Another window has the seat, or has sold it a moment before.
    *(f"{verb}: {code}" for verb in _SEATS for code in ("right_elsewhere", "sold")),
    # With the line down, what was sold at another window comes back there, and is handed out there.
    *(f"{verb}: right_to_refund_elsewhere" for verb in ("quote", "refund", "exchange")),
    "collect: right_to_issue_elsewhere",
}  # fmt: skip


def test_everybody_is_served_in_a_rush_and_both_ends_verify(qapp: QApplication, tmp_path: Path) -> None:
    figures = play(tmp_path / "house", CUSTOMERS)
    assert len(figures.served) == CUSTOMERS
    assert set(figures.refused) <= _REFUSED
    assert max(one.actions for one in figures.of("cash", "cash, banknote")) <= 5
