"""Place effects of facts: compare-and-set on (holder, incarnation, token, state).

The laws, on top of the table:

* An effect changes a place only when the office's record names the fact's own till and
  incarnation as holder, under the effect's token, in the state the fact began from.
* A fact takes only the steps of its kind (`STEPS`): a person approves a refund, and no other
  kind of fact may pass for one. What ends a ticket names it.
* A token higher than the office's means that an earlier passing has not arrived: parked.
* A certificate moves a place on by itself, also over passings that nobody has told of yet:
  whoever signed it held the right. What is told later of the tokens left behind books as
  history (`history`).
* Everything else is a dispute; the place stays as it is, the fact and its money are booked.
* A quarantined right is still its holder's as far as paper goes: a sale by a fenced till
  happened, and so did a passing that its receiver tells of. What a fenced till returns, or
  alone says to have passed on, stays in quarantine until a person releases it, because
  another copy of its disk may have sold it. Only a ledger's last fact, written on the till's
  own disk, returns for good (`sealing`).
* No fenced incarnation has a lease: what would become one is quarantined. A hold stays with the till that
  had it, and what a fenced one returns of it too: another copy of its disk may have sold it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal

from pos.domain.certificate import Hand
from pos.domain.facts import Kind
from pos.domain.purse import is_purse
from pos.domain.rights import Effect, OfficeState, Token
from sync.office.rules import history, lost
from sync.office.rules.history import Author, Outcome, Verdict, Way
from sync.office.rules.past import UNKNOWN, Account, Past
from sync.office.rules.places import Place

_ORDER: Final[tuple[Verdict, ...]] = ("applied", "parked", "disputed")
_LEASED, _SOLD, _PAPER, _QUARANTINE, _HELD = (
    OfficeState.LEASED, OfficeState.SOLD, OfficeState.PAPER, OfficeState.QUARANTINE, OfficeState.HELD,
)  # fmt: skip

_Whose = Literal["own", "office", "other"]
_Step = tuple[OfficeState, OfficeState, _Whose]  # before, after, who has it afterwards

# What a step is called in a dispute.
TRANSITIONS: Final[dict[_Step, str]] = {
    (_LEASED, _SOLD, "own"): "sold",
    (_LEASED, OfficeState.POOL, "office"): "returned",
    (_SOLD, _SOLD, "office"): "right to refund returned",
    (_SOLD, _SOLD, "own"): "printed again",
    (_SOLD, _LEASED, "own"): "refunded",
    (_LEASED, _LEASED, "other"): "passed on",
    (_LEASED, _LEASED, "own"): "received",
    (_LEASED, _PAPER, "own"): "put on paper",
    (_PAPER, _SOLD, "own"): "sold from paper",
    (_PAPER, _LEASED, "own"): "taken back from paper",
    (_PAPER, _QUARANTINE, "own"): "lost on paper",
    (_LEASED, _HELD, "own"): "held",
    (_HELD, _LEASED, "own"): "released from its hold",
    (_HELD, _SOLD, "own"): "sold from its hold",
    (_HELD, _HELD, "own"): "shown to be in hand, in its hold",
    (_HELD, _HELD, "office"): "right to its hold returned",
}

_ISSUES: Final[frozenset[_Step]] = frozenset({(_SOLD, _SOLD, "own")})
_RETURNS: Final[frozenset[_Step]] = frozenset(
    {(_LEASED, OfficeState.POOL, "office"), (_SOLD, _SOLD, "office"), (_HELD, _HELD, "office")}
)
_SELLS: Final[frozenset[_Step]] = frozenset({(_LEASED, _SOLD, "own"), (_HELD, _SOLD, "own")})
# The steps that a fact of a kind may take; a kind that is not here touches no place.
STEPS: Final[dict[str, frozenset[_Step]]] = {
    Kind.TICKETS_SOLD: _SELLS | {(_PAPER, _SOLD, "own")},
    Kind.TICKETS_REFUNDED: frozenset({(_SOLD, _LEASED, "own")}),
    Kind.TICKETS_VOIDED: frozenset({(_SOLD, _LEASED, "own")}),
    Kind.TICKETS_EXCHANGED: _SELLS | {(_SOLD, _LEASED, "own")},
    Kind.COPY_ISSUED: _ISSUES,
    Kind.ORDER_COLLECTED: _ISSUES,
    Kind.ORDER_HANDED_OUT: _ISSUES,
    Kind.RIGHTS_RETURNED: _RETURNS,
    Kind.RIGHTS_TRANSFERRED: frozenset({(_LEASED, _LEASED, "other")}),
    Kind.RIGHTS_RECEIVED: frozenset({(_LEASED, _LEASED, "own")}),
    Kind.PAPER_ISSUED: frozenset({(_LEASED, _PAPER, "own")}),
    Kind.PAPER_RETURNED: frozenset({(_PAPER, _LEASED, "own")}),
    Kind.PAPER_LOST: frozenset({(_PAPER, _QUARANTINE, "own")}),
    Kind.PLACES_HELD: frozenset({(_LEASED, _HELD, "own")}),
    Kind.HOLD_RELEASED: frozenset({(_HELD, _LEASED, "own")}),
    Kind.HOLD_CHANGED: frozenset({(_HELD, _HELD, "own")}),
    Kind.ORDER_RESERVED: frozenset({(_LEASED, _HELD, "own"), (_HELD, _LEASED, "own")}),
    Kind.ORDER_CHANGED: frozenset({(_HELD, _HELD, "own"), (_HELD, _LEASED, "own")}),
    Kind.ORDER_ENDED: frozenset({(_HELD, _LEASED, "own")}),
    Kind.SEALED: _RETURNS | {(_PAPER, _QUARANTINE, "own")},
}
# And of a voucher or gift card: whoever has its token moves money of it, by the documents that do.
PURSE_STEPS: Final[dict[str, frozenset[_Step]]] = {
    Kind.ACCOUNT_PAID: _ISSUES,
    Kind.PACKAGE_REFUNDED: _ISSUES,
    Kind.TICKETS_SOLD: _ISSUES,
    Kind.TICKETS_REFUNDED: _ISSUES,
    Kind.TICKETS_EXCHANGED: _ISSUES,
    Kind.TICKETS_VOIDED: _ISSUES,
    Kind.REFUND_CLAIMED: _ISSUES,
    Kind.RIGHTS_RETURNED: frozenset({(_SOLD, _SOLD, "office")}),
    Kind.SEALED: frozenset({(_SOLD, _SOLD, "office")}),
}


def worst(verdicts: list[Verdict]) -> Verdict:
    """The verdict of a fact: that of its worst effect."""
    return max(verdicts, key=_ORDER.index, default="applied")


def apply(
    author: Author,
    kind: str,
    effect: Effect,
    place: Place | None,
    past: Past,
    now: int,
    way: Way | None,
    *,
    recovering: bool = False,
) -> Outcome:
    """Change `place`, or what is known of its `past`, as the effect says, or say why not.

    `kind` is its fact's. `way` goes with an effect by which a right passes from till to till. `recovering`: the office
    was restored, and has forgotten tokens that it gave (`lost`).
    """
    if place is None:
        return Outcome("disputed", f"the show {effect.show!r} has no place {effect.place!r}")
    step = step_of(author.hand.till, effect)
    what = TRANSITIONS.get(step)
    if what is None or (effect.before is effect.after is _LEASED) != (way is not None):
        told = f"{effect.before} -> {effect.after} for {effect.holder!r}"
        return Outcome("disputed", f"{told} is not a step that a till can take")
    if step not in (PURSE_STEPS if is_purse(effect.show) else STEPS).get(kind, ()):
        return Outcome("disputed", f"{what}, which is not a step that {kind} can take")
    what = f"{what} by {author.hand.till} under {effect.token.epoch}.{effect.token.hop}"
    if way is not None and way.fault:
        return Outcome("disputed", f"{what}, but {way.fault}")
    if way is not None and way.receiver == author.hand:
        return _received(what, effect, place, past, now, way)
    ended = ""
    if recovering:
        ended = lost.make_room(author, effect, place, past, now)
    outcome = _taken(author, what, effect, place, past, now, way, recovering=recovering)
    return replace(outcome, ended=ended) if ended else outcome


def _taken(
    author: Author, what: str, effect: Effect, place: Place, past: Past, now: int, way: Way | None, *, recovering: bool
) -> Outcome:
    """A step that its fact may take, by whoever has the right or had it."""
    if effect.token > place.token:
        return Outcome("parked")
    if recovering and effect.token < place.token and lost.returned(author, effect, past):
        return Outcome("applied", history=True)
    if (effect.token, *author.hand) != (place.token, place.holder, place.incarnation):
        outcome = history.told(author, what, effect, place, past, way)
        return lost.settled(effect, place, past, outcome) if recovering else outcome
    return _given(what, effect, place, past, now, way) if way else _own_step(author, what, effect, place, past, now)


def step_of(till: str, effect: Effect) -> _Step:
    """A step as `STEPS` has it, for a fact of this till."""
    whose: _Whose = "other"
    if effect.holder in ("", till):
        whose = "own" if effect.holder else "office"
    return effect.before, effect.after, whose


def _own_step(author: Author, what: str, effect: Effect, place: Place, past: Past, now: int) -> Outcome:
    """A step within one hand, or back to the office."""
    # With a ticket it was frozen as sold or on paper: that it is idle again was in what nobody could read.
    quarantined = place.state is _QUARANTINE and effect.before is _LEASED and not place.ticket
    if place.state is not effect.before and not quarantined:
        return history.disputed(what, place)
    if history.of_another_ticket(effect, place.ticket):
        return Outcome("disputed", f"{what}: ticket {effect.ticket!r}, but the place is sold as {place.ticket}")
    kept = quarantined and effect.after is OfficeState.POOL
    kept = kept or (effect.before is effect.after is _HELD and not effect.holder and not author.active)
    if kept and not author.sealing:
        return Outcome("applied")
    after = effect.after
    if after is _LEASED and not author.active:
        after = _QUARANTINE
    if (after, effect.holder) == (place.state, place.holder):
        return Outcome("applied")  # printed again: it only shows that the token is held
    if effect.leaves != effect.token:
        past[effect.token] = Account.of(place, author.hand, given=True, taken=True)
        place.hop = effect.leaves.hop
    ticket = "" if effect.after in (OfficeState.POOL, _LEASED) else effect.ticket or place.ticket
    place.set(after, effect.holder, author.hand.incarnation if effect.holder else 0, now, ticket)
    return Outcome("applied")


def _given(what: str, effect: Effect, place: Place, past: Past, now: int, way: Way) -> Outcome:
    """The holder's own word that it passed the right on."""
    if place.state not in (_LEASED, _QUARANTINE):
        return history.disputed(what, place)
    past[effect.token] = Account.of(place, way.receiver, given=True)
    _move(place, effect.leaves, way, now, quarantined=place.state is _QUARANTINE)
    return Outcome("applied")


