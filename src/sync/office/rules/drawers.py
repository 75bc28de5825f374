"""Drawers that a dead or replaced till left with a shift open: what should be in them, and who has counted them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from pos.domain.books import drawer
from pos.domain.facts import Fact, Kind
from pos.domain.money import Money
from sync.office.rules.stored import of_kind, readable, told
from sync.office.store.tables import FACT, POSTING, TILL

Shift = tuple[str, str]  # a till, and the number of one of its shifts


@dataclass(frozen=True, slots=True)
class LeftDrawer:
    """A shift that nobody closed. `since` is when it was opened, `expected` what its facts here come to."""

    incarnation: int
    shift: str
    user: str
    since: str
    expected: Money


def left(connection: Connection, till: str) -> LeftDrawer | None:
    """The drawer of the oldest incarnation of a till that may not act any more, whose shift is open and which
    nobody has counted out since; None when there is none."""
    ended = select(TILL.c.incarnation).where(TILL.c.id == till, TILL.c.state != "ACTIVE")
    counted = _taken_over(connection, {till})
    for incarnation in connection.execute(ended.order_by(TILL.c.incarnation)).scalars():
        opened = open_shift(connection, till, incarnation)
        if opened is not None and (till, opened.body["shift"]) not in counted:
            body = opened.body
            expected = _cash(connection, till, incarnation)
            if expected is not None:
                return LeftDrawer(incarnation, body["shift"], body["user"], opened.at, expected)
    return None


def counted_by(connection: Connection, _till: str, fields: dict[str, Any]) -> dict[str, Any]:
    """`by`: the fact by which the drawer of a till's shift has been counted out, "" where none has."""
    key = (str(fields["till"]), str(fields["shift"]))
    return {"by": _taken_over(connection, {key[0]}).get(key, "")}


def open_shift(connection: Connection, till: str, incarnation: int) -> Fact | None:
    """The fact that opened the last shift, unless it is closed or nobody here can read which shift it is."""
    last = connection.execute(
        select(FACT.c.kind, FACT.c.envelope)
        .where(
            FACT.c.till == till,
            FACT.c.incarnation == incarnation,
            FACT.c.kind.in_([Kind.SHIFT_OPENED.value, Kind.SHIFT_CLOSED.value]),
        )
        .order_by(FACT.c.number.desc())
        .limit(1)
    ).first()
    return readable(last.envelope) if last is not None and last.kind == Kind.SHIFT_OPENED else None


def lay(connection: Connection, facts: Sequence[Fact]) -> dict[Shift, str]:
    """The fact by which each drawer that these facts count out has been counted out before.

    The tills that left them are locked: two that count one drawer are heard one after the other. Who counts by the
    copy of a till's journal cannot know that it has ended: it may have closed its shift itself, before or since.
    """
    taken = [fact for fact in facts if fact.kind == Kind.DRAWER_TAKEN_OVER]
    closing = {fact.till for fact in facts if fact.kind == Kind.SHIFT_CLOSED}
    tills = {str(fact.body.get("till")) for fact in taken}
    if tills:
        connection.execute(
            select(TILL.c.id).where(TILL.c.id.in_(tills)).order_by(TILL.c.id, TILL.c.incarnation).with_for_update()
        )
    counted = _taken_over(connection, tills) if tills else {}
    if closing:
        counted |= _taken_over(connection, closing, by_copy=True)
    if copied := {str(fact.body.get("till")) for fact in taken if fact.body.get("copy")}:
        counted = _closed(connection, copied) | counted
    return counted


def _taken_over(connection: Connection, tills: Collection[str], *, by_copy: bool = False) -> dict[Shift, str]:
    """Shifts of these tills whose drawer has been counted out by another incarnation or till: by which fact."""
    return {
        (fact.body["till"], fact.body["shift"]): fact.fact_id
        for _, fact in told(connection, of_kind(Kind.DRAWER_TAKEN_OVER))
        if fact.body["till"] in tills and (fact.body.get("copy") or not by_copy)
    }


def _closed(connection: Connection, tills: Collection[str]) -> dict[Shift, str]:
    """Shifts that these tills have closed themselves: by which fact."""
    closed = told(connection, of_kind(Kind.SHIFT_CLOSED).where(FACT.c.till.in_(tills)))
    return {(fact.till, fact.body["shift"]): fact.fact_id for _, fact in closed}


def _cash(connection: Connection, till: str, incarnation: int) -> Money | None:
    """What the facts of one incarnation have put into the drawer and not taken out."""
    row = connection.execute(
        select(func.sum(POSTING.c.minor).label("minor"), POSTING.c.currency)
        .join(FACT, FACT.c.fact_id == POSTING.c.fact_id)
        .where(FACT.c.till == till, FACT.c.incarnation == incarnation, POSTING.c.account == drawer(till))
        .group_by(POSTING.c.currency)
    ).first()
    return Money(int(row.minor), row.currency) if row is not None else None
