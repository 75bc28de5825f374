"""Rights from till to till while the office is away.

A till that wants a place whose right is not in hand asks the others on the local network.
Who has it idle lets go of it first, durably, by a fact; then the certificate is made out to
one incarnation of the one that asked. What was let go of stays let go: should the answer
get lost, asking again brings the same certificate, and the office knows whose it is.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pos.domain.certificate import Certificate, Hand, PassedRight
from pos.domain.facts import Kind
from pos.domain.rights import Effect, OfficeState, OwnRight, OwnState, PlaceState, Token, may_accept
from pos.till.counter.passing import give_back, in_use, indexes_of, lacking, low
from pos.till.desk import Desk, Unit, Verb
from pos.till.ports import Wanted

log = logging.getLogger(__name__)


def known(desk: Desk, till: str) -> tuple[Hand, bytes] | None:
    """The incarnation of a till that may have rights, and its public key; None for one that is not known."""
    if not desk.replica.complete():
        return None
    hands = [hand for hand in desk.season().keys if hand.till == till]
    newest = max(hands, default=None)
    key = desk.key_of(newest) if newest is not None else None
    return (newest, key) if newest is not None and key is not None else None


# ---- asked by another till ---------------------------------------------------------------


def idle(desk: Desk, asker: Hand, show: str) -> tuple[str, ...]:
    """The places of a show that this till would pass on to `asker` now, in seating order.

    Those that it has passed on to it already are among them: their certificate may be lost.
    """
    if not _helps(desk, asker, show):
        return ()
    certified = _certified(desk, asker, show)
    seating = desk.belief.seating(show)
    places = [place for place in desk.rights.get(show, {}) if place in certified or _is_idle(desk, show, place)]
    found = sorted((ix, place) for place in places if (ix := seating.find(place)) is not None)
    return tuple(place for _, place in found)


def pass_on(desk: Desk, asker: Hand, show: str, wanted: Wanted) -> tuple[Certificate, ...]:
    """Let go of what is idle of that, and certify it. Raises Refused("storage_failed").

    Of what the asker wants for its own stock it gets half of what is idle at most.
    """
    if not _helps(desk, asker, show):
        return ()
    certified = _certified(desk, asker, show)
    again = {
        certified[place].number: certified[place] for place in (*wanted.places, *wanted.more) if place in certified
    }
    free = [place for place in desk.rights.get(show, {}) if place not in certified and _is_idle(desk, show, place)]
    chosen = [place for place in dict.fromkeys(wanted.places) if place in free]
    spare = (len(free) - len(chosen)) // 2
    chosen += [place for place in dict.fromkeys(wanted.more) if place in free and place not in chosen][:spare]
    if not chosen:
        return tuple(again.values())
    with desk.unit() as unit:
        certificate = _let_go(desk, unit, asker, show, chosen)
    desk.emit("changed", places=indexes_of(desk, ((show, place) for place in chosen)), documents=False)
    return (*again.values(), certificate)


def _helps(desk: Desk, asker: Hand, show: str) -> bool:
    """Only while the office is away, which else does this better; and only a till that may have rights."""
    away = desk.outside.office.link().state == "offline" and not desk.fenced
    return away and desk.key_of(asker) is not None and show in desk.season().shows


def _is_idle(desk: Desk, show: str, place: str) -> bool:
    """Whether a right is in hand, unsold, and in nobody's way."""
    ix = desk.belief.seating(show).find(place)
    if ix is None or desk.rights[show][place].state is not OwnState.LEASED or (show, place) in in_use(desk):
        return False
    return desk.belief.state(show, ix) is PlaceState.HERE


def _certified(desk: Desk, receiver: Hand, show: str) -> dict[str, Certificate]:
    """Place -> the certificate of what this till has passed on to `receiver`, unless it went on since."""
    found: dict[str, Certificate] = {}
    own, seating = desk.rights.get(show, {}), desk.belief.seating(show)
    for certificate in desk.ledger.certificates.given():
        if certificate.receiver != receiver:
            continue
        for right in certificate.rights:
            mine, ix = own.get(right.place), seating.find(right.place)
            if right.show != show or mine is None or mine.state is not OwnState.GIVEN or ix is None:
                continue
            if mine.token < right.token and desk.belief.office(show, ix).token <= right.token:
                found.setdefault(right.place, certificate)
    return found


def receiver_of(desk: Desk, show: str, place: str) -> str:
    """The till to which this one has passed a place on, "" when it did not or the office knows better."""
    own, ix = desk.rights.get(show, {}).get(place), desk.belief.seating(show).find(place)
    if own is None or ix is None or own.state is not OwnState.GIVEN or desk.belief.office(show, ix).token > own.token:
        return ""
    receiver = desk.ledger.certificates.receiver_of(show, place, own.token)
    return receiver.till if receiver is not None else ""


def _let_go(desk: Desk, unit: Unit, receiver: Hand, show: str, places: Sequence[str]) -> Certificate:
    """Relinquish, by a fact, in the unit's transaction; the certificate that goes out after it."""
    own = desk.rights[show]
    effects = [
        Effect(show, place, own[place].token, OfficeState.LEASED, OfficeState.LEASED, receiver.till) for place in places
    ]
    fact = unit.record(Kind.RIGHTS_TRANSFERRED, {"receiver": list(receiver)}, effects=effects)
    unit.put_rights([(show, place, replace(own[place], state=OwnState.GIVEN)) for place in places])
    rights = tuple(PassedRight(show, effect.place, effect.leaves) for effect in effects)
    giver = Hand(desk.outside.till, desk.outside.incarnation)
    bare = Certificate(giver, fact.number, unit.facts[-1].hash, receiver, rights)
    certificate = replace(bare, signature=desk.outside.keys.sign(bare.message()))
    desk.ledger.certificates.add(certificate)
    return certificate


