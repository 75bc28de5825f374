"""Which level follows from what a till sees of itself."""

from __future__ import annotations

import pytest

from pos.domain.contingency.level import Judged, Level, Signals, recognise

WELL = Signals(online=True)
DOWN = Signals(online=False, cause="no_office")


@pytest.mark.parametrize(
    ("signals", "level", "cause"),
    [
        (WELL, "normal", ""),
        (Signals(online=True, line="4G"), "backup", "backup_line"),
        (Signals(online=False, cause="not_asked"), "normal", "not_asked"),
        (DOWN, "away", "no_office"),
        (Signals(online=False, cause="no_network", neighbours=2), "away", "no_network"),
        (Signals(online=False, cause="no_network", neighbours=0), "alone", "no_network"),
        (Signals(online=False, cause="not_our_office", line="4G", neighbours=0), "alone", "not_our_office"),
        (Signals(online=True, stopped="fenced"), "dead", "fenced"),
        (Signals(online=True, no_printer=True), "paper", "no_printer"),
        (Signals(online=True, mains=False), "paper", "no_power"),
        (Signals(online=True, mains=True), "normal", ""),
    ],
)
def test_each_level_is_told_from_its_signals(signals: Signals, level: str, cause: str) -> None:
    assert recognise(signals) == Judged(Level(level), cause)


def test_what_leaves_the_least_wins() -> None:
    dead = Signals(online=False, cause="no_network", neighbours=0, stopped="storage_failed", no_printer=True)
    assert recognise(dead) == Judged(Level.DEAD, "storage_failed")
    dark = Signals(online=False, cause="no_network", neighbours=0, stopped="fenced", mains=False)
    assert recognise(dark) == Judged(Level.PAPER, "no_power")


def test_levels_are_ranked_from_the_best_to_the_worst() -> None:
    assert sorted(Level, key=lambda level: level.rank) == ["normal", "backup", "away", "alone", "dead", "paper"]
