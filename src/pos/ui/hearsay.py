"""Sentences that reach the window as plain English: reasons of refusals, stories of tickets, devices' words.

They are made where the rule is, in the till, a device's driver or the office, and answered to other programs as they
are. Catalogues list them under the context TOLD, by the template they are made of; here a sentence is recognised by its
template, and said by the same template in the cashier's language with the same fields.
"""

from __future__ import annotations

import re
from functools import cached_property
from gettext import NullTranslations
from typing import Final

from pos.ui.catalogue import TOLD, Catalogue

_FIELD: Final = re.compile(r"\{(\w+)\}")
_BY_HAND: Final = ("reason", "note")  # fields that hold a person's own words, in whatever language


class Hearsay:
    """What is told, in the language of a catalogue."""

    def __init__(self, texts: NullTranslations) -> None:
        self._texts = texts

    def say(self, text: str) -> str:
        """`text` in this language; as it is where no template of the catalogue has made it."""
        if not text or (translated := self._texts.pgettext(TOLD, text)) != text:
            return translated if text else ""
        for pieces, template in self._templates:
            # Patterns are made only of what can match: all of them at once would be felt.
            if all(piece in text for piece in pieces) and (found := _pattern(template).fullmatch(text)):
                fields = found.groupdict()
                fields |= {name: self.say(value) for name, value in fields.items() if name not in _BY_HAND}
                return self._texts.pgettext(TOLD, template).format(**fields)
        return text

    @cached_property
    def _templates(self) -> list[tuple[list[str], str]]:
        """The templates that have fields, with the pieces between them; those that say most first, for they leave the
        least to guess."""
        told = self._texts.told() if isinstance(self._texts, Catalogue) else []
        fielded = sorted(
            (text for text in told if _FIELD.search(text)), key=lambda text: (-len(_FIELD.sub("", text)), text)
        )
        return [(_FIELD.split(text)[::2], text) for text in fielded]


def _pattern(template: str) -> re.Pattern[str]:
    parts = _FIELD.split(template)
    # Texts and names take turns; the same field twice is the same words twice.
    seen: set[str] = set()
    written = ""
    for at, part in enumerate(parts):
        if at % 2 == 0:
            written += re.escape(part)
        else:
            written += f"(?P={part})" if part in seen else f"(?P<{part}>.+?)"
            seen.add(part)
    return re.compile(written, re.DOTALL)
