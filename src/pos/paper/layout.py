"""Reading layouts: how a ticket, a receipt or a report is set, written in TOML.

    name = "ticket-standard"
    kind = "ticket"              # the kind of content it sets, see content.py

    [[element]]                  # from top to bottom of a roll
    text = "{title}"
    size = 8.0

or, on paper of a fixed size, `[page]` and `[[box]]`. Every key is in docs/layouts.md. Whatever
is wrong is refused, naming the file, the key ("box[1].element[0].size") and the reason.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from pos.domain.errors import Unreadable
from pos.paper import content
from pos.paper.artwork import read_png
from pos.paper.elements import (
    FIELD,
    Box,
    Cell,
    CodeElement,
    Columns,
    Condition,
    Element,
    Group,
    Image,
    Layout,
    Line,
    Paragraph,
    Repeat,
    Sheet,
    Space,
    Split,
    Style,
    Words,
)
from pos.paper.page import Align, Symbology, Turn

Pictures = Callable[[str], bytes | None]
Fields = Mapping[str, frozenset[str] | None]

LANGUAGES: Final = ("en", "zh_TW", "vi", "uk", "hu")
_LONGEST: Final = 200_000  # characters; the longest that is shipped has 6,000
_DEEPEST: Final = 8  # elements within elements
_SHAPES: Final = ("text", "columns", "rule", "qr", "code128", "pdf417", "image", "space", "left", "repeat", "group")
_COMMON: Final = {"when", "unless", "gap"}
_STYLE: Final = {"text", "size", "bold", "align", "lines", "smallest", "inverse"}
_BOX: Final = {"when", "unless", "x", "y", "width", "height", "turn", "sink", "element"}
_BESIDE_MM: Final = 0.01  # what rounding in a layout may overhang


def read_layout(text: str, where: str, pictures: Pictures = lambda name: None) -> Layout:
    """Read a layout; `where` names it in errors, `pictures` gives the bytes of a PNG file beside it.

    Raises Unreadable naming key and reason.
    """
    if len(text) > _LONGEST:
        raise Unreadable(where, "", f"is longer than {_LONGEST} characters")
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, a number of 5000 digits, 500 brackets
        raise Unreadable(where, "", f"is not TOML: {error}") from error
    return _Reader(where, pictures).layout(table)


class _Reader:
    """Turns parsed TOML into elements, and knows where it is when something is wrong."""

    def __init__(self, where: str, pictures: Pictures) -> None:
        self._where, self._pictures = where, pictures

    def _refuse(self, key: str, reason: str) -> Unreadable:
        return Unreadable(self._where, key, reason)

    # ---- the whole -----------------------------------------------------------------------

    def layout(self, table: dict[str, Any]) -> Layout:
        self._known(table, "", {"name", "kind", "margin", "element", "page", "box"})
        kind = table.get("kind")
        if not isinstance(kind, str) or kind not in content.KINDS:
            raise self._refuse("kind", f"{kind!r} is not one of {', '.join(sorted(content.KINDS))}")
        fields = content.fields_of(kind)
        name = table.get("name")
        if not isinstance(name, str) or not name:
            raise self._refuse("name", "must be a name")
        if "page" in table:
            self._known(table, "", {"name", "kind", "page", "box"})
            return Layout(name, kind, 0.0, (), self._sheet(table, fields, kind))
        self._known(table, "", {"name", "kind", "margin", "element"})
        margin = self._number(table, "margin", "", 0.0, least=0.0, most=20.0)
        return Layout(name, kind, margin, self._elements(table.get("element"), "element", fields, (kind,)))

    def _sheet(self, table: dict[str, Any], fields: Fields, kind: str) -> Sheet:
        page = table["page"]
        if not isinstance(page, dict):
            raise self._refuse("page", "must be a table with width and height")
        self._known(page, "page", {"width", "height", "turn"})
        width = self._number(page, "width", "page", 0.0, least=10.0, most=500.0)
        height = self._number(page, "height", "page", 0.0, least=10.0, most=500.0)
        boxes = table.get("box")
        if not isinstance(boxes, list) or not boxes:
            raise self._refuse("box", "must be a list of at least one box")
        read = [self._box(box, f"box[{at}]", fields, kind, width, height) for at, box in enumerate(boxes)]
        return Sheet(width, height, self._turn(page, "page"), tuple(read))

    def _box(self, table: object, key: str, fields: Fields, kind: str, page_mm: float, page_high_mm: float) -> Box:
        if not isinstance(table, dict):
            raise self._refuse(key, "must be a table")
        self._known(table, key, _BOX)
        x, y = (self._number(table, name, key, 0.0, least=0.0) for name in ("x", "y"))
        width, height = (self._number(table, name, key, 0.0, least=2.0) for name in ("width", "height"))
        for name, end, most in (("width", x + width, page_mm), ("height", y + height, page_high_mm)):
            if end > most + _BESIDE_MM:
                raise self._refuse(f"{key}.{name}", f"reaches to {end:g} mm of a page of {most:g} mm")
        sink = table.get("sink", "top")
        if sink not in ("top", "middle", "bottom"):
            raise self._refuse(f"{key}.sink", f"{sink!r} is not top, middle or bottom")
        elements = self._elements(table.get("element"), f"{key}.element", fields, (kind,))
        return Box(self._condition(table, key, fields), x, y, width, height, self._turn(table, key), sink, elements)

    # ---- elements ------------------------------------------------------------------------

    def _elements(self, found: object, key: str, fields: Fields, path: tuple[str, ...]) -> tuple[Element, ...]:
        if not isinstance(found, list) or not found:
            raise self._refuse(key, "must be a list of at least one element")
        if key.count("[") >= _DEEPEST:
            raise self._refuse(key, f"is more than {_DEEPEST} elements deep")
        return tuple(self._element(item, f"{key}[{at}]", fields, path) for at, item in enumerate(found))

    def _element(self, table: object, key: str, fields: Fields, path: tuple[str, ...]) -> Element:
        if not isinstance(table, dict):
            raise self._refuse(key, "must be a table")
        shapes = [shape for shape in _SHAPES if shape in table]
        if len(shapes) != 1:
            raise self._refuse(key, f"must have exactly one of {', '.join(_SHAPES)}, and has {shapes or 'none'}")
        common = (self._condition(table, key, fields), self._number(table, "gap", key, 0.0, least=-50.0))
        match shapes[0]:
            case "text":
                self._known(table, key, _COMMON | _STYLE)
                return Paragraph(*common, self._words(table["text"], f"{key}.text", fields), self._style(table, key))
            case "columns":
                self._known(table, key, {*_COMMON, "columns"})
                return Columns(*common, self._cells(table["columns"], f"{key}.columns", fields))
            case "rule":
                self._known(table, key, {*_COMMON, "rule", "dash"})
                thickness = self._number(table, "rule", key, 0.0, least=0.1, most=20.0)
                return Line(*common, thickness, self._number(table, "dash", key, 0.0, least=0.0))
            case "qr" | "code128" | "pdf417" as symbology:
                return self._code(table, key, fields, symbology, common)
            case "image":
                return self._image(table, key, common)
            case "space":
                self._known(table, key, {*_COMMON, "space"})
                return Space(*common, self._number(table, "space", key, 0.0, least=0.0))
            case "left":
                return self._split(table, key, fields, path, common)
            case "repeat":
                return self._repeat(table, key, fields, path, common)
            case _:
                return self._group(table, key, fields, path, common)

    def _code(
        self, table: dict[str, Any], key: str, fields: Fields, symbology: Symbology, common: tuple[Condition, float]
    ) -> CodeElement:
        words = self._words(table[symbology], f"{key}.{symbology}", fields)
        align = self._align(table, key)
        if symbology == "qr":
            self._known(table, key, {*_COMMON, "qr", "size", "align"})
            size = self._number(table, "size", key, 24.0, least=8.0)
            return CodeElement(*common, symbology, words, size, size, align)
        self._known(table, key, {*_COMMON, symbology, "width", "height", "align"})
        width = self._number(table, "width", key, 0.0, least=0.0)
        height = self._number(table, "height", key, 12.0 if symbology == "code128" else 0.0, least=0.0)
        if symbology == "code128" and height < 5.0:
            raise self._refuse(f"{key}.height", f"{height:g} mm is too low to be read; 5 at least")
        return CodeElement(*common, symbology, words, width, height, align)

    def _image(self, table: dict[str, Any], key: str, common: tuple[Condition, float]) -> Image:
        self._known(table, key, {*_COMMON, "image", "width", "align", "dither"})
        name = table["image"]
        if not isinstance(name, str) or not name.endswith(".png") or "/" in name or "\\" in name:
            raise self._refuse(f"{key}.image", "must be the name of a PNG file beside the layout, like logo.png")
        data = self._pictures(name)
        if data is None:
            raise self._refuse(f"{key}.image", f"there is no {name} beside the layout")
        try:
            art = read_png(name, data, self._flag(table, "dither", key))
        except ValueError as error:
            raise self._refuse(f"{key}.image", f"{name}: {error}") from error
        return Image(*common, art, self._number(table, "width", key, 20.0, least=2.0), self._align(table, key))

    def _split(
        self, table: dict[str, Any], key: str, fields: Fields, path: tuple[str, ...], common: tuple[Condition, float]
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
        self, table: dict[str, Any], key: str, fields: Fields, path: tuple[str, ...], common: tuple[Condition, float]
    ) -> Repeat:
        self._known(table, key, {*_COMMON, "repeat", "each"})
        name = table["repeat"]
        lists = sorted(known for known, items in fields.items() if items is not None)
        if name not in lists:
            raise self._refuse(
                f"{key}.repeat", f"{name!r} is not a list of this content; these are: {', '.join(lists)}"
            )
        if name in path:
            raise self._refuse(f"{key}.repeat", f"{name} is being repeated already")
        inner = content.item_lists(path[0], name) if len(path) == 1 else dict.fromkeys(fields[name] or (), None)
        scope = {**fields, **inner}
        return Repeat(*common, name, self._elements(table.get("each"), f"{key}.each", scope, (*path, name)))

    def _group(
        self, table: dict[str, Any], key: str, fields: Fields, path: tuple[str, ...], common: tuple[Condition, float]
    ) -> Group:
        self._known(table, key, {*_COMMON, "group", "turn", "height"})
        turn = self._turn(table, key)
        height = self._number(table, "height", key, 0.0, least=0.0)
        if turn in (90, 270) and height < 2.0:
            raise self._refuse(f"{key}.height", f"is needed when turned by {turn}: it is how long the lines may be")
        return Group(*common, self._elements(table["group"], f"{key}.group", fields, path), turn, height)

    def _cells(self, found: object, key: str, fields: Fields) -> tuple[Cell, ...]:
        if not isinstance(found, list) or len(found) < 2:
            raise self._refuse(key, "must be a list of at least two cells")
        cells = []
        for at, table in enumerate(found):
            here = f"{key}[{at}]"
            if not isinstance(table, dict) or "text" not in table:
                raise self._refuse(here, "must be a table with text")
            self._known(table, here, _STYLE | {"width"})
            width = self._number(table, "width", here, 0.0, least=0.0)
            cells.append(Cell(self._words(table["text"], f"{here}.text", fields), self._style(table, here), width))
        return tuple(cells)

    # ---- values --------------------------------------------------------------------------

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

    def _words(self, found: object, key: str, fields: Fields) -> Words:
        by_language = {"en": found} if isinstance(found, str) else found
        if not isinstance(by_language, dict) or "en" not in by_language:
            raise self._refuse(key, "must be a text, or a text for each language, English (en) included")
        for language, text in by_language.items():
            if language not in LANGUAGES:
                raise self._refuse(f"{key}.{language}", f"is not one of {', '.join(LANGUAGES)}")
            if not isinstance(text, str):
                raise self._refuse(f"{key}.{language}", "must be a text")
            for name in FIELD.findall(text):
                self._field(name, key, fields)
        return Words(cast("dict[str, str]", by_language))

    def _condition(self, table: dict[str, Any], key: str, fields: Fields) -> Condition:
        return Condition(self._names(table, "when", key, fields), self._names(table, "unless", key, fields))

    def _names(self, table: dict[str, Any], name: str, key: str, fields: Fields) -> tuple[str, ...]:
        found = table.get(name, [])
        names = found if isinstance(found, list) else [found]
        return tuple(self._field(each, f"{key}.{name}", fields) for each in names)

    def _field(self, name: object, key: str, fields: Fields) -> str:
        if not isinstance(name, str) or name not in fields:
            raise self._refuse(key, f"there is no field {name!r}; there are: {', '.join(sorted(fields))}")
        return name

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

    def _turn(self, table: dict[str, Any], key: str) -> Turn:
        value = table.get("turn", 0)
        if isinstance(value, bool) or value not in (0, 90, 180, 270):
            raise self._refuse(f"{key}.turn", f"{value!r} is not 0, 90, 180 or 270")
        return cast("Turn", int(value))

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
