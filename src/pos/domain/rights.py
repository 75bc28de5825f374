"""Rights: who may sell a place, and what a till believes about it.

The laws, on top of the table (docs/protocol.md has the whole protocol):

* A right is in one hand. The office raises `epoch` with every grant; passing on, to
  another till or to paper, raises `hop`. A token names one passing of one right.
* A till accepts a token only when it is higher than every token it has known for
  that place, so a late or repeated grant never comes alive again.
* Giving back is a fact: the till lets go first, durably, and only then tells.
* The right to refund is the token of a sold place, and the right to release a hold or to sell from it the
  token of a held one: whoever has it may, and nobody else. It moves under the same laws.
* What a till believes is the office's word overlaid by its own ledger: the higher
  token wins, and at equal tokens the ledger, which is never behind for its own acts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Token(NamedTuple):
    """One passing of one right. Compares by epoch, then hop."""

    epoch: int
    hop: int


NO_TOKEN = Token(0, 0)


class OfficeState(StrEnum):
    """What the office's record says of a place."""

    POOL = "POOL"
    HELD = "HELD"
    LEASED = "LEASED"
    SOLD = "SOLD"
    PAPER = "PAPER"
    QUARANTINE = "QUARANTINE"


class OwnState(StrEnum):
    """What this till's ledger says of the last token it had for a place.

    What this till let go of is kept for ever, too: its token is the guard that a late
    grant is measured against. GIVEN went to another till, PAPER is on a numbered ticket
    of a pack, LOST was on a pack that nobody has any more.
    """

    LEASED = "LEASED"
    SOLD = "SOLD"
    HELD = "HELD"
    RETURNED = "RETURNED"
    SOLD_RETURNED = "SOLD_RETURNED"
    HELD_RETURNED = "HELD_RETURNED"
    GIVEN = "GIVEN"
    PAPER = "PAPER"
    LOST = "LOST"


class PlaceState(StrEnum):
    """What a cashier is told of a place (docs/headless.md)."""

    FREE = "free"
    HERE = "here"
    ELSEWHERE = "elsewhere"
    HELD = "held"
    SOLD = "sold"


@dataclass(frozen=True, slots=True)
class OfficeRight:
    """The office's word on a place. `holder` is a till, or "" for the office itself.

    `since` is epoch seconds by the office's clock, a label and never an order.
    """

    state: OfficeState
    holder: str
    since: int
    token: Token


@dataclass(frozen=True, slots=True)
class OwnRight:
    """This till's last token for a place and what became of it.

    `ticket` names what is sold under it: the place may have been sold before, under another. Of a held
    place it names the hold.
    """

    state: OwnState
    token: Token
    ticket: str = ""


UNTOUCHED = OfficeRight(OfficeState.POOL, "", 0, NO_TOKEN)

_OWN: dict[OwnState, PlaceState] = {
    OwnState.LEASED: PlaceState.HERE,
    OwnState.SOLD: PlaceState.SOLD,
    OwnState.HELD: PlaceState.HELD,
    OwnState.RETURNED: PlaceState.FREE,
    OwnState.SOLD_RETURNED: PlaceState.SOLD,
    OwnState.HELD_RETURNED: PlaceState.HELD,
    OwnState.GIVEN: PlaceState.ELSEWHERE,
    OwnState.PAPER: PlaceState.ELSEWHERE,
    OwnState.LOST: PlaceState.ELSEWHERE,
}

_OFFICE: dict[OfficeState, PlaceState] = {
    OfficeState.POOL: PlaceState.FREE,
    OfficeState.HELD: PlaceState.HELD,
    OfficeState.LEASED: PlaceState.ELSEWHERE,
    OfficeState.SOLD: PlaceState.SOLD,
    OfficeState.PAPER: PlaceState.ELSEWHERE,
    OfficeState.QUARANTINE: PlaceState.ELSEWHERE,
}


def believed(till: str, office: OfficeRight, own: OwnRight | None) -> PlaceState:
    """What the till named `till` takes a place to be."""
    if own is not None and own.token >= office.token:
        return _OWN[own.state]
    if office.state is OfficeState.LEASED and office.holder == till:
        # Granted, but the grant never arrived: asking again brings the same token.
        return PlaceState.FREE
    return _OFFICE[office.state]


def may_accept(own: OwnRight | None, token: Token) -> bool:
    """Whether a grant of `token` may come alive here (the max_token guard)."""
    return own is None or token > own.token


def ended_elsewhere(was: OwnRight | None, now: OwnRight) -> str:
    """The ticket, "" for none, that was sold here under `was` and must have ended without this till: its right
    to refund had been given back, and the place comes back under a higher token, and not as that ticket's."""
    returned = was is not None and was.state is OwnState.SOLD_RETURNED
    return was.ticket if was is not None and returned and now.token > was.token and now.ticket != was.ticket else ""


def may_sell(office: OfficeRight, own: OwnRight | None) -> bool:
    """A till sells only a right it holds and that nobody has passed on since."""
    return own is not None and own.state is OwnState.LEASED and own.token >= office.token


def may_use_hold(office: OfficeRight, own: OwnRight | None) -> bool:
    """A till releases, or sells from its hold, only a place whose right it has and that nobody has had since."""
    return own is not None and own.state is OwnState.HELD and own.token >= office.token


@dataclass(frozen=True, slots=True)
class Effect:
    """What a fact does to one place: compare `before` at `token`, then set `after`.

    `holder` is who has the right afterwards, "" for the office. A sale keeps its till
    as holder, because a sold token is the right to refund. `ticket` names the ticket
    that begins (after SOLD) or ends (before SOLD), the one of a pack (PAPER), or else the hold (HELD).
    """

    show: str
    place: str
    token: Token
    before: OfficeState
    after: OfficeState
    holder: str
    ticket: str = ""

    @property
    def leaves(self) -> Token:
        """The token that it leaves: passing a right on, to another till or to paper, raises the hop."""
        passed = self.before is OfficeState.LEASED and self.after in (OfficeState.LEASED, OfficeState.PAPER)
        return Token(self.token.epoch, self.token.hop + 1) if passed else self.token

    def to_json(self) -> list[object]:
        return [self.show, self.place, *self.token, self.before, self.after, self.holder, self.ticket]

    @classmethod
    def from_json(cls, value: object) -> Effect:
        """Raises ValueError on anything that `to_json` would not have written."""
        match value:
            case [
                str(show), str(place), int(epoch), int(hop),
                str(before), str(after), str(holder), str(ticket),
            ]:  # fmt: skip
                return cls(show, place, Token(epoch, hop), OfficeState(before), OfficeState(after), holder, ticket)
        raise ValueError(f"{value!r} is not a place effect")
