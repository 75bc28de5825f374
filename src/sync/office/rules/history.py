"""What is told of a place after it has passed on: booked as history, or disputed.

The laws:

* Under one token a right has one holder. Its account is open from the moment the office
  learns of it until the holder's own fact that it let go.
* An open account is told to its end like a place's record: in order, step by step. It
  ends idle, and with the receiver that the certificate names.
* What a fenced till returns under a token of the past is booked: it claims nothing.
* A certificate that fits between two that are known opens the account it tells of. One
  that contradicts what is known is a dispute: two copies of a disk have been at work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pos.domain.certificate import Hand
from pos.domain.rights import Effect, OfficeState
from sync.office.rules.past import UNKNOWN, Account, Past
from sync.office.rules.places import Place

Verdict = Literal["applied", "parked", "disputed"]


@dataclass(frozen=True, slots=True)
class Author:
    """Whose fact it is, whether that incarnation may have rights, and whether this fact ends its ledger.

    `sealing` is only said of a ledger of which no rival is known: what it returns is really free.
    """

    hand: Hand
    active: bool
    sealing: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """A right's way from till to till, as a fact tells it. `active`: the receiver may have rights.
    `fault` says why its certificate proves nothing, "" when it holds."""

    giver: Hand
    receiver: Hand
    active: bool
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`detail` says why it is disputed. `history`: the place has passed on since, and did not change.
    `ended` is a ticket that has ended, by a fact still to come: a certificate or a forgotten token says so."""

    verdict: Verdict
    detail: str = ""
    history: bool = False
    ended: str = ""


_TOLD = Outcome("applied", history=True)


def disputed(what: str, place: Place) -> Outcome:
    """What the office's record does not agree with."""
    with_whom = place.holder or "the office"
    return Outcome("disputed", f"{what}, but it is {place.state} with {with_whom} under {place.epoch}.{place.hop}")


def of_another_ticket(effect: Effect, ticket: str) -> bool:
    """Whether a step of a sold place is not about `ticket`. One that ends a ticket has to name it."""
    if effect.before is not OfficeState.SOLD:
        return False
    return effect.ticket != ticket if effect.ticket else effect.after is OfficeState.LEASED


def told(author: Author, what: str, effect: Effect, place: Place, past: Past, way: Way | None) -> Outcome:
    """A holder's step under a token that the place has left behind."""
    account = past.get(effect.token)
    if account is None and not author.active and not effect.holder:
        return _TOLD
    if account is None or account.holder != author.hand or account.given:
        return disputed(what, place)
    idle = account.state is OfficeState.QUARANTINE and effect.before is OfficeState.LEASED
    if account.state is not effect.before and not idle:
        return Outcome("disputed", f"{what}, but it was {account.state} then")
    if of_another_ticket(effect, account.ticket):
        return Outcome("disputed", f"{what}: ticket {effect.ticket!r}, but the place was sold as {account.ticket}")
    account.changed = True
    if effect.leaves == effect.token and effect.holder:
        account.state = effect.after
        account.ticket = "" if effect.after is OfficeState.LEASED else effect.ticket or account.ticket
        return _TOLD
    receiver = way.receiver if way is not None else author.hand
    if not effect.holder or account.receiver not in (UNKNOWN, receiver):
        return Outcome("disputed", f"{what}, but {account.receiver.till or 'another till'} has its certificate")
    if account.receiver == UNKNOWN and not _enter(effect, receiver, place, past):
        return Outcome("disputed", f"{what}, but another till had it next")
    account.receiver, account.given, account.taken = receiver, True, account.taken or way is None
    if way is None:
        # Its holder put it on paper, and tells of that paper next.
        on_paper = past[effect.leaves]
        on_paper.state, on_paper.ticket, on_paper.changed = effect.after, effect.ticket, True
    return _TOLD


def received(what: str, effect: Effect, place: Place, past: Past, way: Way) -> Outcome:
    """A receiver's word of a passing that the office knows of, or had to leave out."""
    account = past.get(effect.token)
    if account is None:
        if not _left_out(effect, place, past) or not _enter(effect, way.receiver, place, past):
            return disputed(what, place)
        past[effect.token] = Account(effect.show, effect.place, effect.token, way.giver, way.receiver, taken=True)
        return _TOLD
    if account.holder != way.giver or account.receiver not in (UNKNOWN, way.receiver) or account.taken:
        return disputed(what, place)
    if account.receiver == UNKNOWN and not _enter(effect, way.receiver, place, past):
        return disputed(what, place)
    account.receiver, account.taken, account.changed = way.receiver, True, True
    return _TOLD


def _left_out(effect: Effect, place: Place, past: Past) -> bool:
    """Whether a certificate has led over this passing: every other leaves an account."""
    return any(known.epoch == effect.token.epoch and known > effect.leaves for known in (*past, place.token))


def _enter(effect: Effect, hand: Hand, place: Place, past: Past) -> bool:
    """Open the account of `hand` under the token that the effect leaves; False when another's is there."""
    if effect.leaves == place.token:  # it has it still, or has given it back to the office
        return (place.holder, place.incarnation) in (hand, ("", 0))
    account = past.get(effect.leaves)
    if account is None:
        past[effect.leaves] = Account(effect.show, effect.place, effect.leaves, hand, UNKNOWN)
        return True
    return account.holder == hand
