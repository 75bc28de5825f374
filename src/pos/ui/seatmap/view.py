"""The hall on the screen: what is shown of it, in which state, how near, and its painting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from pos.domain.plan import Plan
from pos.ui.seatmap import states as s
from pos.ui.seatmap.areas import Area, AreaDock
from pos.ui.seatmap.blocks import Block
from pos.ui.seatmap.camera import Camera
from pos.ui.seatmap.canvas import Canvas
from pos.ui.seatmap.hall import NUMBERS_FROM, SPRITES_FROM, Hall, seat_size
from pos.ui.seatmap.heat import Heat, Mode
from pos.ui.seatmap.labels import Labels, Wording
from pos.ui.seatmap.overlay import FAR_DOT, Overlay
from pos.ui.seatmap.states import CategoryShape
from pos.ui.theme import tokens as theme
from pos.ui.theme.tokens import Tokens

_MANY: Final = 300  # changed seats from which repainting the view is less work than each of them
_SETTLE_MS: Final = 60  # calm time before the margin is painted
_SLICE_MS: Final = 12  # between its halves, so that a frame fits in
_COUNT_MS: Final = 80  # the counts follow the seats by so much, many changes at a time
_LEFT_ONLINE: Final = np.array([state in (s.FREE, s.HERE, s.ELSEWHERE, s.BASKET) for state in s.STATES])
_LEFT_OFFLINE: Final = np.array([state in s.IN_HAND for state in s.STATES])


class MapView(QWidget):
    """Shows a hall. A place is named by its index in the plan; `SeatMap` adds what one can do with it."""

    def __init__(self, parent: QWidget | None = None, tokens: Tokens = theme.LIGHT) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._tokens, self._offline = tokens, False
        self._shapes: dict[str, CategoryShape] = {}
        self._plan: Plan | None = None
        self._turn = 0
        self._marks: Mapping[int, str] = {}
        self._heat = Heat()
        self._obstacles: tuple[QRect, ...] = ()
        self._hall: Hall | None = None
        self._labels: Labels | None = None
        self._camera: Camera | None = None
        self._canvas = Canvas(self._paint_hall, self._seats_in)
        self._base: NDArray[np.uint8] = np.zeros(0, np.uint8)
        self._basket: frozenset[int] = frozenset()
        self._overlay = Overlay()
        self._wording: Wording = lambda name, count: (name, f"{count:,}")
        self._dock = AreaDock(self)
        self._dock.set_tokens(tokens)
        self._left: NDArray[np.intp] = np.zeros(0, np.intp)  # what each zone has left
        self._settling = QTimer(self, singleShot=True)
        self._settling.timeout.connect(self._settle)
        self._counting = QTimer(self, singleShot=True)
        self._counting.timeout.connect(self._write_counts)

    # ---- what is shown -----------------------------------------------------------------------

    def set_show(self, plan: Plan | None, states: bytes | bytearray | NDArray[np.uint8] = b"") -> None:
        """Show a hall: one state byte a place, in the plan's order. None shows only areas.

        The same plan again, for another show in the same hall or after everything changed,
        keeps what part of it is in view. The basket is empty afterwards.
        Raises ValueError if there are not as many states as places, or one is unknown.
        """
        base = np.zeros(0, np.uint8) if plan is None else _checked(states, len(plan))
        same, self._plan, self._base = plan is not None and self._plan is plan, plan, base
        self._basket = frozenset()
        if same and self._hall is not None:
            self._hall.states = self._base[self._hall.geometry.order]
            self._apply_heat()
            self._count()
            self._repaint()
            return
        self._marks = {}
        self._overlay.clear()
        self._build()

    def _build(self) -> None:
        """Make everything that depends on the plan and on how it is turned."""
        if self._plan is None:
            self._hall = self._labels = self._camera = None
        else:
            self._hall = Hall(self._plan, self._shown(), self._tokens, self._turn)
            self._hall.set_shapes(self._shapes)
            self._hall.set_offline(self._offline)
            self._hall.set_marks(self._marks)
            self._labels = Labels(self._hall.plan, self._hall.geometry)
            self._camera = Camera(_content(self._hall), self._hall.geometry.pitch)
            self._apply_heat()
        self._canvas.forget()
        self._lay_out()
        self._count()

    def _shown(self) -> NDArray[np.uint8]:
        """Every place's state, the basket laid over."""
        shown = self._base.copy()
        shown[list(self._basket)] = s.BASKET
        return shown

    def update_states(self, indices: Sequence[int] | NDArray[np.intp], codes: Sequence[int] | bytes | int) -> None:
        """Some places changed: repaint them and nothing else. One code may stand for all.

        Raises ValueError for an unknown code, IndexError for an unknown place; then nothing has changed.
        """
        places = np.asarray(indices, np.intp)
        states = np.empty(len(places), np.int64)
        states[:] = list(codes) if isinstance(codes, bytes | bytearray) else codes
        if ((places < 0) | (places >= len(self._base))).any():
            raise IndexError(f"the hall has {len(self._base)} places; asked for {places.min()} to {places.max()}")
        if ((states < 0) | (states >= len(s.STATES))).any():
            raise ValueError(f"state codes go from 0 to {len(s.STATES) - 1}; got {states.min()} to {states.max()}")
        self._base[places] = states
        self._show_states(places if len(places) < 2 else np.unique(places))

    def set_basket(self, indices: Iterable[int]) -> None:
        """Mark these places as in the basket; those that were and are no longer show their own state again."""
        basket = frozenset(int(ix) for ix in indices)
        if any(not 0 <= ix < len(self._base) for ix in basket):
            raise IndexError(f"the hall has {len(self._base)} places; the basket holds {sorted(basket)}")
        changed, self._basket = self._basket ^ basket, basket
        self._show_states(np.array(sorted(changed), np.intp))

    def set_areas(self, areas: list[Area]) -> None:
        """Show standing areas as tiles under the seats: (id, name, free in the pool, in hand, capacity)."""
        hidden = self._dock.isHidden()
        self._dock.set_areas(areas)
        if self._dock.isHidden() != hidden:
            self._lay_out()

    def set_category_shapes(self, shapes: dict[str, CategoryShape]) -> None:
        """How categories are drawn, by name; those left out are discs. Raises ValueError for an unknown shape."""
        if unknown := set(shapes.values()) - set(s.SHAPES):
            raise ValueError(f"no such shape: {', '.join(sorted(unknown))}")
        self._shapes = dict(shapes)
        if self._hall:
            self._hall.set_shapes(self._shapes)
            self._apply_heat()
        self._repaint()

    def set_marks(self, marks: Mapping[int, str]) -> None:
        """Letters on held places, instead of their numbers: what they are held for. For the hall that is shown."""
        self._marks = dict(marks)
        if self._hall:
            self._hall.set_marks(marks)
            self._repaint()

    def set_turn(self, quarters: int) -> None:
        """Turn the hall clockwise by so many quarters from how it is drawn; all of it is shown."""
        if quarters % 4 != self._turn:
            self._turn = quarters % 4
            self._build()

    def set_heat(self, mode: Mode, prices: Mapping[str, int] | None = None) -> None:
        """Colour the hall by category, by price, or by what is left row by row. `prices` are by category, minor
        units; those told last stay."""
        self._heat.mode = mode
        self._heat.prices = self._heat.prices if prices is None else dict(prices)
        self._apply_heat()
        self._repaint()

    @property
    def heat(self) -> Mode:
        """What the hall is coloured by."""
        return self._heat.mode

    def heat_key(self) -> list[tuple[str, int, int]]:
        """Each step's colour, and the least and most price or per cent left that it stands for; empty by category."""
        return self._heat.key(self._plan, self._tokens) if self._plan is not None else []

    def category_colors(self) -> dict[str, str]:
        """By category: the colour its places are shown in, as far as that is one."""
        if self._hall is None:
            return {}
        if self._heat.mode == "left":
            return dict.fromkeys((category.name for category in self._hall.plan.categories), self._tokens.muted)
        return self._hall.category_colors()

    def set_obstacles(self, boxes: Sequence[QRect]) -> None:
        """What lies over the map, px of the widget: the whole hall is fitted beside it."""
        if tuple(boxes) != self._obstacles:
            self._obstacles = tuple(boxes)
            self._lay_out()

    def set_offline(self, offline: bool) -> None:
        """With the office away, what is not in hand is dimmed and counts are of what is in hand."""
        self._offline = offline
        self._dock.set_offline(offline)
        if self._hall:
            self._hall.set_offline(offline)
            self._apply_heat()
        self._count()
        self._repaint()

    def set_tokens(self, tokens: Tokens) -> None:
        """Change the palette."""
        self._tokens = tokens
        self._dock.set_tokens(tokens)
        if self._hall and self._labels:
            self._hall.set_tokens(tokens)
            self._apply_heat()
            self._labels.forget()
        self._repaint()

    def set_section_wording(self, wording: Wording) -> None:
        """How a section's name and its count are written over it; plainly ("Circle", "166") unless told."""
        self._wording = wording
        self._count()
        self.update()

    @property
    def map_bytes(self) -> int:
        """Bytes the cached picture takes."""
        return self._canvas.nbytes

    def state_of(self, place: int) -> int:
        """The state a place is shown in."""
        return s.BASKET if place in self._basket else int(self._base[place])

    def sizeHint(self) -> QSize:
        return QSize(910, 560)

    # ---- states ------------------------------------------------------------------------------

    def _show_states(self, places: NDArray[np.intp]) -> None:
        """Take the shown state of these places, each named once, from base and basket, and repaint just them."""
        if not (self._hall and self._labels and self._camera) or not len(places):
            return
        shown = self._base[places]
        if self._basket:
            shown = np.where(np.isin(places, list(self._basket)), s.BASKET, shown)
        slots = self._hall.geometry.slot[places]
        before = self._hall.states[slots]
        differs = before != shown
        if not differs.any():
            return
        self._hall.states[slots] = shown
        sells = self._sells()
        by = sells[shown].astype(np.intp) - sells[before]
        np.add.at(self._left, self._labels.zone[places], by)
        self._counting.start(_COUNT_MS)
        reheated = self._heat.change(self._hall, places, by)
        if self._camera.seat_pitch < SPRITES_FROM:
            self._update_far(places[(shown == s.BASKET) != (before == s.BASKET)])
        if not self._hall.in_blocks(self._camera.scale):  # a block is repainted once its level is another
            self._repaint_seats(np.union1d(slots[differs], reheated))

    def _update_far(self, places: NDArray[np.intp]) -> None:
        """Repaint the dots that basket seats are seen by from afar."""
        assert self._hall is not None
        assert self._camera is not None
        for place in places.tolist():
            x, y = self._camera.to_view(*self._hall.geometry.at(place))
            reach = (FAR_DOT + 2) * self._camera.ratio
            rect = QRectF(x - reach, y - reach, 2 * reach, 2 * reach).toAlignedRect()
            self.update(self._on_widget(rect.translated(self._camera.left, self._camera.top)))

    def _repaint_seats(self, slots: NDArray[np.intp]) -> None:
        assert self._hall is not None
        assert self._camera is not None
        if len(slots) > _MANY:
            self._repaint()
            return
        reach = max(seat_size(self._camera.seat_pitch) * 0.56 + 2.0, 3.0)
        scale, view = self._camera.scale, self._camera.view
        for x, y in zip(self._hall.geometry.xs[slots].tolist(), self._hall.geometry.ys[slots].tolist(), strict=True):
            rect = QRectF(x * scale - reach, y * scale - reach, 2 * reach, 2 * reach).toAlignedRect()
            self._canvas.spoil(rect)
            if rect.intersects(view):
                self.update(self._on_widget(rect))

    def _apply_heat(self) -> None:
        if self._hall:
            self._heat.apply(self._hall, self._sells(), self._tokens)

    def _sells(self) -> NDArray[np.bool_]:
        """By state: whether such a seat counts as left."""
        return _LEFT_OFFLINE if self._offline else _LEFT_ONLINE

    def _count(self) -> None:
        """Count anew what each section has left."""
        if self._hall and self._labels:
            zones = self._labels.zone[self._hall.geometry.order[self._sells()[self._hall.states]]]
            self._left = np.bincount(zones, minlength=len(self._hall.plan.zones)).astype(np.intp)
            self._write_counts()

    def _write_counts(self) -> None:
        """Write the counts over the sections and fill the blocks, repainting those that look different."""
        if not (self._labels and self._camera and self._hall):
            return
        for box in self._labels.set_counts(self._left, self._wording):
            self.update(self._on_widget(box))
        for block in self._hall.blocks.set_left(self._left):
            self._spoil_block(block)

    def _spoil_block(self, block: Block) -> None:
        assert self._camera is not None
        assert self._hall is not None
        scale = self._camera.scale
        if self._hall.in_blocks(scale):
            box = QRectF(block.box.topLeft() * scale, block.box.size() * scale).adjusted(-2, -2, 2, 2).toAlignedRect()
            self._canvas.spoil(box)
            self.update(self._on_widget(box))

    # ---- the view ----------------------------------------------------------------------------

    def _on_widget(self, rect: QRect) -> QRect:
        """A rectangle of the scaled hall as one of the widget, rounded outwards."""
        assert self._camera is not None
        ratio, at = self._camera.ratio, rect.translated(-self._camera.left, -self._camera.top)
        return QRectF(at.x() / ratio, at.y() / ratio, at.width() / ratio, at.height() / ratio).toAlignedRect()

    def _lay_out(self) -> None:
        """The areas take the foot of the widget, or all of it where there are no seats; the hall has the rest."""
        foot = self._dock.sizeHint().height() if not self._dock.isHidden() else 0
        self._dock.setGeometry(0, self.height() - foot, self.width(), foot)
        if self._hall is None and foot:
            self._dock.setGeometry(self.rect())
        if self._camera and self._hall:
            ratio = self._hall.ratio = self.devicePixelRatioF()
            self._camera.resize(round(self.width() * ratio), round((self.height() - foot) * ratio), ratio)
            boxes = [
                QRectF(box.x() * ratio, box.y() * ratio, box.width() * ratio, box.height() * ratio)
                for box in self._obstacles
            ]
            self._camera.avoid(boxes, self._hall.taken)
        self.update()

    def _repaint(self) -> None:
        self._canvas.forget()
        self.update()

    # ---- painting ----------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            if not (self._camera and self._hall and self._labels):
                painter.fillRect(event.rect(), QColor(self._tokens.paper))
                return
            camera = self._camera
            if camera.ratio != self.devicePixelRatioF():
                self._labels.forget()
                self._lay_out()
            if camera.ratio != 1.0:
                # From here on a unit is a device px: the picture is copied, not scaled.
                painter.setWorldTransform(QTransform.fromScale(1 / camera.ratio, 1 / camera.ratio))
            view = camera.view
            part = self._in_hall(event.rect()).intersected(view)
            self._canvas.show(painter, view, part, camera.scale, QColor(self._tokens.paper))
            self._paint_over(painter, view, part)
        self._settling.start(_SETTLE_MS)

    def _paint_over(self, painter: QPainter, view: QRect, part: QRect) -> None:
        assert self._camera is not None
        assert self._hall is not None
        assert self._labels is not None
        camera, geometry = self._camera, self._hall.geometry
        if camera.seat_pitch >= NUMBERS_FROM * camera.ratio:
            self._labels.paint_rows(painter, view, part, camera.scale, self._tokens, camera.ratio)
        self._labels.paint_sections(painter, view, part, camera.scale, self._tokens, camera.ratio)
        if camera.seat_pitch < SPRITES_FROM and self._basket:
            self._overlay.paint_far_basket(painter, camera, geometry, self._basket, self._tokens)
        self._overlay.paint(painter, camera, geometry, self._tokens)

    def _in_hall(self, rect: QRect) -> QRect:
        """A rectangle of the widget as one of the scaled hall, rounded outwards."""
        assert self._camera is not None
        ratio = self._camera.ratio
        at = QRectF(rect.x() * ratio, rect.y() * ratio, rect.width() * ratio, rect.height() * ratio)
        return at.toAlignedRect().translated(self._camera.left, self._camera.top)

    def _paint_hall(
        self, image: QImage, pixels: NDArray[np.uint32], rect: QRect, origin: tuple[int, int], scale: float
    ) -> None:
        if self._hall:
            self._hall.paint(image, pixels, rect, origin, scale)

    def _seats_in(self, rect: QRect, scale: float) -> int:
        """How many seats are in a rectangle of the scaled hall, roughly."""
        if self._hall is None:
            return 0
        edges = (rect.left() / scale, rect.top() / scale, rect.right() / scale, rect.bottom() / scale)
        return len(self._hall.geometry.near(*edges))

    def _settle(self) -> None:
        """Nothing happened for a moment: paint what is missing, so that the next pan is a copy."""
        if self._hall is None:
            return
        seen, more = self._canvas.settle()
        if seen:
            self.update()
        if more:
            self._settling.start(_SLICE_MS)


def _checked(states: bytes | bytearray | NDArray[np.uint8], count: int) -> NDArray[np.uint8]:
    """The states as a column of our own. Raises ValueError for a wrong length or an unknown state."""
    column = np.frombuffer(states, np.uint8) if isinstance(states, bytes | bytearray) else np.asarray(states)
    if column.shape != (count,):
        raise ValueError(f"{column.size} states for {count} places")
    if count and int(column.max()) >= len(s.STATES):
        raise ValueError(f"state codes go from 0 to {len(s.STATES) - 1}; got {int(column.max())}")
    return column.astype(np.uint8)


def _content(hall: Hall) -> QRectF:
    """What there is to see, plan units: the seats with half a seat round them, and the drawings."""
    geometry, room = hall.geometry, hall.geometry.pitch * 0.8
    width, height = geometry.right - geometry.left, geometry.bottom - geometry.top
    seats = QRectF(geometry.left - room, geometry.top - room, width + 2 * room, height + 2 * room)
    return seats.united(hall.drawings.bounds)
