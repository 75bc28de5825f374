"""The seat map. One widget, whatever the hall; seats are columns, never objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QWidget

from pos.domain.plan import Plan
from pos.ui.seatmap import accessible
from pos.ui.seatmap.pointer import Click, Lasso, Meaning, Pan, Pointer, Rectangle
from pos.ui.seatmap.walked import WalkedMap
from pos.ui.theme import tokens as theme
from pos.ui.theme.tokens import Tokens

_WHEEL_STEP: Final = 1.2
_SHIFT: Final = Qt.KeyboardModifier.ShiftModifier
_ALT: Final = Qt.KeyboardModifier.AltModifier


class SeatMap(WalkedMap):
    """A hall whose seats can be picked. Signals name places by their index in the plan.

    A click picks a seat, with Shift the row from the seat in focus to it; a drag picks what lies in a rectangle, with
    Shift in any shape, and with Alt gives back what lies in it.
    """

    clicked = Signal(int)
    hovered = Signal(int)  # -1: none
    rectangle_selected = Signal(list)  # what was drawn around, whatever the shape
    rectangle_dropped = Signal(list)  # the same, to be given back
    row_selected = Signal(int)  # by double click on this seat, which the first click has picked
    area_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None, tokens: Tokens = theme.LIGHT) -> None:
        super().__init__(parent, tokens)
        self.setMouseTracking(True)
        self._pointer = Pointer()
        self._held = Qt.KeyboardModifier.NoModifier  # when the button went down
        self._tooltips = True
        self._dock.picked.connect(self.area_clicked)

    def set_show(self, plan: Plan | None, states: bytes | bytearray | NDArray[np.uint8] = b"") -> None:
        super().set_show(plan, states)
        self._pointer.cancel()
        self._point_at_section(-1, shown=False)
        accessible.announce(self)
        self.pointed.emit(self.pointed_place)

    def set_describer(self, describe: Callable[[int], str], *, tooltips: bool = True) -> None:
        """How a place is put into words, for screen readers and, unless it is told elsewhere, for the tooltip:
        "Stalls C 12, free, 58.00"."""
        self._describe, self._tooltips = describe, tooltips

    def _show_states(self, places: NDArray[np.intp]) -> None:
        super()._show_states(places)
        if self._overlay.hover in places:
            self._explain(self._overlay.hover)
        if self._overlay.focus in places:
            accessible.announce(self)
        if self.pointed_place in places:
            self.pointed.emit(self.pointed_place)

    # ---- pointer -----------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._overlay.focus_shown = False
        pans = event.button() in (Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton) or self._space_held
        self._held = event.modifiers()
        self._pointer.press(event.position(), pans=pans, lasso=bool(self._held & _SHIFT))
        if pans:
            self._space_dragged = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or self.far or not self._camera:
            self.mousePressEvent(event)
        elif place >= 0:
            self.row_selected.emit(place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pointer.busy:
            self._follow(self._pointer.move(event.position()))
        else:
            self._hover(self.place_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._follow(self._pointer.release(event.position()))
        self.unsetCursor()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta().y()
        if turn and self._camera:
            self._zoom_at(event.position(), _WHEEL_STEP ** (turn / 120))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._pointer.cancel():
            self._overlay.rubber = None
            self.update()
        else:
            super().keyPressEvent(event)

    def _follow(self, meaning: Meaning) -> None:
        if isinstance(meaning, Pan):
            self._push(meaning)
        elif isinstance(meaning, Rectangle):
            self._draw_around(QPolygonF(meaning.rect), meaning.done, lambda: self._places_inside(meaning.rect))
        elif isinstance(meaning, Lasso):
            points = meaning.points
            self._draw_around(QPolygonF(list(points)), meaning.done, lambda: self._places_within(points))
        elif isinstance(meaning, Click):
            self._click(meaning.at)

    def _draw_around(self, shape: QPolygonF, done: bool, places: Callable[[], list[int]]) -> None:
        self._overlay.rubber = None if done else shape
        self.update()
        if done and (found := places()):
            (self.rectangle_dropped if self._held & _ALT else self.rectangle_selected).emit(found)

    def _click(self, at: QPointF) -> None:
        """A seat is picked, or with Shift all from the one in focus to it; where seats are mere dots, its section is
        brought nearer instead."""
        place = self.place_at(at)
        if not (self._camera and self._labels) or place < 0:
            return
        camera = self._camera
        if self.far:
            box = self._labels.section_at(*camera.to_plan(at.x() * camera.ratio, at.y() * camera.ratio))
            if box is not None:
                camera.show(*box)
                self._point_at_section(-1, shown=False)
                self.update()
            return
        before = self._overlay.focus
        self._focus(place, shown=False)
        between = self._between(before, place) if self._held & _SHIFT else []
        if len(between) > 1:
            self.rectangle_selected.emit(between)
        else:
            self.clicked.emit(place)

    def _between(self, one: int, other: int) -> list[int]:
        """The seats of a row from one to the other; none if they are in different ones."""
        if self._hall is None or one < 0 or self._hall.plan.row[one] != self._hall.plan.row[other]:
            return []
        return list(range(min(one, other), max(one, other) + 1))

    def _push(self, pan: Pan) -> None:
        if self._camera:
            self._camera.pan(round(-pan.dx * self._camera.ratio), round(-pan.dy * self._camera.ratio))
            self.update()

    def _places_inside(self, rect: QRectF) -> list[int]:
        if not (self._camera and self._hall):
            return []
        camera = self._camera
        left, top = camera.to_plan(rect.left() * camera.ratio, rect.top() * camera.ratio)
        right, bottom = camera.to_plan(rect.right() * camera.ratio, rect.bottom() * camera.ratio)
        return self._hall.geometry.places_inside(left, top, right, bottom)

    def _places_within(self, points: tuple[QPointF, ...]) -> list[int]:
        if not (self._camera and self._hall):
            return []
        ratio = self._camera.ratio
        return self._hall.geometry.places_within([self._camera.to_plan(p.x() * ratio, p.y() * ratio) for p in points])

    def _zoom_at(self, at: QPointF, factor: float) -> None:
        if self._camera:
            ratio = self._camera.ratio
            self._camera.zoom(self._camera.scale * factor, at.x() * ratio, at.y() * ratio)
            self.update()

    def _hover(self, place: int) -> None:
        if self.far:
            self._point_at_section(self._hall.plan.zone[place] if place >= 0 and self._hall else -1, shown=place >= 0)
            place = -1
        if place != self._overlay.hover:
            self._update_around(self._overlay.hover)
            self._overlay.hover = place
            self._update_around(place)
            self._explain(place)
            self.hovered.emit(place)
            self.pointed.emit(self.pointed_place)

    def _explain(self, place: int) -> None:
        """The tooltip says what the seat under the pointer is."""
        self.setToolTip(self._describe(place) if place >= 0 and self._tooltips else "")
