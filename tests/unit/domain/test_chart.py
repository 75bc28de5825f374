"""Charts as shapes: what a table says, no more, inside the unit square."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pos.domain.chart import plot
from pos.domain.money import Money
from pos.domain.report import COUNT, MONEY, Cell, Chart, Column, Table


def table(kind: str, values: list[Cell], of: str = COUNT, total: int | None = None) -> Table:
    rows = tuple((f"row {at}", value) for at, value in enumerate(values))
    last = None if total is None else (None, total)
    return Table("sales", (Column("show"), Column("count", of)), rows, last, Chart(kind, "show", "count"))


@given(st.lists(st.integers(-(10**9), 10**9), min_size=2, max_size=40), st.sampled_from(("bars", "line", "shares")))
def test_every_chart_stays_inside_its_square(values: list[int], kind: str) -> None:
    drawn = plot(table(kind, list(values), total=10**12))
    assert drawn is not None
    assert drawn.numbers == tuple(values), "the total is not drawn"
    assert drawn.low <= min(0, *values) <= max(0, *values) <= drawn.high
    assert drawn.ticks[0] == drawn.low
    assert drawn.ticks[-1] == drawn.high
    assert 0 in drawn.ticks
    assert 2 <= len(drawn.ticks) <= 8
    steps = {after - before for before, after in zip(drawn.ticks, drawn.ticks[1:], strict=False)}
    assert len(steps) == 1
    boxes = drawn.shares() if drawn.kind == "shares" else drawn.bars()
    for box in boxes:
        assert box.x >= -1e-9
        assert box.x + box.width <= 1 + 1e-9
        assert box.y >= -1e-9
        assert box.y + box.height <= 1 + 1e-9
    if drawn.kind == "shares":
        assert abs(sum(box.width for box in boxes) - 1) < 1e-9
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in drawn.points())


def test_bars_are_as_high_as_their_values_from_zero() -> None:
    drawn = plot(table("bars", [10, -5, 0]))
    assert drawn is not None
    up, down, none = drawn.bars()
    assert abs(up.height - 2 * down.height) < 1e-9
    assert none.height == 0
    assert up.y == drawn.height(0)
    assert abs(down.y + down.height - drawn.height(0)) < 1e-9


def test_shares_of_what_cannot_be_shared_are_bars() -> None:
    for values in ([5, -5], [0, 0], [1] * 13):
        drawn = plot(table("shares", list(values)))
        assert drawn is not None
        assert drawn.kind == "bars"


def test_there_is_no_chart_of_one_row_of_two_currencies_or_where_none_is_asked_for() -> None:
    assert plot(table("bars", [1])) is None
    assert plot(table("bars", [1, None])) is None
    assert plot(table("bars", [Money(1, "EUR"), Money(1, "CHF")], MONEY)) is None
    assert plot(Table("sales", (Column("show"),), (("a",), ("b",)))) is None


def test_a_tick_is_written_like_the_values() -> None:
    drawn = plot(table("bars", [Money(100, "EUR"), Money(350, "EUR"), None], MONEY))
    assert drawn is not None
    assert drawn.like_value(200) == Money(200, "EUR")
    assert drawn.labels == ("row 0", "row 1")
