"""What every report is made in and of, and the small tools of builders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pos.domain.figures import Figures, Key, Sum
from pos.domain.money import Money
from pos.domain.report import COUNT, MOMENT, MONEY, TEXT, WORD, Cell, Chart, Column, Report, Table
from pos.domain.reports.kinds import About, Asked
from pos.domain.season import Season, name_in

UNREAD, DISPUTED = "note_unread", "note_disputed"


@dataclass(frozen=True)
class Source:
    """What a report is made of: the figures that its query asked for, what it was asked with, and all else."""

    figures: Figures
    asked: Asked
    about: About

    @property
    def season(self) -> Season:
        return self.about.season

    @property
    def currency(self) -> str:
        return self.season.venue.currency

    def money(self, minor: int) -> Money:
        return Money(minor, self.currency)

    def title(self, show: str) -> str:
        """A show's title, its id where the season does not know it any more."""
        known = self.season.shows.get(show)
        return (name_in(known.titles, self.about.language) or show) if known is not None else show

    def starts(self, show: str) -> str | None:
        known = self.season.shows.get(show)
        return known.starts.isoformat() if known is not None else None

    def user(self, user: str) -> str:
        known = self.season.users.get(user)
        return known.name if known is not None else user

    def till(self, till: str) -> str:
        return self.season.tills.get(till, till)

    def price_type(self, price_type: str) -> str:
        known = self.season.price_types.get(price_type)
        return (name_in(known.names, self.about.language) or price_type) if known is not None else price_type

    def of_shows(self, promoter: str) -> list[str]:
        """The promoter's shows, by when they start."""
        shows = [show for show in self.season.shows.values() if show.promoter == promoter]
        return [show.id for show in sorted(shows, key=lambda show: (show.starts, show.id))]


def report(
    source: Source,
    name: str,
    facts: Iterable[tuple[str, Cell]],
    tables: Iterable[Table],
    signatures: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> Report:
    """A report with what is to be said of every one: who made it, and what could not be read or is in dispute."""
    about = source.about
    said = [*facts, *([("by", source.user(about.by))] if about.by else [])]
    if disputed := source.figures.total("disputed").pieces:
        said.append((DISPUTED, disputed))
    if unread := sum(count for count, _ in source.figures.unread.values()):
        said.append((UNREAD, unread))
        said += [(kind or "facts", ", ".join(named)) for kind, (_, named) in sorted(source.figures.unread.items())]
    return Report(
        name, source.season.venue.name, source.currency, about.made_at, tuple(said),
        tuple(table for table in tables if table.rows), about.own or bool(about.late), about.late, tuple(notes),
        tuple(signatures), dict(source.asked),
    )  # fmt: skip


def table(
    heading: str,
    columns: Sequence[tuple[str, str]],
    rows: Iterable[Sequence[Cell]],
    *,
    total: bool = True,
    chart: Chart | None = None,
) -> Table:
    """A table of columns (head, kind); its total adds up what is money or a count."""
    made = [tuple(row) for row in rows]
    kinds = tuple(Column(head, kind) for head, kind in columns)
    last = tuple(_added(made, at, kind) for at, (_, kind) in enumerate(columns)) if total and made else None
    if last is not None:
        last = ("total", *last[1:])
    return Table(heading, kinds, tuple(made), last, chart)


def _added(rows: Sequence[Sequence[Cell]], at: int, kind: str) -> Cell:
    cells = [row[at] for row in rows if row[at] is not None]
    if kind == COUNT:
        return sum(cell for cell in cells if isinstance(cell, int))
    amounts = [cell for cell in cells if isinstance(cell, Money)]
    if kind != MONEY or not amounts:
        return None
    return sum(amounts[1:], amounts[0])


def share(part: int, whole: int) -> int | None:
    """A percentage in basis points, rounded half up; None of nothing."""
    return (2 * part * 10_000 + whole) // (2 * whole) if whole > 0 else None


TICKETS = (("tickets", COUNT), ("gross", MONEY), ("tax", MONEY), ("net", MONEY))


def tickets(source: Source, measured: Sum) -> tuple[Cell, ...]:
    """The cells under TICKETS."""
    money = source.money
    return measured.pieces, money(measured.minor), money(measured.tax), money(measured.minor - measured.tax)


def tickets_by(
    source: Source,
    heading: str,
    name: str,
    kind: str,
    say: Callable[[str], Cell],
    where: Callable[[Key], bool] | None = None,
) -> Table:
    """What was sold less what came back, by one dimension."""
    sums = source.figures.by("ticket", name, where=where)
    rows = [(say(key[0]), *tickets(source, one)) for key, one in sums.items()]
    return table(heading, ((name_of(name), kind), *TICKETS), rows, chart=Chart("bars", name_of(name), "gross"))


def name_of(dimension: str) -> str:
    """The word for a dimension."""
    return {"user": "cashier", "item": "account"}.get(dimension, dimension)


def tenders(source: Source, heading: str = "by_tender", where: Callable[[Key], bool] | None = None) -> Table:
    """Money by how it came, less what went back."""
    sums = source.figures.by("tender", "tender", where=where)
    rows = [(key[0], one.pieces, source.money(one.minor)) for key, one in sums.items() if one.minor or one.pieces]
    columns = (("tender", WORD), ("count", COUNT), ("amount", MONEY))
    return table(heading, columns, rows, chart=Chart("shares", "tender", "amount"))


def fees(source: Source, where: Callable[[Key], bool] | None = None) -> Table:
    """Fees that were charged or kept, less those that went back."""
    names = {fee.id: name_in(fee.names, source.about.language) for fee in source.season.fees}
    rows = [
        (names.get(key[0], key[0]), *tickets(source, one))
        for key, one in source.figures.by("fee", "item", where=where).items()
    ]
    return table("fees", (("fee", TEXT), ("count", COUNT), *TICKETS[1:]), rows)


def period(source: Source) -> list[tuple[str, Cell]]:
    """The days that it is of."""
    return [
        (word, source.asked[key])
        for key, word in (("day", "day"), ("since", "from"), ("until", "to"))
        if key in source.asked
    ]


SHOW = (("show", TEXT), ("starts", MOMENT))
