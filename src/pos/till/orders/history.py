"""The full story of a seat or a ticket, in words, from facts: there is nothing here that anybody could "force"."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from pos.domain.errors import Refused
from pos.domain.facts import Fact
from pos.domain.personal import restore
from pos.domain.story import Chapter, Subject, tell
from pos.store import journal
from pos.till.counter.tickets import find_ticket
from pos.till.desk import Desk, Verb
from pos.till.ports import LineDown


def history(desk: Desk, *, show: str = "", place: str = "", ticket: str = "") -> Verb[dict[str, Any]]:
    """The story of a place of a show, or of a ticket (id or code), the oldest first.

    Online the office tells it from the facts of all, and this till adds what it has not sent yet. With the line
    down it is what this till knows, and `partial` says so.

    Raises Refused("bad_request" | "unknown_show" | "unknown_place" | "unknown_ticket").
    """
    desk.signed_in()
    subject = _subject(desk, show, place, ticket)
    fields = {"ticket": subject.ticket} if subject.ticket else {"show": subject.show, "place": subject.place}
    try:
        office = yield desk.outside.office.look("history", fields)
    except LineDown:
        office = {}
    told: list[dict[str, Any]] = list(office.get("story", ()))
    partial = "story" not in office
    known = {one["fact"] for one in told}
    told += [one.to_json() for one in tell(_own_facts(desk, subject), subject) if one.fact not in known]
    if partial:
        told += [one.to_json() for one in _heard(desk, subject)]
    told.sort(key=lambda one: str(one["at"]))
    return {"history": [_named(desk, one) for one in told], "partial": partial, "label": _label(desk, subject)}


def _subject(desk: Desk, show: str, place: str, ticket: str) -> Subject:
    if bool(ticket) == bool(show and place):
        raise Refused("bad_request", field="ticket", reason="give a show and a place, or a ticket")
    if ticket:
        _, body = find_ticket(desk, ticket)
        return Subject(body["show"], body["unit"], body["id"])
    desk.season().show(show)
    if desk.belief.seating(show).find(place) is None:
        raise Refused("unknown_place", show=show, place=place)
    return Subject(show, place)


def _label(desk: Desk, subject: Subject) -> str:
    seating = desk.belief.seating(subject.show)
    ix = seating.find(subject.place)
    return seating.label(ix) if ix is not None else subject.place


def _own_facts(desk: Desk, subject: Subject) -> list[tuple[Fact, str]]:
    """This till's facts that may be of the story."""
    texts = [json.dumps([subject.show, subject.place], ensure_ascii=False, separators=(",", ":"))[:-1] + ","]
    connection = desk.ledger.connection
    facts = _read(journal.facts_with(connection, texts))
    tickets = {effect.ticket for fact in facts for effect in subject.effects_in(fact) if effect.ticket}
    tickets = {subject.ticket} if subject.ticket else tickets
    if tickets:
        facts += _read(journal.facts_with(connection, [json.dumps(one) for one in sorted(tickets)]))
    return [(fact, "") for fact in {fact.fact_id: fact for fact in facts}.values()]


def _read(signed: list[Any]) -> list[Fact]:
    facts = [(Fact.from_bytes(one.envelope), one.beside) for one in signed]
    return [replace(fact, body=restore(fact.body, beside)) for fact, beside in facts]


def _heard(desk: Desk, subject: Subject) -> list[Chapter]:
    """What the replica tells of other windows: their sales of the place, and how those tickets stand."""
    chapters: list[Chapter] = []
    if subject.ticket:
        sales = desk.replica.find_sales(ticket_id=subject.ticket)
    else:
        sales = desk.replica.sales_with(json.dumps({"unit": subject.place})[1:-1])
    for sale in sales:
        for body in sale["tickets"]:
            here = (body["show"], body["unit"]) == (subject.show, subject.place)
            if not here or subject.ticket not in ("", body["id"]) or sale["till"] == desk.outside.till:
                continue
            text = f"Sold as ticket {body['id']} for {body['price']} in sale {sale['id']}."
            if (state := body.get("state", "live")) != "live":
                text += f" The ticket is {state} since."
            chapters.append(Chapter("", sale["at"], sale["till"], "", sale.get("user", ""), "", text))
            if admitted := body.get("admitted"):
                text = f"Ticket {body['id']} was let in."
                chapters.append(Chapter("", admitted["at"], admitted["till"], "", "", "", text))
    return chapters


def _named(desk: Desk, one: dict[str, Any]) -> dict[str, Any]:
    """With the names that people go by."""
    season = desk.season()
    users = {id: user.name for id, user in season.users.items()}
    return one | {
        "till_name": season.tills.get(one["till"], one["till"]),
        "user_name": users.get(one["user"], one["user"]),
        "approver_name": users.get(one["approver"], one["approver"]),
    }
