"""Printer profiles: what a model can do, written in TOML (printers/profiles/)."""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from pos.domain.errors import Unreadable

Cut = Literal["partial", "full", "none"]
Protocol = Literal["escpos", "fgl", "zpl", "pdf"]


@dataclass(frozen=True, slots=True)
class Profile:
    """One model of printer. Lengths in mm, `speed_mm_s` in mm a second, `pulse_ms` in milliseconds."""

    name: str
    protocol: Protocol
    paper_mm: float
    printed_mm: float
    length_mm: float  # of one ticket or label, across its lines of text; 0 for a roll
    shortest_mm: float
    dots_per_mm: float
    speed_mm_s: float
    cut: Cut
    feed_mm: float
    confirms: bool  # tells when a page is out; without it "done" means "sent in full"
    cell_mm: float  # width of one of its own characters
    code_pages: Mapping[str, int]  # Python codec -> the printer's number, in order of preference
    drawer_pin: int
    pulse_ms: int
    drawer_open_high: bool
    path: int  # which of its ticket paths an FGL printer prints from
    numbered: bool  # its blank tickets usually carry serial numbers

    @property
    def dots(self) -> int:
        """Dots across the printed width."""
        return round(self.printed_mm * self.dots_per_mm)


_KNOWN: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    "escpos": {
        "": frozenset({"name", "protocol", "confirms", "paper", "text", "drawer"}),
        "paper": frozenset({"width", "printed", "dots_per_mm", "speed", "cut", "feed"}),
        "text": frozenset({"cell", "code_pages"}),
        "drawer": frozenset({"pin", "pulse", "open_when"}),
    },
    "fgl": {
        "": frozenset({"name", "protocol", "confirms", "numbered", "paper"}),
        "paper": frozenset({"width", "printed", "length", "dots_per_mm", "speed", "cut", "path"}),
    },
    "zpl": {
        "": frozenset({"name", "protocol", "numbered", "paper"}),
        "paper": frozenset({"width", "printed", "length", "dots_per_mm", "speed"}),
    },
    "pdf": {
        "": frozenset({"name", "protocol", "paper"}),
        "paper": frozenset({"width", "printed", "shortest"}),
    },
}

_CUT_TO_SIZE: Final = ("fgl", "zpl")  # these print on pieces, whose length must be known


def unknown_profile(name: str, have: Collection[str], where: str, key: str) -> Unreadable:
    """The error for a profile that did not come with the till; says which there are."""
    return Unreadable(where, key, f"there is no printer profile {name!r}; there are: {', '.join(sorted(have))}")


def read_profile(text: str, where: str) -> Profile:
    """Read a profile; `where` names it in errors. Raises Unreadable naming key and reason."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(where, "", f"is not TOML: {error}") from error
    protocol = table.get("protocol")
    if not isinstance(protocol, str) or protocol not in _KNOWN:
        raise Unreadable(where, "protocol", f"{protocol!r} is not one of {', '.join(sorted(_KNOWN))}")
    reader = _Reader(where)
    known = _KNOWN[protocol]
    reader.check(table, "", known[""])
    sections = {name: reader.section(table, name, known) for name in ("paper", "text", "drawer")}
    paper, cells, drawer = sections["paper"], sections["text"], sections["drawer"]
    printed = reader.number(paper, "paper.printed", 0.0, 10.0, 300.0)
    name = table.get("name")
    if not isinstance(name, str) or not name:
        raise Unreadable(where, "name", "must be a name")
    return Profile(
        name=name,
        protocol=cast("Protocol", protocol),
        paper_mm=reader.number(paper, "paper.width", printed, printed, 300.0),
        printed_mm=printed,
        length_mm=reader.number(paper, "paper.length", 0.0, 10.0 if protocol in _CUT_TO_SIZE else 0.0, 500.0),
        shortest_mm=reader.number(paper, "paper.shortest", 0.0, 0.0, 500.0),
        dots_per_mm=reader.number(paper, "paper.dots_per_mm", 8.0, 4.0, 24.0),
        speed_mm_s=reader.number(paper, "paper.speed", 100.0, 5.0, 1000.0),
        cut=cast("Cut", reader.choice(paper, "paper.cut", "none", ("partial", "full", "none"))),
        feed_mm=reader.number(paper, "paper.feed", 0.0, 0.0, 100.0),
        confirms=reader.flag(table, "confirms", True),
        cell_mm=reader.number(cells, "text.cell", 1.5, 0.5, 5.0),
        code_pages=reader.code_pages(cells),
        drawer_pin=int(reader.choice(drawer, "drawer.pin", 2, (2, 5))),
        pulse_ms=int(reader.number(drawer, "drawer.pulse", 100, 10, 500)),
        drawer_open_high=reader.choice(drawer, "drawer.open_when", "high", ("high", "low")) == "high",
        path=int(reader.choice(paper, "paper.path", 1, (1, 2))),
        numbered=reader.flag(table, "numbered", False),
    )


class _Reader:
    """Reads checked values out of parsed TOML; keys are given as they are named in errors."""

    def __init__(self, where: str) -> None:
        self._where = where

    def check(self, table: Mapping[str, Any], path: str, known: frozenset[str]) -> None:
        for name in table:
            if name not in known:
                key = f"{path}.{name}" if path else name
                raise Unreadable(self._where, key, f"is not known here; known are: {', '.join(sorted(known))}")

    def section(self, table: Mapping[str, Any], name: str, known: Mapping[str, frozenset[str]]) -> Mapping[str, Any]:
        found = table.get(name, {})
        if not isinstance(found, Mapping):
            raise Unreadable(self._where, name, "must be a table")
        self.check(found, name, known.get(name, frozenset()))
        return found

    def number(self, table: Mapping[str, Any], key: str, default: float, least: float, most: float) -> float:
        value = table.get(key.rsplit(".", maxsplit=1)[-1], default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise Unreadable(self._where, key, f"{value!r} is not a number between {least:g} and {most:g}")
        return float(value)

    def flag(self, table: Mapping[str, Any], key: str, default: bool) -> bool:
        value = table.get(key, default)
        if not isinstance(value, bool):
            raise Unreadable(self._where, key, f"{value!r} is not true or false")
        return value

    def choice(self, table: Mapping[str, Any], key: str, default: object, choices: tuple[object, ...]) -> Any:
        value = table.get(key.rsplit(".", maxsplit=1)[-1], default)
        if value not in choices:
            raise Unreadable(self._where, key, f"{value!r} is not one of {', '.join(map(str, choices))}")
        return value

    def code_pages(self, cells: Mapping[str, Any]) -> dict[str, int]:
        found = cells.get("code_pages", {})
        if not isinstance(found, Mapping):
            raise Unreadable(self._where, "text.code_pages", "must be a table")
        for name, number in found.items():
            key = f"text.code_pages.{name}"
            try:
                codecs.lookup(name)
            except LookupError as error:
                raise Unreadable(self._where, key, "is not a code page that is known here") from error
            if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= 255:
                raise Unreadable(self._where, key, f"{number!r} is not a number from 0 to 255")
        return dict(found)
