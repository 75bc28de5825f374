"""A report's chart, painted: the same shapes as on paper (`pos.domain.chart`), in the window's colours."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from pos.domain.chart import Plot
from pos.domain.report import Cell
from pos.ui.format import Formats
from pos.ui.reports.presenter import Made
from pos.ui.reports.tablemodel import written
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font

HEIGHT_PX: Final = 200
_AXIS_PX: Final = 96
_NAMES_PX: Final = 24
_BAR_PX: Final = 36
_ROOM_PX: Final = 96  # that a name takes at least
_LINE_PX: Final = 22
_TINTS: Final = (1.0, 0.72, 0.5, 0.34, 0.2)  # of the accent over the ground: told apart without their hue


class ChartView(QWidget):
    """Draws one plot; hidden while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plot: Plot | None = None
        self._made: Made | None = None
        self._formats: Formats | None = None
        self.setFixedHeight(HEIGHT_PX)
        self.hide()

    @property
    def plot(self) -> Plot | None:
        return self._plot

    def show_plot(self, plot: Plot | None, made: Made | None, formats: Formats) -> None:
        self._plot, self._made, self._formats = plot, made, formats
        if plot is not None:
            rows = -(-len(plot.labels) // 3)
            self.setFixedHeight(_BAR_PX + 12 + rows * _LINE_PX if plot.kind == "shares" else HEIGHT_PX)
            pairs = zip(plot.labels, plot.values, strict=True)
            told = (f"{self._said(one, plot.label_kind)} {self._said(value, plot.value_kind)}" for one, value in pairs)
            self.setAccessibleName(", ".join(told))
        self.setVisible(plot is not None)
        self.update()

    def _said(self, cell: Cell, kind: str) -> str:
        assert self._made is not None
        assert self._formats is not None
        return written(cell, kind, self._made, self._formats)

    # ---- painting ----------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        plot = self._plot
        if plot is None:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(text_font(t.SMALL))
            if plot.kind == "shares":
                self._paint_shares(painter, plot)
                return
            area = QRectF(_AXIS_PX, 10, self.width() - _AXIS_PX - 4, self.height() - _NAMES_PX - 14)
            self._paint_ticks(painter, plot, area)
            self._paint_line(painter, plot, area) if plot.kind == "line" else self._paint_bars(painter, plot, area)
            self._paint_names(painter, plot, area)

    def _color(self, role: QPalette.ColorRole) -> QColor:
        return self.palette().color(role)

    def _tint(self, at: int) -> QColor:
        accent, ground = self._color(QPalette.ColorRole.Highlight), self._color(QPalette.ColorRole.Window)
        share = _TINTS[at % len(_TINTS)]
        mixed = (
            round(share * one + (1 - share) * other)
            for one, other in zip(accent.getRgb()[:3], ground.getRgb()[:3], strict=True)  # type: ignore[index]
        )
        return QColor(*mixed)

    def _paint_ticks(self, painter: QPainter, plot: Plot, area: QRectF) -> None:
        for tick in plot.ticks:
            y = area.bottom() - plot.height(tick) * area.height()
            role = QPalette.ColorRole.PlaceholderText if tick == 0 else QPalette.ColorRole.Mid
            painter.setPen(QPen(self._color(role), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(self._color(QPalette.ColorRole.PlaceholderText))
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(
                QRectF(0, y - 10, _AXIS_PX - 10, 20), side, self._said(plot.like_value(tick), plot.value_kind)
            )

    def _paint_bars(self, painter: QPainter, plot: Plot, area: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._tint(0))
        for bar in plot.bars():
            top = area.bottom() - (bar.y + bar.height) * area.height()
            painter.drawRect(
                QRectF(area.left() + bar.x * area.width(), top, bar.width * area.width(), bar.height * area.height())
            )

    def _paint_line(self, painter: QPainter, plot: Plot, area: QRectF) -> None:
        points = [QPointF(area.left() + x * area.width(), area.bottom() - y * area.height()) for x, y in plot.points()]
        path = QPainterPath(points[0])
        for point in points[1:]:
            path.lineTo(point)
        painter.setPen(QPen(self._tint(0), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        painter.setBrush(self._tint(0))
        for point in points:
            painter.drawEllipse(point, 3, 3)

    def _paint_names(self, painter: QPainter, plot: Plot, area: QRectF) -> None:
        place = area.width() / len(plot.labels)
        every = max(1, int(-(-_ROOM_PX // place)))
        painter.setPen(self._color(QPalette.ColorRole.PlaceholderText))
        for at in range(0, len(plot.labels), every):
            wide = place * every
            middle = area.left() + (at + 0.5) * place
            left = max(0.0, min(middle - wide / 2, self.width() - wide))
            said = painter.fontMetrics().elidedText(
                self._said(plot.labels[at], plot.label_kind), Qt.TextElideMode.ElideRight, int(wide - 8)
            )
            painter.drawText(QRectF(left, area.bottom() + 4, wide, _NAMES_PX), Qt.AlignmentFlag.AlignHCenter, said)

    def _paint_shares(self, painter: QPainter, plot: Plot) -> None:
        column, deep = self.width() / 3, -(-len(plot.labels) // 3)
        for at, (box, label, value) in enumerate(zip(plot.shares(), plot.labels, plot.values, strict=True)):
            painter.setPen(QPen(self._color(QPalette.ColorRole.Window), 2))
            painter.setBrush(self._tint(at))
            painter.drawRect(QRectF(box.x * self.width(), 0, box.width * self.width(), _BAR_PX))
            x, y = at // deep * column, _BAR_PX + 10 + at % deep * _LINE_PX
            painter.drawRect(QRectF(x, y + 4, 14, 14))
            painter.setPen(self._color(QPalette.ColorRole.WindowText))
            said = f"{self._said(label, plot.label_kind)}  {self._said(value, plot.value_kind)}"
            said = painter.fontMetrics().elidedText(said, Qt.TextElideMode.ElideRight, int(column - 34))
            painter.drawText(QRectF(x + 22, y, column - 30, _LINE_PX), Qt.AlignmentFlag.AlignVCenter, said)
