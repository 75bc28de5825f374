"""The PO files of the languages: read, compared with the source, and completed by what is missing."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from pos.ui.catalogue import LANGUAGES
from tests.words.source import SRC, Text

FOLDER: Final = SRC.parents[1] / "resources" / "locale"
TRANSLATED: Final = tuple(language for language in LANGUAGES if language != "en")
_FIELDS: Final = re.compile(r"\{\w*\}|%n")


def read(language: str) -> Catalog:
    """A language's catalogue, empty where there is no file yet."""
    path = FOLDER / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language, fuzzy=False)
    return read_po(io.BytesIO(path.read_bytes()), locale=language, abort_invalid=True)


def write(language: str, catalog: Catalog) -> None:
    """Write it sorted by its English texts, with no more of a header than its readers need."""
    out = io.BytesIO()
    out.write(f"{catalog.header_comment}\n{_header(language, catalog)}\n".encode())
    for message in catalog:
        message.flags.clear()
    write_po(out, catalog, width=100, no_location=True, sort_output=True, omit_header=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{language}.po").write_bytes(out.getvalue())


def _header(language: str, catalog: Catalog) -> str:
    fields = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": catalog.plural_forms,
    }
    return "\n".join(['msgid ""', 'msgstr ""', *(f'"{name}: {value}\\n"' for name, value in fields.items()), ""])


def entries(catalog: Catalog) -> dict[Text, Message]:
    """Its entries but for the header, obsolete ones left out."""
    return {_key(message): message for message in catalog if message.id}


def _key(message: Message) -> Text:
    one, many = message.id if isinstance(message.id, tuple) else (message.id, "")
    return Text(one, many, message.context or "")


def merge(catalog: Catalog, wanted: set[Text]) -> tuple[int, int]:
    """Add what is missing, without a translation, and drop what the source does not have any more; how many of each."""
    have = entries(catalog)
    missing, gone = wanted - set(have), set(have) - wanted
    for text in gone:
        catalog.delete(have[text].id, text.context or None)
    for text in missing:
        catalog.add((text.one, text.many) if text.many else text.one, context=text.context or None)
    return len(missing), len(gone)


def faults(catalog: Catalog, wanted: set[Text]) -> Iterator[str]:
    """What a catalogue lacks or has wrong, one sentence each."""
    have = entries(catalog)
    for text in sorted(wanted - set(have)):
        yield f"{text.one!r} is missing"
    for text in sorted(set(have) - wanted):
        yield f"{text.one!r} is not in the source any more"
    for text, message in have.items():
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.fuzzy:
            yield f"{text.one!r} is fuzzy"
        if text.many and len(forms) != catalog.num_plurals:
            yield f"{text.one!r} has {len(forms)} plural forms, and the language {catalog.num_plurals}"
        if not all(forms):
            yield f"{text.one!r} has no translation"
            continue
        for form in forms:
            yield from _unlike(text, form)


def _unlike(text: Text, form: str) -> Iterator[str]:
    if _fields(form) != _fields(text.many or text.one):
        yield f"{text.one!r} has other fields in {form!r}"
    for end in (0, -1):
        if text.one[end].isspace() != form[end].isspace():
            yield f"{text.one!r} begins or ends with a space that {form!r} has not, or the other way round"


def _fields(text: str) -> set[str]:
    return set(_FIELDS.findall(text))
