"""What this till takes every place to be: the replica's columns overlaid by its own rights.

Kept as one byte a place and mended place by place, because a stadium's column takes
tens of milliseconds to read whole and the ledger thread has sales to commit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

from pos.domain.rights import OfficeRight, OwnRight, PlaceState, believed
from pos.domain.seating import Seating
from pos.store.replica import ReplicaReader

# One byte a place; the window's map uses the same numbers (BASKET is laid over by the till).
CODES: Final = {
    PlaceState.FREE: 0,
    PlaceState.HERE: 1,
    PlaceState.ELSEWHERE: 2,
    PlaceState.HELD: 3,
    PlaceState.SOLD: 4,
}
STATES: Final = tuple(CODES)
BASKET: Final = 5
_HELD: Final = CODES[PlaceState.HELD]
_FROM_LETTER: Final = bytes.maketrans(b"PHLSAQ", bytes([0, 3, 2, 4, 2, 2]))


class Belief:
    """Columns of codes by show, in seating order. Belongs to the desk's thread.

    The replica is written by others: a show may be numbered anew at any moment, also while a step of the
    desk is under way. A step keeps the numbering that it began with, and the replica is told which it is.
    """

    def __init__(
        self,
        till: str,
        replica: ReplicaReader,
        own: Mapping[str, Mapping[str, OwnRight]],
        closed: Callable[[str], Collection[str]] = lambda _: (),
    ) -> None:
        self._till = till
        self._replica = replica
        self._own = own
        self._closed = closed  # show -> places that may not be used
        self._columns: dict[str, tuple[Seating, bytearray]] = {}  # with the numbering that they are in
        self._seatings: dict[str, Seating] = {}

    def look_again(self) -> None:
        """A new step of the desk begins: the replica may have changed since the last."""
        self._seatings.clear()

    def seating(self, show: str) -> Seating:
        """How a show's places are numbered, the same for the whole of a step."""
        found = self._seatings.get(show)
        if found is None:
            found = self._seatings[show] = self._replica.seating(show)
        return found

    def column(self, show: str) -> bytearray:
        """One code a place. Not to be changed by the caller."""
        seating = self.seating(show)
        kept = self._columns.get(show)
        if kept is not None and kept[0] is seating:
            return kept[1]
        letters = self._replica.states(show, seating)
        column = bytearray(letters.translate(_FROM_LETTER))
        self._columns[show] = seating, column
        # Leases may be our own, granted but never received: those are free to ask for.
        self.mend(show, [ix for ix, letter in enumerate(letters) if letter == 76])  # "L"
        self.mend_places(show, self._own.get(show, ()))
        self.mend_places(show, self._closed(show))
        return column

    def mend(self, show: str, indexes: Iterable[int]) -> None:
        """These places changed, in the replica or here."""
        kept = self._columns.get(show)
        if kept is None:
            return
        seating, own = self.seating(show), self._own.get(show, {})
        if kept[0] is not seating:
            self.forget(show)  # it is read whole when it is next asked for
            return
        column, closed = kept[1], self._closed(show)
        wanted = [ix for ix in indexes if 0 <= ix < len(column)]
        for ix, office in zip(wanted, self._replica.rights(show, wanted, seating), strict=True):
            code = CODES[believed(self._till, office, own.get(seating.place(ix)))]
            # What may not be used counts as held by the house, whoever has the right to it.
            column[ix] = _HELD if code < _HELD and closed and seating.place(ix) in closed else code

    def mend_places(self, show: str, places: Iterable[str]) -> None:
        if show in self._columns:
            find = self.seating(show).find
            self.mend(show, [ix for place in places if (ix := find(place)) is not None])

    def forget(self, show: str | None = None) -> None:
        """Read a show again from the replica when next asked; every show for None."""
        if show is None:
            self._columns.clear()
        else:
            self._columns.pop(show, None)

    def state(self, show: str, ix: int) -> PlaceState:
        return STATES[self.column(show)[ix]]

    def office(self, show: str, ix: int) -> OfficeRight:
        """The office's word on one place."""
        return self.offices(show, (ix,))[0]

    def offices(self, show: str, indexes: Sequence[int]) -> Sequence[OfficeRight]:
        """The office's word on each of these places."""
        return self._replica.rights(show, indexes, self.seating(show))
