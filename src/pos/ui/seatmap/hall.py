"""The hall as it stands: which seat is in which state, and how any rectangle of it is painted."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from pos.domain.plan import Plan
from pos.ui.seatmap import states as s
from pos.ui.seatmap.blocks import BLOCKS_BELOW, Blocks
from pos.ui.seatmap.drawings import Drawings
from pos.ui.seatmap.geometry import Geometry, Slots
from pos.ui.seatmap.glyphs import TICK_ABOVE_NUMBER_FROM, Raster, SeatColors, draw, raster_for
from pos.ui.seatmap.palette import told_apart
from pos.ui.seatmap.scatter import scatter, stamp, stamp_side
from pos.ui.seatmap.sprites import Atlas, Fragments, place, text_atlas, text_size
from pos.ui.seatmap.states import SHAPES, CategoryShape
from pos.ui.seatmap.turning import transform, turned
from pos.ui.theme.tokens import Tokens

SPRITES_FROM: Final = 4.5  # px between seats; below, seats are scattered as pixels
NUMBERS_FROM: Final = 17.0  # px between seats; from here a seat carries its number
_KEPT: Final = 6  # sizes whose atlases are kept
_STATES: Final = len(s.STATES)
_AHEAD: Final = 4096  # px that a seat may lie left of or above a picture and still be rounded right


def seat_size(pitch: float) -> float:
    """A seat's diameter, px, when seats are `pitch` px apart: nearly touching far off, airier close up."""
    share = 1.0 - 0.05 * min(max((pitch - SPRITES_FROM) / 4.5, 0.0), 1.0) - 0.09 * min(max((pitch - 9) / 15, 0.0), 1.0)
    return round(pitch * share * 4) / 4


def _whole(positions: NDArray[np.float32]) -> NDArray[np.int32]:
    """Rounded down; a conversion cuts towards zero, so it is done among positive numbers."""
    whole = (positions + np.float32(_AHEAD)).astype(np.int32)
    whole -= _AHEAD
    return whole


