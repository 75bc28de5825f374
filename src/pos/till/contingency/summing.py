"""What an outage came to, as its incident record: of its notes, of this till's own facts, its packs and its disputes.

Sales are counted by the level at which they were made: a note of a level says where the journal stood. What was
re-keyed from paper counts as paper, whenever it was booked, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pos.domain.contingency.level import Level
from pos.domain.facts import Fact, Kind
from pos.domain.figures import Figures, Query
from pos.domain.money import Money
from pos.store import journal
from pos.store.outages import Note, Outage
from pos.till.counter.gathering import reading
from pos.till.desk import Desk, Verb

_PAGE: Final = 50  # facts that are read at once: whoever sells meanwhile waits for no more
_MOST: Final = 300  # refusals that are named one by one
_QUERY: Final = Query(("kind", "tender", "mark"), ("document", "ticket", "tender", "print"))
_BACK: Final = (Kind.TICKETS_REFUNDED, Kind.REFUND_CLAIMED, Kind.TICKETS_VOIDED)
# What is told in lists of its own; whatever else was noted is told as it was.
_LISTED: Final = ("level", "told", "refused", "answered", "drained", "restarted", "packs")


@dataclass(frozen=True, slots=True)
class Span:
    """How long one level lasted. Facts from after `first` to `last` were made at it."""

    level: str
    cause: str
    since: str
    until: str
    first: int
    last: int
    answered_at: str = ""  # when the office had last answered before


def spans_of(outage: Outage, notes: Iterable[Note], now: str, number: int) -> list[Span]:
    """The levels of an outage, one after the other; `now` and the journal's `number` where it goes on."""
    changes = [note for note in notes if note.kind == "level"]
    end, last = outage.back_at or now, outage.last_number if outage.back_at else number
    spans = []
    for at, note in enumerate(changes):
        follows = changes[at + 1] if at + 1 < len(changes) else None
        until, upto = (follows.at, follows.number) if follows is not None else (end, last)
        if follows is not None or note.body["level"] != Level.NORMAL:
            body = note.body
            spans.append(
                Span(
                    body["level"], body["cause"], note.at, until, note.number, upto, str(body.get("answered_at") or "")
                )
            )
    return spans


def record_of(desk: Desk, outage: Outage, id: str, plan: str) -> Verb[dict[str, Any]]:
    """The incident record. Lets others work on the ledger's thread in between. `plan` is the version in force."""
    now = desk.clock.now().isoformat(timespec="milliseconds")
    notes = desk.ledger.outages.notes(outage.id)
    spans = spans_of(outage, notes, now, desk.number)
    last = spans[-1].last if spans else outage.first_number
    done = yield from _read(desk, spans, outage.first_number, last)
    figures = done.figures
    answered, sent_at = _sent(notes, outage.sent_at)
    away = [span for span in spans if span.level != Level.NORMAL]
    record: dict[str, Any] = {
        "id": id,
        "home": desk.outside.till,
        "plan": plan,
        "began_at": outage.began_at,
        "back_at": outage.back_at,
        "sent_at": sent_at,
        "cause": away[0].cause if away else "",
        "worst": max((span.level for span in away), key=_rank, default=""),
        "lasted_s": seconds(outage.began_at, outage.back_at or now),
        "detected_s": seconds(away[0].answered_at, outage.began_at) if away and away[0].answered_at else None,
        "recovered_s": seconds(answered, sent_at) if answered and sent_at else None,
        "restarts": sum(note.kind == "restarted" for note in notes),
        "entries": last - outage.first_number,
        "levels": [_level(span) for span in spans],
        "borrowed": done.borrowed,
        "lent": done.lent,
        "sales": [_sales(level, made, desk.season().venue.currency) for level, made in figures.items()],
        "printed": _printed(figures.values(), "done"),
        "misprinted": _printed(figures.values(), "failed") + _printed(figures.values(), "unknown"),
        "told": [{"at": note.at, **note.body} for note in notes if note.kind == "told"],
        "more": [
            *({"at": note.at, "kind": note.kind, **note.body} for note in notes if note.kind not in _LISTED),
            *done.more,
        ],
    }
    return record | _refused(notes) | open_ends(desk, outage, last)


