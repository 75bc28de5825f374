"""A page at its true proportions: the very dots a printer gets, made larger or smaller."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from pos.ui.i18n import tr
from pos.ui.layouts.presenter import Paper
from pos.ui.theme import tokens as t
from pos.ui.theme.tokens import Tokens

_MARGIN_PX: Final = 16
_MARGINS: Final = QSize(2 * _MARGIN_PX, 2 * _MARGIN_PX)
_ZOOMS: Final = (1.0, 1.5, 2.0, 3.0, 4.0)  # times the size at which all of it is seen
_LARGEST: Final = 1.5  # screen dots a dot of the printer, when all of it is seen


class PaperView(QScrollArea):
    """Shows a page whole, or nearer. `zoom_by` steps, `fit` shows it whole again."""

    def __init__(self, tokens: Tokens, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet = _Sheet(tokens)
        self.setWidget(self.sheet)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("Preview"))

    def show_paper(self, paper: Paper | None) -> None:
        self.sheet.show_paper(paper)
        if paper is not None:
            self.setAccessibleDescription(f"{paper.width_mm:.1f} × {paper.height_mm:.1f} mm")

    def zoom_by(self, steps: int) -> None:
        self.sheet.zoom(max(0, min(len(_ZOOMS) - 1, self.sheet.step + steps)), self.viewport().size())

    def fit(self) -> None:
        self.zoom_by(-len(_ZOOMS))

    def set_tokens(self, tokens: Tokens) -> None:
        self.sheet.set_tokens(tokens)


class _Sheet(QWidget):
    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens
        self._paper: Paper | None = None
        self._scaled = QImage()
        self.step = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_paper(self, paper: Paper | None) -> None:
        self._paper = paper
        self._scaled = QImage()
        self.update()

    def set_tokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.update()

    def zoom(self, step: int, seen: QSize) -> None:
        """Show it so much nearer than it has to be to be `seen` whole."""
        self.step = step
        self.setMinimumSize(QSize(0, 0) if step == 0 else self._size(seen) + _MARGINS)
        self.update()

    def _size(self, room: QSize) -> QSize:
        """The page in screen dots: width and height by one scale, for these are true proportions."""
        if self._paper is None:
            return QSize(0, 0)
        image = self._paper.image
        across = max(1, room.width() - 2 * _MARGIN_PX) / image.width()
        down = max(1, room.height() - 2 * _MARGIN_PX) / image.height()
        scale = min(across, down, _LARGEST)
        if self.step:
            scale *= _ZOOMS[self.step]
        if abs(scale - 1.0) < 1e-6:
            return image.size()
        return QSize(max(1, round(image.width() * scale)), max(1, round(image.height() * scale)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._tokens.line))
        if self._paper is None:
            return
        size = self._size(self.size()) if self.step == 0 else self.minimumSize() - _MARGINS
        if self._scaled.size() != size:
            grey = self._paper.image.convertToFormat(QImage.Format.Format_Grayscale8)
            smooth = Qt.TransformationMode.SmoothTransformation
            self._scaled = grey.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        left, top = (self.width() - size.width()) // 2, (self.height() - size.height()) // 2
        painter.drawImage(QPointF(left, top), self._scaled)
        painter.setPen(QPen(QColor(self._tokens.edge), t.LINE))
        painter.drawRect(QRectF(left - 1, top - 1, size.width() + 2, size.height() + 2))
