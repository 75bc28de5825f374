"""The guards of the protocol, each taken out of the program as a slip of the pen would do it.

A mutation replaces a function of the program for the length of one evening. The judge must
find something wrong then: what it would not notice, it does not prove.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from unittest import mock

from sqlalchemy import Connection, update

from pos.domain.certificate import Certificate, Hand
from pos.domain.facts import Kind
from pos.domain.money import Money
from pos.domain.purse import Purse
from pos.domain.rights import Effect, OfficeState, OwnRight, OwnState, Token
from pos.domain.sale import Tender
from pos.till.counter import neighbours, passing
from pos.till.desk import Desk, Unit, Verb
from sync.office.rules import changes, claims, facts, tills
from sync.office.rules.history import Author
from sync.office.rules.places import Key, Place, lock_where, write
from sync.office.store.tables import RIGHT, TILL
from tests.simulation import threads


def _accept_any(own: OwnRight | None, token: Token) -> bool:
    """Without max_token: what is not in hand may come alive, however late it comes."""
    return own is None or own.state not in (OwnState.LEASED, OwnState.SOLD)


_give_back = passing.give_back


def _tell_first(desk: Desk, unit: Unit, rights: Sequence[tuple[str, str, OwnRight]], reason: str) -> None:
    """The fact goes out, and the till lets go only some seconds later."""
    given = [(show, place, right) for show, place, right in rights if right.state is OwnState.LEASED]
    effects = [
        Effect(show, place, right.token, OfficeState.LEASED, OfficeState.POOL, "") for show, place, right in given
    ]
    if effects:
        unit.record(Kind.RIGHTS_RETURNED, {"reason": reason}, effects=effects)

    def let_go() -> None:
        with desk.unit() as late:
            late.put_rights(
                [
                    (show, place, OwnRight(OwnState.RETURNED, right.token))
                    for show, place, right in given
                    if desk.rights.get(show, {}).get(place) == right
                ]
            )

    threads.Timer(5.0, lambda: desk.post(let_go)).start()
    _give_back(desk, unit, [item for item in rights if item not in given], reason)


def _return_without_raising(desk: Desk, unit: Unit, rights: Sequence[tuple[str, str, OwnRight]], reason: str) -> None:
    """A right that never arrived is returned, and the guard stays where it was."""
    known = [item for item in rights if desk.rights.get(item[0], {}).get(item[1]) == item[2]]
    unknown = [item for item in rights if item not in known]
    if unknown:
        effects = [Effect(s, p, right.token, OfficeState.LEASED, OfficeState.POOL, "") for s, p, right in unknown]
        unit.record(Kind.RIGHTS_RETURNED, {"reason": reason}, effects=effects)
    _give_back(desk, unit, known, reason)


def _fence_into_the_pool(connection: Connection, till: str, incarnation: int, now: int) -> list[Place]:
    """A fenced till's rights are handed out again."""
    _fence(connection, till, incarnation, now)
    held = (RIGHT.c.holder == till) & (RIGHT.c.incarnation == incarnation)
    places = lock_where(connection, held & (RIGHT.c.state == OfficeState.QUARANTINE.value))
    for place in places:
        place.set(OfficeState.POOL, "", 0, now)
    write(connection, places)
    return places


_fence = tills.fence
_accept = facts.accept


def _book_again(connection: Connection, till: str, incarnation: int, arrived: Sequence[Any], now: int) -> Any:
    """Facts that were applied before move their money again."""
    applied, *_ = tills.lock_for_push(connection, till, incarnation)
    for one in arrived:
        if one.item.number <= applied and one.fact is not None and one.fact.postings:
            connection.exec_driver_sql(
                "INSERT INTO posting SELECT fact_id, line + 1000 + (SELECT count(*) FROM posting), account, minor,"
                " currency FROM posting WHERE fact_id = ? AND line < 1000",
                (one.fact.fact_id,),
            )
    return _accept(connection, till, incarnation, arrived, now)


_settle = claims.settle


def _take_by_clock(connection: Connection, asked: Sequence[claims.Claim], now: float) -> list[claims.Outcome]:
    """The office takes back what has been leased for three seconds when somebody else wants it."""
    wanted: set[Key] = {(claim.show, place) for claim in asked for place in claim.places}
    old = lock_where(connection, (RIGHT.c.state == OfficeState.LEASED.value) & (RIGHT.c.since < int(now) - 3))
    taken = [place for place in old if place.key in wanted and all(place.holder != claim.till for claim in asked)]
    for place in taken:
        place.set(OfficeState.POOL, "", 0, int(now))
    write(connection, taken)
    changes.log(connection, changes.of_places(taken))
    return _settle(connection, asked, now)


_book = facts._book


def _book_backwards(connection: Connection, author: Author, fresh: Sequence[Any], now: int) -> Any:
    """A page of facts, the last one first."""
    results = _book(connection, author, list(reversed(fresh)), now)
    last = fresh[-1].item
    this = (TILL.c.id == author.hand.till) & (TILL.c.incarnation == author.hand.incarnation)
    connection.execute(update(TILL).where(this).values(applied=last.number, head_hash=last.hash))
    return sorted(results, key=lambda result: result.number)


