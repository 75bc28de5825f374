"""The house chart of a show: its hall as it is at this moment, written as a PDF."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pos.domain.errors import Refused
from pos.domain.housechart import NAME, HouseChart
from pos.domain.season import name_in
from pos.till.counter import house
from pos.till.counter.reports import write_file
from pos.till.desk import Desk, Verb
from pos.till.making import ReportFiles, Step


def house_chart(desk: Desk, *, show: str, to: str, language: str = "", replace: bool = False) -> Verb[dict[str, Any]]:
    """Write the chart to a path, or into a folder under a name of its own. Tells how far it is by the event "report",
    and `cancel_report` stops it. Raises Refused: bad_request unknown_show stopped device_absent."""
    desk.signed_in()
    season = desk.season()
    the_show, now = season.show(show), desk.clock.now().astimezone(ZoneInfo(season.venue.timezone))
    seen = house.seat_map(desk, show=show)
    if seen.plan is None:
        raise Refused("bad_request", field="show", reason="this show has no seats")
    wanted = language or desk.outside.locale
    chart = HouseChart(
        show,
        name_in(the_show.titles, wanted) or the_show.production,
        season.venue.name,
        the_show.starts.isoformat(),
        now.isoformat(timespec="seconds"),
        str(desk.replica.office_time() or ""),
        seen.plan,
        seen.states,
        seen.holds,
        tuple(
            (area["place"], area["free"] + area["here"] + area["elsewhere"], area["capacity"]) for area in seen.areas
        ),
    )

    def begin(files: ReportFiles, path: Path, step: Step) -> Future[str]:
        return files.chart(chart, wanted, path, replace, step)

    written = yield from write_file(desk, NAME, to, begin)
    return {"file": written}