class Hall:
    """Columns by slot, colours by category, and the atlases made from them."""

    def __init__(self, plan: Plan, states: NDArray[np.uint8], tokens: Tokens, turn: int = 0) -> None:
        """`turn` is by how many quarters `plan` is shown turned clockwise."""
        self.plan = turned(plan, turn)
        self.geometry = Geometry(self.plan)
        self.drawings = Drawings(plan.shapes, transform(plan, turn))
        self.blocks = Blocks(self.plan, self.geometry.pitch)
        self._category = np.frombuffer(plan.category, np.uint16).astype(np.intp)
        # A seat's key is its group and state in one number: what its picture depends on. Groups are the categories,
        # or steps of heat in each of the shapes.
        self._first_key = self._category[self.geometry.order] * _STATES
        self.states = states[self.geometry.order]
        self.shapes: dict[str, CategoryShape] = {}
        self.offline = False
        self.ratio = 1.0  # device px a px
        self._heated = False
        self._corners_for: tuple[tuple[int, int], float, int] = ((0, 0), 0.0, 0)
        self._corners_kept: tuple[NDArray[np.int32], ...] = ()
        self._fragments = Fragments()
        self._number = np.full(len(self.geometry), -1, np.intp)
        self._texts: list[str] = []
        self._text_index: dict[str, int] = {}
        self._marks: dict[int, str] = {}  # slot -> the letter that stands instead of its number
        self.set_tokens(tokens)

    def set_marks(self, marks: Mapping[int, str]) -> None:
        """Letters that stand on held places instead of their numbers, by the plan's index."""
        slot_of = {int(ix): slot for slot, ix in enumerate(self.geometry.order.tolist())} if marks else {}
        before, self._marks = self._marks, {slot_of[ix]: letter for ix, letter in marks.items() if ix in slot_of}
        self._number[list(before.keys() | self._marks.keys())] = -1

    # ---- what it looks like ----------------------------------------------------------------

    def set_tokens(self, tokens: Tokens) -> None:
        """Change the palette; heat has to be set anew."""
        self.tokens = tokens
        own = tuple(category.color for category in self.plan.categories)
        self._own_colors = [SeatColors.of(color, tokens) for color in told_apart(own, tokens.paper)]
        self.set_heat(None, ())

    def set_shapes(self, shapes: dict[str, CategoryShape]) -> None:
        """How categories are drawn; heat has to be set anew."""
        self.shapes = dict(shapes)
        self.set_heat(None, ())

    def set_heat(self, steps: NDArray[np.intp] | None, scale: Sequence[str]) -> None:
        """Colour places by steps of a scale, in the plan's order, -1 for none; None by their categories again."""
        shape_of = np.array([SHAPES.index(self._shape(n)) for n in range(len(self.plan.categories))], np.intp)
        if steps is None:
            groups, self.colors = self._category, self._own_colors
            self._shape_of_group: list[CategoryShape] = [SHAPES[n] for n in shape_of.tolist()]
            self.zone_colors = [self._own_colors[n].body for n in self.blocks.categories.tolist()]
        else:
            inks = [SeatColors.of(color, self.tokens) for color in (self.tokens.sold, *scale)]
            groups = (steps + 1) * len(SHAPES) + shape_of[self._category]
            self.colors = [ink for ink in inks for _ in SHAPES]
            self._shape_of_group = [shape for _ in inks for shape in SHAPES]
            zones = np.frombuffer(self.plan.zone, np.uint16)
            usual = np.bincount(zones, steps, len(self.plan.zones)) / np.maximum(np.bincount(zones), 1)
            self.zone_colors = [inks[n].body for n in np.rint(usual + 1).astype(int).tolist()]
        heated, self._heated = self._heated, steps is not None
        self._first_key = groups[self.geometry.order] * _STATES
        if heated or self._heated:
            self._number[:] = -1
        self.forget_pictures()

    def category_colors(self) -> dict[str, str]:
        """By category's name: the plan's own, told apart; where steps colour the hall, the step of its first place."""
        own = {each.name: ink.body for each, ink in zip(self.plan.categories, self._own_colors, strict=True)}
        if not self._heated:
            return own
        _, first = np.unique(self._category, return_index=True)
        keys = self._first_key[self.geometry.slot[first]] // _STATES
        return own | {
            self.plan.categories[int(self._category[place])].name: self.colors[key].body
            for place, key in zip(first.tolist(), keys.tolist(), strict=True)
        }

    def set_step(self, places: NDArray[np.intp], steps: NDArray[np.intp]) -> None:
        """Some places have come to other steps of the heat."""
        slots = self.geometry.slot[places]
        shape = self._first_key[slots] // _STATES % len(SHAPES)
        self._first_key[slots] = ((steps + 1) * len(SHAPES) + shape) * _STATES
        self._number[slots] = -1

    def _shape(self, category: int) -> CategoryShape:
        return self.shapes.get(self.plan.categories[category].name, "disc")

    def set_offline(self, offline: bool) -> None:
        self.offline = offline
        self.forget_pictures()

    def forget_pictures(self) -> None:
        self._seat_atlases: OrderedDict[tuple[float, bool], tuple[Atlas, Raster, NDArray[np.intp]]] = OrderedDict()
        self._text_atlases: OrderedDict[float, tuple[Atlas, NDArray[np.intp]]] = OrderedDict()
        self._stamps: dict[int, tuple[NDArray[np.uint32], NDArray[np.bool_]]] = {}

    # ---- painting --------------------------------------------------------------------------

    def paint(
        self, image: QImage, pixels: NDArray[np.uint32], rect: QRect, origin: tuple[int, int], scale: float
    ) -> None:
        """Paint a rectangle of the image anew; nothing outside it changes.

        `pixels` is the image's own memory, (height, width). `origin` is what the image's
        top left pixel shows, `scale` px a plan unit.
        """
        pitch = self.geometry.pitch * scale
        if self.in_blocks(scale):
            with self._painter(image, rect) as painter:
                self.drawings.paint(painter, rect, origin, scale, self.tokens)
                self.blocks.paint(painter, rect, origin, scale, self.zone_colors, self.tokens)
            return
        reach = max(pitch, 6.0)
        left, top = rect.left() + origin[0], rect.top() + origin[1]
        slots = self.geometry.near(
            (left - reach) / scale,
            (top - reach) / scale,
            (left + rect.width() + reach) / scale,
            (top + rect.height() + reach) / scale,
        )
        with self._painter(image, rect) as painter:
            self.drawings.paint(painter, rect, origin, scale, self.tokens)
            if len(slots) and pitch >= SPRITES_FROM:
                self._paint_sprites(painter, slots, origin, scale)
        if len(slots) and pitch < SPRITES_FROM:
            self._scatter(pixels, rect, slots, origin, scale)

    def paint_small(self, image: QImage, pixels: NDArray[np.uint32], origin: tuple[int, int], scale: float) -> None:
        """All of the hall as dots, without a word, however small it is."""
        with self._painter(image, image.rect()) as painter:
            self.drawings.paint(painter, image.rect(), origin, scale, self.tokens, words=False)
        self._scatter(pixels, image.rect(), np.arange(len(self.geometry), dtype=np.intp), origin, scale)

    def _painter(self, image: QImage, rect: QRect) -> QPainter:
        painter = QPainter(image)
        painter.setClipRect(rect)
        painter.fillRect(rect, QColor(self.tokens.paper))
        return painter

    def taken(self, left: float, top: float, right: float, bottom: float) -> bool:
        """Whether a seat or a drawing touches a rectangle, plan units."""
        room = self.geometry.pitch / 2
        if len(self.geometry.inside(left - room, top - room, right + room, bottom + room)):
            return True
        return self.drawings.bounds.intersects(QRectF(left, top, right - left, bottom - top))

    def in_blocks(self, scale: float) -> bool:
        """Whether sections are shown as blocks at this scale."""
        return self.geometry.pitch * scale < BLOCKS_BELOW * self.ratio

    def _positions(self, slots: Slots, origin: tuple[int, int], scale: float) -> tuple[NDArray[np.float32], ...]:
        of = self._columns_of(slots)
        xs = self.geometry.xs[of] * np.float32(scale) - np.float32(origin[0])
        ys = self.geometry.ys[of] * np.float32(scale) - np.float32(origin[1])
        return xs, ys

    def _columns_of(self, slots: Slots) -> Slots | slice:
        """Slots as an index into columns; all of them as a slice, which copies nothing."""
        return slice(None) if len(slots) == len(self.geometry) else slots

    def _keys(self, slots: Slots) -> NDArray[np.intp]:
        of = self._columns_of(slots)
        return self.states[of] + self._first_key[of]

    # ---- far: pixels -----------------------------------------------------------------------

    def _scatter(
        self, pixels: NDArray[np.uint32], rect: QRect, slots: Slots, origin: tuple[int, int], scale: float
    ) -> None:
        side = stamp_side(self.geometry.pitch * scale)
        keys = self._keys(slots)
        table = self._stamp_table(side, keys)
        lefts, tops = self._corners(slots, origin, scale, side)
        clip = (rect.left(), rect.top(), rect.left() + rect.width(), rect.top() + rect.height())
        scatter(pixels, clip, lefts, tops, keys, table)

    def _corners(self, slots: Slots, origin: tuple[int, int], scale: float, side: int) -> tuple[NDArray[np.int32], ...]:
        """Where stamps begin, px of the image. Those of a whole hall are kept: it is painted again as it lies."""
        whole, placed = len(slots) == len(self.geometry), (origin, scale, side)
        if whole and self._corners_for == placed:
            return self._corners_kept
        middle = np.float32((side - 1) / 2)
        xs, ys = self._positions(slots, origin, scale)
        found = _whole(xs - middle), _whole(ys - middle)
        if whole:
            self._corners_for, self._corners_kept = placed, found
        return found

    def _stamp_table(self, side: int, keys: NDArray[np.intp]) -> NDArray[np.uint32]:
        if side not in self._stamps:
            count = _STATES * len(self.colors)
            self._stamps[side] = np.zeros((side * side, count), np.uint32), np.zeros(count, np.bool_)
        table, known = self._stamps[side]
        for key in np.unique(keys[~known[keys]]).tolist():
            group, state = divmod(key, _STATES)
            table[:, key] = stamp(state, self.colors[group], self.tokens, side, self.offline)
            known[key] = True
        return table

    # ---- near: sprites ---------------------------------------------------------------------

    def _paint_sprites(self, painter: QPainter, slots: Slots, origin: tuple[int, int], scale: float) -> None:
        pitch = self.geometry.pitch * scale
        size = seat_size(pitch)
        keys = self._keys(slots)
        atlas, raster, first = self._seat_atlas(size, keys, pitch >= NUMBERS_FROM)
        xs, ys = self._positions(slots, origin, scale)
        lefts, phases_x = place(xs, raster)
        tops, phases_y = place(ys, raster)
        pictures = first[keys] + phases_y * raster.phases + phases_x
        self._fragments.draw(painter, atlas, pictures, lefts, tops)
        if pitch >= NUMBERS_FROM:
            self._paint_numbers(painter, slots, keys, xs, ys, size)

    def _seat_atlas(
        self, size: float, keys: NDArray[np.intp], numbered: bool
    ) -> tuple[Atlas, Raster, NDArray[np.intp]]:
        """The atlas of a size, the raster of its pictures, and each key's first picture (-1: not there)."""
        kept = self._seat_atlases.pop((size, numbered), None)
        if kept is None or (kept[2][keys] < 0).any():
            seen = np.bincount(keys, minlength=_STATES * len(self.colors)) > 0
            if kept is not None:
                seen |= kept[2] >= 0
            raster = raster_for(size, 3 if size < 12 else 2 if size < 24 else 1)
            wanted = np.flatnonzero(seen)
            first = np.full(len(seen), -1, np.intp)
            first[wanted] = np.arange(len(wanted)) * raster.phases**2
            drawn = [self._draw(int(key), raster, numbered) for key in wanted]
            kept = Atlas(raster.side, np.concatenate(drawn).reshape(-1, raster.side, raster.side)), raster, first
        self._seat_atlases[size, numbered] = kept
        while len(self._seat_atlases) > _KEPT:
            self._seat_atlases.popitem(last=False)
        return kept

    def _draw(self, key: int, raster: Raster, numbered: bool) -> NDArray[np.uint32]:
        group, state = divmod(key, _STATES)
        shape = self._shape_of_group[group]
        return draw(state, shape, self.colors[group], self.tokens, raster, numbered, self.offline)

    # ---- near enough to read: numbers --------------------------------------------------------

    def _paint_numbers(
        self,
        painter: QPainter,
        slots: Slots,
        keys: NDArray[np.intp],
        xs: NDArray[np.float32],
        ys: NDArray[np.float32],
        size: float,
    ) -> None:
        inks = self._inks(size)
        ink = inks[keys]
        shown = ink >= 0
        if not shown.any():
            return
        numbers = self._number_of(slots[shown])
        atlas, first = self._text_atlas(text_size(size), numbers)
        count = int(first.max()) + 1
        drop = np.where(self.states[slots[shown]] == s.BASKET, size * 0.14, 0.0)
        lefts = np.floor(xs[shown]).astype(np.intp) - (atlas.side // 2 - 1)
        tops = np.floor(ys[shown] + drop).astype(np.intp) - (atlas.side // 2 - 1)
        self._fragments.draw(painter, atlas, ink[shown] * count + first[numbers], lefts, tops)

    def _inks(self, size: float) -> NDArray[np.intp]:
        """The number's colour by key: 0 dark, 1 light, 2 the theme's ink, 3 its muted ink; -1 none."""
        inks = np.full(_STATES * len(self.colors), -1, np.intp)
        for group, colors in enumerate(self.colors):
            base = group * _STATES
            on_body = 0 if colors.text == "#101010" else 1
            on_free = on_body if not self.offline else 3
            inks[base + s.FREE], inks[base + s.HERE] = on_free, on_body
            inks[base + s.ELSEWHERE] = inks[base + s.HELD] = 3 if self.offline else 2
            if size >= TICK_ABOVE_NUMBER_FROM:
                inks[base + s.BASKET] = 0 if self.tokens.dark else 1
        return inks

    def _number_of(self, slots: Slots) -> NDArray[np.intp]:
        """Each slot's seat number as an index into `_texts`; looked up when first seen, a bowl has many."""
        for slot in slots[self._number[slots] < 0].tolist():
            text = self._marks.get(slot) or self._figure(slot)
            if text not in self._text_index:
                self._text_index[text] = len(self._texts)
                self._texts.append(text)
            self._number[slot] = self._text_index[text]
        return self._number[slots]

    def _figure(self, slot: int) -> str:
        """A seat's number, or its step's where the hall is coloured by steps."""
        if not self._heated:
            return self.plan.numbers[int(self.geometry.order[slot])]
        step = int(self._first_key[slot]) // _STATES // len(SHAPES)
        return str(step) if step else "–"

    def _text_atlas(self, size: float, numbers: NDArray[np.intp]) -> tuple[Atlas, NDArray[np.intp]]:
        """The atlas of numbers for a size and each text's picture in it (-1: not there), for four inks."""
        kept = self._text_atlases.pop(size, None)
        if kept is None or int(numbers.max()) >= len(kept[1]) or (kept[1][numbers] < 0).any():
            seen = np.bincount(numbers, minlength=len(self._texts)) > 0
            if kept is not None:
                seen[: len(kept[1])] |= kept[1] >= 0
            wanted = np.flatnonzero(seen)
            first = np.full(len(seen), -1, np.intp)
            first[wanted] = np.arange(len(wanted))
            inks = ["#101010", "#FFFFFF", self.tokens.ink, self.tokens.muted]
            kept = text_atlas([self._texts[n] for n in wanted.tolist()], inks, size), first
        self._text_atlases[size] = kept
        while len(self._text_atlases) > _KEPT:
            self._text_atlases.popitem(last=False)
        return kept
