"""The seat map. One widget, whatever the hall; seats are columns, never objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from pos.domain.plan import Plan
from pos.ui.seatmap import accessible
from pos.ui.seatmap.hall import SPRITES_FROM
from pos.ui.seatmap.pointer import Click, Meaning, Pan, Pointer, Rectangle
from pos.ui.seatmap.steered import SteeredMap
from pos.ui.theme import tokens as theme
from pos.ui.theme.tokens import Tokens

_WHEEL_STEP: Final = 1.2
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class SeatMap(SteeredMap):
    """A hall whose seats can be picked. Signals name places by their index in the plan."""

    clicked = Signal(int)
    activated = Signal(int)  # by keyboard: the seat in focus
    hovered = Signal(int)  # -1: none
    pointed = Signal(int)  # `pointed_place` is another one, or in another state
    rectangle_selected = Signal(list)
    row_selected = Signal(int)  # by double click on this seat, which the first click has picked
    area_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None, tokens: Tokens = theme.LIGHT) -> None:
        super().__init__(parent, tokens)
        accessible.install()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._pointer = Pointer()
        self._space_held = self._space_dragged = False
        self._describe: Callable[[int], str] = self._plain_label
        self._tooltips = True
        self._dock.picked.connect(self.area_clicked)

    def set_show(self, plan: Plan | None, states: bytes | bytearray | NDArray[np.uint8] = b"") -> None:
        super().set_show(plan, states)
        self._pointer.cancel()
        accessible.announce(self)
        self.pointed.emit(self.pointed_place)

    def set_describer(self, describe: Callable[[int], str], *, tooltips: bool = True) -> None:
        """How a place is put into words, for screen readers and, unless it is told elsewhere, for the tooltip:
        "Stalls C 12, free, 58.00"."""
        self._describe, self._tooltips = describe, tooltips

    @property
    def focus_place(self) -> int:
        """The place under the keyboard's focus; -1 if there is none yet."""
        return self._overlay.focus

    @property
    def pointed_place(self) -> int:
        """The place under the pointer, else under the keyboard's focus; -1 for none."""
        return self._overlay.hover if self._overlay.hover >= 0 else self._overlay.focus

    def spoken(self) -> str:
        """What a screen reader says of the map: the seat in focus, else the hall's name."""
        if self._overlay.focus >= 0:
            return self._describe(self._overlay.focus)
        return self._hall.plan.name if self._hall else self.accessibleName()

    def _plain_label(self, place: int) -> str:
        return self._hall.plan.label(place) if self._hall else ""

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
        self._pointer.press(event.position(), pans=pans)
        if pans:
            self._space_dragged = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or not self._camera or self._camera.seat_pitch < SPRITES_FROM:
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

    def _follow(self, meaning: Meaning) -> None:
        if isinstance(meaning, Pan):
            self._push(meaning)
        elif isinstance(meaning, Rectangle):
            self._overlay.rubber = None if meaning.done else meaning.rect
            self.update()
            if meaning.done and (places := self._places_inside(meaning.rect)):
                self.rectangle_selected.emit(places)
        elif isinstance(meaning, Click):
            self._click(meaning.at)

    def _click(self, at: QPointF) -> None:
        """A seat is picked; where seats are mere dots, its section is brought nearer instead."""
        place = self.place_at(at)
        if not (self._camera and self._labels) or place < 0:
            return
        camera = self._camera
        if camera.seat_pitch < SPRITES_FROM:
            box = self._labels.section_at(*camera.to_plan(at.x() * camera.ratio, at.y() * camera.ratio))
            if box is not None:
                camera.show(*box)
                self.update()
            return
        self._focus(place, shown=False)
        self.clicked.emit(place)

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

    def _zoom_at(self, at: QPointF, factor: float) -> None:
        if self._camera:
            ratio = self._camera.ratio
            self._camera.zoom(self._camera.scale * factor, at.x() * ratio, at.y() * ratio)
            self.update()

    def _hover(self, place: int) -> None:
        if place != self._overlay.hover:
            self._update_around(self._overlay.hover)
            self._overlay.hover = place
            self._update_around(place)
            self._explain(place)
            self.hovered.emit(place)
            self.pointed.emit(self.pointed_place)

    def _explain(self, place: int) -> None:
        """The tooltip says what the seat under the pointer is; not where a point stands for many."""
        near = place >= 0 and self._camera is not None and self._camera.seat_pitch >= SPRITES_FROM
        self.setToolTip(self._describe(place) if near and self._tooltips else "")

    def _update_around(self, place: int) -> None:
        if place >= 0 and self._camera:
            at, reach = self.position_of(place), self._overlay.reach(self._camera)
            self.update(QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach).toAlignedRect())

    # ---- keyboard ----------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ARROWS and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self._step(*_ARROWS[key])
        elif key == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._space_held, self._space_dragged = True, False
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._overlay.focus >= 0:
            self.activated.emit(self._overlay.focus)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_in()
        elif key == Qt.Key.Key_Minus:
            self.zoom_out()
        elif key == Qt.Key.Key_Escape and self._pointer.cancel():
            self._overlay.rubber = None
            self.update()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Space:
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat():
            pressed, self._space_held = self._space_held and not self._space_dragged, False
            if pressed and self._overlay.focus >= 0:
                self.activated.emit(self._overlay.focus)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._focus(self._overlay.focus if self._overlay.focus >= 0 else self._middle_place(), shown=True)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._space_held = self._overlay.focus_shown = False
        self.update()
        super().focusOutEvent(event)

    def _step(self, dx: int, dy: int) -> None:
        if not (self._hall and self._camera):
            return
        now = self._overlay.focus
        place = self._middle_place() if now < 0 else self._hall.geometry.towards(now, dx, dy)
        self._focus(place, shown=True)
        self._camera.reveal(*self._hall.geometry.at(place))
        self.update()

    def _middle_place(self) -> int:
        """The seat nearest to the middle of what is shown."""
        if not (self._hall and self._camera):
            return -1
        camera = self._camera
        x, y = camera.to_plan(camera.width / 2, camera.height / 2)
        return self._hall.geometry.nearest(x, y, camera.content.width() + camera.content.height())

    def _focus(self, place: int, *, shown: bool) -> None:
        self._update_around(self._overlay.focus)
        self._overlay.focus, self._overlay.focus_shown = place, shown
        self._update_around(place)
        accessible.announce(self)
        self.pointed.emit(self.pointed_place)
