"""Disputes: what the office booked but could not agree with, and the ways out of it.

The laws, on top of the tables:

* A dispute is a document that names everything by value: the fact, who, where, whose
  money, and the ways out. It is open, then taken by a person, then resolved; never deleted.
* Taking and resolving are facts, so they work offline. Of two resolutions the one that
  reaches the office first stands; the other stays in the history, as a note.
* A resolution moves no money and prices nothing. Where other seats were sold or money was
  paid back, it names that sale or refund, which is a fact of its own.

A new cause is one row of CAUSES: its sentence, and its ways out, the proposed one first, each
with what it does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pos.domain.facts import Kind

FAMILY: Final = "dispute"  # of the documents, in the change log and the replica
OFFICE: Final = "office"  # whose a dispute is until a person takes it

Document = dict[str, Any]
Step = dict[str, Any]


class State(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    RESOLVED = "resolved"


class Way(StrEnum):
    """How a person may end a dispute."""

    RESEAT = "reseat"  # the customer has other seats, by another sale
    REFUND = "refund"  # the customer has the money back, by a refund
    ACCEPT = "accept"  # it stays as it happened


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a way out does at the office: what the dispute's disputed tickets become, "" for nothing.

    Tickets that the office agreed with are not a resolution's business: the sale or refund that
    it names has its own fact.
    """

    tickets: str = ""


@dataclass(frozen=True, slots=True)
class Cause:
    """`sentence` says what happened and takes the fields of `fields_of`; `ways` are its ways out,
    the proposed one first. Where no ticket is concerned, there is only to accept."""

    sentence: str
    ways: dict[Way, Consequence]


def _told(*ways: Way) -> dict[Way, Consequence]:
    """Ways that are on record and change nothing by themselves."""
    return {way: Consequence() for way in ways}


CAUSES: Final[dict[str, Cause]] = {
    "place": Cause(
        "{place} was {done} at {till}, but the office has it otherwise: {standing}.",
        {
            Way.RESEAT: Consequence(tickets="exchanged"),
            Way.REFUND: Consequence(tickets="refunded"),
            # Whoever holds the paper is let in; the place stays with whom the office has.
            Way.ACCEPT: Consequence(tickets="honoured"),
        },
    ),
    "unbalanced": Cause(
        "The amounts of an entry of {till} are {off} apart; the difference is kept in suspense.",
        _told(Way.ACCEPT),
    ),
    "account": Cause(
        "An entry of {till} moves money that is another window's: {accounts}. It is booked as it says.",
        _told(Way.ACCEPT),
    ),
    "rival": Cause(
        "Two different entries came from {till} under the number {number}: its data was restored or copied. "
        "It may not sell until it is enrolled again.",
        _told(Way.ACCEPT, Way.REFUND, Way.RESEAT),
    ),
    "duplicate_id": Cause(
        "{till} used numbers for a sale or its tickets that are taken already: {ids}.",
        _told(Way.REFUND, Way.RESEAT, Way.ACCEPT),
    ),
    "role": Cause(
        "{user} did this at {till}, which this person's role ({role}) does not allow.",
        _told(Way.ACCEPT, Way.REFUND, Way.RESEAT),
    ),
    "refund_claimed": Cause(
        "{place} was paid back at {till} while the office was away, without the right to refund it. It stays sold.",
        _told(Way.ACCEPT, Way.REFUND, Way.RESEAT),
    ),
    "card_declined": Cause(
        "A card that {till} took without its bank's yes was declined later: {amount} of {sale} are owed.",
        _told(Way.ACCEPT),
    ),
    "payment_unused": Cause(
        "A payment of {till} was left without an end: {amount} ({payment}, {state}). "
        "The record of the terminal or the bank says whether the money has moved.",
        _told(Way.ACCEPT),
    ),
    "paper_lost": Cause(
        "Paper tickets of {till} are lost: {place} ({reason}). They are in nobody's hand that is known, "
        "and their places are frozen.",
        _told(Way.ACCEPT),
    ),
    "drawer_counted_twice": Cause(
        "The drawer of shift {shift} was counted out at {till}, and before that at {before}. "
        "Both are booked; the money is there once.",
        _told(Way.ACCEPT),
    ),
    "shift_verified_twice": Cause(
        "Shift {shift} was verified at {till}, and before that at {before}. Both second counts are booked.",
        _told(Way.ACCEPT),
    ),
    "purse": Cause(
        "Money of {place} was moved at {till}, which the office does not agree with: {why}.",
        _told(Way.ACCEPT),
    ),
    "record": Cause(
        "{till} changed what another window keeps: {why}. It stays as that window has it.",
        _told(Way.ACCEPT),
    ),
    "audit": Cause(
        "A step of {till} in the audit does not follow: {why}. It changes nothing.",
        _told(Way.ACCEPT),
    ),
    "stock": Cause(
        "Ticket paper {serials} is in more than one hand by what {till} did: {claims}. Somebody has to look at it.",
        _told(Way.ACCEPT),
    ),
    "parcel": Cause(
        "{till} moved {parcel}, which cannot be as it says: {why}. Its money is booked.",
        _told(Way.ACCEPT),
    ),
    "admitted_twice": Cause(
        "Ticket {ticket} for {place} was let in at {gate}, and again at {till}.",
        _told(Way.ACCEPT),
    ),
    "admitted_ended": Cause(
        "Ticket {ticket} for {place} was taken back, and let in at {gate} all the same.",
        _told(Way.ACCEPT),
    ),
    "release_refused": Cause(
        "{till} was to free {place} of a till that is dead, but that may not be done yet: {why}.",
        _told(Way.ACCEPT),
    ),
    "unreadable": Cause(
        "An entry of {till} cannot be read: {why}. Its money is booked, and the places that it had are frozen.",
        _told(Way.ACCEPT, Way.REFUND, Way.RESEAT),
    ),
}