def _received(what: str, effect: Effect, place: Place, past: Past, now: int, way: Way) -> Outcome:
    """The receiver's word, with the giver's certificate."""
    if effect.token.epoch > place.epoch:
        return Outcome("parked")
    if effect.leaves <= place.token:
        outcome = history.received(what, effect, place, past, way)
        held = (effect.leaves, *way.receiver) == (place.token, place.holder, place.incarnation)
        if outcome.verdict == "applied" and held and place.state is _QUARANTINE and way.active:
            # A fenced giver alone had told of it: now it is known to have arrived.
            place.set(_LEASED, *way.receiver, now)
        return outcome
    if not _may_have_passed(effect, place, way):
        return history.disputed(what, place)
    ended = place.ticket if place.state is not _HELD else ""
    direct = effect.token == place.token
    past[place.token] = Account.of(place, way.receiver if direct else UNKNOWN, taken=direct)
    if not direct:
        past[effect.token] = Account(effect.show, effect.place, effect.token, way.giver, way.receiver, taken=True)
    _move(place, effect.leaves, way, now, quarantined=False)
    return Outcome("applied", ended=ended)


def _may_have_passed(effect: Effect, place: Place, way: Way) -> bool:
    """Whether the right may have gone from where the office has it to the giver of this certificate."""
    if effect.token == place.token:
        return (place.holder, place.incarnation) == way.giver
    return place.incarnation > 0  # it is with a till, which may have passed it on to anyone


def _move(place: Place, token: Token, way: Way, now: int, *, quarantined: bool) -> None:
    place.hop = token.hop
    place.set(_QUARANTINE if quarantined or not way.active else _LEASED, *way.receiver, now)


def freeze(hand: Hand, effect: Effect, place: Place | None, now: int) -> None:
    """Nobody may sell this place until a person has read the fact: quarantine, if it is the till's."""
    if place is not None and (effect.token, *hand) == (place.token, place.holder, place.incarnation):
        place.set(_QUARANTINE, *hand, now, place.ticket)
