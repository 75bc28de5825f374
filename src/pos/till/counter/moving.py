"""A basket goes to another show: the same seats where they are free there, else the best of their category."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pos.domain.basket import Basket, Line, fee_lines
from pos.domain.best import Field, split, together
from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.domain.season import Show
from pos.domain.seating import Seating
from pos.till.counter.finding import field_of, to_be_had
from pos.till.counter.quoting import quoted_line, repriced
from pos.till.counter.sell import Wish, changing, orphan_warnings, put, reason_for, rights_for, wishes_for
from pos.till.desk import Desk, Verb

_STAYS = ("comp", "member", "approver", "name")  # marks that are as true of the other show


@dataclass(frozen=True)
class _Move:
    """A line, and what it becomes; `same` says that it keeps its place."""

    line: Line
    wish: Wish
    same: bool


def move_basket(
    desk: Desk, *, show: str, of: str = "", preview: bool = False, orphan_ok: bool = False, reason: str = ""
) -> Verb[dict[str, Any]]:
    """Move the basket's tickets, all or none, at the other show's prices; articles and other shows' tickets stay.

    `of` names the show they are for, where there are several; `preview` says what would come of it, and changes
    nothing. Raises Refused: basket_empty, bad_request, what `add` raises, and sold (`place`: the category, `free`)
    where there are not so many.
    """
    basket = changing(desk)
    desk.check_not_fenced()
    the_show = desk.season().show(show)
    lines = _lines_of(basket, show, of)
    moves = _moves(desk, the_show, lines)
    if preview:
        units = [_unit(move.wish) for move in moves]
        return _told(desk, basket, _moved(desk, basket, the_show, moves, units, ""), moves)
    wishes = [move.wish for move in moves]
    warnings = orphan_warnings(desk, the_show, desk.belief.seating(show), wishes, orphan_ok, reason)
    rights = yield from rights_for(desk, the_show, wishes)
    # While the office was asked, somebody may have signed out, closed the shift, or changed the basket.
    basket = changing(desk)
    if [line for line in basket.lines if line.show == lines[0].show] != lines:
        raise Refused("not_allowed", what="move_basket", reason="the basket has changed meanwhile")
    moved = _moved(desk, basket, the_show, moves, rights, reason_for(warnings, reason if orphan_ok else ""))
    answer = _told(desk, basket, moved, moves)
    touched = [*lines, *(line for line in moved.lines if line.show == show)]
    answer |= put(desk, moved, touched)
    return answer | {"warnings": warnings} if warnings else answer


def _lines_of(basket: Basket, show: str, of: str) -> list[Line]:
    shows = list(dict.fromkeys(line.show for line in basket.lines))
    if not shows:
        raise Refused("basket_empty")
    if of and of not in shows:
        raise Refused("bad_request", field="of", reason="the basket has no ticket for that show", shows=shows)
    others = [of] if of else [one for one in shows if one != show]
    if len(others) != 1 or others == [show]:
        reason = "name the show whose tickets move, another than the one they go to"
        raise Refused("bad_request", field="of", reason=reason, shows=shows)
    return [line for line in basket.lines if line.show == others[0]]


def _moves(desk: Desk, show: Show, lines: Sequence[Line]) -> list[_Move]:
    """What each line becomes. A party is not torn apart: where one of a category cannot keep its seat, none does."""
    old, new = desk.belief.seating(lines[0].show), desk.belief.seating(show.id)
    free = to_be_had(desk, show.id, new)
    by_category: dict[str, list[Line]] = {}
    for line in lines:
        by_category.setdefault(line.category, []).append(line)
    found: dict[int, tuple[str, bool]] = {}
    taken: set[int] = set()
    for category, party in by_category.items():
        for line, (place, ix, same) in zip(
            party, _places(desk, show, old, new, free, category, party, taken), strict=True
        ):
            found[line.line] = place, same
            taken |= set() if ix is None else {ix}
    return [_Move(line, _wish(desk, show, new, line, found[line.line][0]), found[line.line][1]) for line in lines]


def _places(
    desk: Desk, show: Show, old: Seating, new: Seating, free: Callable[[int], bool], category: str,
    party: Sequence[Line], taken: set[int],
) -> list[tuple[str, int | None, bool]]:  # fmt: skip
    """For each of a party: the place as faces name it, its index or None for any unit of an area, whether it is
    the one it had."""
    if category in new.capacity:
        return [(category, None, True)] * len(party)
    if category not in new.categories():
        raise Refused("unknown_place", show=show.id, place=category, category=category)
    same = [new.find(old.shown(ix)) if (ix := old.find(line.place)) is not None else None for line in party]
    if all(ix is not None and free(ix) and new.category(ix) == category for ix in same):
        return [(new.shown(ix), ix, True) for ix in same if ix is not None]
    plan = new.plan
    assert plan is not None, "a category that is no area is a plan's"
    wanted = frozenset(c for c, item in enumerate(plan.categories) if item.name == category)
    whole = field_of(desk, show, new, plan, wanted)
    field = Field(plan, lambda ix: ix not in taken and free(ix), whole.vacant, wanted, show.taste)
    choice = together(field, len(party)) or split(field, len(party))
    if choice is None:
        left = sum(plan.category[ix] in wanted and free(ix) for ix in range(len(plan)))
        raise Refused("sold", show=show.id, place=category, free=left)
    return [(plan.place_ids[ix], ix, False) for ix in choice.seats]


def _wish(desk: Desk, show: Show, seating: Seating, line: Line, place: str) -> Wish:
    member = str(line.marks.get("member", ""))
    (wish,) = wishes_for(desk, show, seating, [place], line.price_type, line.proof, member=member)
    return wish


def _unit(wish: Wish) -> str:
    """A name for a unit of an area that is not chosen yet."""
    return wish.shown if wish.ix is not None else f"{wish.shown}#0"


def _moved(
    desk: Desk, basket: Basket, show: Show, moves: Sequence[_Move], places: Sequence[str], reason: str
) -> Basket:
    """The basket with its lines at their new places, priced; Raises Refused for a mixture that is not sold."""
    new: dict[int, Line] = {}
    for move, place in zip(moves, places, strict=True):
        line, wish = move.line, move.wish
        marks: Mapping[str, Any] = {name: mark for name, mark in line.marks.items() if name in _STAYS}
        made = quoted_line(
            desk, line.line, show.id, place, wish.category, line.price_type, wish.price, line.proof, wish.prices, marks
        )
        new[line.line] = replace(made, partner=line.partner, orphan_reason=reason)
    return repriced(desk, replace(basket, lines=tuple(new.get(line.line, line) for line in basket.lines)), keep=False)


def _told(desk: Desk, before: Basket, after: Basket, moves: Sequence[_Move]) -> dict[str, Any]:
    """What moves where, and what that comes to."""
    season = desk.season()
    currency = season.venue.currency

    def total_of(basket: Basket) -> Money:
        return basket.total(fee_lines(season.fees, basket.bearing), currency)

    prices = {line.line: line.price for line in after.lines}
    seating = desk.belief.seating(moves[0].line.show)
    rows = [
        {
            "line": move.line.line,
            "was": seating.shown(ix) if (ix := seating.find(move.line.place)) is not None else move.line.place,
            "place": move.wish.shown,
            "same": move.same,
            "price": str(prices[move.line.line]),
            "was_price": str(move.line.price),
        }
        for move in moves
    ]
    was, now = total_of(before), total_of(after)
    return {"moves": rows, "total": str(now), "difference": str(now - was)}
