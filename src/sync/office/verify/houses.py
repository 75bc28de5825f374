"""I4: reports of seats and people (occupancy, holds, stock, customers), counted once more from the records.

That these are what the facts say is judged elsewhere: rights and tickets by I1 and I3, capacities and holds by I6.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime

from sqlalchemy import Connection, text

from pos.domain.season import Season
from sync.office.clock import now_iso
from sync.office.verify.made import column, looked, same, total
from sync.office.verify.report import Report

_STATES = "SELECT show_id, state, COUNT(*) FROM place_right GROUP BY show_id, state"
_DOUBTFUL = """
SELECT t.show_id, COUNT(DISTINCT t.unit) FROM ticket t
JOIN place_right r ON r.show_id = t.show_id AND r.place = t.unit
WHERE r.state = 'QUARANTINE' AND t.state = 'live' GROUP BY t.show_id
"""
_ADMITTED = """
SELECT t.show_id, COUNT(*) FROM ticket t WHERE t.id IN (SELECT ticket FROM admission) GROUP BY t.show_id
"""


def check_houses(connection: Connection, report: Report, season: Season) -> None:
    """Every show that the season has, and everybody in the register."""
    checks = {"holds": _holds, "occupancy": _occupancy, "stock": _stock, "customers": _customers}
    for name, check in checks.items():
        try:
            check(connection, report, season)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            report.violation("I4", f"report {name}: it cannot be made of the records as they are ({error!r})")


def _states(connection: Connection, season: Season) -> dict[str, Counter[str]]:
    """Show -> how many of its places are in which state."""
    states: dict[str, Counter[str]] = {}
    for show, state, places in connection.execute(text(_STATES)):
        if show in season.shows:
            states.setdefault(show, Counter())[state] += places
    return states


def _held(connection: Connection, season: Season) -> Counter[tuple[str, str]]:
    """Show and type of a hold -> places, as the holds themselves list them."""
    held = Counter[tuple[str, str]]()
    for body in connection.execute(text("SELECT body FROM live WHERE family = 'hold'")).scalars():
        hold = json.loads(body)
        if hold["show"] in season.shows:
            held[hold["show"], hold.get("type") or "hold"] += len(hold["places"])
    return held


def _killed(connection: Connection, season: Season) -> Counter[str]:
    held = _held(connection, season)
    return Counter({show: places for (show, type_), places in held.items() if type_ == "kill"})


def _holds(connection: Connection, report: Report, season: Season) -> None:
    by_type = Counter[str]()
    for (_, type_), places in _held(connection, season).items():
        by_type[type_] += places
    made = looked(connection, season, "holds")
    same(report, "holds", "places held as", by_type, column(made, "holds", "places", 2))


def _occupancy(connection: Connection, report: Report, season: Season) -> None:
    states, killed = _states(connection, season), _killed(connection, season)
    places = sum((one for one in states.values()), Counter[str]())
    doubtful, admitted = (
        sum(count for show, count in connection.execute(text(query)) if show in states)
        for query in (_DOUBTFUL, _ADMITTED)
    )
    sold = places["SOLD"] + doubtful
    counted = {
        "capacity": places.total() - killed.total(),
        "held": places["HELD"] - killed.total(),
        "sold": sold,
        "free": places.total() - places["HELD"] - sold,
        "admitted": admitted,
    }
    made = looked(connection, season, "occupancy")
    same(report, "occupancy", "its", counted, {head: total(made, "occupancy", head) for head in counted})


def _stock(connection: Connection, report: Report, season: Season) -> None:
    """Of shows that are still to come."""
    states, killed = _states(connection, season), _killed(connection, season)
    before = datetime.fromisoformat(now_iso())
    made = looked(connection, season, "stock")
    after = datetime.fromisoformat(now_iso())
    if any(before <= show.starts <= after for show in season.shows.values()):
        return  # whether it is to come depends on when one looks
    coming = [show.id for show in season.shows.values() if show.starts > after]
    places = sum((states.get(show, Counter[str]()) for show in coming), Counter[str]())
    dead = sum(killed[show] for show in coming)
    counted = {
        "capacity": places.total(), "free": places["POOL"], "hands": places["LEASED"], "held": places["HELD"] - dead,
        "killed": dead, "sold": places["SOLD"], "paper": places["PAPER"], "frozen": places["QUARANTINE"],
    }  # fmt: skip
    there = {head: total(made, "stock", head) for head in counted}
    same(report, "stock", "its", counted, there)


def _customers(connection: Connection, report: Report, season: Season) -> None:
    """Those who are in the register still, by what they agreed to."""
    counted = Counter[str]()
    for body in connection.execute(text("SELECT body FROM document WHERE family = 'customer_record'")).scalars():
        customer = json.loads(body)
        if customer.keys() & {"into", "erased"}:
            continue
        answers = {None: "consent_unknown", True: "consent_given", False: "consent_refused"}
        counted[answers[customer["profile"].get("consent", {}).get("given")]] += 1
    made = looked(connection, season, "customers")
    same(report, "customers", "those with", counted, column(made, "customers", "customers"))
