"""By which numbering a show's places are stored: its plan's version and its areas."""

from __future__ import annotations

import json
from typing import Any

from pos.domain.season import Area


def layout_of(show: dict[str, Any]) -> str:
    """The layout of a show's document. Two documents of one layout number their places alike."""
    areas = [[area["id"], area["capacity"]] for area in show.get("areas", [])]
    return json.dumps([show.get("plan_version", ""), areas], ensure_ascii=False, separators=(",", ":"))


def plan_version_of(layout: str) -> str:
    """ "" for a show of areas only."""
    return str(json.loads(layout)[0])


def areas_of(layout: str) -> tuple[Area, ...]:
    return tuple(Area(name, capacity) for name, capacity in json.loads(layout)[1])
