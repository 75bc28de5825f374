"""Change values in the text of a TOML file, and leave all else as a person wrote it.

Only plain tables are understood ([a.b], one key a line). What came out is read again and compared with
what was meant, so that a file written in another way is refused rather than spoilt.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any, Final

Value = str | int | float | bool
_HEADER: Final = re.compile(r"\s*\[([^\[\]]+)\]\s*(#.*)?")
_TABLE_OF_MANY: Final = re.compile(r"\s*\[\[[^\[\]]+\]\]\s*(#.*)?")  # it ends the section before it, and is not changed
_KEY: Final = re.compile(r"\s*(\"[^\"]*\"|[A-Za-z0-9_-]+)\s*=\s*")
# A value on one line: a string of either kind, or anything without a sign that begins a remark.
_VALUE: Final = re.compile(r"(\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^#\r\n]*?)(?=\s*(#.*)?$)")


class CannotEdit(ValueError):
    """The file is written in a way that is not understood here; a person must change it."""


def put(text: str, section: str, values: Mapping[str, Value | None]) -> str:
    """The text with these values in `[section]`, which is added at the end when there is none.

    None takes a key away. Raises CannotEdit.
    """
    meant = _read(text)
    table = _table(meant, section)
    for key, value in values.items():
        table.pop(key, None) if value is None else table.update({key: value})
    lines = text.splitlines(keepends=True)
    span = _span(lines, section)
    if span is None:
        gap = "\n" if text.strip() else ""
        written = "".join(f"{key} = {_written(value)}\n" for key, value in values.items() if value is not None)
        return _checked(f"{_ended(text)}{gap}[{section}]\n{written}", meant)
    first, last = span
    inside = lines[first:last]
    for key, value in values.items():
        inside = _with(inside, key, value)
    return _checked("".join([*lines[:first], *inside, *lines[last:]]), meant)


def without(text: str, section: str) -> str:
    """The text without `[section]`; remarks that stand above the next one stay. Raises CannotEdit."""
    meant = _read(text)
    *outer, name = section.split(".")
    table = meant
    for each in outer:
        table = table.get(each, {})
    if table.pop(name, None) is None:
        return text
    if outer and not table:
        meant.pop(outer[0])  # [printer] was only there for what it held
    lines = text.splitlines(keepends=True)
    span = _span(lines, section)
    if span is None:
        raise CannotEdit(f"there is no line [{section}]")
    return _checked("".join([*lines[: span[0] - 1], *lines[span[1] :]]), meant)


def _read(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CannotEdit(f"is not TOML ({error})") from error


def _table(document: dict[str, Any], section: str) -> dict[str, Any]:
    table = document
    for name in section.split("."):
        table = table.setdefault(name, {})
        if not isinstance(table, dict):
            raise CannotEdit(f"{name} is not a table")
    return table


def _checked(text: str, meant: dict[str, Any]) -> str:
    if _read(text) != meant:
        raise CannotEdit("is written in a way that cannot be changed here without changing more")
    return text


def _span(lines: list[str], section: str) -> tuple[int, int] | None:
    """The lines of a section below its header: to the next header, without what stands right above that."""
    first = None
    for at, line in enumerate(lines):
        header = _HEADER.fullmatch(line.rstrip("\r\n"))
        if header is None and _TABLE_OF_MANY.fullmatch(line.rstrip("\r\n")) is None:
            continue
        if first is not None:
            while at > first and (not lines[at - 1].strip() or lines[at - 1].lstrip().startswith("#")):
                at -= 1
            return first, at
        if header is not None and [part.strip().strip("\"'") for part in header[1].split(".")] == section.split("."):
            first = at + 1
    return None if first is None else (first, len(lines))


def _with(lines: list[str], key: str, value: Value | None) -> list[str]:
    for at, line in enumerate(lines):
        found = _KEY.match(line)
        if found is None or found[1].strip('"') != key:
            continue
        if value is None:
            return lines[:at] + lines[at + 1 :]
        body = line.rstrip("\r\n")
        old = _VALUE.match(body, found.end())
        if old is None:
            raise CannotEdit(f"{key} is written over several lines")
        return [
            *lines[:at],
            body[: old.start()] + _written(value) + body[old.end() :] + line[len(body) :],
            *lines[at + 1 :],
        ]
    if value is None:
        return lines
    last = max((at + 1 for at, line in enumerate(lines) if line.strip()), default=0)
    if last:
        lines = [*lines[: last - 1], _ended(lines[last - 1]), *lines[last:]]
    ending = "\r\n" if any(line.endswith("\r\n") for line in lines) else "\n"
    return [*lines[:last], f"{key} = {_written(value)}{ending}", *lines[last:]]


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"


def _written(value: Value) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value)
