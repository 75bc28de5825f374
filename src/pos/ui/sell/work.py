"""The work area of the selling screen: finding seats, the map, the categories under it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.sell.categories import CategoryBar, CategoryItem
from pos.ui.sell.hallpane import HallPane
from pos.ui.sell.presenter import SellPresenter
from pos.ui.sell.questions import Questions
from pos.ui.sell.rushbox import RushBox
from pos.ui.strip import Strip
from pos.ui.theme.fitted import PromptField
from pos.ui.theme.tokens import Tokens
from pos.ui.theme.widgets import KeyButton, Stepper, keycap

_AREA_COLOR: Final = "#8A8F94"


class SearchField(PromptField):
    """Where a seat is typed. Ctrl with a letter stays a shortcut of the window while it has the focus."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText(tr("Stalls C 12-14, name, code"))
        self.setAccessibleName(tr("Find a seat, or anything else"))
        self.setMinimumWidth(226)
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
        self.pane = HallPane(presenter, tokens)
        self.map, self.legend = self.pane.map, self.pane.legend
        self.categories = CategoryBar(tokens)
        self.rush = RushBox(presenter.pickups)
        self._counts = QLabel()
        self._counts.setProperty("role", "muted")
        self._lay_out()
        self.stepper.changed.connect(presenter.set_count)
        self.search.textChanged.connect(presenter.pickups.seek)
        self.best.clicked.connect(presenter.best)
        self.map.clicked.connect(lambda ix: presenter.pointing.seats([ix]))
        self.map.activated.connect(lambda ix: presenter.pointing.seats([ix]))
        self.map.rectangle_selected.connect(presenter.pointing.seats)
        self.map.rectangle_dropped.connect(presenter.pointing.give_back)
        self.map.row_selected.connect(lambda ix: presenter.pointing.row(ix, others=True))
        self.map.area_clicked.connect(
            lambda area: presenter.pick([area] * presenter.count, f"{presenter.count} × {area}")
        )
        self.categories.picked.connect(presenter.choose_category)
        presenter.hall.opened.connect(self.draw_counts)
        presenter.hall.seats_changed.connect(self.draw_counts)
        presenter.hall.areas_changed.connect(self.draw_counts)
        presenter.changed.connect(self._draw_changed)
        questions.changed.connect(self._draw_changed)
        presenter.session.linked.connect(self.draw_counts)
        presenter.session.shows_changed.connect(self.draw_counts)
        if presenter.hall.plan is not None or presenter.hall.areas:
            self.draw_hall()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.rush.draw()

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
            button.setMinimumWidth(48)
            button.clicked.connect(act)
            zoom.addWidget(button)
        bar.addLayout(zoom)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(Strip(bar))
        hall = QHBoxLayout()
        hall.setContentsMargins(0, 0, 0, 0)
        hall.setSpacing(0)
        hall.addWidget(self.rush)
        hall.addWidget(self.pane, 1)
        box.addLayout(hall, 1)
        box.addWidget(self.categories)

    # ---- drawing -----------------------------------------------------------------------

    def draw_hall(self) -> None:
        """A whole new hall."""
        self.pane.draw_hall()
        self.draw_counts()

    def _draw_changed(self) -> None:
        self.pane.draw_prices()
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
        formats = session.formats
        self._draw_areas()
        items: list[CategoryItem] = []
        left, shapes, chosen = presenter.hall.left(), self.pane.shapes(), presenter.chosen_category
        colors = self.map.category_colors()
        for name, count in left.items():
            if self.pane.sells(name):
                shape, color = shapes.get(name, "square"), colors.get(name, _AREA_COLOR)
                price = self.pane.price(name)
                items.append(CategoryItem(name, color, price, formats.count(count), shape, name == chosen))
        self.categories.show_items(items)
        self._counts.setText(self._count_text())

    def _count_text(self) -> str:
        session = self.presenter.session
        card, formats = session.show, session.formats
        if card is None:
            return ""
        if session.link.online:
            return tr("{free} of {all} free", free=formats.count(card.free), all=formats.count(card.capacity))
        return tr("{here} in hand of {free}", here=formats.count(card.held_here), free=formats.count(card.free))

    def keys(self) -> dict[str, Callable[[], object]]:
        """What keys do with the map."""
        return {
            "zoom_in": self.map.zoom_in,
            "zoom_out": self.map.zoom_out,
            "fit": self.map.fit,
            "heat": self.next_heat,
            "turn": self.pane.turn,
            "overview": self.map.toggle_minimap,
            "house_chart": self.pane.charting.make,
        }

    def next_heat(self) -> None:
        """Colour the hall by the next thing: category, price, what is left."""
        self.pane.next_heat()
        self.draw_counts()

    def submit(self) -> None:
        """Take the seats that were typed; a text that names none stays, to be mended."""
        if self.search.text().strip() and self.presenter.pointing.named(self.search.text()):
            self.search.clear()
            self.map.setFocus()

    def set_tokens(self, tokens: Tokens) -> None:
        """Change between light and dark."""
        for part in (self.pane, self.categories):
            part.set_tokens(tokens)
        self.draw_counts()
