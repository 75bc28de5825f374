"""What is in the paper pack of a show: read off the till in one step, as finished text in the language of its paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from pos.domain.calendar import Calendar
from pos.domain.contingency.level import Level
from pos.domain.housechart import PAPER, HouseChart
from pos.domain.money import Money
from pos.domain.paperpack import (
    Basis,
    Caller,
    Numbered,
    PaperPack,
    Pickup,
    PriceRow,
    PriceSheet,
    SeatRun,
    of_day,
    runs,
)
from pos.domain.price import PriceTable, PriceType, next_version, version_at
from pos.domain.rights import OwnState
from pos.domain.season import Show, name_in
from pos.domain.seating import Seating
from pos.till.contingency.plan import plan_of
from pos.till.counter import house
from pos.till.counter.passing import in_use
from pos.till.desk import Desk
from pos.till.orders import pickups


def today(desk: Desk) -> list[Show]:
    """The shows that have a pack: those that may yet be sold today."""
    venue = desk.season().venue
    calendar = Calendar(ZoneInfo(venue.timezone), venue.day_ends)
    return of_day(desk.season().shows.values(), calendar, desk.clock.now())


def basis_of(desk: Desk, show: str) -> Basis:
    """What a pack made now would say, as far as a change of it counts."""
    season, now = desk.season(), desk.clock.now()
    the_show, own = season.show(show), desk.rights.get(show, {})
    prices = version_at(season.prices.values(), the_show.prices, now)
    versions = (
        prices.id if prices is not None else "",
        the_show.starts.isoformat(),
        the_show.plan_version,
        the_show.announced.version,
        plan_of(desk).version,
    )
    closed = desk.called_off.closed.get(show, {})
    hand = frozenset(place for place, right in own.items() if right.state is OwnState.LEASED and place not in closed)
    return Basis(hand, frozenset(place for place, right in own.items() if right.state is OwnState.PAPER), versions)


def pack_of(desk: Desk, show: str, waiting: Sequence[Pickup]) -> PaperPack:
    """The pack as of now, with who comes for tickets. Raises Refused("unknown_show" | "offline")."""
    season, language = desk.season(), desk.outside.locale
    the_show, seating = season.show(show), desk.belief.seating(show)
    now = desk.clock.now().astimezone(ZoneInfo(season.venue.timezone)).isoformat(timespec="seconds")
    title, as_of = name_in(the_show.titles, language) or the_show.production, str(desk.replica.office_time() or "")
    plan = plan_of(desk)
    return PaperPack(
        show,
        title,
        season.venue.name,
        the_show.starts.isoformat(),
        season.tills.get(desk.outside.till, desk.outside.till),
        now,
        as_of,
        plan.version,
        steps=tuple(name_in(step, language) for step in plan.levels[Level.PAPER].steps),
        people=tuple(Caller(one.name, name_in(one.role, language), one.telephone) for one in plan.people),
        chart=_chart(desk, the_show, seating, title, now, as_of),
        seats=tuple(_in_hand(desk, show, seating)),
        pickups=tuple(waiting),
        prices=tuple(_prices(desk, the_show, seating)),
        fees=tuple(
            (name_in(fee.names, language) or fee.id, fee.amount)
            for fee in season.fees
            if fee.per == "sale" and fee.here
        ),
        tickets=tuple(_numbered(desk, show, seating)),
        training=desk.outside.cable is not None,
    )


def _chart(desk: Desk, show: Show, seating: Seating, title: str, now: str, as_of: str) -> HouseChart | None:
    """The hall, with what is on paper told from what other windows have."""
    seen = house.seat_map(desk, show=show.id)
    if seen.plan is None:
        return None
    states = bytearray(seen.states)
    for place, right in desk.rights.get(show.id, {}).items():
        ix = seating.find(place)
        if right.state is OwnState.PAPER and ix is not None and ix < seating.seats:
            states[ix] = PAPER
    areas = tuple(
        (area["place"], area["free"] + area["here"] + area["elsewhere"], area["capacity"]) for area in seen.areas
    )
    venue = desk.season().venue.name
    return HouseChart(
        show.id, title, venue, show.starts.isoformat(), now, as_of, seen.plan, bytes(states), seen.holds, areas
    )


def _in_hand(desk: Desk, show: str, seating: Seating) -> Iterator[SeatRun]:
    """By category and row; what somebody is buying at this moment, and what may not be used, is not among them."""
    used, closed = in_use(desk), desk.called_off.closed.get(show, {})
    found: dict[tuple[int, str], list[int]] = {}
    for place, right in desk.rights.get(show, {}).items():
        ix = seating.find(place)
        if ix is not None and right.state is OwnState.LEASED and (show, place) not in used and place not in closed:
            row = seating.plan.row[ix] if seating.plan is not None and ix < seating.seats else len(seating)
            found.setdefault((row, seating.category(ix)), []).append(ix)
    for (row, category), places in sorted(found.items()):
        if seating.plan is None or row == len(seating):
            yield SeatRun(category, "", "", len(places))
            continue
        drawn, plan = seating.plan.rows[row], seating.plan
        numbers = sorted((plan.numbers[ix] for ix in places), key=_by_number)
        yield SeatRun(category, f"{plan.zones[drawn.zone]} {drawn.label}", runs(numbers), len(places))


def _by_number(number: str) -> tuple[int, str]:
    return (int(number) if number.isdecimal() else 0, number)


def pickups_of(desk: Desk, show: str) -> list[Pickup]:
    """Who may come for tickets. Raises Refused("unknown_show" | "offline")."""
    tills, seating, found = desk.season().tills, desk.belief.seating(show), []
    for one in pickups.of_show(desk, show):
        if one.state != "collected":
            ix = seating.find(one.ticket["unit"])
            till = one.handed.get("till", "") if one.state == "ready" else ""
            label = seating.label(ix) if ix is not None else one.ticket["place"]
            found.append(Pickup(one.name, one.sale["id"], label, tills.get(till, till)))
    return found


def _numbered(desk: Desk, show: str, seating: Seating) -> Iterator[Numbered]:
    """What is out of this show, in the order in which it went out."""
    book = desk.ledger.packs
    for pack in reversed(book.packs()):
        for ticket in book.of(pack.id) if pack.show == show else ():
            if ticket.state == "out":
                ix = seating.find(ticket.place)
                place = seating.label(ix) if ix is not None else ticket.shown
                short = f"{int(pack.id.rpartition('P')[2])}/{ticket.number}"
                yield Numbered(ticket.id, short, place, ticket.category)


# ---- prices ----------------------------------------------------------------------------------


def types_on_paper(desk: Desk) -> list[tuple[int, PriceType]]:
    """The price types that may be sold by hand: all that need neither a supervisor nor a member's number. Each has the
    number of its key where it is keyed in, which is its place among all of the season's."""
    return [
        (number, kind)
        for number, kind in enumerate(desk.season().price_types.values(), 1)
        if kind.kind not in ("comp", "member") and not kind.approval
    ]


