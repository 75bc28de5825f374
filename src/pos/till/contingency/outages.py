"""Outages of this till and of all: the one that is on, what is being sent after it, and incident reports."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pos.domain.contingency.level import Level
from pos.domain.drills.actions import actions
from pos.domain.errors import Refused
from pos.domain.money import Money, total
from pos.domain.reports.incidents import FAMILY, grouped, incident_report
from pos.store.outages import Outage
from pos.till.contingency import drain, summing
from pos.till.contingency.closing import NO_REPORT, path_of
from pos.till.contingency.drills import ACTIONS
from pos.till.contingency.plan import plan_of
from pos.till.counter.reports import shown, write_file
from pos.till.desk import Desk, Verb
from pos.till.making import Form
from pos.till.orders import recording

_BRIEF_AT_MOST: Final = 50


def outages(desk: Desk) -> dict[str, Any]:
    """The outage that is `open`, how far the sending after it is (`drain`), `incidents` of every till that this one
    knows of, the newest first, and own outages that were too `brief` for a report."""
    desk.signed_in()
    desk.season()  # refused before the first snapshot
    known = list(recording.known(desk, FAMILY).values())
    numbers = {one["id"]: number for number, group in enumerate(grouped(known), 1) for one in group}
    learned = _learned(desk)
    listed = sorted(known, key=lambda one: (numbers[one["id"]], one["began_at"], one["id"]), reverse=True)
    outage = desk.ledger.outages.open()
    brief = [one for one in desk.ledger.outages.all() if one.incident == NO_REPORT]
    return {
        "open": _opened(desk, outage) if outage is not None else None,
        "drain": drain.progress(desk),
        "incidents": [_line(desk, one, numbers[one["id"]]) | {"actions": learned.get(one["id"], [])} for one in listed],
        "brief": [{"began_at": one.began_at, "back_at": one.back_at} for one in brief[:_BRIEF_AT_MOST]],
    }


def report_of_incident(
    desk: Desk, *, incident: str = "", language: str = "", to: str = "", replace: bool = False
) -> Verb[dict[str, Any]]:
    """The report of an incident, as `report` answers one; without `incident` that of the outage that is on, which is
    provisional. With `to` it is written as a PDF. Raises Refused: bad_request not_allowed stopped device_absent."""
    user, season = desk.signed_in("oversee"), desk.season()
    language = language or desk.outside.locale
    if incident:
        record = recording.one(desk, FAMILY, incident)
    else:
        outage = desk.ledger.outages.open()
        if outage is None:
            raise Refused("bad_request", field="incident", reason="all is well: no outage is on, so name an incident")
        record = yield from summing.record_of(desk, outage, "", plan_of(desk).version)
    at = desk.clock.now().isoformat(timespec="seconds")
    learned = _learned(desk).get(incident, [])
    made = incident_report(record, season, at, language, learned, provisional=not incident)
    answer = shown(desk, user.id, made, language)
    if to:
        form = Form("pdf", language)

        def begin(files: Any, path: Path, step: Any) -> Any:
            return files.write(made, form, path, replace, step)

        answer["file"] = yield from write_file(desk, made.name, to, begin)
    return answer


def _learned(desk: Desk) -> dict[str, list[dict[str, Any]]]:
    """Incident -> what was learned from it."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in actions(recording.known(desk, ACTIONS).values(), desk.clock.now().date()):
        source, _, id = one["from"].partition(":")
        if source == FAMILY:
            found.setdefault(id, []).append(one)
    return found


def _opened(desk: Desk, outage: Outage) -> dict[str, Any]:
    """What is known of it so far without reading the journal."""
    notes = desk.ledger.outages.notes(outage.id)
    levels = [note for note in notes if note.kind == "level"]
    away = [note.body for note in levels if note.body["level"] != Level.NORMAL]
    return {
        "began_at": outage.began_at,
        "back_at": outage.back_at or None,
        "cause": away[0]["cause"] if away else "",
        "worst": max((note["level"] for note in away), key=lambda level: Level(level).rank, default=""),
        "levels": [{"at": note.at, "level": note.body["level"], "cause": note.body["cause"]} for note in levels],
        "entries": desk.number - outage.first_number,
        "refused": sum(note.times for note in notes if note.kind == "refused"),
        "told": [{"at": note.at, **note.body} for note in notes if note.kind == "told"],
        "paper_out": sum(states["out"] for states in summing.paper_out(desk).values()),
    }


def _line(desk: Desk, record: Mapping[str, Any], number: int) -> dict[str, Any]:
    """An incident in a list; those with the same `number` overlap."""
    venue, season = desk.season().venue, desk.season()
    amounts = [Money.parse(one["amount"], venue.currency) for one in record["sales"]]
    path = path_of(desk, record["id"])
    return {
        "id": record["id"],
        "number": number,
        "till": record["home"],
        "till_name": season.tills.get(record["home"], record["home"]),
        **{key: record[key] for key in ("plan", "began_at", "back_at", "sent_at", "cause", "worst", "levels")},
        **{key: record[key] for key in ("lasted_s", "detected_s", "recovered_s", "restarts", "told", "entries")},
        "sales": sum(one["sales"] for one in record["sales"]),
        "tickets": sum(one["tickets"] for one in record["sales"]),
        "amount": str(total(amounts, venue.currency)),
        "refused": sum(one["times"] for one in record["refused"]) + record["refused_more"],
        "paper": {state: sum(one[state] for one in record["paper"]) for state in ("sold", "returned", "lost", "out")},
        "disputes": len(record["disputes"]),
        "disputes_open": sum(one["state"] != "resolved" for one in record["disputes"]),
        "pdf": str(path) if path.exists() else None,
    }
