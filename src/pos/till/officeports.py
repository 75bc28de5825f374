"""What the office answers a till, and how its line is (for `ports`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pos.domain.rights import Token


@dataclass(frozen=True, slots=True)
class RefusedClaim:
    """Why one place was not granted: a refusal code, who has it, since when (epoch seconds, 0 unknown)."""

    place: str
    code: str
    holder: str = ""
    since: int = 0


@dataclass(frozen=True, slots=True)
class SoldRight:
    """The right to refund, exchange and print the `ticket` of a place. `issued`: there is a paper of it,
    and `copies` after that. For a voucher or gift card `worth` is what is left on it, in minor units."""

    place: str
    token: Token
    ticket: str
    copies: int
    issued: bool = True
    worth: int = 0
    valid_until: str = ""


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """What the office said to a claim. `incarnation` is the one the grant was made for.

    `granted` are rights to sell, `sold` rights to refund, `held` those to places in a hold, with its id.
    """

    incarnation: int
    granted: tuple[tuple[str, Token], ...] = ()
    refused: tuple[RefusedClaim, ...] = ()
    sold: tuple[SoldRight, ...] = ()
    held: tuple[tuple[str, Token, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Releasable:
    """The places of a dead till that may be released now; or none, `refused` says why, and `waits_for`
    names who has to be heard first, as (till, incarnation, why)."""

    places: tuple[tuple[str, str], ...] = ()
    refused: str = ""
    waits_for: tuple[tuple[str, int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LeftDrawer:
    """A drawer that a till left with its shift open. `expected` is a decimal string, `since` ISO 8601. `copy` is the
    last fact that a copy of its journal knows, by which this is told; 0 for the office's word."""

    till: str
    incarnation: int
    shift: str
    user: str
    since: str
    expected: str
    copy: int = 0


class LineDown(Exception):
    """The office could not be asked, or did not answer in time. `cause` is for a person."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class LinkState:
    """`cause` is empty online, else one of no_network, no_office, office_refuses, not_our_office, and not_asked
    right after the start.
    `detail` is a sentence for a technician. `since` is ISO 8601. `round_trip_ms` None when unknown.
    `line` is the name of the office's address in use; "" is the main one, or none. `answered_at` (ISO 8601) is
    when the office had last answered as this began, "" for never."""

    state: Literal["online", "offline"]
    cause: str = ""
    detail: str = ""
    since: str = ""
    round_trip_ms: float | None = None
    line: str = ""
    answered_at: str = ""


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """One of the office's addresses; the main one's `name` is "". `address` is host and port, `source` what calls go
    out from, "" when the system chooses. `cause` and `detail` as in LinkState, `since` is ISO 8601: of the state."""

    name: str
    address: str
    source: str
    state: Literal["in_use", "answers", "fails", "not_asked"]
    cause: str = ""
    detail: str = ""
    since: str = ""
