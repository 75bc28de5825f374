"""Layouts: how a ticket, a receipt or a report is set, written in TOML.

    name = "ticket-standard"
    kind = "ticket"              # the kind of content it sets, see content.py
    margin = 1.0                 # mm, left and right

    [[element]]                  # from top to bottom; each has one of these keys:
    text = "{title}"             #   text      a paragraph
    size = 8.0                   #   columns   cells side by side, each {text, width?, …}
    bold = true                  #   rule      a line, thickness in mm
    when = "title"               #   qr        a QR code of this text
                                 #   space     mm of nothing
                                 #   left      elements beside the elements of `right`
                                 #   repeat    `each` set once for every item of a list

Every element may have `when` and `unless`, a field (or a list of fields) that must
be there or must not, and `gap`, mm above it. Texts are a string or one string a
language, `{en = "Row", hu = "Sor"}`, with `{field}` in them; the job's language
decides, and English stands in for a language that is not given.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from pos.domain.errors import Unreadable
from pos.paper import content
from pos.paper.page import Align

_FIELD: Final = re.compile(r"\{(\w+)\}")
_LANGUAGES: Final = ("en", "zh_TW", "vi", "uk", "hu")
_SHAPES: Final = ("text", "columns", "rule", "qr", "space", "left", "repeat")
_COMMON: Final = {"when", "unless", "gap"}
_STYLE: Final = {"text", "size", "bold", "align", "lines", "smallest", "inverse"}


@dataclass(frozen=True, slots=True)
class Words:
    """A text with {fields}, by language."""

    by_language: Mapping[str, str]

    def fill(self, values: Mapping[str, Any]) -> str:
        """The text in the language of `values`, fields filled in; an absent field is empty."""
        language = str(values.get("language", "en"))
        pattern = self.by_language.get(language, self.by_language["en"])
        return _FIELD.sub(lambda match: str(values.get(match[1], "")), pattern)


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set. With `lines` > 0 it shrinks, down to `smallest`, to keep to so many lines."""

    size_mm: float
    bold: bool
    align: Align
    lines: int
    smallest_mm: float
    inverse: bool


@dataclass(frozen=True, slots=True)
class Element:
    """What every element has."""

    when: tuple[str, ...]
    unless: tuple[str, ...]
    gap_mm: float

    def wanted(self, values: Mapping[str, Any]) -> bool:
        return all(values.get(name) for name in self.when) and not any(values.get(name) for name in self.unless)


@dataclass(frozen=True, slots=True)
class Paragraph(Element):
    words: Words
    style: Style


@dataclass(frozen=True, slots=True)
class Cell:
    """One column; `width_mm` 0 shares what the others leave."""

    words: Words
    style: Style
    width_mm: float


@dataclass(frozen=True, slots=True)
class Columns(Element):
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Line(Element):
    thickness_mm: float
    dash_mm: float


@dataclass(frozen=True, slots=True)
class QrCode(Element):
    words: Words
    size_mm: float
    align: Align


@dataclass(frozen=True, slots=True)
class Space(Element):
    height_mm: float


@dataclass(frozen=True, slots=True)
class Split(Element):
    """Two stacks side by side; on paper narrower than `stack_below_mm` one above the other."""

    left: tuple[Element, ...]
    right: tuple[Element, ...]
    right_width_mm: float
    stack_below_mm: float


@dataclass(frozen=True, slots=True)
class Repeat(Element):
    name: str
    each: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout, read and checked."""

    name: str
    kind: str
    margin_mm: float
    elements: tuple[Element, ...]


def read_layout(text: str, where: str) -> Layout:
    """Read a layout; `where` names it in errors. Raises Unreadable naming key and reason."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(where, "", f"is not TOML: {error}") from error
    return _Reader(where).layout(table)


