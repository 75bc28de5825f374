"""Words that get smaller where they would be cut: what is a short word in one language is a long one in another."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QStyle, QStyleOptionFrame, QWidget

from pos.ui.theme import tokens as t

_BESIDE_PX = 2  # of a field's text to either side, within its frame


def _wide(font: QFont, size: int, text: str) -> int:
    sized = QFont(font)
    sized.setPixelSize(size)
    metrics = QFontMetrics(sized)
    return max((metrics.horizontalAdvance(line) for line in text.splitlines()), default=0)


def _fitting(font: QFont, usual: int, text: str, room: int) -> int:
    """The largest size from `usual` down to SMALL, in px, at which the text has room."""
    return next((size for size in range(usual, t.SMALL, -1) if _wide(font, size, text) <= room), t.SMALL)


class FittedLabel(QLabel):
    """One line of plain text, `usual` px high in its font where there is room, and down to SMALL where there is not."""

    def __init__(self, text: str = "", usual: int = t.BODY, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._usual = usual
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def set_usual(self, font: QFont) -> None:
        """Another font, and its size for the usual one."""
        self._usual = font.pixelSize()
        self.setFont(font)
        self._fit()

    def setText(self, text: str) -> None:
        super().setText(text)
        self._fit()

    def sizeHint(self) -> QSize:
        return self._wanted(self._usual)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._wanted(t.SMALL).width(), self._wanted(self._usual).height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _wanted(self, size: int) -> QSize:
        self.ensurePolished()  # the weight is the stylesheet's
        font = QFont(self.font())
        font.setPixelSize(size)
        lines = max(1, len(self.text().splitlines()))
        return QSize(_wide(font, size, self.text()) + 1, QFontMetrics(font).lineSpacing() * lines)

    def _fit(self) -> None:
        size = _fitting(self.font(), self._usual, self.text(), self.width())
        if size != self.font().pixelSize():
            font = QFont(self.font())
            font.setPixelSize(size)
            self.setFont(font)


class PromptField(QLineEdit):
    """A field whose prompt gets smaller where it would be cut; what is typed has the usual size."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.textChanged.connect(lambda _: self._fit())

    def setPlaceholderText(self, text: str) -> None:
        super().setPlaceholderText(text)
        self.setToolTip(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        size = t.BODY
        if not self.text():
            option = QStyleOptionFrame()
            self.initStyleOption(option)
            inside = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
            margins = self.textMargins()
            room = inside.width() - margins.left() - margins.right() - 2 * _BESIDE_PX
            size = _fitting(self.font(), t.BODY, self.placeholderText(), room)
        if size != self.font().pixelSize():
            font = QFont(self.font())
            font.setPixelSize(size)
            self.setFont(font)
