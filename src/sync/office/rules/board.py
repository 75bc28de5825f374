"""The places that a page of facts is about: their records, their past, and what waits at them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import Connection

from pos.domain.facts import Fact, Kind
from pos.domain.rights import Effect, OfficeState
from sync.office.rules import lost, parking, past, tills, unmade
from sync.office.rules.certificates import Hands, Passing, Passings, hands_in
from sync.office.rules.effects import apply, freeze
from sync.office.rules.history import Author, Outcome
from sync.office.rules.parking import Resumed, Waiting
from sync.office.rules.past import Past
from sync.office.rules.places import Key, Place, lock, write
from sync.office.rules.recovery import standing, told_of

_KEPT: Final = (OfficeState.SOLD, OfficeState.HELD)  # what is so whoever has the right to it


@dataclass(slots=True)
class Board:
    """Locked. `take` is for the facts of `author`, `resume` for what they set free of others'."""

    author: Author
    now: int
    places: dict[Key, Place]
    pasts: dict[Key, Past]
    waiting: list[Waiting]
    hands: Hands
    recovering: bool = False  # the office was restored, and has forgotten tokens
    restored: bool = False  # as much, or that has ended
    forked: bool = False  # the author's history has a rival
    sealed: bool = False  # its last fact has been taken
    parked: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def lay(
        cls,
        connection: Connection,
        author: Author,
        told: Sequence[tuple[Fact, Passings]],
        now: int,
        named: Collection[Key] = (),
    ) -> Board:
        """Lock the places of these facts, and those `named`. Past and waiting effects are looked up only
        where they matter."""
        effects = [effect for fact, _ in told for effect in fact.effects]
        keys = {(effect.show, effect.place) for effect in effects} | set(named)
        sealing = any(fact.kind == Kind.SEALED for fact, _ in told)
        places = lock(connection, keys | tills.held(connection, author.hand) if sealing else keys)
        passed = {(effect.show, effect.place) for effect in effects if effect.leaves != effect.token}
        office = standing(connection)
        if office.recovering:
            told_of(connection, (effect.token.epoch for effect in effects))
        if office.generation:  # also when that has ended: until the place is made
            strange = [effect for effect in effects if (effect.show, effect.place) not in places]
            unmade.keep(connection, author.hand, unmade.by_effects(author.hand, strange))
        pasts = past.load(connection, set(places) if office.recovering else passed | set(_late(effects, places)))
        waiting = parking.waiting_at(connection, passed)
        freed = [{effect_key(one.effect): one.passing} for one in waiting if one.passing is not None]
        hands = hands_in([*(passings for _, passings in told), *freed]) | {one.author for one in waiting}
        forked = sealing and tills.forked(connection, author.hand)
        return cls(
            author, now, places, pasts, waiting, Hands.of(connection, hands, recovering=office.recovering),
            office.recovering, office.generation != "", forked,
        )  # fmt: skip

    def take(self, fact: Fact, line: int, effect: Effect, passing: Passing | None) -> Outcome:
        """Apply one effect of a fact of the author; what cannot be applied yet is parked."""
        sealing = fact.kind == Kind.SEALED and not self.forked
        author = replace(self.author, sealing=True) if sealing else self.author
        outcome = self._apply(author, fact.kind, effect, passing)
        if outcome.verdict == "parked":
            self.parked.append(parking.row(fact.fact_id, line, effect))
        return outcome

    def seal(self, fact: Fact) -> None:
        """The author's ledger has ended. What was granted to it and never arrived is free again, too: it
        takes nothing any more. What the fact names, but says otherwise than the office, is nobody's."""
        self.sealed = True
        named = {(effect.show, effect.place) for effect in fact.effects}
        for place in self.places.values():
            if (place.holder, place.incarnation) != self.author.hand:
                continue
            if place.state is OfficeState.LEASED and place.key in named:
                place.set(OfficeState.QUARANTINE, *self.author.hand, self.now)
            elif place.state is OfficeState.LEASED:
                place.set(OfficeState.POOL, "", 0, self.now)
            elif place.state in _KEPT and place.key not in named and not self.forked:
                place.set(place.state, "", 0, self.now, place.ticket)

    def freeze(self, effect: Effect) -> str:
        """Nobody may sell this place until a person has read the fact. The ticket that has ended, or ""."""
        key, ended = (effect.show, effect.place), ""
        place = self.places.get(key)
        if self.recovering and place is not None and effect.token > place.token:
            if effect.holder == self.author.hand.till:
                effect = replace(effect, token=effect.leaves)  # what its till has now; else another may tell of that
            ended = lost.remember(self.author, effect, place, self.pasts.setdefault(key, {}), self.now)
        freeze(self.author.hand, effect, place, self.now)
        return ended

    def resume(self) -> list[Resumed]:
        """Take what waited for the passings that have arrived by now."""
        resumed: list[Resumed] = []
        for one in self.waiting:
            author = Author(one.author, self.hands.active(one.author))
            outcome = self._apply(author, one.kind, one.effect, one.passing)
            if outcome.verdict != "parked":
                resumed.append(Resumed(one, outcome))
        return resumed

    def _apply(self, author: Author, kind: str, effect: Effect, passing: Passing | None) -> Outcome:
        key = (effect.show, effect.place)
        way = None if passing is None else self.hands.way(author.hand, passing)
        past_of = self.pasts.setdefault(key, {})
        return apply(
            author, kind, effect, self.places.get(key), past_of, self.now, way, recovering=self.recovering
        )  # fmt: skip

    def write(self, connection: Connection) -> list[Place]:
        """Write the records back; those that changed."""
        changed = [place for place in self.places.values() if place.changed]
        write(connection, changed)
        past.store(connection, (account for told in self.pasts.values() for account in told.values()))
        parking.park(connection, self.parked)
        return changed


def effect_key(effect: Effect) -> tuple[str, str, Any]:
    return effect.show, effect.place, effect.token


def _late(effects: Iterable[Effect], places: dict[Key, Place]) -> Iterable[Key]:
    """Places that have passed on since what these effects tell of."""
    for effect in effects:
        place = places.get((effect.show, effect.place))
        if place is not None and effect.token < place.token:
            yield place.key
