"""Serial numbers of blank tickets: `A000123`, an optional series of letters and digits of a fixed width."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from pos.domain.errors import Refused

MOST: Final = 1_000_000  # blanks in one range
_NUMBER: Final = re.compile(r"([A-Z]{0,8})(\d{1,12})")
_BETWEEN: Final = re.compile(r"\s*(?:-|–|\.\.|:)\s*")


class Series(NamedTuple):
    """What numbers must share to follow one another: the letters, and how many digits there are."""

    prefix: str
    width: int


@dataclass(frozen=True, slots=True, order=True)
class Serials:
    """A range of numbers of one series, both ends included."""

    series: Series
    first: int
    last: int

    @classmethod
    def between(cls, first: str, last: str) -> Serials:
        """Raises ValueError that says what is wrong."""
        (series, low), (other, high) = _read(first), _read(last)
        if series != other:
            raise ValueError(f"{first} and {last} are of two series")
        if high < low:
            raise ValueError(f"{last} comes before {first}")
        if high - low >= MOST:
            raise ValueError(f"{first} to {last} are more than {MOST} tickets")
        return cls(series, low, high)

    @classmethod
    def parse(cls, text: str) -> Serials:
        """`A000123`, or `A000123-A000200`; of the second number the last digits are enough, as in `A000123-200`.

        Raises ValueError that says what is wrong."""
        ends = _BETWEEN.split(text.strip().upper())
        if len(ends) == 1:
            return cls.between(ends[0], ends[0])
        if len(ends) != 2:
            raise ValueError(f"{text!r} is no range like A000123-A000200")
        first, last = ends
        if last.isdigit() and len(last) < len(first):
            last = first[: len(first) - len(last)] + last
        return cls.between(first, last)

    @property
    def count(self) -> int:
        return self.last - self.first + 1

    def number(self, n: int) -> str:
        """How a number of this series is printed on its ticket."""
        return f"{self.series.prefix}{n:0{self.series.width}d}"

    def part(self, first: int, last: int) -> Serials:
        return Serials(self.series, first, last)

    def to_json(self) -> list[str]:
        return [self.number(self.first), self.number(self.last)]

    def __str__(self) -> str:
        return "–".join(dict.fromkeys(self.to_json()))


def _read(text: str) -> tuple[Series, int]:
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no number of a ticket like A000123")
    return Series(found[1], len(found[2])), int(found[2])


def named(field: str, texts: Sequence[str]) -> list[Serials]:
    """The ranges that a person has typed, in order; at least one. Raises Refused("bad_request")."""
    try:
        found = apart(Serials.parse(text) for text in texts)
    except ValueError as error:
        raise Refused("bad_request", field=field, reason=str(error)) from error
    if not found:
        raise Refused("bad_request", field=field, reason="names no ticket paper")
    return found


def ranges(value: Any) -> list[Serials]:
    """Ranges as facts carry them: `[["A000001", "A000100"], …]`. Raises ValueError."""
    if not isinstance(value, list):
        raise ValueError("ranges are a list")
    found = []
    for pair in value:
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(end, str) for end in pair)):
            raise ValueError(f"{pair!r} is no range")
        found.append(Serials.between(*pair))
    return found


def apart(given: Iterable[Serials]) -> list[Serials]:
    """The ranges in order, neighbours made one. Raises ValueError when two of them overlap."""
    found: list[Serials] = []
    for one in sorted(given):
        before = found[-1] if found and found[-1].series == one.series else None
        if before is not None and before.last >= one.first:
            raise ValueError(f"{one.number(one.first)} is named twice")
        if before is not None and before.last + 1 == one.first:
            found[-1] = before.part(before.first, one.last)
        else:
            found.append(one)
    return found


def counted(given: Iterable[Serials]) -> int:
    return sum(one.count for one in given)


def first_of(given: Iterable[Serials], count: int) -> tuple[list[Serials], list[Serials]]:
    """The first `count` of these ranges in their order, and what is left of them."""
    taken: list[Serials] = []
    rest: list[Serials] = []
    for one in given:
        here = min(count, one.count)
        count -= here
        taken += [one.part(one.first, one.first + here - 1)] * bool(here)
        rest += [one.part(one.first + here, one.last)] * (here < one.count)
    return taken, rest


def each(given: Iterable[Serials]) -> Iterator[str]:
    """Every number, as it is printed."""
    return (one.number(n) for one in given for n in range(one.first, one.last + 1))


def meets(one: Serials, other: Serials) -> bool:
    """Whether some number is in both."""
    return one.series == other.series and one.first <= other.last and one.last >= other.first


def common(one: Serials, other: Serials) -> int:
    """How many numbers are in both."""
    return min(one.last, other.last) - max(one.first, other.first) + 1 if meets(one, other) else 0


def without(one: Serials, gone: Serials) -> list[Serials]:
    """The numbers of one range that are not in another."""
    if not meets(one, gone):
        return [one]
    found = [one.part(one.first, gone.first - 1)] * (one.first < gone.first)
    return found + [one.part(gone.last + 1, one.last)] * (gone.last < one.last)


def apart_from(have: Iterable[Serials], wanted: Serials) -> list[Serials]:
    """Those of the wanted numbers that are in none of these ranges."""
    left = [wanted]
    for one in have:
        left = [part for each in left for part in without(each, one)]
    return left
