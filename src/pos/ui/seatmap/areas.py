"""Standing areas: tiles with their counts, docked under the seats, or all there is of a show without seats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import money_font, text_font
from pos.ui.theme.tokens import Tokens

Area = tuple[str, str, int, int, int]
"""An area's id, name, free units in the pool, units in hand here, capacity."""

_HEIGHT: Final = 72


class AreaTile(QPushButton):
    """One area: its name, how many are left, how many of them are in hand, and how full it is.

    It paints all of itself; QAbstractButton would do, but its own `paintEvent` is pure virtual,
    and Qt aborts when it asks for one while Python takes the button apart.
    """

    def __init__(self, area: Area, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(320)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.offline, self.tokens = False, t.LIGHT
        self.area = area
        self.show_area(area)

    def show_area(self, area: Area) -> None:
        self.area = area
        self.setAccessibleName(f"{area[1]} {self.left}")
        self.update()

    @property
    def left(self) -> int:
        """What can be sold now: with the office away, only what is in hand."""
        _, _, free, here, _ = self.area
        return here if self.offline else free + here

    def sizeHint(self) -> QSize:
        return QSize(220, _HEIGHT - 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        _, name, _, here, capacity = self.area
        look = self.tokens
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pen = painter.pen()
            pen.setWidthF(2.0 if self.hasFocus() else t.LINE)
            pen.setColor(QColor(look.accent if self.hasFocus() else look.edge))
            painter.setPen(pen)
            painter.setBrush(QColor(look.paper if self.underMouse() else look.card))
            painter.drawRoundedRect(box, t.RADIUS, t.RADIUS)
            field = box.adjusted(12, 6, -12, -14)
            painter.setPen(QColor(look.ink))
            painter.setFont(money_font(t.TITLE))
            count = f"{self.left:,}"
            painter.drawText(field, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, count)
            taken = painter.fontMetrics().horizontalAdvance(count) + 12
            painter.setFont(text_font(t.BODY, QFont.Weight.DemiBold))
            label = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(field.width() - taken))
            painter.drawText(field, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, label)
            bar = QRectF(box.left() + 12, box.bottom() - 11, box.width() - 24, 4)
            self._bar(painter, bar, 1.0, look.line)
            self._bar(painter, bar, self.left / max(capacity, 1), look.muted)
            self._bar(painter, bar, here / max(capacity, 1), look.accent)

    def _bar(self, painter: QPainter, bar: QRectF, share: float, color: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * min(share, 1.0), bar.height()), 2, 2)


class AreaDock(QWidget):
    """The row of tiles. Tiles are kept while the areas stay the same, so a count changes in place."""

    picked = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._tiles: list[AreaTile] = []
        self._box = QHBoxLayout(self)
        self._box.setContentsMargins(16, 8, 16, 8)
        self._box.setSpacing(8)
        self._box.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self._offline, self._tokens = False, t.LIGHT
        self.hide()

    def set_areas(self, areas: list[Area]) -> None:
        """Show these areas, in this order; none hides the dock."""
        if [tile.area[0] for tile in self._tiles] != [area[0] for area in areas]:
            for tile in self._tiles:
                self._box.removeWidget(tile)
                tile.deleteLater()
            self._tiles = [self._tile(area) for area in areas]
        for tile, area in zip(self._tiles, areas, strict=True):
            tile.show_area(area)
        self.setVisible(bool(areas))

    def _tile(self, area: Area) -> AreaTile:
        tile = AreaTile(area, self)
        tile.offline, tile.tokens = self._offline, self._tokens
        tile.clicked.connect(lambda: self.picked.emit(tile.area[0]))
        self._box.addWidget(tile)
        return tile

    def each(self, change: Callable[[AreaTile], None]) -> None:
        for tile in self._tiles:
            change(tile)
            tile.show_area(tile.area)

    def set_offline(self, offline: bool) -> None:
        self._offline = offline
        self.each(lambda tile: setattr(tile, "offline", offline))

    def set_tokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.each(lambda tile: setattr(tile, "tokens", tokens))

    def sizeHint(self) -> QSize:
        return QSize(240 * max(1, len(self._tiles)), _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self._tokens.paper))
            painter.fillRect(0, 0, self.width(), 1, QColor(self._tokens.line))
