"""Paper as it comes out of a printer: the newest on top, sliding out of the slot."""

from __future__ import annotations

from typing import Final

from PIL import Image
from PySide6.QtCore import QEasingCurve, QRect, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

_MOST: Final = 60
_GAP: Final = 12  # px between two papers
_BORDER_DOTS: Final = 32  # the unprinted edge of an 80 mm roll, on each side
_SLIDE_MS: Final = 120
_EDGE: Final = QColor("#D9D9D2")


class PaperStack(QWidget):
    """Shows pictures of paper as wide as there is room, at most `widest` px."""

    def __init__(self, widest: int) -> None:
        super().__init__()
        self._widest = self._paper_width = widest
        self._sheets: list[QImage] = []
        self._papers: list[QPixmap] = []  # the sheets at the width of now
        self._slide = QVariantAnimation(self)
        self._slide.setDuration(_SLIDE_MS)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._slide.setStartValue(0.0)
        self._slide.setEndValue(1.0)
        self._slide.valueChanged.connect(lambda _: self.update())
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Printed paper, newest first")

    def push(self, picture: Image.Image) -> None:
        """A new piece comes out."""
        self._sheets.insert(0, _sheet(picture))
        self._papers.insert(0, self._pixmap(self._sheets[0]))
        del self._sheets[_MOST:], self._papers[_MOST:]
        self._fit()
        self._slide.stop()
        self._slide.start()

    def clear(self) -> None:
        """Throw all paper away."""
        self._sheets.clear()
        self._papers.clear()
        self._fit()

    @property
    def count(self) -> int:
        return len(self._papers)

    def sizeHint(self) -> QSize:
        return QSize(self._widest + 2 * _GAP, self._length())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrower or wider: every paper is scaled anew from what was printed."""
        width = min(self._widest, self.width() - 2 * _GAP)
        if width > 0 and width != self._paper_width:
            self._paper_width = width
            self._papers = [self._pixmap(sheet) for sheet in self._sheets]
            self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The newest paper is as far out as the slide has come; the others lie below it."""
        with QPainter(self) as painter:
            painter.setPen(QPen(_EDGE, 1.5))
            left = (self.width() - self._paper_width) // 2
            out = float(self._slide.currentValue() or 0.0) if self._slide.state() else 1.0
            y = 0
            for number, paper in enumerate(self._papers):
                height = self._height(paper)
                if number == 0:
                    y = round((out - 1) * height)
                box = QRect(left, y, self._paper_width, height)
                if box.intersects(event.rect()):
                    painter.drawPixmap(box, paper)
                    painter.drawRect(box)
                y += height + _GAP

    def _fit(self) -> None:
        self.setFixedHeight(self._length())
        self.updateGeometry()
        self.update()

    def _height(self, paper: QPixmap) -> int:
        return round(paper.height() / paper.devicePixelRatio())

    def _length(self) -> int:
        return sum(self._height(paper) + _GAP for paper in self._papers)

    def _pixmap(self, sheet: QImage) -> QPixmap:
        ratio = self.devicePixelRatioF()
        scaled = sheet.scaledToWidth(round(self._paper_width * ratio), Qt.TransformationMode.SmoothTransformation)
        scaled.setDevicePixelRatio(ratio)
        return QPixmap.fromImage(scaled)


def _sheet(picture: Image.Image) -> QImage:
    """The picture with its unprinted edges."""
    border = _BORDER_DOTS
    sheet = Image.new("L", (picture.width + 2 * border, picture.height + 2 * border), 255)
    sheet.paste(picture.convert("L"), (border, border))
    # Copied, since the image does not keep the bytes that it is made of.
    return QImage(sheet.tobytes(), sheet.width, sheet.height, sheet.width, QImage.Format.Format_Grayscale8).copy()
