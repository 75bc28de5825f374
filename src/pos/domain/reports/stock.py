"""The stock report: what every show's places are, and how they age. Of counts, not of money or facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pos.domain.report import COUNT, MOMENT, PERCENT, TEXT, WORD, Cell, Chart, Column, Report, Table
from pos.domain.reports.frame import Source, report
from pos.domain.reports.kinds import About
from pos.domain.seatstock import PARTS, Line, totals

NAME = "stock"
_SHOW = (Column("show", TEXT), Column("starts", MOMENT))


def stock(source: Source) -> Report:
    """Of all shows that are still to come, or of one, as the office counts them; nothing while it is away."""
    told = source.about.looks.get("stock", {}).get("shows", ())
    chosen = source.asked.get("show", "")
    lines = _ordered(
        Line.from_json(doc | {"title": source.title(doc["show"])}) for doc in told if chosen in ("", doc["show"])
    )
    return report(source, NAME, (), (_places(lines), _ageing(lines)) if lines else ())


def _ordered(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (line.starts, line.stock.show))


def stock_report(lines: Sequence[Line], about: About) -> Report:
    """Both tables, the soonest show first; the parts of each row add up to its capacity."""
    venue = about.season.venue
    ordered = _ordered(lines)
    return Report(
        NAME,
        venue.name,
        venue.currency,
        about.made_at,
        tables=(_places(ordered), _ageing(ordered)),
        provisional=bool(about.late),
        late=about.late,
    )


def _places(lines: Sequence[Line]) -> Table:
    sums = totals(lines)
    return Table(
        "stock",
        (*_SHOW, Column("capacity", COUNT), *(Column(part, COUNT) for part in PARTS), Column("occupancy", PERCENT)),
        tuple(_row(line) for line in lines),
        total=("total", None, sums["capacity"], *(sums[part] for part in PARTS), None),
        chart=Chart("bars", "show", "sold"),
    )


def _row(line: Line) -> tuple[Cell, ...]:
    parts = (getattr(line.stock, part) for part in PARTS)
    return (line.title, line.starts, line.stock.capacity, *parts, line.stock.share)


def _ageing(lines: Sequence[Line]) -> Table:
    columns = (
        *_SHOW,
        Column("hours_left", COUNT),
        Column("left", COUNT),
        Column("sold_day", COUNT),
        Column("sold_week", COUNT),
        Column("alert", WORD),
        Column("action", WORD),
    )
    rows = tuple(
        (line.title, line.starts, line.age.hours_left, line.stock.left, line.age.sold_day, line.age.sold_week)
        + ((line.alert.what, line.alert.action) if line.alert is not None else ("", ""))
        for line in lines
    )
    return Table("ageing", columns, rows)
