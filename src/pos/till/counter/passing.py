"""Rights passing through this till's hands: accepted, given back, asked back.

The order of every step here is what keeps a seat from being sold twice; the laws are
on top of `pos.domain.rights`.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from pos.domain.allotment import is_low, low_water
from pos.domain.basket import Basket
from pos.domain.choice import block
from pos.domain.facts import Kind
from pos.domain.money import Money
from pos.domain.purse import Purse, is_purse, kind_of
from pos.domain.rights import Effect, OfficeState, OwnRight, OwnState, PlaceState, may_accept
from pos.domain.season import Show
from pos.till.belief import CODES
from pos.till.counter import customer
from pos.till.counter.charge import pinned
from pos.till.desk import Desk, Unit, Verb
from pos.till.ports import ClaimAnswer, Recall, SoldRight
from pos.till.waiting import within

log = logging.getLogger(__name__)
_LET_GO = (OwnState.RETURNED, OwnState.SOLD_RETURNED, OwnState.HELD_RETURNED, OwnState.GIVEN, OwnState.LOST)
REBALANCE_WAIT_S = 3.0  # for other tills to give back what they can do without
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
    if is_purse(show):
        came = {place for _, place, _ in fresh}
        _fill(desk, show, [right for right in answer.sold if right.place in came])
    else:
        for right in answer.sold:
            if right.issued:
                desk.ledger.tickets.put_copies(right.ticket, right.copies)
    if desk.ledger.open_shift() is None:
        give_back(desk, unit, fresh, "no_shift")


def accept_held(desk: Desk, unit: Unit, show: str, answer: ClaimAnswer) -> None:
    """Store rights to places in a hold that were granted, under the same guard as rights to sell."""
    if answer.incarnation != desk.outside.incarnation:
        log.warning("grant for incarnation %s dropped", answer.incarnation)
        return
    if desk.sealed:
        return
    own = desk.rights.get(show, {})
    fresh = [
        (show, place, OwnRight(OwnState.HELD, token, hold))
        for place, token, hold in answer.held
        if may_accept(own.get(place), token)
    ]
    unit.put_rights(fresh)
    if desk.ledger.open_shift() is None:
        give_back(desk, unit, fresh, "no_shift")


def _fill(desk: Desk, show: str, granted: Sequence[SoldRight]) -> None:
    """What is left on purses whose tokens have just come; of others this till knows better."""
    currency = desk.season().venue.currency
    for right in granted:
        until = datetime.fromisoformat(right.valid_until) if right.valid_until else None
        desk.ledger.purses.put(Purse(kind_of(show), right.place, Money(right.worth, currency), until))


def give_back(desk: Desk, unit: Unit, rights: Sequence[tuple[str, str, OwnRight]], reason: str) -> None:
    """Let go of rights and refund tokens, durably, by a fact; only then does anyone hear of it.

    An old copy of a ledger keeps all that it believes it has: it does not know what its till has passed on since.
    """
    if desk.forgot:
        return
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
        elif right.state is OwnState.HELD:
            held = OfficeState.HELD
            effects.append(Effect(show, place, right.token, held, held, "", right.ticket))
            gone.append((show, place, replace(right, state=OwnState.HELD_RETURNED)))
    return effects, gone


def answer_recalls(desk: Desk, asks: Sequence[Recall]) -> list[Recall]:
    """Give back what is idle; the recalls that are declined: for what is in a basket that still runs, paid for
    by card, or on paper, and for what another till lacks but this one cannot do without. A hold is no basket:
    the right to it is idle here whenever nobody is being sold of it. An old copy of a ledger gives nothing back."""
    if desk.forgot:
        return list(asks)
    now = desk.clock.now()
    used = in_use(desk)
    over = [basket for basket in desk.ledger.baskets.all() if basket.expires is not None and now > basket.expires]
    stay = used - (_places(over) - pinned(desk))
    spare = _Spare(desk)
    back: list[tuple[str, str, OwnRight]] = []
    declined: list[Recall] = []
    for ask in asks:
        right = desk.rights.get(ask.show, {}).get(ask.place)
        if right is None or right.token < ask.token:
            # Its grant never arrived. Returning it raises the guard, so that the grant,
            # should it still come, is dropped. Whether it was for the ticket that was sold here is not known.
            never_came = _asked_for(ask)
            ticket = right.ticket if right is not None and ask.sold else ""
            back.append((ask.show, ask.place, OwnRight(never_came, ask.token, ticket)))
        elif right.state is OwnState.PAPER and right.token.epoch == ask.token.epoch:
            declined.append(ask)  # only its numbered ticket brings it back
        elif right.token > ask.token or right.state in _LET_GO:
            continue  # answered already; the fact is on its way
        elif ask.sold and right.state is OwnState.LEASED:
            continue  # refunded here: there is no such right any more, as that fact will tell
        elif OwnState.HELD in (right.state, _asked_for(ask)) and right.state is not _asked_for(ask):
            continue  # held or released here since: the same
        elif (ask.show, ask.place) in (used if ask.spare else stay) or not spare.may_go(ask, right):
            declined.append(ask)
        else:
            back.append((ask.show, ask.place, right))
    if not back:
        return declined
    gone = {(show, place) for show, place, _ in back}
    lost = [basket for basket in desk.ledger.baskets.all() if gone & _places([basket])]
    with desk.unit() as unit:
        give_back(desk, unit, back, "recall")
        for basket in lost:
            desk.ledger.baskets.put(replace(basket, lines=(), articles=(), codes=(), lapsed=True))
    for basket in lost:
        parked = {"number": basket.number, "name": basket.name} if basket.number else {}
        desk.emit("basket", reason="expired", **parked)
    if any(not basket.number for basket in lost):
        customer.basket_taken(desk)
    desk.emit("changed", places=indexes_of(desk, gone | _places(lost)), documents=False)
    return declined


def _places(baskets: Iterable[Basket]) -> set[tuple[str, str]]:
    return {(line.show, line.place) for basket in baskets for line in basket.lines}


def in_baskets(desk: Desk) -> dict[str, set[str]]:
    """Show -> its places in the basket in front, and in those that are parked."""
    found: dict[str, set[str]] = {}
    for show, place in _places(desk.ledger.baskets.all()):
        found.setdefault(show, set()).add(place)
    return found


def _asked_for(ask: Recall) -> OwnState:
    """What a right is that a recall asks for."""
    if ask.held:
        return OwnState.HELD
    return OwnState.SOLD if ask.sold else OwnState.LEASED


class _Spare:
    """How much of each category this till can do without: it keeps its low-water mark."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._left: dict[tuple[str, str], int] = {}

    def may_go(self, ask: Recall, right: OwnRight) -> bool:
        """Whether this right may go; always where it is wanted for a customer."""
        if not ask.spare:
            return True
        seating = self._desk.belief.seating(ask.show)
        ix = seating.find(ask.place)
        if ix is None or right.state is not OwnState.LEASED:
            return False
        key = ask.show, seating.category(ix)
        if key not in self._left:
            ceiling = self._desk.season().show(ask.show).allotment.get(key[1], 0)
            self._left[key] = held_of(self._desk, ask.show)[key[1]] - low_water(ceiling)
        self._left[key] -= 1
        return self._left[key] >= 0