class _Reader:
    """Turns parsed TOML into elements, and knows where it is when something is wrong."""

    def __init__(self, where: str) -> None:
        self._where = where

    def _refuse(self, key: str, reason: str) -> Unreadable:
        return Unreadable(self._where, key, reason)

    def layout(self, table: dict[str, Any]) -> Layout:
        self._known(table, "", {"name", "kind", "margin", "element"})
        kind = table.get("kind")
        if kind not in content.KINDS:
            raise self._refuse("kind", f"{kind!r} is not one of {', '.join(sorted(content.KINDS))}")
        fields = content.fields_of(kind)
        name = table.get("name")
        if not isinstance(name, str) or not name:
            raise self._refuse("name", "must be a name")
        margin = self._number(table, "margin", "", 0.0, least=0.0)
        return Layout(name, kind, margin, self._elements(table.get("element"), "element", fields, (kind,)))

    def _elements(
        self, found: object, key: str, fields: Mapping[str, frozenset[str] | None], path: tuple[str, ...]
    ) -> tuple[Element, ...]:
        if not isinstance(found, list) or not found:
            raise self._refuse(key, "must be a list of at least one element")
        return tuple(self._element(item, f"{key}[{ix}]", fields, path) for ix, item in enumerate(found))

    def _element(
        self, table: object, key: str, fields: Mapping[str, frozenset[str] | None], path: tuple[str, ...]
    ) -> Element:
        if not isinstance(table, dict):
            raise self._refuse(key, "must be a table")
        shapes = [shape for shape in _SHAPES if shape in table]
        if len(shapes) != 1:
            raise self._refuse(key, f"must have exactly one of {', '.join(_SHAPES)}, and has {shapes or 'none'}")
        common = (
            self._names(table, "when", key, fields),
            self._names(table, "unless", key, fields),
            self._number(table, "gap", key, 0.0, least=-50.0),
        )
        match shapes[0]:
            case "text":
                self._known(table, key, _COMMON | _STYLE)
                return Paragraph(*common, self._words(table["text"], f"{key}.text", fields), self._style(table, key))
            case "columns":
                self._known(table, key, {*_COMMON, "columns"})
                return Columns(*common, self._cells(table["columns"], f"{key}.columns", fields))
            case "rule":
                self._known(table, key, {*_COMMON, "rule", "dash"})
                return Line(
                    *common,
                    self._number(table, "rule", key, 0.0, least=0.1),
                    self._number(table, "dash", key, 0.0, least=0.0),
                )
            case "qr":
                self._known(table, key, {*_COMMON, "qr", "size", "align"})
                words = self._words(table["qr"], f"{key}.qr", fields)
                return QrCode(
                    *common, words, self._number(table, "size", key, 24.0, least=8.0), self._align(table, key)
                )
            case "space":
                self._known(table, key, {*_COMMON, "space"})
                return Space(*common, self._number(table, "space", key, 0.0, least=0.0))
            case "left":
                return self._split(table, key, fields, path, common)
            case _:
                return self._repeat(table, key, fields, path, common)

    def _split(
        self,
        table: dict[str, Any],
        key: str,
        fields: Mapping[str, frozenset[str] | None],
        path: tuple[str, ...],
        common: tuple[tuple[str, ...], tuple[str, ...], float],
    ) -> Split:
        self._known(table, key, {*_COMMON, "left", "right", "right_width", "stack_below"})
        return Split(
            *common,
            self._elements(table["left"], f"{key}.left", fields, path),
            self._elements(table.get("right"), f"{key}.right", fields, path),
            self._number(table, "right_width", key, 0.0, least=5.0),
            self._number(table, "stack_below", key, 0.0, least=0.0),
        )

    def _repeat(
        self,
        table: dict[str, Any],
        key: str,
        fields: Mapping[str, frozenset[str] | None],
        path: tuple[str, ...],
        common: tuple[tuple[str, ...], tuple[str, ...], float],
    ) -> Repeat:
        self._known(table, key, {*_COMMON, "repeat", "each"})
        name = table["repeat"]
        lists = sorted(known for known, items in fields.items() if items is not None)
        if name not in lists:
            raise self._refuse(
                f"{key}.repeat", f"{name!r} is not a list of this content; these are: {', '.join(lists)}"
            )
        inner = content.item_lists(path[0], name) if len(path) == 1 else dict.fromkeys(fields[name] or (), None)
        scope = {**fields, **inner}
        return Repeat(*common, name, self._elements(table.get("each"), f"{key}.each", scope, (*path, name)))

    def _cells(self, found: object, key: str, fields: Mapping[str, frozenset[str] | None]) -> tuple[Cell, ...]:
        if not isinstance(found, list) or len(found) < 2:
            raise self._refuse(key, "must be a list of at least two cells")
        cells = []
        for ix, table in enumerate(found):
            here = f"{key}[{ix}]"
            if not isinstance(table, dict) or "text" not in table:
                raise self._refuse(here, "must be a table with text")
            self._known(table, here, _STYLE | {"width"})
            width = self._number(table, "width", here, 0.0, least=0.0)
            cells.append(Cell(self._words(table["text"], f"{here}.text", fields), self._style(table, here), width))
        return tuple(cells)

    def _style(self, table: dict[str, Any], key: str) -> Style:
        size = self._number(table, "size", key, 3.0, least=1.5, most=30.0)
        return Style(
            size,
            self._flag(table, "bold", key),
            self._align(table, key),
            int(self._number(table, "lines", key, 0, least=0, most=20)),
            self._number(table, "smallest", key, min(size, max(2.4, size * 0.6)), least=1.5, most=size),
            self._flag(table, "inverse", key),
        )

    def _words(self, found: object, key: str, fields: Mapping[str, object]) -> Words:
        by_language = {"en": found} if isinstance(found, str) else found
        if not isinstance(by_language, dict) or "en" not in by_language:
            raise self._refuse(key, "must be a text, or a text for each language, English (en) included")
        for language, text in by_language.items():
            if language not in _LANGUAGES:
                raise self._refuse(f"{key}.{language}", f"is not one of {', '.join(_LANGUAGES)}")
            if not isinstance(text, str):
                raise self._refuse(f"{key}.{language}", "must be a text")
            for name in _FIELD.findall(text):
                self._field(name, key, fields)
        return Words(cast("dict[str, str]", by_language))

    def _field(self, name: object, key: str, fields: Mapping[str, object]) -> str:
        if not isinstance(name, str) or name not in fields:
            raise self._refuse(key, f"there is no field {name!r}; there are: {', '.join(sorted(fields))}")
        return name

    def _names(self, table: dict[str, Any], name: str, key: str, fields: Mapping[str, object]) -> tuple[str, ...]:
        found = table.get(name, [])
        names = found if isinstance(found, list) else [found]
        return tuple(self._field(each, f"{key}.{name}", fields) for each in names)

    def _known(self, table: dict[str, Any], key: str, known: set[str]) -> None:
        for name in table:
            if name not in known:
                path = f"{key}.{name}" if key else name
                raise self._refuse(path, f"is not known here; known are: {', '.join(sorted(known))}")

    def _number(
        self, table: dict[str, Any], name: str, key: str, default: float, *, least: float, most: float = 500.0
    ) -> float:
        value = table.get(name, default)
        path = f"{key}.{name}" if key else name
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._refuse(path, f"{value!r} is not a number")
        if not least <= value <= most:
            raise self._refuse(path, f"{value} is not between {least:g} and {most:g}")
        return float(value)

    def _flag(self, table: dict[str, Any], name: str, key: str) -> bool:
        value = table.get(name, False)
        if not isinstance(value, bool):
            raise self._refuse(f"{key}.{name}", f"{value!r} is not true or false")
        return value

    def _align(self, table: dict[str, Any], key: str) -> Align:
        value = table.get("align", "left")
        if value not in ("left", "center", "right"):
            raise self._refuse(f"{key}.align", f"{value!r} is not left, center or right")
        return cast("Align", value)
