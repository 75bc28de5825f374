"""Rights passing through this till's hands: accepted, given back, asked back.

The order of every step here is what keeps a seat from being sold twice; the laws are
on top of `pos.domain.rights`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pos.domain.choice import block
from pos.domain.facts import Kind
from pos.domain.rights import Effect, OfficeState, OwnRight, OwnState, PlaceState, may_accept
from pos.domain.season import Show
from pos.till.belief import CODES
from pos.till.counter.charge import pinned
from pos.till.desk import Desk, Unit, Verb, within
from pos.till.ports import ClaimAnswer, Recall

log = logging.getLogger(__name__)
_LET_GO = (OwnState.RETURNED, OwnState.SOLD_RETURNED, OwnState.GIVEN, OwnState.LOST)
ALLOTMENT_WAIT_S = 4.0  # of the five seconds in which a shift must be open


def accept(desk: Desk, unit: Unit, show: str, answer: ClaimAnswer) -> list[str]:
    """Store what was granted; the places that are now in hand.

    A grant for another incarnation, or with a token that is not higher than the last
    one known, is a late one and is dropped: its right has passed on since. One that comes
    after the shift has closed is given back at once: a closed till hoards nothing.
    """
    if answer.incarnation != desk.outside.incarnation:
        log.warning("grant for incarnation %s dropped", answer.incarnation)
        return []
    if desk.sealed:
        return []  # it has given back all it ever had, and takes nothing any more
    own = desk.rights.get(show, {})
    fresh: list[tuple[str, str, OwnRight]] = []
    in_hand: list[str] = []
    for place, token in answer.granted:
        was = own.get(place)
        if may_accept(was, token):
            fresh.append((show, place, OwnRight(OwnState.LEASED, token)))
            in_hand.append(place)
        elif was is not None and was.token == token and was.state is OwnState.LEASED:
            in_hand.append(place)
    unit.put_rights(fresh)
    if desk.ledger.open_shift() is None:
        give_back(desk, unit, fresh, "no_shift")
        return []
    return in_hand


def accept_sold(desk: Desk, unit: Unit, show: str, answer: ClaimAnswer) -> None:
    """Store rights to refund that were granted, under the same guard as rights to sell."""
    if answer.incarnation != desk.outside.incarnation:
        log.warning("grant for incarnation %s dropped", answer.incarnation)
        return
    own = desk.rights.get(show, {})
    fresh = [
        (show, right.place, OwnRight(OwnState.SOLD, right.token, right.ticket))
        for right in answer.sold
        if may_accept(own.get(right.place), right.token)
    ]
    unit.put_rights(fresh)
    for right in answer.sold:
        if right.issued:
            desk.ledger.tickets.put_copies(right.ticket, right.copies)
    if desk.ledger.open_shift() is None:
        give_back(desk, unit, fresh, "no_shift")


def give_back(desk: Desk, unit: Unit, rights: Sequence[tuple[str, str, OwnRight]], reason: str) -> None:
    """Let go of rights and refund tokens, durably, by a fact; only then does anyone hear of it."""
    effects, gone = let_go(rights)
    if effects:
        unit.record(Kind.RIGHTS_RETURNED, {"reason": reason}, effects=effects)
        unit.put_rights(gone)


def let_go(rights: Iterable[tuple[str, str, OwnRight]]) -> tuple[list[Effect], list[tuple[str, str, OwnRight]]]:
    """The effects by which these rights go back, and how the ledger has them then."""
    effects: list[Effect] = []
    gone: list[tuple[str, str, OwnRight]] = []
    for show, place, right in rights:
        if right.state is OwnState.LEASED:
            effects.append(Effect(show, place, right.token, OfficeState.LEASED, OfficeState.POOL, ""))
            gone.append((show, place, replace(right, state=OwnState.RETURNED)))
        elif right.state is OwnState.SOLD:
            effects.append(Effect(show, place, right.token, OfficeState.SOLD, OfficeState.SOLD, ""))
            gone.append((show, place, replace(right, state=OwnState.SOLD_RETURNED)))
    return effects, gone


def answer_recalls(desk: Desk, asks: Sequence[Recall]) -> list[Recall]:
    """Give back what is idle; the recalls that are declined: for what is in a basket that still runs, paid for
    by card, or on paper."""
    basket = desk.ledger.basket()
    lapsed = basket is not None and basket.expires is not None and desk.clock.now() > basket.expires
    in_basket = {(line.show, line.place) for line in basket.lines} if basket else set()
    stay = pinned(desk) | (set() if lapsed else in_basket)
    back: list[tuple[str, str, OwnRight]] = []
    declined: list[Recall] = []
    for ask in asks:
        right = desk.rights.get(ask.show, {}).get(ask.place)
        if right is None or right.token < ask.token:
            # Its grant never arrived. Returning it raises the guard, so that the grant,
            # should it still come, is dropped.
            never_came = OwnState.SOLD if ask.sold else OwnState.LEASED
            back.append((ask.show, ask.place, OwnRight(never_came, ask.token)))
        elif right.state is OwnState.PAPER and right.token.epoch == ask.token.epoch:
            declined.append(ask)  # only its numbered ticket brings it back
        elif right.token > ask.token or right.state in _LET_GO:
            continue  # answered already; the fact is on its way
        elif ask.sold and right.state is OwnState.LEASED:
            continue  # refunded here: there is no such right any more, as that fact will tell
        elif (ask.show, ask.place) in stay:
            declined.append(ask)
        else:
            back.append((ask.show, ask.place, right))
    if not back:
        return declined
    with desk.unit() as unit:
        give_back(desk, unit, back, "recall")
        if basket is not None and in_basket & {(show, place) for show, place, _ in back}:
            desk.ledger.put_basket(replace(basket, lines=(), lapsed=True))
    if basket is not None and in_basket & {(show, place) for show, place, _ in back}:
        desk.emit("basket", reason="expired")
    desk.emit("changed", places=indexes_of(desk, ((show, place) for show, place, _ in back)), documents=False)
    return declined


def indexes_of(desk: Desk, places: Iterable[tuple[str, str]]) -> dict[str, list[int]]:
    """show -> where these places stand in its seating, for a repaint."""
    found: dict[str, list[int]] = {}
    for show, place in places:
        ix = desk.belief.seating(show).find(place)
        if ix is not None:
            found.setdefault(show, []).append(ix)
    return found


def in_hand(desk: Desk, show: str) -> int:
    """How many unsold rights of a show this till holds, the basket's included."""
    return sum(right.state is OwnState.LEASED for right in desk.rights.get(show, {}).values())


