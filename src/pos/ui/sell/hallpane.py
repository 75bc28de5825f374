"""The hall on the selling screen: the map, its key in a corner, and one line that says what is pointed at."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from pos.domain.hold import GUEST, RESERVATION, TYPES, letter
from pos.domain.money import Money
from pos.domain.plan import Plan
from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.seatmap import states as s
from pos.ui.seatmap.heat import MODES
from pos.ui.seatmap.legend import Entry, Legend, Step
from pos.ui.seatmap.states import CategoryShape
from pos.ui.seatmap.widget import SeatMap
from pos.ui.sell.aside.holding import type_words
from pos.ui.sell.charting import Charting
from pos.ui.sell.counts import with_unpriced
from pos.ui.sell.pointed import Pointed
from pos.ui.sell.presenter import SellPresenter
from pos.ui.theme.tokens import Tokens

_LEGEND_FROM_PX: Final = 640  # a narrower work area is all the map's
_LEGEND_AT: Final = 12, 4  # px
_LINE_PX: Final = 26


class PlaceLine(QLabel):
    """One line that is always there and never wraps: too long a text is cut."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "muted")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.said = ""

    def say(self, text: str) -> None:
        self.said = text
        self.setAccessibleName(text)
        self._cut()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        self.setText(self.fontMetrics().elidedText(self.said, Qt.TextElideMode.ElideRight, self.width()))


