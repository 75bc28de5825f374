"""A hall as drawn: columns of places, read once from a public seating-plan JSON.

A plan is kept as columns, not as an object a seat: a stadium has 52,012 of them
and the map, the search for neighbours and the wire all want whole columns.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import struct
import sys
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import Any, Final

from pos.domain.errors import Unreadable

_MAGIC: Final = b"HFP1"
_FARTHEST: Final = 1e9
NEIGHBOUR_GAP: Final = 1.5  # times the row's usual pitch; wider is an aisle


@dataclass(frozen=True, slots=True)
class Category:
    """A price zone of the plan and the colour it is drawn in ("#56B4E9")."""

    name: str
    color: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row's zone (an index into `Plan.zones`), its label, and its seats [first, end)."""

    zone: int
    label: str
    first: int
    end: int


@dataclass(frozen=True)
class Plan:
    """The hall. Columns run in the file's order and share one index, the place's index.

    `xs`, `ys` are plan units ('f'); `category` and `zone` index their tuples ('H');
    `row` indexes `rows` ('I'). `shapes` are drawings (stage, pitch) with absolute
    positions, in the vocabulary of the seating-plan JSON.
    """

    name: str
    width: float
    height: float
    categories: tuple[Category, ...]
    zones: tuple[str, ...]
    rows: tuple[Row, ...]
    shapes: tuple[dict[str, Any], ...]
    place_ids: tuple[str, ...]
    numbers: tuple[str, ...]
    xs: array[float]
    ys: array[float]
    category: array[int]
    zone: array[int]
    row: array[int]

    def __len__(self) -> int:
        return len(self.place_ids)

    @cached_property
    def index(self) -> dict[str, int]:
        """Place id -> index."""
        return {place: ix for ix, place in enumerate(self.place_ids)}

    @cached_property
    def version(self) -> str:
        """Names this exact plan: the first 32 hex digits of SHA-256 over its content."""
        return hashlib.sha256(self._content()).hexdigest()[:32]

    def label(self, ix: int) -> str:
        """What a ticket says: "Stalls L 14"."""
        return f"{self.zones[self.zone[ix]]} {self.rows[self.row[ix]].label} {self.numbers[ix]}"

    def category_of(self, place: str) -> str:
        return self.categories[self.category[self.index[place]]].name

    # ---- neighbours ------------------------------------------------------------------

    @cached_property
    def lines(self) -> tuple[tuple[int, ...], ...]:
        """Runs of neighbours: each tuple holds indexes that sit side by side, in order.

        Neighbours are those of a row with no wider gap on the plan than the row's usual
        pitch x 1.5. The file's order is not trusted: seats are ordered along the row.
        """
        runs: list[tuple[int, ...]] = []
        for row in self.rows:
            runs.extend(self._runs(row))
        return tuple(runs)

    @cached_property
    def line(self) -> array[int]:
        """Seat -> which of `lines` it is in."""
        found = array("I", bytes(4 * len(self)))
        for number, run in enumerate(self.lines):
            for ix in run:
                found[ix] = number
        return found

    @cached_property
    def boxes(self) -> tuple[tuple[float, float, float, float], ...]:
        """Where each run of neighbours lies: (left, top, right, bottom), in plan units."""
        found = []
        for line in self.lines:
            xs, ys = [self.xs[ix] for ix in line], [self.ys[ix] for ix in line]
            found.append((min(xs), min(ys), max(xs), max(ys)))
        return tuple(found)

    def _runs(self, row: Row) -> Iterator[tuple[int, ...]]:
        seats = range(row.first, row.end)
        if len(seats) < 2:
            if seats:
                yield tuple(seats)
            return
        xs, ys = self.xs[row.first : row.end], self.ys[row.first : row.end]
        along = self.xs if max(xs) - min(xs) >= max(ys) - min(ys) else self.ys
        ordered = sorted(seats, key=along.__getitem__)
        gaps = [
            math.hypot(self.xs[a] - self.xs[b], self.ys[a] - self.ys[b])
            for a, b in zip(ordered, ordered[1:], strict=False)
        ]
        widest = median(gaps) * NEIGHBOUR_GAP
        run = [ordered[0]]
        for seat, gap in zip(ordered[1:], gaps, strict=True):
            if gap > widest:
                yield tuple(run)
                run = []
            run.append(seat)
        yield tuple(run)

    # ---- one blob for the wire, the replica and the map --------------------------------

    def _content(self) -> bytes:
        head = json.dumps(
            {
                "name": self.name,
                "size": [self.width, self.height],
                "categories": [[c.name, c.color] for c in self.categories],
                "zones": self.zones,
                "rows": [[r.zone, r.label, r.first, r.end] for r in self.rows],
                "shapes": self.shapes,
                "places": self.place_ids,
                "numbers": self.numbers,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()
        columns = b"".join(_little(column) for column in (self.xs, self.ys, self.category, self.zone, self.row))
        return struct.pack("<I", len(head)) + head + columns

    def to_bytes(self) -> bytes:
        """The whole plan as one compressed blob; `from_bytes` reads it back."""
        return _MAGIC + zlib.compress(self._content(), 6)

    @classmethod
    def from_bytes(cls, blob: bytes) -> Plan:
        """Read `to_bytes` back. Raises Unreadable on anything else."""
        try:
            if blob[:4] != _MAGIC:
                raise ValueError("not a plan")
            content = zlib.decompress(blob[4:])
            (size,) = struct.unpack_from("<I", content)
            head = json.loads(content[4 : 4 + size])
            count, at = len(head["places"]), 4 + size
            columns: list[array[Any]] = []
            for kind in "ffHHI":
                column: array[Any] = array(kind)
                end = at + count * column.itemsize
                column.frombytes(content[at:end])
                if len(column) != count:
                    raise ValueError("cut short")
                if sys.byteorder == "big":
                    column.byteswap()
                columns.append(column)
                at = end
            width, height = head["size"]
            xs, ys, category, zone, row = columns
            return cls(
                head["name"],
                width,
                height,
                tuple(Category(*c) for c in head["categories"]),
                tuple(head["zones"]),
                tuple(Row(*r) for r in head["rows"]),
                tuple(head["shapes"]),
                tuple(head["places"]),
                tuple(head["numbers"]),
                xs,
                ys,
                category,
                zone,
                row,
            )
        except (ValueError, KeyError, TypeError, struct.error, zlib.error) as error:
            raise Unreadable("plan blob", "", str(error)) from error


def _little(column: array[Any]) -> bytes:
    if sys.byteorder == "big":
        column = array(column.typecode, column)
        column.byteswap()
    return column.tobytes()


# ---- reading the public JSON -----------------------------------------------------------


def read_plan(data: bytes, source: str) -> Plan:
    """Read a seating plan (zones > rows > seats). Raises Unreadable naming `source`, key and why."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unreadable(source, "", f"not JSON ({error})") from error
    return _Reader(source).plan(document)


class _Reader:
    """Collects columns while walking the document; every complaint names its key."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.rows: list[Row] = []
        self.shapes: list[dict[str, Any]] = []
        self.place_ids: list[str] = []
        self.numbers: list[str] = []
        self.xs, self.ys = array("f"), array("f")
        self.category, self.zone, self.row = array("H"), array("H"), array("I")
        self.seen: dict[str, str] = {}

    def _bad(self, key: str, reason: str) -> Unreadable:
        return Unreadable(self.source, key, reason)

    def _get(self, parent: Any, name: str, key: str, kinds: type | tuple[type, ...]) -> Any:
        if not isinstance(parent, dict):
            raise self._bad(key, "must be an object")
        where = f"{key}.{name}" if key else name
        if name not in parent:
            raise self._bad(where, "is missing")
        value = parent[name]
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise self._bad(where, f"is {type(value).__name__}, which it may not be")
        return value

    def _number(self, parent: Any, name: str, key: str) -> float:
        """A number that a hall can have; columns of 32-bit floats hold no others."""
        value = self._get(parent, name, key, (int, float))
        if not -_FARTHEST <= value <= _FARTHEST:  # nor is NaN
            raise self._bad(f"{key}.{name}", "is not a number that a hall can have")
        return float(value)

    def _position(self, parent: Any, key: str) -> tuple[float, float]:
        at = self._get(parent, "position", key, dict)
        return self._number(at, "x", f"{key}.position"), self._number(at, "y", f"{key}.position")

    def plan(self, document: Any) -> Plan:
        size = self._get(document, "size", "", dict)
        width, height = (self._number(size, side, "size") for side in ("width", "height"))
        if not (width > 0 and height > 0):
            raise self._bad("size", "must be positive")
        categories = self._categories(document)
        zones = self._get(document, "zones", "", list)
        if len(zones) > 65_535 or len(categories) > 65_535:
            raise self._bad("zones", "too many")
        for z, zone in enumerate(zones):
            self._zone(zone, z, f"zones[{z}]", categories)
        if not self.place_ids:
            raise self._bad("zones", "hold no seat")
        return Plan(
            str(self._get(document, "name", "", str)),
            width,
            height,
            tuple(categories.values()),
            tuple(self._get(zone, "name", f"zones[{z}]", str) for z, zone in enumerate(zones)),
            tuple(self.rows),
            tuple(self.shapes),
            tuple(self.place_ids),
            tuple(self.numbers),
            self.xs,
            self.ys,
            self.category,
            self.zone,
            self.row,
        )

    def _categories(self, document: Any) -> dict[str, Category]:
        found: dict[str, Category] = {}
        for c, item in enumerate(self._get(document, "categories", "", list)):
            name = self._get(item, "name", f"categories[{c}]", str)
            if name in found:
                raise self._bad(f"categories[{c}].name", f"{name!r} is there twice")
            color = item.get("color", "#888888")
            if not (isinstance(color, str) and re.fullmatch(r"#[0-9A-Fa-f]{6}", color)):
                raise self._bad(f"categories[{c}].color", f"{color!r} is not a colour like #56B4E9")
            found[name] = Category(name, color)
        return found

    def _zone(self, zone: Any, z: int, key: str, categories: dict[str, Category]) -> None:
        x, y = self._position(zone, key)
        for row_index, row in enumerate(self._get(zone, "rows", key, list)):
            self._row(row, z, (x, y), f"{key}.rows[{row_index}]", categories)
        shapes = self._get(zone, "areas", key, list) if "areas" in zone else []
        for s, shape in enumerate(shapes):
            if isinstance(shape, dict) and "position" in shape:
                dx, dy = self._position(shape, f"{key}.areas[{s}]")
                self.shapes.append({**shape, "position": {"x": x + dx, "y": y + dy}})

    def _row(self, row: Any, z: int, at: tuple[float, float], key: str, categories: dict[str, Category]) -> None:
        # Some public plans give seats relative to the zone and leave the row's position out.
        x, y = self._position(row, key) if isinstance(row, dict) and "position" in row else (0.0, 0.0)
        label, first = str(self._get(row, "row_number", key, (str, int))), len(self.place_ids)
        order = {name: c for c, name in enumerate(categories)}
        for s, seat in enumerate(self._get(row, "seats", key, list)):
            where = f"{key}.seats[{s}]"
            place = self._get(seat, "seat_guid", where, str)
            if not place or "#" in place:
                raise self._bad(f"{where}.seat_guid", f"{place!r} must not be empty nor hold '#'")
            if place in self.seen:
                raise self._bad(f"{where}.seat_guid", f"{place!r} is already at {self.seen[place]}")
            category = self._get(seat, "category", where, str)
            if category not in order:
                raise self._bad(f"{where}.category", f"{category!r} is not among the plan's categories")
            dx, dy = self._position(seat, where)
            self.seen[place] = where
            self.place_ids.append(place)
            self.numbers.append(str(self._get(seat, "seat_number", where, (str, int))))
            self.xs.append(at[0] + x + dx)
            self.ys.append(at[1] + y + dy)
            self.category.append(order[category])
            self.zone.append(z)
            self.row.append(len(self.rows))
        self.rows.append(Row(z, label, first, len(self.place_ids)))
