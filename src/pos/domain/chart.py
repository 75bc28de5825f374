"""Charts of reports as shapes on a unit square, so that paper and screen draw the same one.

x runs from left to right and y from the bottom up, both from 0 to 1. Nothing is drawn that the table does not
say: a chart has a point or a bar for each row that has a value, and none for the total.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pos.domain.money import Money
from pos.domain.report import Cell, Table

_STEPS: Final = (1, 2, 5, 10)
_LINES: Final = 4  # about so many lines to read values by
_MOST_SHARES: Final = 12  # parts that are still told apart
_WIDE: Final = 0.7  # of its place that a bar takes


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Plot:
    """`labels` and `values` as the table's columns have them, with their kinds; `low` and `high` are what the
    bottom and the top stand for, and `ticks` the values of lines to read by, as whole numbers like `numbers`
    (minor units, counts or basis points)."""

    kind: str
    label_kind: str
    value_kind: str
    labels: tuple[Cell, ...]
    values: tuple[Cell, ...]
    numbers: tuple[int, ...]
    low: int
    high: int
    ticks: tuple[int, ...]

    def height(self, number: int) -> float:
        """Where a value stands."""
        return (number - self.low) / (self.high - self.low)

    def bars(self) -> list[Box]:
        """From the line of zero, up or down."""
        place, zero = 1 / len(self.numbers), self.height(0)
        return [
            Box((at + (1 - _WIDE) / 2) * place, min(zero, top), _WIDE * place, abs(top - zero))
            for at, number in enumerate(self.numbers)
            for top in [self.height(number)]
        ]

    def points(self) -> list[tuple[float, float]]:
        place = 1 / len(self.numbers)
        return [((at + 0.5) * place, self.height(number)) for at, number in enumerate(self.numbers)]

    def shares(self) -> list[Box]:
        """Parts of one bar, side by side."""
        whole = sum(self.numbers)
        found, x = [], 0.0
        for number in self.numbers:
            found.append(Box(x, 0.0, number / whole, 1.0))
            x += number / whole
        return found

    def like_value(self, number: int) -> Cell:
        """A tick as the column's values are."""
        sample = self.values[0]
        return Money(number, sample.currency) if isinstance(sample, Money) else number


def plot(table: Table) -> Plot | None:
    """The table's chart, or None: it has none, too few rows have a value, or they are of several currencies.

    Shares of something negative, of nothing, or of too many parts, are bars. Raises KeyError for a column that the
    table has not.
    """
    if table.chart is None:
        return None
    heads = {column.head: at for at, column in enumerate(table.columns)}
    label, value = heads[table.chart.label], heads[table.chart.value]
    rows = [(row[label], row[value], _number(row[value])) for row in table.rows]
    drawn = [(named, cell, number) for named, cell, number in rows if number is not None]
    if len(drawn) < 2 or len({cell.currency for _, cell, _ in drawn if isinstance(cell, Money)}) > 1:
        return None
    labels, cells, numbers = zip(*drawn, strict=True)
    kind = table.chart.kind
    if kind == "shares" and (min(numbers) < 0 or not sum(numbers) or len(numbers) > _MOST_SHARES):
        kind = "bars"
    ticks = _ticks(min(0, *numbers), max(0, *numbers))
    kinds = table.columns[label].kind, table.columns[value].kind
    return Plot(kind, *kinds, labels, cells, numbers, ticks[0], ticks[-1], ticks)


def _number(cell: Cell) -> int | None:
    if isinstance(cell, Money):
        return cell.minor
    return cell if isinstance(cell, int) else None


def _ticks(low: int, high: int) -> tuple[int, ...]:
    """Round values at even steps, from at most `low` to at least `high`."""
    rough = max(1, -((low - high) // _LINES))
    power = 10 ** (len(str(rough)) - 1)
    step = next(each * power for each in _STEPS if each * power >= rough)
    first, last = low // step, -(-high // step)
    return tuple(number * step for number in range(first, max(last, first + 1) + 1))
