"""Which fact may take which step: the rules alone, without a database."""

from __future__ import annotations

import pytest

from pos.domain.certificate import Hand
from pos.domain.facts import Kind
from pos.domain.rights import Effect, OfficeState, Token
from sync.office.rules.effects import STEPS, TRANSITIONS, apply
from sync.office.rules.history import Author, Outcome
from sync.office.rules.past import Account, Past
from sync.office.rules.places import Place
from tests.peers.small_season import SHOW

HAND = Hand("T1", 1)
ENDING = (Kind.TICKETS_REFUNDED, Kind.TICKETS_EXCHANGED, Kind.TICKETS_VOIDED)


def refund(kind: str, ticket: str = "S-1", past: Past | None = None, epoch: int = 1) -> Outcome:
    """A sold place's ticket ends; the place is at `epoch` by now."""
    place = Place(SHOW, "A-1", 0, OfficeState.SOLD, *HAND, epoch, 0, 0, "S-1")
    ends = Effect(SHOW, "A-1", Token(1, 0), OfficeState.SOLD, OfficeState.LEASED, "T1", ticket)
    return apply(Author(HAND, True), kind, ends, place, {} if past is None else past, 0, None)


def test_every_step_is_some_kinds() -> None:
    assert set().union(*STEPS.values()) == set(TRANSITIONS)


@pytest.mark.parametrize("kind", [*Kind, "TicketsTeleported"])
def test_only_what_takes_tickets_back_ends_one(kind: str) -> None:
    assert refund(kind).verdict == ("applied" if kind in ENDING else "disputed")


@pytest.mark.parametrize(("ticket", "verdict"), [("", "disputed"), ("S-2", "disputed"), ("S-1", "applied")])
def test_what_ends_a_ticket_names_the_places_own(ticket: str, verdict: str) -> None:
    assert refund(Kind.TICKETS_REFUNDED, ticket).verdict == verdict
    then = Account(SHOW, "A-1", Token(1, 0), HAND, Hand("T2", 1))
    then.state, then.ticket = OfficeState.SOLD, "S-1"
    assert refund(Kind.TICKETS_REFUNDED, ticket, {Token(1, 0): then}, epoch=2).verdict == verdict
