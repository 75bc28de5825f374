"""Where in a layout's text an error lies, for an editor that shows it in place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pos.domain.errors import Unreadable

_AT_LINE: Final = re.compile(r"at line (\d+)")
_STEP: Final = re.compile(r"(\w+)(?:\[(\d+)\])?")


def line_of(text: str, error: Unreadable) -> int:
    """The line, counted from 1, as near as the text tells; 0 when the error is about the whole."""
    lines = text.splitlines()
    if not error.key:
        match = _AT_LINE.search(error.reason)
        if match:
            return int(match[1])
        return len(lines) if "end of document" in error.reason else 0
    start, end, path = 0, len(lines), ""
    found = 0
    for name, number in _STEP.findall(error.key):
        path = f"{path}.{name}" if path else name
        heads = _heads(lines, path, start, end)
        if heads and int(number or 0) < len(heads):
            at = int(number or 0)
            start, end = heads[at] + 1, _section_end(lines, heads[at], path, end)
            found = heads[at] + 1
            continue
        key = next((at for at in range(start, end) if re.search(rf"(?:^|[\s{{,.]){name}\s*=", lines[at])), None)
        if key is not None:
            start, found = key, key + 1
    return found


def _heads(lines: Sequence[str], path: str, start: int, end: int) -> list[int]:
    """Where tables of this name begin."""
    return [at for at in range(start, end) if re.match(rf"\s*\[\[?{re.escape(path)}\]\]?\s*(#|$)", lines[at])]


def _section_end(lines: Sequence[str], head: int, path: str, end: int) -> int:
    """Where a table ends: at the next one that is not within it."""
    for at in range(head + 1, end):
        other = re.match(r"\s*\[\[?([\w.]+)\]", lines[at])
        if other and not other[1].startswith(f"{path}."):
            return at
    return end