def allot(desk: Desk) -> Verb[int]:
    """Ask for what every show's allotment still lacks; how many rights came.

    `allotment` is a ceiling, filled as far as the pool allows, in runs of neighbours.
    """
    came = 0
    wanted = [(show, places) for show in _on_sale(desk) if (places := lacking(desk, show))]
    claims = [
        (show, within(desk.outside.office.claim(show.id, places, whole=False, wait_s=0.0), ALLOTMENT_WAIT_S))
        for show, places in wanted
    ]
    for show, claim in claims:
        answer: ClaimAnswer | None = yield claim
        if answer is None or not answer.granted:
            continue
        with desk.unit() as unit:
            came += len(accept(desk, unit, show.id, answer))
        indexes = indexes_of(desk, ((show.id, place) for place, _ in answer.granted))
        desk.emit("changed", places=indexes, documents=False)
    return came


def _on_sale(desk: Desk) -> list[Show]:
    now = desk.clock.now()
    return [show for show in desk.season().shows.values() if show.allotment and show.sells_at(now)]


def in_use(desk: Desk) -> set[tuple[str, str]]:
    """Places that a customer is being sold: nobody else gets them meanwhile."""
    basket = desk.ledger.basket()
    return pinned(desk) | ({(line.show, line.place) for line in basket.lines} if basket else set())


def lacking(desk: Desk, show: Show, offered: frozenset[int] | None = None) -> list[str]:
    """Places to ask for so that each category or area reaches its allotment: of the pool, or of what is offered."""
    seating, column = desk.belief.seating(show.id), desk.belief.column(show.id)
    own = desk.rights.get(show.id, {})
    held: dict[str, int] = {}
    for place, right in own.items():
        ix = seating.find(place)
        if ix is not None and right.state is OwnState.LEASED:
            category = seating.category(ix)
            held[category] = held.get(category, 0) + 1
    free = CODES[PlaceState.FREE]

    def to_be_had(ix: int) -> bool:
        return column[ix] == free if offered is None else ix in offered

    part = _part(desk)
    chosen: list[str] = []
    for category, ceiling in show.allotment.items():
        count = ceiling - held.get(category, 0)
        if count <= 0:
            continue
        if category in seating.capacity:
            units = seating.units(category)
            order = [*units[int(len(units) * part) :], *units[: int(len(units) * part)]]
            chosen += [seating.place(ix) for ix in order if to_be_had(ix)][:count]
        elif seating.plan is not None:
            plan = seating.plan
            chosen += [plan.place_ids[ix] for ix in block(plan, category, count, to_be_had, part)]
    return chosen


def _part(desk: Desk) -> float:
    """Where in the hall this till begins to look, so that tills do not ask for the same rows."""
    tills = sorted(desk.season().tills)
    return tills.index(desk.outside.till) / len(tills) if desk.outside.till in tills else 0.0


def low(desk: Desk, show: str) -> bool:
    """Whether less than half of a show's allotment is still in hand."""
    allotment = sum(desk.season().show(show).allotment.values())
    return allotment > 0 and in_hand(desk, show) * 2 < allotment