def _sent(notes: Iterable[Note], over_at: str) -> tuple[str, str]:
    """When the office answered again, "" where it was never away, and when it had everything: that may be before the
    level is normal, which has to last. `over_at` where nobody saw it."""
    answered = sent = ""
    for note in notes:
        if note.kind == "answered":
            answered, sent = note.at, ""
        elif note.kind == "drained":
            sent = sent or note.at
    return answered, sent or over_at


def open_ends(desk: Desk, outage: Outage, last: int) -> dict[str, Any]:
    """What may change when all is sent: paper that is out, and disputes. `last` is the last fact of the outage."""
    paper = _paper(desk, outage)
    packs = [one["pack"] for one in paper]
    return {"paper": paper, "disputes": _disputes(desk, outage.first_number, last, packs)}


def seconds(since: str, until: str) -> int:
    """Whole seconds from one time to another, never negative: clocks are set."""
    return max(0, round((datetime.fromisoformat(until) - datetime.fromisoformat(since)).total_seconds()))


def _rank(level: str) -> int:
    return Level(level).rank


def _level(span: Span) -> dict[str, Any]:
    return {
        "level": span.level,
        "cause": span.cause,
        "since": span.since,
        "until": span.until,
        "seconds": seconds(span.since, span.until),
    }


# ---- facts ---------------------------------------------------------------------------------


@dataclass
class _Done:
    """What the till's facts say. `figures` of what was sold and printed at each level, in the order of the levels'
    badness; how many places came from other tills and went to them; `more`, what is told by itself."""

    figures: dict[str, Figures] = field(default_factory=dict)
    borrowed: int = 0
    lent: int = 0
    more: list[dict[str, Any]] = field(default_factory=list)

    def count(self, fact: Fact) -> None:
        if fact.kind == Kind.RIGHTS_RECEIVED:
            self.borrowed += len(fact.effects)
        elif fact.kind == Kind.RIGHTS_TRANSFERRED:
            self.lent += len(fact.effects)
        elif fact.kind == Kind.DRAWER_TAKEN_OVER:
            told = {key: fact.body[key] for key in ("till", "shift", "user", "counted")}
            self.more.append({"at": fact.at, "kind": "taken_over", **told})


def _read(desk: Desk, spans: Sequence[Span], first: int, last: int) -> Verb[_Done]:
    read, done = reading(desk), _Done()
    found = done.figures
    number = first
    while number < last:
        page = journal.facts_after(desk.ledger.connection, number, min(_PAGE, last - number))
        for signed in page:
            fact = Fact.from_bytes(signed.envelope)
            level = next((span.level for span in spans if span.first < fact.number <= span.last), Level.NORMAL)
            done.count(fact)
            if not _from_paper(fact):
                read.take(found.setdefault(level, Figures()), _QUERY, fact)
        number = page[-1].number
        yield desk.submit(lambda: None)  # others' work comes in between
    done.figures = {level: found[level] for level in sorted(found, key=_rank) if found[level].sums}
    return done


def _from_paper(fact: Fact) -> bool:
    sale = fact.body.get("sale")
    return isinstance(sale, dict) and bool(sale.get("packs"))


def _sales(level: str, figures: Figures, currency: str) -> dict[str, Any]:
    def money(minor: int) -> str:
        return str(Money(minor, currency))

    sold = figures.total("document", lambda key: key.kind == Kind.TICKETS_SOLD)
    back = figures.total("document", lambda key: key.kind in _BACK)
    tenders = figures.by("tender", "tender")
    return {
        "level": level,
        "sales": sold.pieces,
        "tickets": figures.total("ticket", lambda key: key.way == "sold").pieces,
        "refunds": abs(back.pieces),
        "amount": money(sum(one.minor for one in tenders.values())),
        "tenders": {tender: money(one.minor) for (tender,), one in tenders.items() if one.minor},
    }


