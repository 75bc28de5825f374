"""The hall by keyboard: from seat to seat, along rows, from block to block."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from pos.ui.seatmap import accessible
from pos.ui.seatmap.hall import SPRITES_FROM
from pos.ui.seatmap.states import BASKET
from pos.ui.seatmap.steered import SteeredMap
from pos.ui.theme import tokens as theme
from pos.ui.theme.tokens import Tokens

_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class WalkedMap(SteeredMap):
    """A hall with a place, or, where seats are mere dots, a section, in focus.

    Arrows walk over the seats, with Ctrl over the sections; Home and End go to the row's ends. From afar arrows walk
    over the sections, and Space or Enter comes nearer to one.
    """

    activated = Signal(int)  # the seat in focus
    pointed = Signal(int)  # `pointed_place` is another one, or in another state; -1: none, but maybe a section

    def __init__(self, parent: QWidget | None = None, tokens: Tokens = theme.LIGHT) -> None:
        super().__init__(parent, tokens)
        accessible.install()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._space_held = self._space_dragged = False
        self._section = -1  # the zone in focus or under the pointer, from afar
        self._describe: Callable[[int], str] = self._plain_label
        self._places: dict[int, list[int]] = {}  # by zone, as far as somebody has asked for them

    # ---- what is in focus --------------------------------------------------------------------

    @property
    def far(self) -> bool:
        """Whether seats are mere dots, or not even that: sections are what one can point at."""
        return self._camera is not None and self._camera.seat_pitch < SPRITES_FROM

    @property
    def focus_place(self) -> int:
        """The place under the keyboard's focus; -1 if there is none yet."""
        return self._overlay.focus

    @property
    def pointed_place(self) -> int:
        """The place under the pointer, else under the keyboard's focus; -1 for none."""
        return self._overlay.hover if self._overlay.hover >= 0 else self._overlay.focus

    @property
    def pointed_section(self) -> tuple[str, str] | None:
        """The name and the count of the section that is pointed at from afar, as they are written over it."""
        if not self.far or self._section < 0 or self._hall is None:
            return None
        return self._wording(self._hall.plan.zones[self._section], int(self._left[self._section]))

    def spoken(self) -> str:
        """What a screen reader says of the map: the section or seat in focus, else the hall's name."""
        if (section := self.pointed_section) is not None:
            return " ".join(section)
        if self._overlay.focus >= 0:
            return self._describe(self._overlay.focus)
        return self._hall.plan.name if self._hall else self.accessibleName()

    def _build(self) -> None:
        self._places = {}
        accessible.forget(self)
        super()._build()

    def _plain_label(self, place: int) -> str:
        return self._hall.plan.label(place) if self._hall else ""

    def _focus(self, place: int, *, shown: bool) -> None:
        self._update_around(self._overlay.focus)
        self._overlay.focus, self._overlay.focus_shown = place, shown
        self._update_around(place)
        accessible.announce(self)
        self.pointed.emit(self.pointed_place)

    def _point_at_section(self, zone: int, *, shown: bool) -> None:
        """A section is in focus, or under the pointer; -1 for none."""
        box = self._hall.blocks.box_of(zone) if self._hall is not None and zone >= 0 and shown else QRectF()
        if (zone, box) != (self._section, self._overlay.block):
            self._section, self._overlay.block = zone, box
            self.update()
            accessible.announce(self)
            self.pointed.emit(self.pointed_place)

    def _update_around(self, place: int) -> None:
        if place >= 0 and self._camera:
            at, reach = self.position_of(place), self._overlay.reach(self._camera)
            self.update(QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach).toAlignedRect())

    # ---- the accessibility tree --------------------------------------------------------------

    def sections(self) -> list[int]:
        """The zones that have seats."""
        return [block.zone for block in self._hall.blocks.all] if self._hall else []

    def section_words(self, zone: int) -> str:
        """A section's name and what it has left."""
        return " ".join(self._wording(self._hall.plan.zones[zone], int(self._left[zone]))) if self._hall else ""

    def places_of(self, zone: int) -> list[int]:
        """The places of a zone, in the plan's order."""
        if self._hall is None:
            return []
        if zone not in self._places:
            found = np.flatnonzero(np.frombuffer(self._hall.plan.zone, np.uint16) == zone)
            self._places[zone] = found.tolist()
        return self._places[zone]

    def section_of(self, place: int) -> int:
        """The zone a place is in."""
        return self._hall.plan.zone[place] if self._hall else -1

    def place_words(self, place: int) -> str:
        """A place and its state by name."""
        return self._describe(place)

    def in_basket(self, place: int) -> bool:
        return self.state_of(place) == BASKET

    def box_of_place(self, place: int) -> QRect:
        """Where a seat is shown, px of the widget."""
        at, half = self.position_of(place), max(self.seat_pitch / 2, 1.0)
        return QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half).toAlignedRect()

    def box_of_section(self, zone: int) -> QRect:
        """Where a section is shown, px of the widget."""
        if not (self._hall and self._camera):
            return QRect()
        box, scale = self._hall.blocks.box_of(zone), self._camera.scale
        return self._on_widget(QRectF(box.topLeft() * scale, box.size() * scale).toAlignedRect())

    # ---- keys --------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, held = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        by_section = held == Qt.KeyboardModifier.ControlModifier
        if key in _ARROWS and (not held or by_section):
            if self.far or by_section:
                self._step_over_sections(*_ARROWS[key])
            else:
                self._step(*_ARROWS[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and not held and not self.far:
            self._to_end(last=key == Qt.Key.Key_End)
        elif key == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._space_held, self._space_dragged = True, False
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._acts():
            self._act()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_in()
        elif key == Qt.Key.Key_Minus:
            self.zoom_out()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Space:
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat():
            pressed, self._space_held = self._space_held and not self._space_dragged, False
            if pressed and self._acts():
                self._act()

    def _acts(self) -> bool:
        return (self.far and self._section >= 0) or self._overlay.focus >= 0

    def _act(self) -> None:
        """Take the seat in focus, or come nearer to the section in focus."""
        if self.far and self._section >= 0:
            self._come_nearer(self._section)
        elif self._overlay.focus >= 0:
            self.activated.emit(self._overlay.focus)

    def _come_nearer(self, zone: int) -> None:
        assert self._hall is not None
        assert self._camera is not None
        box = self._hall.blocks.box_of(zone)
        self._camera.show(box.left(), box.top(), box.right(), box.bottom())
        self._point_at_section(-1, shown=False)
        self._focus(self._middle_of(zone), shown=True)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            if self.far:
                self._point_at_section(self._section_here(), shown=True)
            else:
                self._focus(self._overlay.focus if self._overlay.focus >= 0 else self._middle_place(), shown=True)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._space_held = self._overlay.focus_shown = False
        self._overlay.block = QRectF()
        self.update()
        super().focusOutEvent(event)

    # ---- steps -------------------------------------------------------------------------------

    def _step(self, dx: int, dy: int) -> None:
        if not (self._hall and self._camera):
            return
        now = self._overlay.focus
        self._go(self._middle_place() if now < 0 else self._hall.geometry.towards(now, dx, dy))

    def _to_end(self, *, last: bool) -> None:
        """The first or the last seat of the row in focus."""
        if self._hall is not None and self._overlay.focus >= 0:
            row = self._hall.plan.rows[self._hall.plan.row[self._overlay.focus]]
            self._go(row.end - 1 if last else row.first)

    def _step_over_sections(self, dx: int, dy: int) -> None:
        if self._hall is None:
            return
        if self.far:
            first = self._section < 0 or self._overlay.block.isEmpty()
            here = self._section_here()
            self._point_at_section(here if first else self._hall.blocks.next_to(here, dx, dy), shown=True)
        elif self._overlay.focus >= 0:
            zone = self._hall.blocks.next_to(self._hall.plan.zone[self._overlay.focus], dx, dy)
            if zone != self._hall.plan.zone[self._overlay.focus]:
                self._go(self._middle_of(zone))

    def _go(self, place: int) -> None:
        assert self._hall is not None
        assert self._camera is not None
        self._focus(place, shown=True)
        self._camera.reveal(*self._hall.geometry.at(place))
        self.update()

    def _section_here(self) -> int:
        """The section that is pointed at, else that of the seat in focus, else in the middle of the view."""
        if self._section >= 0 or self._hall is None:
            return self._section
        place = self._overlay.focus if self._overlay.focus >= 0 else self._middle_place()
        return self._hall.plan.zone[place] if place >= 0 else -1

    def _middle_of(self, zone: int) -> int:
        """The seat of a section that is nearest to its middle."""
        assert self._hall is not None
        geometry, middle = self._hall.geometry, self._hall.blocks.box_of(zone).center()
        slots = geometry.slot[np.flatnonzero(np.frombuffer(self._hall.plan.zone, np.uint16) == zone)]
        away = np.hypot(geometry.xs[slots] - middle.x(), geometry.ys[slots] - middle.y())
        return int(geometry.order[slots[int(away.argmin())]])

    def _middle_place(self) -> int:
        """The seat nearest to the middle of what is shown."""
        if not (self._hall and self._camera):
            return -1
        camera = self._camera
        x, y = camera.to_plan(camera.width / 2, camera.height / 2)
        return self._hall.geometry.nearest(x, y, camera.content.width() + camera.content.height())