def sold_by_hand(desk: Desk, show: Show) -> set[str]:
    """The categories of which a ticket can be sold by hand on its own: they have a price for somebody who is nobody's
    companion."""
    table = version_at(desk.season().prices.values(), show.prices, desk.clock.now())
    kinds = [kind.id for _, kind in types_on_paper(desk) if not kind.companion]
    prices = table.table if table is not None else {}
    return {category for category, row in prices.items() if any(kind in row for kind in kinds)}


def _prices(desk: Desk, show: Show, seating: Seating) -> Iterator[PriceSheet]:
    """The prices of now, and those that come before the show sells no more."""
    season, now = desk.season(), desk.clock.now()
    table = version_at(season.prices.values(), show.prices, now)
    if table is not None:
        yield PriceSheet("", tuple(_rows(desk, seating, table)))
    coming = next_version(season.prices.values(), show.prices, now)
    if coming is not None and _before(coming.valid_from, show.sales_until):
        since = coming.valid_from.isoformat() if coming.valid_from is not None else ""
        yield PriceSheet(since, tuple(_rows(desk, seating, coming)))


def _before(moment: datetime | None, end: datetime) -> bool:
    return moment is not None and moment < end


def _rows(desk: Desk, seating: Seating, table: PriceTable) -> Iterator[PriceRow]:
    season, language = desk.season(), desk.outside.locale
    fees = [fee.amount.minor for fee in season.fees if fee.per == "ticket" and fee.here]
    each, none = Money(sum(fees), season.venue.currency), Money.zero(season.venue.currency)
    for number, kind in types_on_paper(desk):
        prices = {
            category: price + (none if kind.exempt else each)
            for category in seating.categories()
            if (price := table.table.get(category, {}).get(kind.id)) is not None
        }
        if prices:
            yield PriceRow(number, name_in(kind.names, language) or kind.id, kind.proof, prices)
