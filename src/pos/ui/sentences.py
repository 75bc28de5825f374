"""The sentence of a refusal as this cashier reads it: in their language, places and times as they call them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from pos.domain.errors import Refused
from pos.till.refusals import template_of
from pos.ui.format import Formats, read_time
from pos.ui.i18n import told, tr

_TIMES: Final = ("since", "until", "on_sale")


def sentence(refused: Refused, formats: Formats, now: datetime, label: Callable[[str], str]) -> str:
    """What happened, who has it and since when. `label` gives a place's name for its id."""
    fields = {name: _word(name, value, formats, now, label) for name, value in refused.fields.items()}
    return tr(template_of(refused)).format_map(_Words(fields))


class _Words(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return tr("an unknown time") if key in _TIMES else tr("unknown")


def _word(name: str, value: Any, formats: Formats, now: datetime, label: Callable[[str], str]) -> str:
    if value is None:
        return tr("an unknown time") if name in _TIMES else tr("unknown")
    if name in _TIMES:
        return formats.day_and_time(read_time(value), now)
    if name == "place":
        return label(value)
    if name == "places":
        return ", ".join(map(label, value))
    if name == "holder" and value == "office":
        return tr("the office")
    return told(str(value)) if name == "reason" else str(value)
