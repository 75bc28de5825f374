"""The work area of the selling screen: finding seats, the map, the categories under it."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from pos.domain.hold import GUEST, RESERVATION, TYPES, letter
from pos.ui.format import read_time
from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.seatmap import states as s
from pos.ui.seatmap.legend import Legend
from pos.ui.seatmap.states import CategoryShape
from pos.ui.seatmap.widget import SeatMap
from pos.ui.sell.aside.holding import type_words
from pos.ui.sell.categories import CategoryBar, CategoryItem
from pos.ui.sell.counts import with_unpriced
from pos.ui.sell.presenter import SellPresenter
from pos.ui.sell.questions import Questions
from pos.ui.sell.rushbox import RushBox
from pos.ui.session import Session
from pos.ui.theme.tokens import Tokens
from pos.ui.theme.widgets import KeyButton, Stepper, keycap

_AREA_COLOR: Final = "#8A8F94"
_LEGEND_FROM_PX: Final = 640  # a narrower work area is all the map's


class SearchField(QLineEdit):
    """Where a seat is typed. Ctrl with a letter stays a shortcut of the window while it has the focus."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText(tr("Stalls C 12-14, name, code"))
        self.setAccessibleName(tr("Find a seat, or anything else"))
        self.setMinimumWidth(150)
        self.setMaximumWidth(268)
        self.setTextMargins(4, 0, 32, 0)
        self._cap = keycap(cap("find"), self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cap.adjustSize()
        self._cap.move(self.width() - self._cap.width() - 12, (self.height() - self._cap.height()) // 2)

    def event(self, event: QEvent) -> bool:
        # Ctrl+E and Ctrl+K move and delete in a line edit on some desktops; here they are the window's.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            clipboard = (QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.Paste, QKeySequence.StandardKey.Cut)
            control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if control and not any(event.matches(key) for key in clipboard):
                event.ignore()
                return False
        return super().event(event)


class SellWork(QWidget):
    """Redraws from the presenter and its hall."""

    def __init__(self, presenter: SellPresenter, questions: Questions, tokens: Tokens) -> None:
        super().__init__()
        self.presenter, self.questions = presenter, questions
        self.search = SearchField()
        self.stepper = Stepper(presenter.count)
        self.best = KeyButton(tr("Best together"), cap("best"), kind="outline")
        self.map = SeatMap(tokens=tokens)
        self.categories = CategoryBar(tokens)
        self.legend = Legend(tokens=tokens)
        self.rush = RushBox(presenter.pickups)
        self._counts = QLabel()
        self._counts.setProperty("role", "muted")
        self._lay_out()
        self.map.set_describer(self.describe)
        self.stepper.changed.connect(presenter.set_count)
        self.search.textChanged.connect(presenter.pickups.seek)
        self.best.clicked.connect(presenter.best)
        self.map.clicked.connect(lambda ix: presenter.pointing.seats([ix]))
        self.map.activated.connect(lambda ix: presenter.pointing.seats([ix]))
        self.map.rectangle_selected.connect(presenter.pointing.seats)
        self.map.row_selected.connect(lambda ix: presenter.pointing.row(ix, others=True))
        self.map.area_clicked.connect(
            lambda area: presenter.pick([area] * presenter.count, f"{presenter.count} × {area}")
        )
        self.categories.picked.connect(presenter.choose_category)
        presenter.hall.opened.connect(self.draw_hall)
        presenter.hall.seats_changed.connect(self._draw_seats)
        presenter.hall.areas_changed.connect(self.draw_counts)
        presenter.hall.holds_changed.connect(self._draw_holds)
        presenter.changed.connect(self._draw_changed)
        questions.changed.connect(self._draw_changed)
        presenter.session.linked.connect(self._draw_link)
        presenter.session.shows_changed.connect(self.draw_counts)
        self._priced: set[str] = set()
        self._draw_link()
        if presenter.hall.plan is not None or presenter.hall.areas:
            self.draw_hall()

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 8, 12, 8)
        bar.setSpacing(10)
        bar.addWidget(self.search, 100)
        bar.addWidget(self.stepper)
        bar.addWidget(self.best)
        for button in (self.best, *self.stepper.findChildren(QPushButton)):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bar.addStretch(1)
        bar.addWidget(self._counts)
        self._counts.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        zoom = QHBoxLayout()
        zoom.setSpacing(0)
        for text, name, act in (
            ("−", tr("Farther"), self.map.zoom_out),
            (tr("Fit"), tr("Whole hall"), self.map.fit),
            ("+", tr("Nearer"), self.map.zoom_in),
        ):
            button = QPushButton(text)
            button.setAccessibleName(name)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setFixedWidth(48)
            button.clicked.connect(act)
            zoom.addWidget(button)
        bar.addLayout(zoom)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(bar)
        # The key stands beside the map, not over it: in a small hall there is no corner without seats.
        hall = QHBoxLayout()
        hall.setContentsMargins(14, 0, 0, 0)
        beside = QVBoxLayout()
        beside.setSpacing(8)
        beside.addWidget(self.legend)
        beside.addWidget(self.rush, 100)
        beside.addStretch(1)
        hall.addLayout(beside)
        hall.addWidget(self.map, 1)
        box.addLayout(hall, 1)
        box.addWidget(self.categories)

    # ---- drawing -----------------------------------------------------------------------

    def draw_hall(self) -> None:
        """A whole new hall."""
        hall = self.presenter.hall
        self._priced = self._priced_categories()
        self._draw_shapes()
        self.map.set_show(hall.plan, self._shown(hall.states))
        self.map.set_category_shapes(self._shapes())
        self.map.set_marks(hall.holds)
        self.draw_counts()

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
        self.draw_counts()

    def _draw_changed(self) -> None:
        if self._priced_categories() != self._priced:
            self.draw_hall()
        self.stepper.set_value(self.presenter.count)
        self._draw_areas()
        self.draw_counts()

    def _draw_areas(self) -> None:
        if self.presenter.hall.plan is not None:
            # Beside seats, areas stand in the categories' line, and the map keeps the room.
            self.map.set_areas([])
            return
        mine: dict[str, int] = {}
        for line in self.presenter.lines:
            if line.show == self.presenter.hall.show_id:
                mine[line.place] = mine.get(line.place, 0) + 1
        self.map.set_areas(
            [
                (area["id"], area["id"], area["free"], max(0, area["here"] - mine.get(area["id"], 0)), area["capacity"])
                for area in self.presenter.hall.areas
            ]
        )

    def draw_counts(self) -> None:
        """The categories' line and the count above the map."""
        presenter, session = self.presenter, self.presenter.session
        formats, plan = session.formats, presenter.hall.plan
        self._draw_areas()
        items: list[CategoryItem] = []
        left, shapes, chosen = presenter.hall.left(), self._shapes(), presenter.chosen_category
        colors = {category.name: category.color for category in plan.categories} if plan else {}
        for name, count in left.items():
            if name in self._priced or not self._priced:
                shape, color = shapes.get(name, "square"), colors.get(name, _AREA_COLOR)
                price = self._price(name)
                items.append(CategoryItem(name, color, price, formats.count(count), shape, name == chosen))
        self.categories.show_items(items)
        self._counts.setText(self._count_text())

    def _price(self, category: str) -> str:
        show = self.presenter.show
        row = show.prices.get(category, {}) if show else {}
        first = next((row[kind.id] for kind in show.types if kind.id in row), None) if show else None
        return self.presenter.session.formats.plain(first) if first is not None else ""

    def _count_text(self) -> str:
        session = self.presenter.session
        card, formats = session.show, session.formats
        if card is None:
            return ""
        if session.link.online:
            return tr("{free} of {all} free", free=formats.count(card.free), all=formats.count(card.capacity))
        return tr("{here} in hand of {free}", here=formats.count(card.held_here), free=formats.count(card.free))

    def _shapes(self) -> dict[str, CategoryShape]:
        plan = self.presenter.hall.plan
        return {category.name: shape_of(category.name) for category in plan.categories} if plan else {}

    def _draw_shapes(self) -> None:
        shapes = self._shapes()
        entries: list[tuple[int, CategoryShape, str]] = [
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
        self._show_legend()

    def _held_for(self) -> dict[str, str]:
        """Letter -> what seats of this hall are held for."""
        known = {letter(type_): type_words(type_) for type_ in (*TYPES, RESERVATION, GUEST)}
        return {mark: known.get(mark, tr("another hold")) for mark in set(self.presenter.hall.holds.values())}

    def _draw_holds(self) -> None:
        self.map.set_marks(self.presenter.hall.holds)
        self._draw_shapes()

    def _draw_link(self) -> None:
        session = self.presenter.session
        self.map.set_offline(session.link.known and not session.link.online)
        self.draw_counts()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_legend()

    def _show_legend(self) -> None:
        self.legend.setVisible(self.width() >= _LEGEND_FROM_PX and self.presenter.hall.plan is not None)

    # ---- words -------------------------------------------------------------------------

    def describe(self, ix: int) -> str:
        """A seat in words: what it is called, its state, its price."""
        plan = self.presenter.hall.plan
        if plan is None:
            return ""
        words = {
            s.FREE: tr("free"),
            s.HERE: tr("free, in hand here"),
            s.ELSEWHERE: tr("at another window"),
            s.HELD: tr("held"),
            s.SOLD: tr("sold"),
            s.BASKET: tr("in the basket"),
            s.UNPRICED: tr("not for sale"),
        }
        category = plan.categories[plan.category[ix]].name
        state = words[self.map.state_of(ix)]
        if self.map.state_of(ix) == s.HELD and (told := self.presenter.hall.held_for(ix)):
            state = _held_words(told, self.presenter.session)
        return ", ".join(filter(None, (plan.label(ix), category, state, self._price(category))))

    def submit(self) -> None:
        """Take the seats that were typed; a text that names none stays, to be mended."""
        if self.search.text().strip() and self.presenter.pointing.named(self.search.text()):
            self.search.clear()
            self.map.setFocus()

    def set_tokens(self, tokens: Tokens) -> None:
        """Change between light and dark."""
        for part in (self.map, self.categories, self.legend):
            part.set_tokens(tokens)


def _held_words(hold: dict[str, Any], session: Session) -> str:
    """What a seat is held for: type, for whom, note, until when, and where it can be released."""
    ends = session.formats.day_and_time(read_time(hold["release"]), session.now) if hold["release"] else ""
    until = tr("until {time}", time=ends) if ends else ""
    home = tr("at home at {till}", till=hold["home"]) if hold["home"] else ""
    what = tr("held: {type}", type=type_words(hold["type"]))
    return " · ".join(filter(None, (what, hold["owner"], hold["order"], hold["note"], until, home)))


def shape_of(category: str) -> CategoryShape:
    """How a category's seats are drawn. Plans carry no such mark, so its English name decides."""
    name = category.casefold()
    if "restrict" in name or "obstruct" in name or "limited" in name:
        return "triangle"
    if "wheelchair" in name or "companion" in name or "access" in name:
        return "square"
    return "disc"
