"""What the values of till.toml must look like. Each function gives the value, or raises ValueError."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

_LONGEST_KICK: Final = 64
_LONGEST_OPEN_S: Final = 3600
_LONGEST_WAIT_MS: Final = 1000
_LONGEST_AROUND: Final = 8
_LONGEST_IDLE_MIN: Final = 240
THEMES: Final = ("system", "light", "dark", "contrast")
AUTO: Final = "auto"  # a scale that the system says
SCALES: Final = range(100, 201)  # percent


def string(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{value!r} is not a text")
    return value


def till(value: Any) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", string(value)):
        raise ValueError(f"{value!r} may hold letters, digits, '-' and '_' only")
    return str(value)


def url(value: Any) -> str:
    parts = urlsplit(string(value))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{value!r} is not an address like https://office.example:8443")
    return str(value)


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is not true or false")
    return value


def via(value: Any) -> str:
    if value not in ("printer.receipt", "printer.ticket"):
        raise ValueError(f"{value!r} is neither printer.receipt nor printer.ticket")
    return str(value)


def kick(value: Any) -> bytes:
    try:
        kick = bytes.fromhex(string(value))
    except ValueError as error:
        raise ValueError(f'{value!r} is not bytes in hexadecimal like "1B 70 00 19 FA"') from error
    if len(kick) > _LONGEST_KICK:
        raise ValueError(f"is longer than {_LONGEST_KICK} bytes")
    return kick


def level(value: Any) -> str:
    if value not in ("high", "low"):
        raise ValueError(f"{value!r} is neither high nor low")
    return str(value)


def seconds(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LONGEST_OPEN_S:
        raise ValueError(f"{value!r} is not a whole number from 0 to {_LONGEST_OPEN_S}")
    return value


def wait_ms(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LONGEST_WAIT_MS:
        raise ValueError(f"{value!r} is not a whole number of milliseconds from 0 to {_LONGEST_WAIT_MS}")
    return value


def span(value: Any) -> int:
    match = re.fullmatch(r"([1-9][0-9]{0,3})([mh])", string(value))
    if match is None:
        raise ValueError(f'{value!r} is not a time like "15m" or "2h"')
    return int(match[1]) * {"m": 60, "h": 3600}[match[2]]


def count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{value!r} is not a whole number from 1 on")
    return value


def protocol(value: Any) -> str:
    if value != "zvt":
        raise ValueError(f"{value!r} is not spoken here; this is: zvt")
    return str(value)


def password(value: Any) -> str:
    # What was written is not repeated: it would end in a log.
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{6}", value):
        raise ValueError('must be six digits in quotes, like "000000"')
    return value


def address(value: Any) -> str:
    parts = urlsplit(f"//{string(value)}")
    try:
        good = bool(parts.hostname) and parts.port is not None and parts.netloc == value
    except ValueError:
        good = False
    if not good:
        raise ValueError(f"{value!r} is not an address like 192.0.2.12:9410")
    return str(value)


def tills(value: Any) -> dict[str, str]:
    """Other tills and their addresses, from a list like ["T2=192.0.2.12:9410"]."""
    if not isinstance(value, list):
        raise ValueError('must be a list like ["T2=192.0.2.12:9410"]')
    found: dict[str, str] = {}
    for item in value:
        name, sign, where = string(item).partition("=")
        if not sign:
            raise ValueError(f"{item!r} is not a till and its address like T2=192.0.2.12:9410")
        if till(name.strip()) in found:
            raise ValueError(f"{name.strip()!r} is there twice")
        found[name.strip()] = address(where.strip())
    return found


def around(value: Any) -> str:
    """What stands before or behind a code."""
    if not isinstance(value, str) or not value or not value.isprintable() or len(value) > _LONGEST_AROUND:
        raise ValueError(f"{value!r} is not one to {_LONGEST_AROUND} letters, digits or signs")
    return value


def theme(value: Any) -> str:
    if value not in THEMES:
        raise ValueError(f"{value!r} is none of {', '.join(THEMES)}")
    return str(value)


def scale(value: Any) -> int | None:
    """Percent, or None for what the system says."""
    if value == AUTO:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value not in SCALES:
        raise ValueError(f'{value!r} is neither "{AUTO}" nor a whole number from {SCALES[0]} to {SCALES[-1]}')
    return value


def idle_minutes(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LONGEST_IDLE_MIN:
        raise ValueError(f"{value!r} is not a whole number of minutes from 0 (never) to {_LONGEST_IDLE_MIN}")
    return value
