"""Slips that go with cash: a bag's, a transfer's, a deposit's, with room for two signatures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from pos.domain.money import Money
from pos.domain.parcels import Step
from pos.store.ledger import PrintJob
from pos.till.counter import issue
from pos.till.desk import Desk
from pos.till.words import Words

Rows = Sequence[tuple[str, str]]  # a word, and what is said of it; one without is left out
KIND: Final = "cash_slip"


def of_parcel(desk: Desk, heading: str, done: Step, amount: Money, at: str, rows: Rows = ()) -> PrintJob | None:
    """The slip of a step that a parcel took, in the transaction of its fact; None where nothing prints."""
    to: str = done.get("receiver", "")
    said = [("slip_to", desk.season().tills.get(to, to)), *rows]
    return queue(desk, heading, done["number"], amount, at, said, done.get("pieces"), done["number"])


def queue(
    desk: Desk,
    heading: str,
    ref: str,
    amount: Money,
    at: str,
    rows: Rows,
    pieces: Mapping[str, Any] | None = None,
    number: str = "",
) -> PrintJob | None:
    """Queue a slip under what it is about."""
    if not desk.outside.printers.present("receipt"):
        return None
    return desk.ledger.add_job("receipt", KIND, ref, [], content(desk, heading, amount, at, rows, pieces, number))


def content(
    desk: Desk,
    heading: str,
    amount: Money,
    at: str,
    rows: Rows,
    pieces: Mapping[str, Any] | None = None,
    number: str = "",
) -> dict[str, Any]:
    """What is on a slip. `pieces` are a count by denomination."""
    write, season = issue.words(desk), desk.season()
    said = [{"text": write.say(word), "amount": text} for word, text in rows if text]
    person = desk.user.name if desk.user is not None else ""
    total = {"text": write.say("slip_amount"), "amount": write.money(amount)}
    groups = [
        {"heading": person, "rows": said},
        {"heading": write.say("slip_count"), "rows": _count(write, pieces or {}, amount.currency)},
        {"heading": write.say(f"slip_{heading}"), "rows": [total]},
    ]
    return {
        "kind": "list",
        "language": write.language,
        "venue": season.venue.name,
        "heading": write.say(f"slip_{heading}"),
        "at": write.moment(datetime.fromisoformat(at)),
        "till": season.tills.get(desk.outside.till, desk.outside.till),
        "groups": [group for group in groups if group["rows"]],
        "copy": 0,
        "signatures": [write.say("slip_first"), write.say("slip_second")],
    } | ({"number": number} if number else {})


def _count(write: Words, pieces: Mapping[str, Any], currency: str) -> list[dict[str, str]]:
    faces = [(Money.parse(face, currency), count) for face, count in pieces.items() if face != "total" and count]
    faces.sort(key=lambda one: one[0].minor, reverse=True)
    return [{"text": f"{write.money(face)} × {count}", "amount": write.money(face * count)} for face, count in faces]
