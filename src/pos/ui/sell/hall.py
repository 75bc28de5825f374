"""The hall of the chosen show, kept fresh: whole once, then only the seats that changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

from pos.domain.live import HOLD
from pos.domain.seatnames import find_seats
from pos.ui.bridge import Answer
from pos.ui.session import Session

if TYPE_CHECKING:
    from pos.domain.plan import Plan


# Codes of the till's map columns that matter without the map: free in the pool, in hand here.
_FREE: Final = 0
_HERE: Final = 1


class Hall(QObject):
    """Plan, states and areas of one show.

    `opened` means a whole new hall; `seats_changed` carries indexes and their new states;
    `areas_changed` says that the counts of the areas are new.
    """

    opened = Signal()
    seats_changed = Signal(object, object)
    areas_changed = Signal()
    holds_changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.show_id = ""
        self.plan: Plan | None = None
        self.states = bytearray()
        self.areas: list[dict[str, Any]] = []
        self.holds: dict[int, str] = {}  # seat -> the letter of what it is held for
        self._held: dict[str, dict[str, Any]] = {}  # place -> its hold
        self.turn = 0  # by how many quarters the hall is shown turned
        self.opened_show = ""
        self._stale: set[int] = set()
        self._reading = False
        self._left: dict[str, int] | None = None
        session.heard.connect(self._heard)
        session.linked.connect(self._count_again)

    def open(self, show: str) -> None:
        """Fetch the whole hall of `show`; what was there stays on screen until it is here."""
        self.show_id = show
        self._stale.clear()
        self._fetch()

    @property
    def here(self) -> bool:
        """Whether this is the hall of `show_id`, and not still the one before it: a seat there would be another."""
        return self.opened_show == self.show_id

    def _fetch(self) -> None:
        show = self.show_id

        def done(data: Any) -> None:
            if data.holds or self.holds:
                self.holds = dict(data.holds)
                self.session.bridge.latest("held", "holds", self._take_holds, show=show)
            same = self.opened_show == show and (data.plan is self.plan or len(data.states) == len(self.states))
            before, self.states = self.states, bytearray(data.states)
            self._count_again()
            self.plan, self.areas, self.opened_show = data.plan, list(data.areas), show
            if not same:
                self.turn = data.turn
            if not same:
                self.opened.emit()
                return
            # The same hall again: only what differs is repainted, and the view stays where it is.
            moved = [ix for ix, state in enumerate(self.states) if state != before[ix]]
            self.seats_changed.emit(moved, bytes(self.states[ix] for ix in moved))
            self.areas_changed.emit()

        self.session.bridge.follow(self.session.bridge.till.seat_map(show), done, channel="hall")

    # ---- changes -----------------------------------------------------------------------

    def _heard(self, event: Answer) -> None:
        if event.get("event") == "changed":
            if HOLD in (event.get("records") or ()) and self.show_id:
                self._fetch()
            places = event.get("places") or {}
            if self.show_id in places:
                self._read_again(places[self.show_id])

    def _take_holds(self, answer: Answer) -> None:
        self._held = {place["place"]: hold for hold in answer["holds"] for place in hold["places"]}
        self.holds_changed.emit()

    def held_for(self, ix: int) -> dict[str, Any] | None:
        """The hold that a seat is in, None where that is not known."""
        return self._held.get(self.plan.place_ids[ix]) if self.plan is not None else None

    def touch(self, seats: Iterable[tuple[str, int]]) -> None:
        """Look again at seats this window itself has changed, as (show, index)."""
        mine = [ix for show, ix in seats if show == self.show_id]
        if mine:
            self._read_again(mine)

    def look_again(self, show: str, places: Sequence[str]) -> None:
        """Look again at places that were refused: what the map says of them is old."""
        if show == self.show_id and self.plan is not None:
            self._read_again([self.plan.index[place] for place in places if place in self.plan.index])

    def _read_again(self, indices: Sequence[int]) -> None:
        """Read some seats; none named means all of them.

        One read runs at a time and later wishes wait for it, so that an older answer can
        never arrive after a newer one.
        """
        seats = [ix for ix in indices if 0 <= ix < len(self.states)]
        if not indices or len(seats) < len(indices):
            # Something beyond the seats: a unit of an area, whose counts come with the whole.
            self._fetch()
            return
        self._stale.update(seats)
        self._pump()

    def _pump(self) -> None:
        if self._reading or not self._stale:
            return
        asked, show = sorted(self._stale), self.show_id
        self._stale.clear()
        self._reading = True

        def ended() -> None:
            self._reading = False

        def done(states: bytes) -> None:
            if show == self.show_id and len(self.states) > asked[-1]:
                for ix, state in zip(asked, states, strict=True):
                    self.states[ix] = state
                self._count_again()
                self.seats_changed.emit(asked, bytes(states))
            self._pump()

        self.session.bridge.follow(self.session.bridge.till.states_of(show, asked), done, ended=ended)

    def left(self) -> dict[str, int]:
        """Category or area -> places left; with the office away, only those in hand here."""
        from pos.ui.sell.counts import left_by_category  # brings in numpy, which the first paint does without

        if self._left is not None:
            return self._left
        away = self.session.link.known and not self.session.link.online
        left = left_by_category(self.plan, self.states, in_hand=away) if self.plan is not None else {}
        for area in self.areas:
            left[area["id"]] = area["here"] if away else area["free"] + area["here"] + area["elsewhere"]
        self._left = left
        return left

    def turn_on(self) -> None:
        """Turn the hall by another quarter; this till keeps it for this hall."""
        if self.plan is not None and self.here:
            self.turn = (self.turn + 1) % 4
            self.session.bridge.call("turn_hall", show=self.show_id, quarters=self.turn)

    def _count_again(self) -> None:
        self._left = None

    @staticmethod
    def easy(online: bool) -> tuple[int, ...]:
        """The states of seats that can be had without asking another window."""
        return (_FREE, _HERE) if online else (_HERE,)

    # ---- names -------------------------------------------------------------------------

    def place(self, ix: int) -> tuple[str, str]:
        """Place id and label of a seat."""
        assert self.plan is not None
        return self.plan.place_ids[ix], self.plan.label(ix)

    def label(self, place: str) -> str:
        """What a person calls a place."""
        if self.plan is not None and place in self.plan.index:
            return self.plan.label(self.plan.index[place])
        return place

    def category_of(self, place: str) -> str:
        """The price zone of a seat; an area is its own."""
        if self.plan is not None and place in self.plan.index:
            return self.plan.category_of(place)
        return place

    def find(self, text: str) -> list[tuple[str, str]]:
        """Place ids and labels of the seats, or the area, that a typed text names; of whole rows ("C *") only what can
        be had without asking another window."""
        wanted = text.strip()
        for area in self.areas:
            if area["id"].casefold() == wanted.casefold():
                return [(area["id"], area["id"])]
        seats = find_seats(self.plan, wanted) if self.plan is not None else None
        if "*" in wanted:
            easy = self.easy(self.session.link.online)
            seats = [ix for ix in seats or () if self.states[ix] in easy]
        return [self.place(ix) for ix in seats or ()]