def _printed(figures: Iterable[Figures], outcome: str) -> int:
    return sum(one.total("print", lambda key: key.mark == outcome).pieces for one in figures)


# ---- refusals --------------------------------------------------------------------------------


def _refused(notes: Iterable[Note]) -> dict[str, Any]:
    """The refusals, the most frequent first, and how many are not named."""
    refused = sorted((note for note in notes if note.kind == "refused"), key=lambda note: (-note.times, note.at))
    named = [{"at": note.at, "times": note.times, **note.body} for note in refused[:_MOST]]
    return {"refused": named, "refused_more": sum(note.times for note in refused[_MOST:])}


# ---- paper -----------------------------------------------------------------------------------


def paper_out(desk: Desk) -> dict[str, dict[str, int]]:
    """Pack -> how many of its tickets are in each state, of packs that have some out."""
    return {pack: states for pack, states in desk.ledger.packs.counts().items() if states.get("out")}


def _paper(desk: Desk, outage: Outage) -> list[dict[str, Any]]:
    """Packs that had tickets out when it began, or were issued since, and what became of those tickets."""
    begun = {
        pack: states
        for note in desk.ledger.outages.notes(outage.id, "packs")
        for pack, states in note.body["packs"].items()
    }
    counts = desk.ledger.packs.counts()
    until = outage.back_at or desk.clock.now().isoformat()
    issued = {
        pack.id: pack.show
        for pack in desk.ledger.packs.packs()
        if pack.id in begun or _within(outage.began_at, pack.issued_at, until)
    }
    return [_pack(desk, pack, show, begun.get(pack, {}), counts[pack]) for pack, show in sorted(issued.items())]


def _within(began: str, at: str, until: str) -> bool:
    # A pack is issued to the second.
    moment = datetime.fromisoformat(at)
    return datetime.fromisoformat(began).replace(microsecond=0) <= moment <= datetime.fromisoformat(until)


def _pack(desk: Desk, pack: str, show: str, before: Mapping[str, int], now: Mapping[str, int]) -> dict[str, Any]:
    ended = {state: now.get(state, 0) - before.get(state, 0) for state in ("sold", "returned", "lost")}
    out = now.get("out", 0)
    return {"pack": pack, "show": show, "tickets": out + sum(ended.values()), **ended, "out": out}


# ---- disputes --------------------------------------------------------------------------------


def _disputes(desk: Desk, first: int, last: int, packs: Iterable[str]) -> list[dict[str, Any]]:
    """Those about facts of the outage, and about its paper whenever that was lost, as far as this till knows how they
    stand."""
    lost = {
        (ticket.show, ticket.place) for pack in packs for ticket in desk.ledger.packs.of(pack) if ticket.state == "lost"
    }
    found = [
        one
        for one in desk.replica.disputes().values()
        if _own(desk, one)
        and (
            first < one["number"] <= last
            or (one["cause"] == "paper_lost" and lost & {(place["show"], place["place"]) for place in one["places"]})
        )
    ]
    return [_dispute(one) for one in sorted(found, key=lambda one: (one["opened_at"], one["id"]))]


def _own(desk: Desk, dispute: Mapping[str, Any]) -> bool:
    return str(dispute["fact"]).startswith(f"{desk.outside.till}.{desk.outside.incarnation}.")


def _dispute(one: Mapping[str, Any]) -> dict[str, Any]:
    told = {
        "id": one["id"],
        "cause": one["cause"],
        "at": one["opened_at"],
        "places": list(dict.fromkeys(place["label"] for place in one["places"])),
        "state": one["state"],
    }
    done = one.get("resolution")
    return told | ({"way": done["way"], "by": done["by"], "resolved_at": done["at"]} if done else {})
