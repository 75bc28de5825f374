"""A code to scan, on a screen."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget


class CodeView(QWidget):
    """A QR code, black on white with its quiet zone, as large as there is room."""

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._rows: list[list[bool]] = []

    def show_text(self, text: str) -> None:
        """Show the code of a text; empty for none."""
        if text != self._text:
            self._text = text
            self._rows = _matrix(text) if text else []
            self.setAccessibleName(text)
            self.update()
        self.setVisible(bool(text))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._rows:
            return
        # Whole pixels a module, or a reader sees seams.
        module = min(self.width(), self.height()) // len(self._rows)
        side = module * len(self._rows)
        left, top = (self.width() - side) // 2, (self.height() - side) // 2
        painter = QPainter(self)
        painter.fillRect(left, top, side, side, Qt.GlobalColor.white)
        for y, row in enumerate(self._rows):
            for x, dark in enumerate(row):
                if dark:
                    box = QRectF(left + x * module, top + y * module, module, module)
                    painter.fillRect(box, Qt.GlobalColor.black)


def _matrix(text: str) -> list[list[bool]]:
    import qrcode  # only a window that shows a code needs it

    code = qrcode.QRCode(border=4)
    code.add_data(text)
    code.make()
    matrix: list[list[bool]] = code.get_matrix()
    return matrix
