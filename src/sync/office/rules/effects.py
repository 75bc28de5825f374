"""Place effects of facts: compare-and-set on (holder, incarnation, token, state).

The laws, on top of the table:

* An effect changes a place only when the office's record names the fact's own till and
  incarnation as holder, under the effect's token, in the state the fact began from.
* A token higher than the office's means that an earlier passing has not arrived: parked.
* Everything else is a dispute; the place stays as it is, the fact and its money are booked.
* A quarantined right is still its holder's as far as paper goes: a sale by a fenced till
  happened. What it returns stays in quarantine until a person releases it, because
  another copy of its disk may have sold it.
"""

from __future__ import annotations

from typing import Final, Literal

from pos.domain.rights import Effect, OfficeState
from sync.office.rules.places import Place

Verdict = Literal["applied", "parked", "disputed"]
_ORDER: Final[tuple[Verdict, ...]] = ("applied", "parked", "disputed")

# (before, after, whether a till holds it afterwards) -> what it is called in a dispute.
TRANSITIONS: Final[dict[tuple[OfficeState, OfficeState, bool], str]] = {
    (OfficeState.LEASED, OfficeState.SOLD, True): "sold",
    (OfficeState.LEASED, OfficeState.POOL, False): "returned",
    (OfficeState.SOLD, OfficeState.SOLD, False): "right to refund returned",
    (OfficeState.SOLD, OfficeState.LEASED, True): "refunded",
}


def worst(verdicts: list[Verdict]) -> Verdict:
    """The verdict of a fact: that of its worst effect."""
    return max(verdicts, key=_ORDER.index, default="applied")


def apply(till: str, incarnation: int, effect: Effect, place: Place | None, now: int) -> tuple[Verdict, str]:
    """Change `place` as the effect says, or say why not."""
    if place is None:
        return "disputed", f"the show {effect.show!r} has no place {effect.place!r}"
    step = (effect.before, effect.after, bool(effect.holder))
    if step not in TRANSITIONS or effect.holder not in ("", till):
        return "disputed", f"{effect.before} -> {effect.after} for {effect.holder!r} is not a step a till can take"
    if effect.token > place.token:
        return "parked", ""
    if (effect.token, till, incarnation) != (place.token, place.holder, place.incarnation):
        return "disputed", (
            f"{TRANSITIONS[step]} by {till} under {effect.token.epoch}.{effect.token.hop}, but it is "
            f"{place.state} with {place.holder or 'the office'} under {place.epoch}.{place.hop}"
        )
    quarantined = place.state is OfficeState.QUARANTINE and effect.before is OfficeState.LEASED
    if place.state is not effect.before and not quarantined:
        return "disputed", f"{TRANSITIONS[step]} from {effect.before}, but it is {place.state}"
    if quarantined and effect.after is OfficeState.POOL:
        return "applied", ""
    ticket = effect.ticket or place.ticket if effect.after is OfficeState.SOLD else ""
    place.set(effect.after, effect.holder, incarnation if effect.holder else 0, now, ticket)
    return "applied", ""


def freeze(till: str, incarnation: int, effect: Effect, place: Place | None, now: int) -> None:
    """Nobody may sell this place until a person has read the fact: quarantine, if it is the till's."""
    if place is not None and (place.holder, place.incarnation, place.token) == (till, incarnation, effect.token):
        place.set(OfficeState.QUARANTINE, till, incarnation, now, place.ticket)
