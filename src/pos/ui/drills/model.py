"""What is shown of drills, as values: rows of the three lists, and the words for what a drill puts before a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final

from pos.ui.format import Formats, read_time
from pos.ui.i18n import tr, tr_count

PEOPLE: Final = "people"
HELD: Final = "held"
ACTIONS: Final = "actions"
SECTIONS: Final = (PEOPLE, HELD, ACTIONS)


def section_names() -> dict[str, str]:
    return {PEOPLE: tr("Who is due"), HELD: tr("Drills held"), ACTIONS: tr("Actions")}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: what it is over its particulars; what it came to over its state. `warning`: it is late."""

    id: str
    title: str
    text: str
    right: str
    below: str
    doc: Mapping[str, Any]
    warning: bool = False


def day(text: str | None, formats: Formats) -> str:
    """A day of the till's documents as people write it; what is no day as it is."""
    if not text:
        return "–"
    try:
        return formats.day(datetime.combine(date.fromisoformat(text), time(12), UTC))
    except ValueError:
        return text


def points(doc: Mapping[str, Any]) -> str:
    if doc["points"] is None:
        return "–"
    return tr("{points} of {of}", points=str(doc["points"]), of=str(doc["of"]))


def person_row(doc: Mapping[str, Any], formats: Formats) -> Row:
    last = read_time(doc["last"]) if doc["last"] else None
    text = tr("Last drill: {day}", day=formats.day(last)) if last is not None else tr("Never had a drill")
    if doc["overdue"]:
        below = tr("Overdue since {day}", day=day(doc["due"], formats)) if doc["due"] else tr("Due now")
    else:
        below = tr("Due on {day}", day=day(doc["due"], formats)) if doc["due"] else ""
    return Row(doc["user"], doc["name"], text, points(doc) if last is not None else "", below, doc, doc["overdue"])


def held_row(doc: Mapping[str, Any], formats: Formats, names: Mapping[str, str]) -> Row:
    at = read_time(doc["at"])
    text = tr("{day} {time}, {window}", day=formats.day(at), time=formats.time(at), window=doc["home"])
    broken = doc["state"] != "done"
    below = tr("Broken off") if broken else tr("Held to its end")
    return Row(doc["id"], names.get(doc["person"], doc["person"]), text, points(doc), below, doc, broken)


def action_row(doc: Mapping[str, Any], formats: Formats, names: Mapping[str, str]) -> Row:
    owner = names.get(doc["owner"], doc["owner"])
    text = tr("{owner}, by {day}", owner=owner, day=day(doc["due"], formats))
    return Row(doc["id"], doc["text"], text, action_states()[doc["state"]], source_of(doc["from"]), doc, doc["overdue"])


def action_states() -> dict[str, str]:
    return {"open": tr("Open"), "done": tr("Done"), "dropped": tr("Dropped")}


def source_of(source: str) -> str:
    """What an action came from: "drill:T1-D00003"."""
    kind, _, id = source.partition(":")
    if kind == "drill":
        return tr("From drill {id}", id=id)
    return tr("From incident {id}", id=id) if kind == "incident" else ""


def expected() -> dict[str, str]:
    """What was to be done, by the name of its mark."""
    return {
        "recognised": tr("Opened the contingency sheet"),
        "told": tr("Told somebody"),
        "sell": tr("Served the first customer"),
        "in_hand": tr("Sold what is in hand"),
        "elsewhere": tr("Sold nothing that is not in hand"),
        "jam": tr("Cleared the jam, tickets printed"),
        "card": tr("Settled the lost card payment"),
        "paper": tr("Issued on paper, keyed one in"),
        "refund": tr("Took a ticket back as its terms have it"),
        "drained": tr("Everything was sent"),
    }


def mark_states() -> dict[str, str]:
    return {"good": tr("in good time"), "slow": tr("slow"), "wrong": tr("wrong"), "missed": tr("missed")}


def reasons() -> dict[str, str]:
    """Why it was wrong."""
    return {
        "turned_away": tr("a customer who could have been served was turned away"),
        "against_terms": tr("a ticket was taken back against its terms"),
        "said_printed": tr("tickets were said to be printed that had not come out"),
        "said_approved": tr("a card was booked as paid that had not been charged"),
        "said_declined": tr("a card was booked as declined that had been charged"),
    }


@dataclass(frozen=True, slots=True)
class Met:
    """One expectation: what, its points, and how it was met. `bad`: not at all, or in the wrong way."""

    what: str
    points: str
    how: str
    bad: bool


def met(result: Mapping[str, Any], formats: Formats) -> list[Met]:
    """How a drill went, an expectation each."""
    names, states, why = expected(), mark_states(), reasons()
    found = []
    for mark in result["marks"]:
        how = states.get(mark["state"], mark["state"])
        if mark["why"]:
            how = tr("{state}: {why}", state=how, why=why.get(mark["why"], mark["why"]))
        elif mark["took_s"] is not None:
            how = tr("{state}, after {span}", state=how, span=formats.span(mark["took_s"]))
        bad = mark["state"] in ("wrong", "missed")
        found.append(Met(names.get(mark["what"], mark["what"]), points(mark), how, bad))
    return found


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody at the counter of a drill: what they want, and where."""

    number: int
    task: str
    wish: str
    where: str
    hint: str


def waiting(doc: Mapping[str, Any], formats: Formats, language: str) -> Waiting:
    title = doc["titles"].get(language) or doc["title"]
    starts = read_time(doc["starts"])
    where = tr("{show}, {day} {time}", show=title, day=formats.day(starts), time=formats.time(starts))
    count, category = doc["count"], doc["category"]
    if doc["task"] == "elsewhere":
        wish = tr("This very seat, in cash: {seat}", seat=doc["label"])
    elif doc["task"] == "refund":
        wish = tr("Gives back ticket {code}: {seat}", code=doc["code"], seat=doc["label"])
    elif doc["task"] == "paper":
        wish = tr_count(
            "%n paper ticket of {category}", "%n paper tickets of {category}", count
        ).format(category=category)  # fmt: skip
    elif doc["tender"] == "card":
        wish = tr("{count} × {category}, by card", count=str(count), category=category)
    else:
        wish = tr("{count} × {category}, in cash", count=str(count), category=category)
    return Waiting(doc["customer"], doc["task"], wish, where, _hint(doc))


def _hint(doc: Mapping[str, Any]) -> str:
    """What they say, or what is seen beside the till."""
    if doc["terminal"] == "approved":
        return tr("The terminal's display says: APPROVED, with a receipt.")
    if doc["terminal"] == "declined":
        return tr("The terminal's display says: CANCELLED, nothing was charged.")
    if doc["task"] == "paper":
        return tr("The power may fail: issue them, sell one by hand in cash, and key it in.")
    return ""
