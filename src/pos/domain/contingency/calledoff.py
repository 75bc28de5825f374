"""Shows that were abandoned, and places of shows that may not be used: what of that stands.

The laws:

* Whoever abandons a show or closes places adds a document, and whoever takes it back adds another, at any till. None
  is ever changed, so two tills that are cut off from each other never contradict, and the order of coming is nothing.
* A place is closed while a closing that names it stands; a reopening names the closings, and the places of each, that
  its till knew of. What was closed elsewhere meanwhile stays closed.
* Nothing of it touches a right or a ticket. Nothing that is closed is sold, and what was sold of it may come back
  without a deadline and without a fee.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from pos.domain.season import ABANDONED, Season

FAMILY: Final = "called_off"
SHOW, PLACES, BACK = "abandoned", "closed", "reopened"

Document = dict[str, Any]


class CalledOff:
    """What stands by these documents. `abandoned`: show -> the first that says so; `closed`: show -> place -> the
    first closing that names it."""

    def __init__(self, documents: Iterable[Document] = ()) -> None:
        told = sorted(documents, key=lambda one: (datetime.fromisoformat(one["at"]), one["id"]))
        back: dict[str, set[str]] = {}
        for one in told:
            for id, places in one["of"].items() if one["what"] == BACK else ():
                back.setdefault(id, set()).update(places)
        self.abandoned: dict[str, Document] = {}
        self.closed: dict[str, dict[str, Document]] = {}
        for one in told:
            if one["what"] == SHOW and one["id"] not in back:
                self.abandoned.setdefault(one["show"], one)
            elif one["what"] == PLACES:
                of_show = self.closed.setdefault(one["show"], {})
                for place in one["places"]:
                    if place not in back.get(one["id"], ()):
                        of_show.setdefault(place, one)
        self.closed = {show: places for show, places in self.closed.items() if places}
        self._read: tuple[Season, Season] | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CalledOff) and (self.abandoned, self.closed) == (other.abandoned, other.closed)

    __hash__ = None  # type: ignore[assignment]

    @property
    def shows(self) -> frozenset[str]:
        """The shows of which anything is called off."""
        return frozenset(self.abandoned) | frozenset(self.closed)

    def of(self, show: str, place: str) -> Document | None:
        """Why a place of a show may not be used, None where it may."""
        return self.abandoned.get(show) or self.closed.get(show, {}).get(place)

    def over(self, season: Season) -> Season:
        """The season in which shows that were abandoned are: nobody sells, reserves or is let in to them any more."""
        if not self.abandoned:
            return season
        if self._read is None or self._read[0] is not season:
            shows = {
                id: replace(show, state=ABANDONED, cancelled=True) if id in self.abandoned else show
                for id, show in season.shows.items()
            }
            self._read = season, replace(season, shows=shows)
        return self._read[1]

    def names(self, show: str, places: Iterable[str] | None) -> bool:
        """Whether any of these places is closed; for None, whether anything of the show is called off."""
        if places is None:
            return show in self.shows
        return not self.closed.get(show, {}).keys().isdisjoint(places)


def reopening(documents: Iterable[Document], show: str, places: Collection[str] | None) -> dict[str, list[str]]:
    """What a reopening of these places names, or of all that was called off of the show for None: every document that
    says so, since another till may have said it, too."""
    of: dict[str, list[str]] = {}
    for one in documents:
        if one["show"] != show:
            continue
        if one["what"] == PLACES and (mine := [place for place in one["places"] if places is None or place in places]):
            of[one["id"]] = mine
        elif one["what"] == SHOW and places is None:
            of[one["id"]] = []
    return of
