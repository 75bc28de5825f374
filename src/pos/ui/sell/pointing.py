"""Seats that are pointed at: clicked, drawn around, by the row, or named by what is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from pos.ui.i18n import tr
from pos.ui.model import Line
from pos.ui.sell.hall import Hall
from pos.ui.session import Session

MOST_AT_ONCE: Final = 200  # seats in one rectangle; a slip of the finger must not empty the hall


class Pointing:
    """Makes picks of what somebody points at in the hall that is sold from.

    `lines` are the basket's, `pick` takes places with what stands for them, `remove` gives a line back, and
    `unknown` is told of a text that names no seat.
    """

    def __init__(
        self,
        session: Session,
        hall: Hall,
        lines: Callable[[], Sequence[Line]],
        pick: Callable[[list[str], str], None],
        remove: Callable[[Any], None],
        unknown: Callable[[str], None],
    ) -> None:
        self._session, self._hall, self._lines = session, hall, lines
        self._take, self._remove, self._unknown = pick, remove, unknown

    def seats(self, indices: Sequence[int]) -> None:
        """A click or a rectangle on the map: a seat in the basket goes back, others are taken."""
        if not self._hall_is_here():
            return
        mine = self._mine()
        if len(indices) == 1 and indices[0] in mine:
            self._remove(mine[indices[0]])
            return
        wanted = [ix for ix in indices if ix not in mine]
        if len(indices) > 1:
            # A rectangle means the seats in it that can be had without asking another window.
            wanted = self._easy(wanted)
            if len(wanted) > MOST_AT_ONCE:
                text = tr("More than {n} seats at once: draw a smaller rectangle.", n=MOST_AT_ONCE)
                self._session.toast.emit("warning", text)
                return
            if not wanted:
                self._session.toast.emit("plain", tr("No seat in the rectangle is free."))
        self._pick(self._hall.place(ix) for ix in wanted)

    def give_back(self, indices: Sequence[int]) -> None:
        """What is in the basket of these seats goes back."""
        mine = self._mine()
        for ix in indices:
            if ix in mine:
                self._remove(mine[ix])

    def row(self, ix: int, *, others: bool = False) -> None:
        """What is free of a seat's row and can be had here; `others` where a click has taken the seat itself."""
        plan = self._hall.plan
        if plan is None or not 0 <= ix < len(plan) or not self._hall_is_here():
            return
        row, mine = plan.rows[plan.row[ix]], self._mine()
        wanted = [at for at in range(row.first, row.end) if at not in mine and not (others and at == ix)]
        self._pick(self._hall.place(at) for at in self._easy(wanted))

    def named(self, text: str) -> bool:
        """Take the seats that a typed text names; False if it names none, and what was sold is asked for it."""
        if not self._hall_is_here():
            return False
        found = self._hall.find(text)
        if not found:
            self._unknown(text.strip())
            return False
        self._pick(found)
        return True

    def _pick(self, places: Iterable[tuple[str, str]]) -> None:
        named = list(places)
        self._take([place for place, _ in named], _span([label for _, label in named]))

    def _mine(self) -> dict[int, object]:
        """Seat of this show -> its line in the basket."""
        return {line.ix: line.line for line in self._lines() if line.show == self._session.show_id and line.ix >= 0}

    def _easy(self, seats: Iterable[int]) -> list[int]:
        easy = self._hall.easy(self._session.link.online)
        return [ix for ix in seats if self._hall.states[ix] in easy]

    def _hall_is_here(self) -> bool:
        if not self._hall.here:
            self._session.toast.emit("plain", tr("The hall of this show is on its way: choose the seat once more."))
        return self._hall.here


def _span(labels: list[str]) -> str:
    """What stands for several seats on one line: the first, and the last's number."""
    if len(labels) <= 1:
        return labels[0] if labels else ""
    return f"{labels[0]} … {labels[-1].rsplit(' ', 1)[-1]}"
