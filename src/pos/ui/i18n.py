"""Texts of the window in the cashier's language: `tr` and `tr_count` for its own, `told` for what the till says.

One language is spoken at a time, as one person is at the window. Texts are looked up when they are drawn, never at
import, so that `speak` and a redraw change the language.
"""

from __future__ import annotations

from gettext import NullTranslations
from typing import Any

from pos.ui.catalogue import QT, catalogue
from pos.ui.hearsay import Hearsay


class _Spoken:
    """The language spoken now, its texts, and how the till's sentences are recognised in it."""

    def __init__(self) -> None:
        self.take("en", NullTranslations())

    def take(self, language: str, texts: NullTranslations) -> None:
        self.language, self.texts = language, texts
        self.hearsay = Hearsay(texts)


_now = _Spoken()


def speak(language: str, texts: NullTranslations | None = None) -> None:
    """Say everything from here on in this language, out of its catalogue, or out of `texts`."""
    if texts is not None or language != _now.language:
        _now.take(language, catalogue(language) if texts is None else texts)


def tr(text: str, /, **fields: Any) -> str:
    """`text` translated, with `{fields}` filled in. Without a translation the English text stands."""
    translated = _now.texts.gettext(text) if text else ""
    return translated.format(**fields) if fields else translated


def tr_count(one: str, many: str, count: int, shown: str | None = None) -> str:
    """A text with `%n` in it, in the plural form that `count` asks for in this language.

    English is the source and has two forms, `one` and `many`. `shown` is how the count is written ("1,920");
    without it the bare number is.
    """
    return _now.texts.ngettext(one, many, count).replace("%n", shown if shown is not None else str(count))


def told(text: str) -> str:
    """What the till, a device or the office says in plain English, in the cashier's language as far as it is known."""
    return _now.hearsay.say(text)


def qt_text(text: str) -> str | None:
    """A text of Qt's own (pos.ui.qttexts), None where Qt's English stands."""
    translated = _now.texts.pgettext(QT, text)
    return translated if translated != text else None


def name_in(names: dict[str, str] | None, language: str, otherwise: str) -> str:
    """A name in the cashier's language, else in English, else as the till gave it."""
    names = names or {}
    return names.get(language) or names.get("en") or otherwise
