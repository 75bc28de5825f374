"""From a ticket's content to the printer's bytes, against the time that the paper itself takes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from pos.devices.escpos import encode as escpos
from pos.devices.fgl import encode as fgl
from pos.devices.profile import Profile
from pos.devices.zpl import encode as zpl
from pos.paper.press import Press
from tests.unit.paper.presses import press
from tests.unit.paper.samples import ticket
from tests.wire.devices.pens import profile

PAGES = 200
WARM_UP = 20
GOAL = 0.05
LANGUAGES = ("en", "vi", "uk", "hu", "zh_TW")

Encode = Callable[[Any, Profile], bytes]
# Profile, layout, how a picture becomes bytes, and how long the paper moves for it, in mm.
CASES: dict[str, tuple[str, str, Encode]] = {
    "escpos": ("epson-tm-t88v", "ticket-standard", escpos.picture_sheet),
    "fgl": ("boca-lemur", "ticket-boca", lambda dots, model: fgl.ticket(dots, model, hexadecimal=False)),
    "zpl": ("zebra-zd", "ticket-label", lambda dots, model: zpl.label(dots)),
}


def page_to_bytes() -> list[dict[str, Any]]:
    """One ticket in each language of printers, codes and text that differ every time."""
    return [_record(name, *case) for name, case in CASES.items()]


def _record(name: str, stem: str, layout: str, encode: Encode) -> dict[str, Any]:
    model, setter = profile(stem), press(layout)
    contents = [ticket(LANGUAGES[at % len(LANGUAGES)], code=f"BENCH{at:07}") for at in range(PAGES + WARM_UP)]
    times, rows = [], 0
    for content in contents:
        began = time.perf_counter()
        rows, _ = _page(setter, content, model, encode)
        times.append((time.perf_counter() - began) * 1000)
    usual = statistics.median(times[WARM_UP:])
    # A Boca's ticket leaves along its lines of text, others across them.
    length = model.printed_mm if name == "fgl" else rows / model.dots_per_mm
    paper = length / model.speed_mm_s * 1000
    return {
        "name": f"page_to_bytes_{name}",
        "value": usual,
        "p99": statistics.quantiles(times[WARM_UP:], n=100, method="inclusive")[98],
        "unit": "ms",
        "floor_name": f"paper time of that ticket at {model.speed_mm_s:g} mm/s",
        "floor": paper,
        "ratio": usual / paper,
        "goal": f"<= {GOAL:.0%}",
        "ok": usual <= GOAL * paper,
    }


def _page(setter: Press, content: dict[str, Any], model: Profile, encode: Encode) -> tuple[int, bytes]:
    (dots,) = setter.bitmaps(content, model.printed_mm, model.dots_per_mm)
    return dots.height, encode(dots, model)
