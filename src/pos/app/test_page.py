"""What a device prints so that a person sees it work: a ticket that lets nobody in, a receipt over nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

# Letters of all five languages and the signs of money: a wrong code page or font shows at once.
_LETTERS: Final = "ÄÖÜß ŐŰ ҐґЇї Đđ Ệệ €₴₫ 戲票"


def test_page(role: str, till: str, language: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a test page for the printer of a role. `values` are its own in till.toml."""
    at = f"{datetime.now().astimezone():%Y-%m-%d %H:%M}"
    about = [f"{key}: {value}" for key, value in values.items()]
    common = {"language": language, "venue": "Housefull", "sale": "TEST", "till": till, "copy": 0, "training": True}
    if role == "ticket":
        return common | {
            "kind": "ticket",
            "title": "Test page",
            "starts": at,
            "place": _LETTERS,
            "price_type": "not a ticket",
            "price": "0.00",
            "code": "TEST",
            "ticket": "TEST",
            "terms": about,
        }
    lines = [{"text": text, "amount": ""} for text in (_LETTERS, *about)]
    return common | {
        "kind": "receipt",
        "heading": "Test page",
        "at": at,
        "cashier": "",
        "lines": lines,
        "total": "0.00",
        "tenders": [],
    }
