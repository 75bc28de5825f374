"""A row of controls that is drawn or wheeled aside where a small window has no room for all of it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QScroller, QWidget


class Strip(QScrollArea):
    """Has no bars: a finger or the wheel moves it, and what gets the focus comes into sight."""

    def __init__(self, row: QLayout) -> None:
        super().__init__()
        inside = QWidget()
        inside.setLayout(row)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        self._row = row
        self.setFixedHeight(row.sizeHint().height())

    def sizeHint(self) -> QSize:
        return self._row.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - (turned.y() or turned.x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # arrows belong to the map
