"""The program's own rules in the place of the model's office: `sync.office.rules.board`, and all that it calls.

Tills, line and people are the model's. What a fact does to places is decided by the code that
the office runs inside its transaction, on certificates that are really signed; only the
database is left out.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos.domain import facts as real
from pos.domain.certificate import Certificate, Hand, PassedRight
from pos.domain.rights import Effect as RealEffect
from pos.domain.rights import OfficeState, Token
from sync.office.rules.board import Board
from sync.office.rules.certificates import Hands, Passing
from sync.office.rules.effects import STEPS, step_of
from sync.office.rules.history import Author
from sync.office.rules.parking import Waiting
from sync.office.rules.past import Account, Past
from sync.office.rules.places import Key, Place
from tests.model.rules import Rules
from tests.model.words import LEASED, NONE, OFFICE, Answer, Effect, Fact, Office, Record, put

_SHOW: Final = "show"
_Parked = tuple[tuple[int, Effect], ...]


def settle(rules: Rules, office: Office, t: int, fact: Fact) -> Office:
    """What `office.settle` does for the model. The rules are the program's own.

    Where a certificate does not suffice, the office cannot read the fact that carries it: the
    place is frozen, and the dispute about that is as it should be.
    """
    readable = rules.certificate_suffices or all(effect.giver == NONE for effect in fact.effects)
    records, past, parked, disputed = _settled(
        office.records, office.past, office.parked, office.fenced, t, fact, readable=readable
    )
    office = office._replace(records=records, past=past, parked=parked, disputed=office.disputed or disputed)
    if not fact.sealing:
        return office
    fenced = office.fenced | {t}
    return office._replace(fenced=fenced, answers=put(office.answers, t, Answer(fenced)))


@cache
def _settled(
    records: tuple[Record, ...],
    past: frozenset[Any],
    parked: _Parked,
    fenced: frozenset[int],
    t: int,
    fact: Fact,
    *,
    readable: bool,
) -> tuple[tuple[Record, ...], frozenset[Any], _Parked, bool]:
    told = _fact(t, fact)
    places = {place.key: place for place in map(_place, range(len(records)), records)}
    known = [(t, effect) for effect in fact.effects] + list(parked)
    named = {till for who, effect in known for till in (who, effect.holder, effect.giver) if till >= 0} | {t}
    hands = Hands({_hand(one): _public(one) for one in named}, {_hand(one) for one in named - fenced})
    author = Author(_hand(t), active=t not in fenced)
    board = Board(author, 0, places, _pasts(past), _waiting(parked, fact), hands)
    pairs = list(zip(fact.effects, told.effects, strict=True))
    if readable:
        outcomes = [board.take(told, line, effect, _passing(t, mine)) for line, (mine, effect) in enumerate(pairs)]
    else:
        outcomes = []
        for effect in told.effects:
            board.freeze(effect)
    if fact.sealing:
        board.seal(told)
    resumed = board.resume()
    taken = {int(one.waiting.fact_id) for one in resumed}
    early = tuple((t, mine) for (mine, _), outcome in zip(pairs, outcomes, strict=False) if outcome.verdict == "parked")
    verdicts = {outcome.verdict for outcome in (*outcomes, *(one.outcome for one in resumed))}
    return (
        tuple(_record(places[_key(s)]) for s in range(len(records))),
        frozenset(_kept(account) for accounts in board.pasts.values() for account in accounts.values()),
        tuple(one for n, one in enumerate(parked) if n not in taken) + early,
        "disputed" in verdicts,
    )


def forget() -> None:
    """The program has changed: nothing is settled any more."""
    _settled.cache_clear()


# ---- from the model to the program, and back -----------------------------------------------


def _hand(t: int) -> Hand:
    return Hand(f"T{t}", 1)  # a till's next incarnation is another till to the model


def _number(hand: Hand) -> int:
    return int(hand.till.removeprefix("T")) if hand.till else OFFICE


def _key(s: int) -> Key:
    return _SHOW, f"seat {s}"


def _ticket(n: int) -> str:
    return "" if n == NONE else str(n)


def _place(s: int, record: Record) -> Place:
    held = record.holder != OFFICE
    holder, incarnation = _hand(record.holder) if held else ("", 0)
    state, ticket = OfficeState(record.state), _ticket(record.ticket)
    return Place(*_key(s), s, state, holder, incarnation, *record.token, 0, ticket)


def _record(place: Place) -> Record:
    holder = _number(Hand(place.holder, place.incarnation))
    return Record(place.state.value, holder, (place.epoch, place.hop), int(place.ticket) if place.ticket else NONE)


def _effect(effect: Effect) -> RealEffect:
    holder = _hand(effect.holder).till if effect.holder != OFFICE else ""
    before, after = OfficeState(effect.before), OfficeState(effect.after)
    return RealEffect(*_key(effect.seat), Token(*effect.token), before, after, holder, _ticket(effect.ticket))


def _kind(t: int, effects: tuple[RealEffect, ...]) -> str:
    """That of a fact that takes such steps."""
    steps = {step_of(_hand(t).till, effect) for effect in effects}
    return next(kind for kind, may in STEPS.items() if steps <= may)


def _fact(t: int, fact: Fact) -> real.Fact:
    effects = tuple(map(_effect, fact.effects))
    kind = real.Kind.SEALED if fact.sealing else _kind(t, effects)
    return real.Fact(*_hand(t), 1, real.FIRST_HASH, "", kind, (), effects, {})


def _passing(t: int, effect: Effect) -> Passing | None:
    if not effect.before == LEASED == effect.after:
        return None
    if effect.giver == NONE:
        return Passing(_hand(t), _hand(effect.holder))
    return Passing(_hand(effect.giver), _hand(t), _certificate(effect.giver, t, effect.seat, effect.token))


def _waiting(parked: _Parked, fact: Fact) -> list[Waiting]:
    """What waits at the places that this fact passes on, by the number that stands for their facts."""
    passed = {effect.seat for effect in fact.effects if _effect(effect).leaves > Token(*effect.token)}
    waiting = [
        Waiting(str(n), 0, _hand(t), n, _kind(t, (_effect(effect),)), _effect(effect), _passing(t, effect))
        for n, (t, effect) in enumerate(parked)
        if effect.seat in passed
    ]
    return sorted(waiting, key=lambda one: one.order)


def _kept(account: Account) -> tuple[Any, ...]:
    one = account
    return one.show, one.place, one.token, one.holder, one.receiver, one.state, one.ticket, one.given, one.taken


def _pasts(kept: frozenset[Any]) -> dict[Key, Past]:
    pasts: dict[Key, Past] = {}
    for account in (Account(*one) for one in kept):
        pasts.setdefault((account.show, account.place), {})[account.token] = account
    return pasts


# ---- keys ------------------------------------------------------------------------------------


@cache
def _private(t: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([t]) * 32)


@cache
def _public(t: int) -> bytes:
    return _private(t).public_key().public_bytes_raw()


@cache
def _certificate(giver: int, receiver: int, s: int, before: tuple[int, int]) -> Certificate:
    right = PassedRight(*_key(s), Token(before[0], before[1] + 1))
    unsigned = Certificate(_hand(giver), 1, real.FIRST_HASH, _hand(receiver), (right,))
    signature = _private(giver).sign(unsigned.message())
    return Certificate(_hand(giver), 1, real.FIRST_HASH, _hand(receiver), (right,), signature)
