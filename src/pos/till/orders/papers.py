"""Lists and slips of orders, as what is printed at the receipt printer."""

from __future__ import annotations

from typing import Any

from pos.domain.season import name_in
from pos.till.counter import issue
from pos.till.desk import Desk


def list_content(desk: Desk, heading: str, groups: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A list; `heading` is finished text."""
    season = desk.season()
    till = desk.outside.till
    return {
        "kind": "list",
        "language": desk.outside.locale,
        "venue": season.venue.name,
        "heading": heading,
        "at": issue.words(desk).moment(desk.clock.now()),
        "till": season.tills.get(till, till),
        "groups": groups,
        "copy": 0,
    } | more


def show_line(desk: Desk, show: str) -> str:
    """ "Tosca · Fri 3 Dec 2027 19:30", in the language of the paper."""
    write, the_show = issue.words(desk), desk.season().show(show)
    return f"{name_in(the_show.titles, write.language) or the_show.production} · {write.moment(the_show.starts)}"


def rows(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"text": text, "amount": amount} for text, amount in pairs]


def print_list(desk: Desk, kind: str, subject: str, content: dict[str, Any]) -> dict[str, Any]:
    """Queue it at the receipt printer in a transaction of its own. Raises Refused("device_absent")."""
    issue.check_present(desk, "receipt")
    with desk.unit() as unit:
        job = desk.ledger.add_job("receipt", kind, subject, [], content)
        answer = unit.answers({"job": job.id})
    issue.send(desk, job)
    return answer
