"""The window's texts in one language: gettext's PO files, compiled once and kept in the user's cache folder.

Babel reads a catalogue in a tenth of a second and its compiled form is read in a hundredth of that: a till starts in
its language without waiting for it. English is the source and has no catalogue.
"""

from __future__ import annotations

import io
import logging
import struct
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Final

from pos.data import resource

log = logging.getLogger(__name__)

# What each language calls itself, in the order in which they are offered.
LANGUAGES: Final[dict[str, str]] = {
    "en": "English",
    "zh_TW": "繁體中文",
    "vi": "Tiếng Việt",
    "uk": "Українська",
    "hu": "Magyar",
}


QT: Final = "Qt"  # the context of Qt's own texts (pos.ui.qttexts)
TOLD: Final = "told"  # the context of sentences that reach the window as plain English (pos.ui.hearsay)
_TOLD_KEY: Final = TOLD + "\x04"  # gettext's way to put a context before its text


class Catalogue(GNUTranslations):
    """The texts of one language."""

    def told(self) -> list[str]:
        """What it has under the context TOLD, in English."""
        # No public name gives a catalogue's texts; this one has been there since gettext came to Python.
        keys: dict[object, str] = vars(self)["_catalog"]
        return [key.removeprefix(_TOLD_KEY) for key in keys if isinstance(key, str) and key.startswith(_TOLD_KEY)]


def catalogue(language: str) -> NullTranslations:
    """The texts of a language; those it does not have stay English."""
    try:
        source = resource("locale", f"{language}.po").read_bytes()
    except FileNotFoundError:
        return NullTranslations()
    import hashlib  # not for English, whose start does without it

    folder = _cache()
    # Named by what it was made of, so that a newer program never reads what an older one left.
    compiled = folder / f"{language}-{hashlib.sha256(source).hexdigest()[:16]}.mo"
    try:
        return Catalogue(io.BytesIO(compiled.read_bytes()))
    except (OSError, ValueError, struct.error):
        # Not there yet, or not whole: it is made anew.
        made = _compile(source, language)
    _keep(compiled, made, language)
    return Catalogue(io.BytesIO(made))


def _cache() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("housefull", appauthor=False) / "locale"


def _compile(source: bytes, language: str) -> bytes:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source), locale=language, abort_invalid=True))
    return compiled.getvalue()


def _keep(path: Path, made: bytes, language: str) -> None:
    from pos.filing import write_whole

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for old in path.parent.glob(f"{language}-*.mo"):
            old.unlink()
        write_whole(path, made, replace=True)
    except OSError as error:
        # The next start compiles it again; nothing else is lost.
        log.info("the texts in %s are not kept compiled: %s", language, error)
