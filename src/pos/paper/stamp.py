"""What stands on every paper of training: a black bar above and below, so that none is taken for a real one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pos.paper.page import Page, Text
from pos.paper.wrapping import Measure

BAR_MM: Final = 5.0
_EM_MM: Final = 3.2
_SHRINK: Final = 0.93
_LEAST_MM: Final = 1.6
_LAST_ROW: Final = 1_000_000  # below everything that a page has
_SAYS: Final = {
    "en": "TRAINING · NOT VALID",
    "zh_TW": "訓練用 · 無效",
    "vi": "TẬP DƯỢT · KHÔNG CÓ GIÁ TRỊ",
    "uk": "НАВЧАННЯ · НЕДІЙСНЕ",
    "hu": "GYAKORLÁS · NEM ÉRVÉNYES",
}


def stamped(page: Page, content: Mapping[str, Any], measure: Measure) -> Page:
    """The page with its bars. A sheet keeps its size and has them over its edges; paper off a roll grows by them."""
    says = _SAYS.get(str(content.get("language", "en")), _SAYS["en"])
    size = _EM_MM
    while measure.text_mm(says, size, True) > page.width_mm and size > _LEAST_MM:
        size *= _SHRINK
    if page.sheet:
        items, height = page.items, page.height_mm
    else:
        items = tuple(replace(item, y_mm=item.y_mm + BAR_MM) for item in page.items)
        height = page.height_mm + 2 * BAR_MM

    def bar(y_mm: float, row: int) -> Text:
        return Text(0.0, y_mm, page.width_mm, BAR_MM, says, size, True, "center", True, row)

    return replace(page, height_mm=height, items=(bar(0.0, -1), *items, bar(height - BAR_MM, _LAST_ROW)))
