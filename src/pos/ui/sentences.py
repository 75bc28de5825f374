"""The sentence of a refusal as this cashier reads it: in their language, places and times as they call them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.till.refusals import CAPS, template_of, ways_of
from pos.ui.devicenames import device_names
from pos.ui.format import Formats, read_time
from pos.ui.i18n import told, tr
from pos.ui.roles import role_name

_TIMES: Final = ("since", "until", "on_sale")
_AMOUNTS: Final = ("missing", "over", "expected")
_CAPPED: Final = ("limit", "amount")  # amounts where the limit is one of money
# What is said of these is the till's own English, too.
_TOLD: Final = ("reason", "sort", "state", "proof")


def sentence(refused: Refused, formats: Formats, now: datetime, label: Callable[[str], str], currency: str = "") -> str:
    """What happened, who has it and since when, and what can be done instead. `label` gives a place's name for its id;
    `currency` is the venue's."""
    fields = {name: _word(name, value, formats, now, label) for name, value in refused.fields.items()}
    amounts = (*_AMOUNTS, *_CAPPED) if refused.fields.get("what") in CAPS else _AMOUNTS
    fields |= {name: _money(refused.fields[name], currency, formats) for name in amounts if name in refused.fields}
    words = _Words(fields)
    said = tr(template_of(refused)).format_map(words)
    for way in ways_of(refused):
        said = tr("{refusal} {instead}", refusal=said, instead=tr(way).format_map(words))
    return said


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
    if name == "role":
        return role_name(str(value))
    if name == "device":
        return device_names().get(str(value)) or told(str(value))
    return told(str(value)) if name in _TOLD else str(value)


def _money(value: Any, currency: str, formats: Formats) -> str:
    """An amount with its sign; what is none, of a drill or another currency, as it is."""
    try:
        return formats.money(Money.parse(value, currency)) if currency else str(value)
    except ValueError:
        return str(value)
