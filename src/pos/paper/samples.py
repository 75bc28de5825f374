"""Sample content for trying layouts out, from printers/samples.toml."""

from __future__ import annotations

import tomllib
from typing import Any, Final

# What every sample says alike; nothing of it lets anybody in.
_COMMON: Final[dict[str, dict[str, Any]]] = {
    "ticket": {"code": "SAMPLE000000", "ticket": "T0-000123-1", "sale": "T0-000123", "till": "T0"},
    "receipt": {"sale": "T0-000123", "till": "T0"},
    "card_slip": {},
    "list": {"till": "T0"},
    "z_report": {"number": "T0-Z0007", "shift": "T0-7", "till": "T0", "number_range": "1041–1398", "provisional": True},
}
_COPY: Final = 2


class Samples:
    """Sample contents by kind and language. Raises TOMLDecodeError for a text that is not TOML."""

    def __init__(self, text: str) -> None:
        self._contents: dict[str, dict[str, Any]] = tomllib.loads(text)

    def content(self, kind: str, language: str, *, marked: bool) -> dict[str, Any]:
        """A sample as an original, or `marked`: as a copy made while training, the fullest page there is."""
        content: dict[str, Any] = {
            "kind": kind,
            "language": language,
            "copy": 0,
            **_COMMON[kind],
            **self._contents[kind][language],
        }
        if marked:
            content |= {"copy": _COPY, "training": True}
            if kind == "ticket":
                content["code"] += f".{_COPY}"
        return content
