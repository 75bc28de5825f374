"""The waiting list of a show: numbers in the order in which people came, called in that order.

A list is its till's own: numbers are given out and called where they were given out, with or without a line.
Calling an entry is a fact, and so is what became of it: served, skipped (it may be called again), or gone.
"""

from __future__ import annotations

from typing import Any, Final

from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.records import Record
from pos.till.counter import issue
from pos.till.counter.numbers import Series, next_id, take
from pos.till.desk import Desk
from pos.till.orders import papers, recording

OUTCOMES: Final = ("served", "skipped", "gone")
_OPEN: Final = ("waiting", "called", "skipped")
_FAMILY: Final = "standby"
_ENTRIES: Final = Series("records.W", "W")


def join_standby(desk: Desk, *, show: str, count: int = 1, name: str = "") -> dict[str, Any]:
    """The next number of this till for a show; it is printed where there is a receipt printer.

    Raises Refused: unknown_show show_cancelled sales_closed storage_failed fenced.
    """
    user = desk.signed_in("sell")
    shift = desk.shift()
    desk.check_not_fenced()
    the_show = desk.season().show(show)
    the_show.check_on_sale(desk.clock.now())
    id = next_id(desk, _ENTRIES)
    number = 1 + max((entry["number"] for entry in _own(desk, show)), default=0)
    entry: Record = {
        "id": id,
        "home": desk.outside.till,
        "show": show,
        "number": number,
        "count": count,
        "name": name.strip(),
        "state": "waiting",
        "at": desk.clock.now().isoformat(timespec="seconds"),
        "calls": 0,
    }
    write = issue.words(desk)
    job = None
    with desk.unit() as unit:
        recording.keep(desk, unit, Kind.STANDBY_CHANGED, entry, {"user": user.id, "shift": shift.id})
        take(desk, _ENTRIES)
        if desk.outside.printers.present("receipt"):
            rows = papers.rows((write.say("standby_count", count=str(count)), name.strip()))
            content = papers.list_content(
                desk,
                write.say("standby_number"),
                [{"heading": papers.show_line(desk, show), "rows": rows}],
                number=str(number),
                notes=[write.say("standby_note")],
            )
            job = desk.ledger.add_job("receipt", "list", id, [], content)
        answer = unit.answers({"entry": entry})
    if job is not None:
        issue.send(desk, job)
    recording.tell(desk, Kind.STANDBY_CHANGED)
    return answer


def standby(desk: Desk, *, show: str, all: bool = False) -> dict[str, Any]:
    """The lists of a show, this till's first: who still waits, or with `all` everybody. Whom to call is `next`."""
    desk.signed_in()
    desk.season().show(show)
    found = [entry for entry in recording.known(desk, _FAMILY).values() if entry["show"] == show]
    found.sort(key=lambda entry: (entry["home"] != desk.outside.till, entry["home"], entry["number"]))
    following = _next(desk, show)
    return {
        "entries": [entry for entry in found if all or entry["state"] in _OPEN],
        "next": following["id"] if following else None,
    }


def call_standby(desk: Desk, *, show: str, entry: str = "") -> dict[str, Any]:
    """Call the next number of this till's list, or an `entry` that was skipped or called before.

    Raises Refused: unknown_show bad_request (nobody waits) order_open_elsewhere storage_failed fenced.
    """
    called = recording.mine(desk, _FAMILY, entry) if entry else _next(desk, show)
    if called is None or called["show"] != show:
        raise Refused("bad_request", field="show", reason="nobody waits at this till for this show")
    if called["state"] not in _OPEN:
        raise Refused("bad_request", field="entry", reason=f"number {called['number']} is {called['state']}")
    if called["state"] == "waiting" and (first := _next(desk, show)) is not None and first["id"] != called["id"]:
        reason = f"number {first['number']} is before number {called['number']}: call it, or skip it, first"
        raise Refused("not_allowed", what="call", reason=reason)
    at = desk.clock.now().isoformat(timespec="seconds")
    return _change(desk, called | {"state": "called", "called_at": at, "calls": called["calls"] + 1})


def end_standby(desk: Desk, *, entry: str, outcome: str, sale: str = "") -> dict[str, Any]:
    """What became of somebody who was called: served (by a `sale`), skipped, or gone; who has not been called
    can only be gone. Raises Refused: bad_request order_open_elsewhere storage_failed fenced."""
    found = recording.mine(desk, _FAMILY, entry)
    if found["state"] not in _OPEN or (found["state"] == "waiting" and outcome != "gone"):
        reason = f"number {found['number']} is {found['state']}"
        raise Refused("bad_request", field="entry", reason=reason)
    if sale and not desk.ledger.find_sales(sale=sale):
        raise Refused("unknown_ticket", sale=sale)
    return _change(desk, found | {"state": outcome} | ({"sale": sale} if sale else {}))


def _change(desk: Desk, entry: Record) -> dict[str, Any]:
    user = desk.signed_in("sell")
    shift = desk.shift()
    desk.check_not_fenced()
    with desk.unit() as unit:
        recording.keep(desk, unit, Kind.STANDBY_CHANGED, entry, {"user": user.id, "shift": shift.id})
        answer = unit.answers({"entry": entry})
    recording.tell(desk, Kind.STANDBY_CHANGED)
    return answer


def _own(desk: Desk, show: str) -> list[Record]:
    """This till's entries for a show, by their numbers; those of earlier enrolments count on."""
    home = desk.outside.till
    found = [e for e in recording.known(desk, _FAMILY).values() if e["show"] == show and e["home"] == home]
    return sorted(found, key=lambda entry: entry["number"])


def _next(desk: Desk, show: str) -> Record | None:
    return next((entry for entry in _own(desk, show) if entry["state"] == "waiting"), None)
