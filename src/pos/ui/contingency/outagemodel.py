"""What the screen of outages shows: documents of the till, as rows, facts and words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pos.domain.money import Money
from pos.ui.format import Formats, read_time
from pos.ui.frame.levelwords import level_name
from pos.ui.frame.linewords import unsent_groups
from pos.ui.i18n import tr, tr_count
from pos.ui.session import Session

ON: Final = "on"  # the id of the outage that is on
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """An outage in the list: when; what it was, over what came of it; how long, over what is left of it."""

    id: str
    lead: str
    title: str
    text: str
    right: str
    below: str
    doc: Document

    @property
    def on(self) -> bool:
        """Whether it is not over: it has no report yet."""
        return self.id == ON


def cause_name(cause: str) -> str:
    """Why a till left its normal level, in a few words."""
    names = {
        "no_power": tr("No mains power"),
        "fenced": tr("Till shut out by the office"),
        "storage_failed": tr("Disk takes nothing"),
        "no_printer": tr("No ticket printer"),
        "backup_line": tr("Main line down"),
        "no_network": tr("No network"),
        "no_office": tr("Office does not answer"),
        "office_refuses": tr("Office refuses this till"),
        "not_our_office": tr("Another office answers"),
    }
    return names.get(cause, cause)


def open_row(doc: Document, session: Session) -> Row:
    """The outage that is on, or of which something is still to be sent."""
    formats = session.formats
    began = read_time(doc["began_at"])
    lasted = (read_time(doc["back_at"]) if doc["back_at"] else session.now) - began
    entries = tr_count("%n entry since", "%n entries since", doc["entries"], formats.count(doc["entries"]))
    return Row(
        ON,
        formats.day_and_time(began, session.now),
        _what(doc, session.venue.till),
        _refused(entries, doc["refused"], formats),
        formats.span(lasted.total_seconds()),
        tr("being sent") if doc["back_at"] else tr("going on"),
        doc,
    )


def incident_row(doc: Document, session: Session) -> Row:
    """One that has its report."""
    formats = session.formats
    tickets = tr_count("%n ticket", "%n tickets", doc["tickets"], formats.count(doc["tickets"]))
    amount = formats.money(Money.parse(doc["amount"], session.venue.currency))
    return Row(
        doc["id"],
        formats.day_and_time(read_time(doc["began_at"]), session.now),
        _what(doc, doc["till_name"]),
        _refused(tr("{tickets}, {amount}", tickets=tickets, amount=amount), doc["refused"], formats),
        formats.span(doc["lasted_s"]),
        _left(doc, formats),
        doc,
    )


def _what(doc: Document, till: str) -> str:
    return tr("{till}: {level} – {cause}", till=till, level=level_name(doc["worst"]), cause=cause_name(doc["cause"]))


def _refused(done: str, refused: int, formats: Formats) -> str:
    if not refused:
        return done
    times = tr_count("refused once", "refused %n times", refused, formats.count(refused))
    return tr("{done}, {times}", done=done, times=times)


def _left(doc: Document, formats: Formats) -> str:
    """What may still change of it."""
    disputes, out = doc["disputes_open"], doc["paper"]["out"]
    if disputes:
        return tr_count("%n dispute open", "%n disputes open", disputes, formats.count(disputes))
    return tr_count("%n ticket still on paper", "%n tickets still on paper", out, formats.count(out)) if out else ""


def facts(row: Row, session: Session) -> list[tuple[str, str]]:
    """What is known of an outage, name and value."""
    doc, formats = row.doc, session.formats
    times = [(tr("Began"), doc["began_at"]), (tr("Back to normal"), doc["back_at"])]
    known = [(name, formats.time_exact(read_time(at)) if at else "") for name, at in times]
    if row.on:
        known.append((tr("On paper now"), formats.count(doc["paper_out"]) if doc["paper_out"] else ""))
    else:
        known += _of_incident(doc, session)
    told = [tr("{name} at {time}", name=one["name"], time=formats.time(read_time(one["at"]))) for one in doc["told"]]
    return [*known, (tr("Who was told"), "\n".join(told))]


def _of_incident(doc: Document, session: Session) -> list[tuple[str, str]]:
    formats = session.formats
    spans = [(tr("Took to notice"), doc["detected_s"]), (tr("Took to send all"), doc["recovered_s"])]
    found = [(name, formats.span(seconds) if seconds is not None else "") for name, seconds in spans]
    sold = tr("{sales} – {amount}", sales=formats.count(doc["sales"]),
              amount=formats.money(Money.parse(doc["amount"], session.venue.currency)))  # fmt: skip
    found.append((tr("Sales meanwhile"), sold))
    found.append((tr("Refused"), formats.count(doc["refused"]) if doc["refused"] else ""))
    found.append((tr("Paper tickets"), _paper(doc["paper"], formats)))
    if doc["disputes"]:
        counts = {name: formats.count(doc[name]) for name in ("disputes", "disputes_open")}
        found.append((tr("Disputes"), tr("{disputes}, {disputes_open} of them open", **counts)))
    return found


def _paper(states: Mapping[str, int], formats: Formats) -> str:
    words = {
        "sold": tr("{n} sold", n=formats.count(states["sold"])),
        "returned": tr("{n} returned", n=formats.count(states["returned"])),
        "lost": tr("{n} lost", n=formats.count(states["lost"])),
        "out": tr("{n} still out", n=formats.count(states["out"])),
    }
    return "\n".join(said for state, said in words.items() if states[state])


def levels(row: Row, session: Session) -> str:
    """Level by level, a line each."""
    formats = session.formats
    lines = []
    for one in row.doc["levels"]:
        at = formats.time_exact(read_time(one.get("since") or one["at"]))
        name, why = level_name(one["level"]), cause_name(one["cause"])
        lines.append(
            tr("{at} {level}: {cause}", at=at, level=name, cause=why) if why else tr("{at} {level}", at=at, level=name)
        )
    return "\n".join(lines)


def lessons(row: Row, session: Session) -> str:
    """What was learned from it, a line each: what is to be done, by whom, until when, how it stands."""
    states = {"open": tr("open"), "done": tr("done"), "dropped": tr("dropped")}
    formats = session.formats
    return "\n".join(
        tr(
            "{text} – {owner}, {due}: {state}",
            text=one["text"],
            owner=session.names.get(one["owner"], one["owner"]),
            due=formats.day(datetime.fromisoformat(one["due"])) if one["due"] else "",
            state=states.get(one["state"], one["state"]),
        )
        for one in row.doc.get("actions", ())
    )


def sending(drain: Document, formats: Formats) -> tuple[str, int]:
    """How far the sending is, in words, and of 1000."""
    counts = {name: formats.count(drain[name]) for name in ("sent", "total")}
    said = tr("{sent} of {total} entries are sent", **counts)
    if drain["left_s"] is not None and drain["sent"] < drain["total"]:
        said = tr("{said}, about {time} to go", said=said, time=formats.span(drain["left_s"]))
    share = drain["sent"] * 1000 // drain["total"] if drain["total"] else 1000
    return said, share


def waiting(drain: Document, formats: Formats) -> str:
    """What is still to be sent, a line for each sort of entries."""
    groups = unsent_groups({**one, "since": ""} for one in drain["kinds"])
    return "\n".join(tr("{what}: {count}", what=what, count=formats.count(count)) for what, count, _ in groups)
