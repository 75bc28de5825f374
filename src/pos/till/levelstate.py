"""At which level this till is, as its watcher last judged (`contingency.levels`)."""

from __future__ import annotations

from dataclasses import dataclass

from pos.domain.contingency.level import Level


@dataclass
class LevelState:
    """`since` is ISO 8601, "" while nothing was judged. What follows it is in running seconds, None for not so:
    since when the office does not answer, when a better level was first seen, since when the printer has been of no
    use."""

    level: Level = Level.NORMAL
    cause: str = ""
    since: str = ""
    away_s: float | None = None
    better_s: float | None = None
    useless_s: float | None = None
    had_mains: bool = False  # whether it is a loss that there is no mains
    due: bool = False  # whether another look is under way
