"""Texts of the window in the cashier's language: one helper, one context."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QCoreApplication

CONTEXT: Final = "housefull"


def tr(text: str, /, **fields: Any) -> str:
    """`text` translated, with `{fields}` filled in. Without a translation the English text stands.

    `QObject.tr` takes the class for the context, which goes wrong in subclasses, so
    every text of the window has the one context.
    """
    translated = QCoreApplication.translate(CONTEXT, text)
    return translated.format(**fields) if fields else translated


def tr_count(one: str, many: str, count: int, shown: str | None = None) -> str:
    """A text with `%n` in it, in the plural form that `count` asks for in this language.

    English is the source and has two forms, `one` and `many`; a translation is looked up
    under `many` and may have as many forms as its language needs. `shown` is how the
    count is written ("1,920"); without it the bare number is.
    """
    translated = QCoreApplication.translate(CONTEXT, many, None, -1)
    if translated == many:
        translated = one if count == 1 else many
    else:
        # A second look with the count lets Qt choose the plural form; it fills in %n itself.
        return QCoreApplication.translate(CONTEXT, many, None, count)
    return translated.replace("%n", shown if shown is not None else str(count))


def name_in(names: dict[str, str] | None, language: str, otherwise: str) -> str:
    """A name in the cashier's language, else in English, else as the till gave it."""
    names = names or {}
    return names.get(language) or names.get("en") or otherwise
