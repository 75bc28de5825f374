"""The windows that are measured: the map, and those it is measured against."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, Qt
from PySide6.QtWidgets import QWidget

from pos.domain.plan import Plan
from pos.ui.seatmap.widget import SeatMap
from tests.bench.map import screen


class Empty(QWidget):
    """A window with nothing in it."""

    def __init__(self) -> None:
        super().__init__()
        self.painted = False
        self.resize(screen.WIDTH, screen.HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), QColor("#FAFAF7"))
        self.painted = True


class Blit(QWidget):
    """A window that copies a ready picture and does nothing else: no map can be faster."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._picture = QImage(screen.WIDTH + 320, screen.HEIGHT + 320, QImage.Format.Format_RGB32)
        self._picture.fill(0x336699)
        self.resize(screen.WIDTH, screen.HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.drawImage(QPoint(0, 0), self._picture, QRect(160, 160, self.width(), self.height()))


class Map(SeatMap):
    """The map, telling when it was painted."""

    def __init__(self) -> None:
        super().__init__()
        self.painted = False
        self.resize(screen.WIDTH, screen.HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.painted = True


def shown_map(plan: Plan, states: bytes) -> Map:
    """The hall in a window, painted and at rest."""
    seats = Map()
    seats.set_show(plan, states)
    seats.show()
    screen.wait_until(lambda: seats.painted)
    screen.calm()
    return seats


def zoomed(seats: SeatMap, pitch: float) -> None:
    """Bring a block at the edge of the bowl nearer, with seats so many px apart."""
    camera = seats._camera
    assert camera is not None
    camera.zoom(pitch / camera.pitch, seats.width() * 0.3, seats.height() * 0.4)
    seats.update()
    screen.calm()
