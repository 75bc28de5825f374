"""Figures for a report: the office's, page by page; this till's own while the office is away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from pos.domain.calendar import Calendar
from pos.domain.errors import Refused
from pos.domain.facts import Fact
from pos.domain.figures import Figures, Query, Reading
from pos.store import journal
from pos.till.desk import Desk, Verb
from pos.till.ports import LineDown

_PAGE: Final = 200  # facts of the own journal that are read at once: whoever sells meanwhile waits for no more
Progress = Callable[[int], bool]


@dataclass(frozen=True, slots=True)
class Gathered:
    """`own_only`: the office was away, so these are of this till's journal alone. `tills` are those that may have
    more to send, as the office knows them (`sync.office.rules.figures.standing`)."""

    figures: Figures
    own_only: bool = False
    tills: tuple[dict[str, Any], ...] = ()


def reading(desk: Desk) -> Reading:
    """How facts are read here: by the venue's calendar, in its currency."""
    venue = desk.season().venue
    return Reading(Calendar(ZoneInfo(venue.timezone), venue.day_ends), venue.currency)


def gather(desk: Desk, query: Query, progress: Progress = lambda _: True) -> Verb[Gathered]:
    """Add up what is asked for. `progress` is told how much is done, of 1000, and says whether to go on; it is called
    on the ledger's thread. Raises Refused("stopped")."""
    try:
        return (yield from _of_office(desk, query, progress))
    except LineDown:
        return (yield from _of_journal(desk, query, progress))


def _of_office(desk: Desk, query: Query, progress: Progress) -> Verb[Gathered]:
    figures, position = Figures(), None
    while True:
        fields = {"query": query.to_json()} | ({"position": position} if position is not None else {})
        answer: dict[str, Any] = yield desk.outside.office.look("figures", fields)
        figures.merge(Figures.from_json(answer["figures"]))
        position = answer["position"]
        if position is None:
            return Gathered(figures, tills=tuple(answer["tills"]))
        _check(progress(answer["share"]))


def _of_journal(desk: Desk, query: Query, progress: Progress) -> Verb[Gathered]:
    figures, read, last = Figures(), reading(desk), desk.number
    number = 0
    while number < last:
        page = journal.facts_after(desk.ledger.connection, number, min(_PAGE, last - number))
        for signed in page:
            read.take(figures, query, Fact.from_bytes(signed.envelope))
        number = page[-1].number
        _check(progress(number * 1000 // last))
        yield desk.submit(lambda: None)  # others' work comes in between
    figures.reached(f"{desk.outside.till}.{desk.outside.incarnation}", last)
    return Gathered(figures, own_only=True)


def _check(go_on: bool) -> None:
    if not go_on:
        raise Refused("stopped")


def of_shift(desk: Desk, query: Query, first: int, last: int) -> Figures:
    """The figures of this till's facts from one number to another, both included: those of a shift."""
    figures, read = Figures(), reading(desk)
    while first <= last:
        page = journal.facts_after(desk.ledger.connection, first - 1, min(_PAGE, last - first + 1))
        for signed in page:
            read.take(figures, query, Fact.from_bytes(signed.envelope))
        first = page[-1].number + 1
    return figures
