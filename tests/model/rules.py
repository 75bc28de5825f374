"""The rules of the protocol, one switch each, and the bounds of a search.

Every rule can be taken away; then a search must find a violation, or the rule would be
there for nothing (`configurations.MUTATIONS`). docs/protocol.md has them in words.
"""

from __future__ import annotations

from dataclasses import dataclass

NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Rules:
    """The guards of the protocol. The default is the protocol as it is."""

    # Tills and the office.
    max_token: bool = True  # a till accepts only a token higher than every one it has known
    let_go_first: bool = True  # a till lets go durably, and only then tells the office or another till
    return_raises_guard: bool = True  # returning a right that never arrived raises the guard, too
    recall_says_what: bool = True  # a recall says whether it asks for the right to sell or the right to refund
    no_clock_reclaims: bool = True  # the office never takes a lease back because it thinks it too old
    # Facts on their way.
    in_number_order: bool = True
    once_per_number: bool = True
    rivals_by_hash: bool = True  # the same number with another hash is no repetition
    effects_alone: bool = True  # what must wait is parked by the effect, not by the fact
    # The right to refund.
    refund_is_a_token: bool = True  # who refunds or exchanges a ticket holds its SOLD token
    # Holds.
    hold_is_a_token: bool = True  # who releases a seat from its hold, or sells it, holds its HELD token
    # Passing on between tills.
    passing_raises_hop: bool = True
    names_receiver: bool = True  # a certificate is for one till,
    names_incarnation: bool = True  # and for one incarnation of it
    certificate_suffices: bool = True  # the office advances on the receiver's fact, without the giver's
    certificate_skips: bool = True  # whatever passings it has not heard of lie before,
    certificate_ends_sale: bool = True  # and even over a sale that the giver must have refunded since
    late_is_history: bool = True  # what a giver did before it let go is booked, not disputed
    # Tills that are replaced, dead or copied.
    amnesia: bool = True  # a ledger behind its mark may not act
    quarantine: bool = True  # the rights of a fenced till are nobody's, not the pool's,
    quarantine_on_arrival: bool = True  # also those that a fact brings it later
    only_originals_sealed: bool = True  # a copy of a disk proves nothing about what the disk did since
    release_asks: bool = True  # a place leaves quarantine only when no other till can have its right;
    release_asks_fenced: bool = True  # fenced tills are asked, too: they may be alive;
    release_asks_all_fences: bool = True  # who answers knows every fence, not only that of the place's holder;
    release_awaits_facts: bool = True  # what it had when it answered has arrived,
    release_awaits_parked: bool = True  # and of this place nothing is parked
    fenced_givers_refused: bool = True  # a till takes no certificate of a giver that it knows to be fenced,
    fences_kept: bool = True  # not even when it has lost its replica,
    joins_with_fences: bool = True  # or was enrolled only afterwards
    # Paper.
    paper_raises_hop: bool = True
    paper_ends_once: bool = True  # a slip that was taken back or entered cannot be taken back again
    paper_ends_at_home: bool = True  # only the till that put a seat on paper takes it back
    lost_pack_quarantined: bool = True


@dataclass(frozen=True)
class Bounds:
    """How far a search goes, and what may happen in it."""

    tills: int = 2
    seats: int = 1
    epochs: int = 3  # grants of one seat to tills
    hops: int = 0  # passings of one grant, to another till or to paper
    facts: int = 3  # of one till that the office has not got yet; with old folders about: of its whole journal
    tickets: int = 3  # of one seat
    given: bool = False  # T0 has the right to every seat from the start
    web: bool = True
    refunds: bool = False
    exchanges: bool = False
    holds: bool = False
    transfers: bool = False
    paper: bool = False
    fenced: frozenset[int] = NOBODY  # tills that may be fenced, whether they are alive or not
    mortal: frozenset[int] = NOBODY  # tills whose disk may be lost
    sealed: frozenset[int] = NOBODY  # tills whose disk may be read and sealed
    joins: frozenset[int] = NOBODY  # tills that are enrolled in the course of it
    successor: bool = False  # the last till is the next incarnation of T0, enrolled once that is fenced
    releases: bool = False  # a supervisor releases places of tills that are gone
    restore: bool = False  # an old copy of a till's folder comes back, once
    forgets: bool = False  # replicas are lost and fetched again