class HallPane(QWidget):
    """Redraws from the presenter and its hall."""

    def __init__(self, presenter: SellPresenter, tokens: Tokens) -> None:
        super().__init__()
        self.presenter = presenter
        self.map = SeatMap(self, tokens)
        self.legend = Legend(self, tokens)
        self.line = PlaceLine(self)
        self.pointed = Pointed(presenter.session, presenter.hall, self.map.state_of, self.price, self)
        self._priced: set[str] = set()
        self._categories_in: dict[str, set[str]] = {}
        self.map.set_describer(self.pointed.describe, tooltips=False)
        self.map.set_section_wording(self._section)
        self.map.pointed.connect(self._look)
        self.pointed.changed.connect(self._draw_line)
        self.charting = Charting(presenter.session, self)
        self.charting.changed.connect(self._draw_line)
        self.map.settled.connect(self._place)
        presenter.hall.opened.connect(self.draw_hall)
        presenter.hall.seats_changed.connect(self._draw_seats)
        presenter.hall.holds_changed.connect(self._draw_holds)
        presenter.session.linked.connect(self._draw_link)
        presenter.session.rush_changed.connect(self._place)
        self._draw_link()
        self._draw_line()

    # ---- drawing -----------------------------------------------------------------------

    def draw_hall(self) -> None:
        """A whole new hall."""
        hall = self.presenter.hall
        self._priced = self._priced_categories()
        self._categories_in = _by_section(hall.plan) if hall.plan is not None else {}
        self.map.set_turn(hall.turn)
        self.map.set_show(hall.plan, self._shown(hall.states))
        self.map.set_category_shapes(self.shapes())
        self.map.set_marks(hall.holds)
        self._heat()

    def draw_prices(self) -> bool:
        """Draw the hall anew if other categories are for sale now; whether it was."""
        if self._priced_categories() == self._priced:
            return False
        self.draw_hall()
        return True

    def sells(self, category: str) -> bool:
        """Whether a category is for sale in this show, as far as that is known."""
        return category in self._priced or not self._priced

    def _priced_categories(self) -> set[str]:
        show = self.presenter.show
        return {category for category, row in show.prices.items() if row} if show else set()

    def _shown(self, states: bytes | bytearray) -> bytes:
        plan = self.presenter.hall.plan
        if plan is None or not self._priced:
            return bytes(states)
        return with_unpriced(plan, states, self._priced)

    def _draw_seats(self, indices: list[int], states: bytes) -> None:
        hall = self.presenter.hall
        if hall.plan is not None and self._priced:
            everything = self._shown(hall.states)
            states = bytes(everything[ix] for ix in indices)
        self.map.update_states(indices, states)

    def _draw_holds(self) -> None:
        self.map.set_marks(self.presenter.hall.holds)
        self._draw_legend()
        self.pointed.look(self.pointed.place)

    def _draw_link(self) -> None:
        session = self.presenter.session
        self.map.set_offline(session.link.known and not session.link.online)

    def _look(self, place: int) -> None:
        self.pointed.look(place)
        self._draw_line()

    def _draw_line(self) -> None:
        """What is pointed at, else what one can do with the map."""
        section = self.map.pointed_section
        self.line.say(
            self.charting.text
            or (tr("{section}: {left} left", section=section[0], left=section[1]) if section is not None else "")
            or self.pointed.text
            or tr(
                "{heat} colours · {turn} turns the hall · {overview} overview · drag: rectangle · Shift: any shape",
                heat=cap("heat"),
                turn=cap("turn"),
                overview=cap("overview"),
            )
        )

    # ---- prices and colours ------------------------------------------------------------

    def next_heat(self) -> None:
        """Colour the hall by the next thing: category, price, what is left."""
        at = MODES.index(self.map.heat)
        self.map.set_heat(MODES[(at + 1) % len(MODES)])
        self._heat()

    def turn(self) -> None:
        """Turn the hall by another quarter; it is remembered for this hall."""
        self.presenter.hall.turn_on()
        self.map.set_turn(self.presenter.hall.turn)

    def price(self, category: str) -> str:
        """What a ticket costs there, at the first price type that is sold there."""
        first = self._first_price(category)
        return self.presenter.session.formats.plain(first) if first is not None else ""

    def _first_price(self, category: str) -> Money | None:
        show = self.presenter.show
        row = show.prices.get(category, {}) if show else {}
        return next((row[kind.id] for kind in show.types if kind.id in row), None) if show else None

    def _heat(self) -> None:
        plan = self.presenter.hall.plan
        names = [category.name for category in plan.categories] if plan is not None else []
        found = {name: price.minor for name in names if (price := self._first_price(name)) is not None}
        self.map.set_heat(self.map.heat, found)
        self.map.set_section_wording(self._section)
        self._draw_legend()

    def _section(self, name: str, count: int) -> tuple[str, str]:
        formats = self.presenter.session.formats
        if self.map.heat == "price" and (span := self._prices_in(name)):
            return name, span
        return name, formats.count(count)

    def _prices_in(self, section: str) -> str:
        """From the least to the most that a section's places cost."""
        prices = [
            price for each in self._categories_in.get(section, ()) if (price := self._first_price(each)) is not None
        ]
        return self._span(min(one.minor for one in prices), max(one.minor for one in prices)) if prices else ""

    def _span(self, least: int, most: int) -> str:
        session = self.presenter.session
        low, high = (session.formats.plain(Money(minor, session.venue.currency)) for minor in (least, most))
        return low if low == high else f"{low}–{high}"

    # ---- the key -----------------------------------------------------------------------

    def shapes(self) -> dict[str, CategoryShape]:
        """How each category of the hall is drawn."""
        plan = self.presenter.hall.plan
        return {category.name: shape_of(category.name) for category in plan.categories} if plan else {}

    def _draw_legend(self) -> None:
        shapes = self.shapes()
        entries: list[Entry] = [
            (s.FREE, "disc", tr("free")),
            (s.HERE, "disc", tr("in hand here")),
            (s.ELSEWHERE, "disc", tr("another window")),
            (s.HELD, "disc", tr("held")),
            (s.SOLD, "disc", tr("sold")),
            (s.BASKET, "disc", tr("basket")),
        ]
        if "triangle" in shapes.values():
            entries.append((s.FREE, "triangle", tr("restricted view")))
        if "square" in shapes.values():
            entries.append((s.FREE, "square", tr("wheelchair, companion")))
        for mark, words in sorted(self._held_for().items()):
            entries.append((s.HELD, "disc", f"{mark}  {words}"))
        self.legend.set_entries(entries)
        self.legend.set_steps(self._steps())
        self._place()

    def _steps(self) -> list[Step]:
        """What the colours stand for where they are no categories."""
        key, formats = self.map.heat_key(), self.presenter.session.formats
        if self.map.heat == "price":
            return [(color, str(n), self._span(low, high)) for n, (color, low, high) in enumerate(key, 1)]
        words = [
            tr("nothing left"),
            *(tr("up to {share} left", share=formats.percent(high * 100)) for _, _, high in key[1:]),
        ]
        return [(color, str(n), said) for n, ((color, _, _), said) in enumerate(zip(key, words, strict=False), 1)]

    def _held_for(self) -> dict[str, str]:
        """Letter -> what seats of this hall are held for."""
        known = {letter(type_): type_words(type_) for type_ in (*TYPES, RESERVATION, GUEST)}
        return {mark: known.get(mark, tr("another hold")) for mark in set(self.presenter.hall.holds.values())}

    # ---- places ------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._place()

    def _place(self) -> None:
        """The map takes all but the line; the hall is fitted beside the key in its corner."""
        height = max(self.height() - _LINE_PX, 0)
        self.map.setGeometry(0, 0, self.width(), height)
        self.line.setGeometry(_LEGEND_AT[0], height, max(self.width() - 2 * _LEGEND_AT[0], 0), _LINE_PX)
        room = self.width() >= _LEGEND_FROM_PX and self.presenter.hall.plan is not None
        room = room and not self.presenter.pickups.open  # in a rush who waits stands there
        self.legend.move(*_LEGEND_AT)
        self.map.set_obstacles([self.legend.geometry()] if room else [])
        # Close up it would lie over seats; what figures on them stand for is worth that.
        self.legend.setVisible(room and (self.map.fitted or self.map.heat != "category"))

    def set_tokens(self, tokens: Tokens) -> None:
        """Change the palette."""
        self.map.set_tokens(tokens)
        self.legend.set_tokens(tokens)
        self._draw_legend()


def _by_section(plan: Plan) -> dict[str, set[str]]:
    """The categories that each section's places are in."""
    found: dict[str, set[str]] = {}
    for category, zone in set(zip(plan.category, plan.zone, strict=True)):
        found.setdefault(plan.zones[zone], set()).add(plan.categories[category].name)
    return found


def shape_of(category: str) -> CategoryShape:
    """How a category's seats are drawn. Plans carry no such mark, so its English name decides."""
    name = category.casefold()
    if "restrict" in name or "obstruct" in name or "limited" in name:
        return "triangle"
    if "wheelchair" in name or "companion" in name or "access" in name:
        return "square"
    return "disc"
