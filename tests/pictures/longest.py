"""Each text in the language in which it is longest, between two marks that nobody sees: what stands outside of them on
a screen was not translated."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QTableView,
    QWidget,
)

from pos.settings import LOCALES
from pos.ui.catalogue import Catalogue, catalogue
from pos.ui.theme.fonts import load_fonts, text_font
from tests.pictures.rulers import width_in

# Neither has a width or a shape.
_BEGIN: Final = "\N{ZERO WIDTH NON-JOINER}"
_END: Final = "\N{ZERO WIDTH JOINER}"
_MARKED: Final = re.compile(f"{_BEGIN}[^{_BEGIN}{_END}]*(?:{_END}|…$)")  # or cut short on purpose
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
# Addresses, and names like ticket-standard.
_CODES: Final = re.compile(r"\S*(?:://|@)\S*|\w+(?:-\w+)+|\b[A-Z]+\d+\b")
_TAG: Final = re.compile(r"<[^<>]*>|&nbsp;")


class Longest(Catalogue):
    """What has room in this has room in every language."""

    def __init__(self) -> None:
        super().__init__()
        load_fonts()
        self._texts = [catalogue(language) for language in LOCALES]
        self._wide = width_in(text_font())

    def gettext(self, message: str) -> str:
        return self._longest([texts.gettext(message) for texts in self._texts])

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self._longest([texts.ngettext(msgid1, msgid2, n) for texts in self._texts])

    def pgettext(self, context: str, message: str) -> str:
        found = [texts.pgettext(context, message) for texts in self._texts]
        # What no language has is no text of the window.
        return self._longest(found) if set(found) != {message} else message

    def told(self) -> list[str]:
        return next(texts.told() for texts in self._texts if isinstance(texts, Catalogue))

    def _longest(self, texts: list[str]) -> str:
        return _BEGIN + max(texts, key=self._wide) + _END


def outside(text: str) -> str:
    """What of a text on a screen stands outside of the marks."""
    text = _TAG.sub(" ", text)
    while (less := _MARKED.sub(" ", text)) != text:
        text = less
    return text


def untranslated(window: QWidget, known: Collection[str]) -> list[str]:
    """What can be read or heard on a screen and never went through a catalogue; `known` are names and codes."""
    found = []
    for text in dict.fromkeys(_read(window)):
        rest = _CODES.sub(" ", outside(text))
        if strange := [word for word in _WORD.findall(rest) if word not in known]:
            found.append(f"{text!r}: {', '.join(strange)}")
    return found


def words_in(*texts: str) -> set[str]:
    """The words of data, which are the same in every language."""
    return {word for text in texts for word in _WORD.findall(text)}


def _read(window: QWidget) -> Iterator[str]:
    for widget in window.findChildren(QWidget):
        if not widget.isVisible():
            continue
        yield widget.toolTip()
        yield widget.accessibleName()
        if isinstance(widget, QLabel | QAbstractButton):
            yield widget.text()
        elif isinstance(widget, QLineEdit | QPlainTextEdit):
            yield widget.placeholderText()
        elif isinstance(widget, QComboBox):
            yield from map(widget.itemText, range(widget.count()))
        elif isinstance(widget, QListView | QTableView):
            yield from _rows(widget)


def _rows(view: QListView | QTableView) -> Iterator[str]:
    model = view.model()
    columns = model.columnCount(QModelIndex()) if isinstance(view, QTableView) else 1
    for row in range(model.rowCount(QModelIndex())):
        for column in range(columns):
            yield str(model.index(row, column).data() or "")
    for column in range(columns) if isinstance(view, QTableView) else ():
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