def _refund_by_belief(desk: Desk, tickets: Sequence[Any], refusal: str = "") -> Verb[None]:
    """Whoever knows of a ticket may take it back: its place's token is taken for this till's own."""
    with desk.unit() as unit:
        for ticket in tickets:
            ix = desk.belief.seating(ticket.show).find(ticket.place)
            assert ix is not None
            token = desk.belief.office(ticket.show, ix).token
            unit.put_rights([(ticket.show, ticket.place, OwnRight(OwnState.SOLD, token, ticket.id))])
    yield from ()


_let_go = neighbours._let_go


def _pass_on_and_keep(desk: Desk, unit: Unit, receiver: Hand, show: str, places: Sequence[str]) -> Certificate:
    """A certificate goes out, and the right stays here as well."""
    held = [(show, place, desk.rights[show][place]) for place in places]
    certificate = _let_go(desk, unit, receiver, show, places)
    unit.put_rights(held)
    return certificate


_moved = Purse.moved


def _stays_full(purse: Purse, tender: Tender, now: datetime) -> tuple[Purse, Tender]:
    """A voucher or gift card has what it had at first, however much is spent from it."""
    _, moved = _moved(replace(purse, left=Money(10**6, purse.left.currency)), tender, now)
    return purse, moved


def _nothing(*_arguments: Any) -> None:
    """A guard that looks away."""


@dataclass(frozen=True)
class Mutation:
    """What is replaced by what, the kinds of trouble (trouble.py) in which that hurts, and what the
    judge then says (a regular expression). `seed` is of an evening in which it said so, for those that are rare."""

    replaced: dict[str, Callable[..., Any]]
    kinds: tuple[str, ...]
    seen_as: str
    seed: int = 1


def _not_at_all(_connection: Any) -> bool:
    return False


def _nobody(_connection: Any) -> list[Any]:
    return []


_RIGHT: Final = r"is disputed: place|the office says|is sold \d times|in the hands of"
MUTATIONS: Final[dict[str, Mutation]] = {
    "a late grant is accepted": Mutation({"pos.till.counter.passing.may_accept": _accept_any}, ("late",), _RIGHT, 9),
    "a till tells before it lets go": Mutation(
        {"pos.till.counter.passing.give_back": _tell_first, "pos.till.drawer.shift.give_back": _tell_first},
        ("weather", "late"),
        _RIGHT,
    ),
    "returning what never came raises no guard": Mutation(
        {"pos.till.counter.passing.give_back": _return_without_raising}, ("late", "weather"), _RIGHT
    ),
    "facts are applied again": Mutation(
        {"sync.office.rules.facts.accept": _book_again}, ("late", "flapping", "office dies"), "moved .*, booked is"
    ),
    "a fenced till's rights go to the pool": Mutation(
        {"sync.office.rules.tills.fence": _fence_into_the_pool}, ("replaced",), _RIGHT
    ),
    "the office takes rights back by its clock": Mutation(
        {"sync.office.api.claims.settle": _take_by_clock}, ("weather", "late"), _RIGHT
    ),
    "facts are applied in another order": Mutation(
        {"sync.office.rules.facts._book": _book_backwards},
        ("cut off", "weather"),
        "is disputed: place|is parked at",
        13,
    ),
    "a ticket is refunded without its token": Mutation(
        {
            f"pos.till.counter.{module}.rights_to": _refund_by_belief
            for module in ("refund", "exchange", "reprint", "collect")
        },
        ("cut off", "weather"),
        r"came back \d times|is disputed: place|in the hands of",
        4,
    ),
    "a right is passed on and kept": Mutation(
        {"pos.till.counter.neighbours._let_go": _pass_on_and_keep}, ("cut off", "lan"), _RIGHT, 16
    ),
    "a gift card stays as full as it was": Mutation(
        {"pos.domain.purse.Purse.moved": _stays_full}, ("weather",), "is disputed: purse|were spent", 8
    ),
    "a restored office grants at once": Mutation(
        {"sync.office.rules.claims.recovering": _not_at_all}, ("office restored", "cut off"), _RIGHT
    ),
    "a restored office waits for nobody": Mutation(
        {"sync.office.rules.recovery.waited_for": _nobody}, ("office restored", "cut off"), _RIGHT
    ),
    "a queue stands in silence": Mutation(
        {"sync.agent.push.Pusher._complain_of": _nothing}, ("large packets",), "facts wait behind .*, all calm", 15
    ),
    "an old folder sells": Mutation(
        {"pos.till.desk.Desk._look_at_the_mark": _nothing},
        ("old folder", "cut off"),
        r"is sold \d times|printed \d times as copy 0|has code .*, the office has",
        15,
    ),
}


@contextmanager
def mutated(name: str) -> Iterator[None]:
    """The program without one of its guards; with all of them for ""."""
    replaced = MUTATIONS[name].replaced if name else {}
    patches = [mock.patch(where, stand_in) for where, stand_in in replaced.items()]
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        for patch in patches:
            patch.stop()