# What is said of a place that a fact of this kind names.
_DONE: Final[dict[str, str]] = {
    Kind.TICKETS_SOLD: "sold",
    Kind.RIGHTS_RETURNED: "given back",
    Kind.TICKETS_REFUNDED: "refunded",
    Kind.REFUND_CLAIMED: "paid back",
    Kind.TICKETS_EXCHANGED: "exchanged",
    Kind.TICKETS_VOIDED: "voided",
    Kind.COPY_ISSUED: "printed again",
    Kind.RIGHTS_TRANSFERRED: "passed on",
    Kind.RIGHTS_RECEIVED: "taken over",
    Kind.PAPER_ISSUED: "put on paper",
    Kind.PAPER_RETURNED: "taken back from paper",
}
# What the office has of a place, by its state; `{holder}` is a window's name or a hold's.
_STANDINGS: Final = {
    "": "there is no such place",
    "POOL": "free",
    "HELD": "held for {holder}",
    "LEASED": "in hand at {holder}",
    "SOLD": "sold at {holder}",
    "PAPER": "on paper at {holder}",
    "QUARANTINE": "frozen",
}
_UNKNOWN: Final = "unknown"
_CHANGED: Final = "changed"
_OFFICE: Final = "the office"


def ways_out(cause: str, tickets: Collection[object]) -> tuple[Way, ...]:
    """The ways out, the proposed one first. `tickets` are those whose paper is out by this fact.

    Raises KeyError for a cause that has no row.
    """
    ways = tuple(CAUSES[cause].ways)
    return ways if tickets else (Way.ACCEPT,)


def consequence(cause: str, way: str) -> Consequence:
    """What a way does; nothing for one that the cause does not have, since what a fact says is not refused."""
    row = CAUSES.get(cause)
    return row.ways.get(Way(way), Consequence()) if row is not None else Consequence()


def after(document: Document, step: Step) -> Document:
    """A dispute after a step of its history: what was taken or resolved, by whom, by which fact.

    A step that comes too late (the dispute is resolved), or that says itself that it does not
    stand, changes nothing but the history.
    """
    stands = step.get("stands", True) and document["state"] != State.RESOLVED
    step = step | {"stands": stands}
    changed = document | {"history": [*document["history"], step]}
    if not stands:
        return changed
    changed["owner"] = step["by"]
    if step["what"] == State.RESOLVED:
        return changed | {"state": State.RESOLVED.value, "resolution": step}
    return changed | {"state": State.TAKEN.value}


def in_words(document: Document, say: Callable[[str], str] = str) -> str:
    """What happened, as a person reads it; `say` puts a template into that person's language.

    A cause that is newer than this program is told in the office's own words.
    """
    cause = CAUSES.get(document["cause"])
    if cause is None:
        return str(document["detail"])
    return say(cause.sentence).format_map(_Fields(fields_of(document, say), say))


def sentences() -> list[str]:
    """Everything that `in_words` puts into a person's language."""
    causes = [cause.sentence for cause in CAUSES.values()]
    return [*causes, *_DONE.values(), _CHANGED, *_STANDINGS.values(), _OFFICE, _UNKNOWN]


def fields_of(document: Document, say: Callable[[str], str] = str) -> dict[str, str]:
    """What a sentence may name."""
    places = document["places"]
    known = {name: str(value) for name, value in document["fields"].items()} | {
        "till": document["till_name"],
        "user": document["user_name"],
        "number": str(document["number"]),
        "place": ", ".join(dict.fromkeys(place["label"] for place in places)),
        "standing": ", ".join(dict.fromkeys(_standing(place["standing"], say) for place in places)),
        "done": say(_DONE.get(document["kind"], _CHANGED)),
    }
    return {name: value for name, value in known.items() if value}


def _standing(standing: dict[str, Any], say: Callable[[str], str]) -> str:
    template = _STANDINGS.get(standing["state"], standing["state"])
    return say(template).format(holder=standing["holder"] or say(_OFFICE))


class _Fields(dict[str, str]):
    def __init__(self, fields: dict[str, str], say: Callable[[str], str]) -> None:
        super().__init__(fields)
        self._say = say

    def __missing__(self, key: str) -> str:
        return self._say(_UNKNOWN)