# ---- asking the others -------------------------------------------------------------------


def ask_around(desk: Desk, show: str, missing: Sequence[str], wait_s: float) -> Verb[bool]:
    """Get places from the neighbours, all or none; whether they came. For a unit of an area any other will do.

    With few left in hand, it asks for some more beside them. Raises Refused("storage_failed").
    """
    neighbours = desk.outside.neighbours
    if neighbours is None or desk.fenced:
        return False
    clock = desk.outside.clock
    deadline_s = clock.boottime_s() + wait_s
    offers: Mapping[str, tuple[str, ...]] = yield neighbours.idle(show, wait_s)
    shares = _share_out(missing, offers)
    if not shares:
        return False
    wanted = {till: Wanted(places, _stock(desk, show, offers[till], places)) for till, places in shares.items()}
    certificates: Sequence[Certificate] = yield neighbours.ask(show, wanted, max(deadline_s - clock.boottime_s(), 0.0))
    with desk.unit() as unit:
        came = take_over(desk, unit, show, wanted, certificates)
    desk.emit("changed", places=indexes_of(desk, came), documents=False)
    return {(show, place) for places in shares.values() for place in places} <= set(came)


def _share_out(missing: Sequence[str], offers: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Till -> what to ask it for; {} when not everything is to be had."""
    left = {till: list(places) for till, places in offers.items()}
    wanted: dict[str, tuple[str, ...]] = {}
    for place in missing:
        found = _offered(place, left)
        if found is None:
            return {}
        till, offered = found
        left[till].remove(offered)
        wanted[till] = (*wanted.get(till, ()), offered)
    return wanted


def _offered(place: str, offers: Mapping[str, Sequence[str]]) -> tuple[str, str] | None:
    """Who offers this place, or another unit of its area."""
    for till, places in offers.items():
        if place in places:
            return till, place
    area, mark, _ = place.rpartition("#")
    alike = ((till, other) for till, places in offers.items() for other in places if other.startswith(f"{area}#"))
    return next(alike, None) if mark else None


def _stock(desk: Desk, show: str, offered: Iterable[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """What else to ask for when little is left in hand: neighbouring seats, half of what is offered at most."""
    if not low(desk, show):
        return ()
    find = desk.belief.seating(show).find
    rest = frozenset(ix for place in offered if place not in wanted and (ix := find(place)) is not None)
    return tuple(lacking(desk, desk.season().show(show), rest)[: len(rest) // 2])


def take_over(
    desk: Desk, unit: Unit, show: str, wanted: Mapping[str, Wanted], certificates: Sequence[Certificate]
) -> list[tuple[str, str]]:
    """Store rights that were passed on to this till, by a fact that carries their certificates; what came.

    One that is not genuine, is from a till that may not have rights, is made out to another, was not
    `wanted` of its giver, or whose token is not higher than the last one known here, is dropped. The
    check and the fact are one step of the ledger's thread: what the office is told of a fence holds
    from then on.
    """
    good: list[Certificate] = []
    fresh: dict[tuple[str, str], Token] = {}
    for certificate in certificates:
        rights = _asked_for(certificate, show, wanted) if _holds(desk, certificate) else []
        if rights:
            good.append(certificate)
        for right in rights:
            own = desk.rights.get(right.show, {}).get(right.place)
            if may_accept(own, right.token) and right.token > fresh.get((right.show, right.place), Token(0, 0)):
                fresh[right.show, right.place] = right.token
    if not fresh:
        return []
    idle_, till = OfficeState.LEASED, desk.outside.till
    effects = [
        Effect(of_show, place, Token(token.epoch, token.hop - 1), idle_, idle_, till)
        for (of_show, place), token in fresh.items()
    ]
    unit.record(Kind.RIGHTS_RECEIVED, {"certificates": [one.to_json() for one in good]}, effects=effects)
    own_rights = [(of_show, place, OwnRight(OwnState.LEASED, token)) for (of_show, place), token in fresh.items()]
    unit.put_rights(own_rights)
    if desk.ledger.open_shift() is None:
        give_back(desk, unit, own_rights, "no_shift")
        return []
    return list(fresh)


def _holds(desk: Desk, certificate: Certificate) -> bool:
    key = desk.key_of(certificate.giver)
    mine = certificate.receiver == (desk.outside.till, desk.outside.incarnation)
    if key is None or not mine or not certificate.genuine(key):
        log.warning("a certificate of %s for %s is dropped", certificate.giver.name, certificate.receiver.name)
        return False
    return True


def _asked_for(certificate: Certificate, show: str, wanted: Mapping[str, Wanted]) -> list[PassedRight]:
    """Its rights that its giver was asked for. Another till does not choose what this one is to hold:
    what else it has certified is still to be had, by asking for it."""
    asked = wanted.get(certificate.giver.till, Wanted(()))
    places = {*asked.places, *asked.more}
    kept = [right for right in certificate.rights if right.show == show and right.place in places]
    unasked = sorted({f"{right.show} {right.place}" for right in certificate.rights if right not in kept})
    if unasked:
        log.warning("%s certified what it was not asked for, dropped: %s", certificate.giver.name, ", ".join(unasked))
    return kept
