"""A paper pack in short, for the roll of the receipt printer: lists alone, without a map or a log."""

from __future__ import annotations

from typing import Any

from pos.domain.paperpack import NAME, PaperPack, SeatRun
from pos.paper.reports.words import Writer
from pos.till.counter.reports import report_words
from pos.till.desk import Desk
from pos.till.orders.papers import list_content, rows


def short_form(desk: Desk, pack: PaperPack) -> dict[str, Any]:
    """What is printed: what is not there has no heading."""
    write = Writer(desk.outside.locale, report_words())
    groups = [
        (write.say("pack_seats"), [(_row(run), run.seats or str(run.count)) for run in pack.seats]),
        (write.say("pack_numbered"), [(one.id, one.place) for one in pack.tickets]),
        (write.say("pack_pickups"), [(f"{one.name or '?'} · {one.sale}", one.place) for one in pack.pickups]),
        *_prices(pack, write),
        (write.say("pack_calls"), [(f"{one.name}, {one.role}".strip(", "), one.telephone) for one in pack.people]),
    ]
    notes = [*pack.steps, *([write.say("pack_numbered_how")] if pack.tickets else []), write.say("pack_list")]
    return list_content(
        desk,
        f"{write.say(NAME)} · {pack.title} · {write.fact(pack.starts)}",
        [{"heading": heading, "rows": rows(*lines)} for heading, lines in groups if lines],
        notes=[*notes, f"{write.say('pack_plan')}: {pack.plan}"],
    )


def _row(run: SeatRun) -> str:
    """Which row, and its category where the row does not say it."""
    if not run.row or run.row.startswith(run.category):
        return run.row or run.category
    return f"{run.row} ({run.category})"


def _prices(pack: PaperPack, write: Writer) -> list[tuple[str, list[tuple[str, str]]]]:
    """A group for each version of the prices: the price types by number, with what each costs by category."""
    found = []
    for prices in pack.prices:
        heading = (
            write.say("pack_prices_from", time=write.fact(prices.since)) if prices.since else write.say("pack_prices")
        )
        lines = []
        for row in prices.rows:
            lines.append((f"{row.number} {row.name}", row.proof))
            lines += [(f"   {category}", write.fact(price)) for category, price in row.prices.items()]
        found.append((heading, lines))
    return found