def indexes_of(desk: Desk, places: Iterable[tuple[str, str]]) -> dict[str, list[int]]:
    """show -> where these places stand in its seating, for a repaint. Purses stand nowhere."""
    found: dict[str, list[int]] = {}
    for show, place in places:
        ix = None if is_purse(show) else desk.belief.seating(show).find(place)
        if ix is not None:
            found.setdefault(show, []).append(ix)
    return found


def held_now(desk: Desk) -> list[tuple[str, str, int, int, str, str]]:
    """Every right that this till has: show, place, epoch, hop, state, ticket or hold."""
    return [
        (show, place, *right.token, right.state.value, right.ticket)
        for show, places in desk.rights.items()
        for place, right in places.items()
        if right.state not in _LET_GO
    ]


def in_hand(desk: Desk, show: str) -> int:
    """How many unsold rights of a show this till holds, the basket's included."""
    return sum(right.state is OwnState.LEASED for right in desk.rights.get(show, {}).values())


def allot(desk: Desk) -> Verb[int]:
    """Ask for what every show's allotment still lacks; how many rights came.

    `allotment` is a ceiling, filled as far as the pool allows, in runs of neighbours. What is
    then still below the low-water mark is asked of tills that can do without.
    """
    came = 0
    claims = []
    for show in _on_sale(desk):
        places = lacking(desk, show)
        short = short_of(desk, show, places)
        if places or short:
            claim = desk.outside.office.allot(show.id, places, short, REBALANCE_WAIT_S if short else 0.0)
            claims.append((show, within(claim, ALLOTMENT_WAIT_S)))
    for show, asked in claims:
        answer: ClaimAnswer | None = yield asked
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
    return pinned(desk) | _places(desk.ledger.baskets.all())


def lacking(desk: Desk, show: Show, offered: frozenset[int] | None = None) -> list[str]:
    """Places to ask for so that each category or area reaches its allotment: of the pool, or of what is offered."""
    seating, column = desk.belief.seating(show.id), desk.belief.column(show.id)
    held = held_of(desk, show.id)
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


def held_of(desk: Desk, show: str) -> dict[str, int]:
    """Category or area -> how many unsold rights of it are in hand, of places that may be used."""
    seating, closed = desk.belief.seating(show), desk.called_off.closed.get(show, {})
    held: dict[str, int] = {}
    for place, right in desk.rights.get(show, {}).items():
        ix = seating.find(place)
        if ix is not None and right.state is OwnState.LEASED and place not in closed:
            category = seating.category(ix)
            held[category] = held.get(category, 0) + 1
    return held


def short_of(desk: Desk, show: Show, chosen: Sequence[str]) -> dict[str, int]:
    """What is still lacking when the chosen places have come, of categories that are low even then."""
    seating, held = desk.belief.seating(show.id), held_of(desk, show.id)
    coming = Counter(seating.category(ix) for place in chosen if (ix := seating.find(place)) is not None)
    then = {category: held.get(category, 0) + coming[category] for category in show.allotment}
    return {
        category: ceiling - then[category]
        for category, ceiling in show.allotment.items()
        if is_low(then[category], ceiling)
    }


def low(desk: Desk, show: str) -> bool:
    """Whether less than half of what a show allots of some category is still in hand."""
    held = held_of(desk, show)
    return any(is_low(held.get(name, 0), ceiling) for name, ceiling in desk.season().show(show).allotment.items())
