"""What facts say of rights that passed from till to till, and whether their certificates hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, tuple_

from pos.domain.certificate import Certificate, Hand
from pos.domain.facts import Fact, Kind
from pos.domain.rights import Effect, OfficeState, Token
from sync.office.rules.history import Way
from sync.office.store.tables import TILL

_Named = tuple[str, str, Token]  # show, place, token before


@dataclass(frozen=True, slots=True)
class Passing:
    """One right's way, as a fact tells it; in the receiver's fact with the giver's certificate."""

    giver: Hand
    receiver: Hand
    certificate: Certificate | None = None


Passings = Mapping[_Named, Passing]


def passings(fact: Fact) -> dict[_Named, Passing]:
    """The passings that a fact tells of, one for each effect by which a right passes between tills.

    Raises ValueError for a body that does not fit its effects.
    """
    moved = [effect for effect in fact.effects if _between_tills(effect)]
    hand = Hand(fact.till, fact.incarnation)
    if fact.kind == Kind.RIGHTS_TRANSFERRED:
        receiver = _receiver(fact.body)
        if any(effect.holder != receiver.till for effect in moved):
            raise ValueError("its place effects are not for the receiver that it names")
        return {_named(effect): Passing(hand, receiver) for effect in moved}
    if fact.kind != Kind.RIGHTS_RECEIVED:
        return {}
    found: dict[_Named, Passing] = {}
    for certificate in map(Certificate.from_json, _list(fact.body)):
        for right in certificate.rights:
            before = Token(right.token.epoch, right.token.hop - 1)
            found[right.show, right.place, before] = Passing(certificate.giver, certificate.receiver, certificate)
    if any(_named(effect) not in found or effect.holder != fact.till for effect in moved):
        raise ValueError("there is no certificate for one of its place effects")
    return found


def _between_tills(effect: Effect) -> bool:
    return effect.before is OfficeState.LEASED and effect.after is OfficeState.LEASED


def _named(effect: Effect) -> _Named:
    return effect.show, effect.place, effect.token


def _receiver(body: Mapping[str, Any]) -> Hand:
    match body.get("receiver"):
        case [str(till), int(incarnation)]:
            return Hand(till, incarnation)
    raise ValueError("receiver: is no till and incarnation")


def _list(body: Mapping[str, Any]) -> list[object]:
    found = body.get("certificates")
    if not isinstance(found, list):
        raise ValueError("certificates: is no list")
    return found


class Hands:
    """The tills that some passings name: their keys, and which may have rights. Keys never change."""

    def __init__(self, keys: Mapping[Hand, bytes], active: Collection[Hand], *, recovering: bool = False) -> None:
        self._keys, self._active, self._recovering = keys, active, recovering
        self._genuine: dict[Certificate, bool] = {}

    @classmethod
    def of(cls, connection: Connection, hands: Iterable[Hand], *, recovering: bool) -> Hands:
        """Those that are active stay so until this transaction ends. One that is being fenced at this
        moment is not waited for: it counts as fenced, and so nobody waits for anybody in a circle.

        `recovering`: the office was restored, and may have forgotten that a till was enrolled: whatever others say of
        that one is believed, as they are of forgotten tokens (`rules.lost`)."""
        named = {"hands": sorted(set(hands))}
        if not named["hands"]:
            return cls({}, (), recovering=recovering)
        keys = {Hand(row.id, row.incarnation): bytes(row.public_key) for row in connection.execute(_KEYS, named)}
        active = {Hand(row.id, row.incarnation) for row in connection.execute(_ACTIVE, named)}
        return cls(keys, active, recovering=recovering)

    def active(self, hand: Hand) -> bool:
        return hand in self._active

    def way(self, author: Hand, passing: Passing) -> Way:
        """The passing, judged: a certificate must be genuine and be made out to the fact's own till."""
        return Way(passing.giver, passing.receiver, self.active(passing.receiver), self._fault(author, passing))

    def _fault(self, author: Hand, passing: Passing) -> str:
        certificate = passing.certificate
        if certificate is None:
            known = self._known(passing.receiver) and passing.receiver.till != author.till
            return "" if known else f"there is no other till {passing.receiver.name}"
        if certificate.receiver != author or certificate.giver.till == author.till:
            return f"the certificate is from {certificate.giver.name} for {certificate.receiver.name}"
        return "" if self._signed(certificate) else f"the certificate is not signed by {certificate.giver.name}"

    def _known(self, hand: Hand) -> bool:
        return hand in self._keys or self._recovering

    def _signed(self, certificate: Certificate) -> bool:
        if certificate not in self._genuine:
            key = self._keys.get(certificate.giver)
            self._genuine[certificate] = certificate.genuine(key) if key is not None else self._recovering
        return self._genuine[certificate]


def hands_in(told: Iterable[Passings]) -> set[Hand]:
    """Everyone whom these passings name."""
    return {hand for each in told for passing in each.values() for hand in (passing.giver, passing.receiver)}


_NAMED: Final = tuple_(TILL.c.id, TILL.c.incarnation).in_(bindparam("hands", expanding=True))
_KEYS: Final = select(TILL.c.id, TILL.c.incarnation, TILL.c.public_key).where(_NAMED)
_ACTIVE: Final = (
    select(TILL.c.id, TILL.c.incarnation)
    .where(_NAMED, TILL.c.state == "ACTIVE")
    .order_by(TILL.c.id, TILL.c.incarnation)
    .with_for_update(read=True, key_share=True, skip_locked=True)
)
