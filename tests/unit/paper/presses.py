"""Presses with the shipped layouts and fonts."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pos.paper.elements import Layout
from pos.paper.faces import FONT_FILES
from pos.paper.layout import read_layout
from pos.paper.press import Press

ROOT = Path(__file__).parents[3]
LAYOUTS = sorted((ROOT / "printers" / "layouts").glob("*.toml"))
PROFILES = sorted((ROOT / "printers" / "profiles").glob("*.toml"))


@cache
def fonts() -> dict[str, bytes]:
    return {name: (ROOT / "resources" / "fonts" / name).read_bytes() for name in FONT_FILES}


@cache
def layouts() -> tuple[Layout, ...]:
    return tuple(read_layout(path.read_text(encoding="utf-8"), path.name) for path in LAYOUTS)


def layout(name: str) -> Layout:
    """A shipped layout."""
    return next(each for each in layouts() if each.name == name)


def press(*names: str) -> Press:
    """A press for receipts, reports and tickets of the standard layout, or those of the layouts named."""
    wanted = ("receipt-standard", "z-report", "card-slip", "ticket-standard", *names)
    return Press([layout(name) for name in wanted], fonts())
