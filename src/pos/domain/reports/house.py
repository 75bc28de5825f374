"""Reports of seats and people: occupancy and attendance, comps, holds, customers by consent."""

from __future__ import annotations

from typing import Any

from pos.domain.figures import Key, Sum
from pos.domain.report import COUNT, MONEY, PERCENT, TEXT, WORD, Cell, Chart, Report
from pos.domain.reports.frame import SHOW, Source, period, report, share, table


def _comp(key: Key) -> bool:
    return key.mark == "comp"


def occupancy(source: Source) -> Report:
    """Seats sold and people let in, of those that could be: seats that were killed are no seats. With complimentary
    tickets, and without."""
    given = source.figures.by("ticket", "show", where=_comp)
    rows: list[tuple[Cell, ...]] = []
    for show, house in _houses(source):
        seats = house["capacity"] - house["killed"]
        comps = given.get((show,), Sum()).pieces
        rows.append(
            (
                source.title(show), source.starts(show), seats, house["free"], house["held"], house["sold"], comps,
                share(house["sold"], seats), share(house["sold"] - comps, seats), house["admitted"],
                share(house["admitted"], house["sold"]),
            )
        )  # fmt: skip
    columns = (
        *SHOW, ("capacity", COUNT), ("free", COUNT), ("held", COUNT), ("sold", COUNT), ("comps", COUNT),
        ("occupancy", PERCENT), ("occupancy_paid", PERCENT), ("admitted", COUNT), ("attendance", PERCENT),
    )  # fmt: skip
    tables = [table("occupancy", columns, rows, chart=Chart("bars", "show", "occupancy"))]
    return report(source, "occupancy", period(source), tables)


def _houses(source: Source) -> list[tuple[str, dict[str, Any]]]:
    """The office's counts by show, those that start in the period."""
    houses = source.about.looks.get("houses", {}).get("shows", {})
    day = source.asked.get("day", "")
    since, until = source.asked.get("since", day), source.asked.get("until", day or "9999")
    shows = [show for show in source.season.shows.values() if show.id in houses]
    chosen = [show for show in shows if since <= show.starts.date().isoformat() <= until]
    if source.asked.get("show"):
        chosen = [show for show in chosen if show.id == source.asked["show"]]
    return [(show.id, houses[show.id]) for show in sorted(chosen, key=lambda show: (show.starts, show.id))]


def comps(source: Source) -> Report:
    """Complimentary tickets, by show, price type and who issued them."""
    sums = source.figures.by("ticket", "show", "price_type", "user", where=_comp)
    rows = [
        (source.title(show), source.starts(show), source.price_type(kind), source.user(user), one.pieces)
        for (show, kind, user), one in sums.items()
    ]
    columns = (*SHOW, ("price_type", TEXT), ("cashier", TEXT), ("tickets", COUNT))
    return report(source, "comps", period(source), [table("comps", columns, rows)])


def holds(source: Source) -> Report:
    """Places in holds now, by show and type."""
    rows = [
        (source.title(show), source.starts(show), type_, count)
        for show, house in _houses(source)
        for type_, count in sorted(house["holds"].items())
    ]
    columns = (*SHOW, ("hold", WORD), ("places", COUNT))
    return report(source, "holds", period(source), [table("holds", columns, rows)])


def customers(source: Source) -> Report:
    """How many customers the register has, by what they agreed to."""
    counts = source.about.looks.get("consents", {}).get("consents", {})
    rows = [(consent, count) for consent, count in sorted(counts.items())]
    chart = Chart("shares", "consent", "customers")
    columns = (("consent", WORD), ("customers", COUNT))
    return report(source, "customers", [], [table("customers", columns, rows, chart=chart)])


def promotions(source: Source) -> Report:
    """What promotions and prices set by hand took off list prices."""
    names = {one.id: one for one in source.season.promotions}
    rows = [
        (mark, item if item in names else item or None, one.pieces, source.money(one.minor))
        for (mark, item), one in source.figures.by("off", "mark", "item").items()
    ]
    columns = (("kind", WORD), ("promotion", TEXT), ("tickets", COUNT), ("amount", MONEY))
    return report(source, "promotions", period(source), [table("promotions", columns, rows)])
