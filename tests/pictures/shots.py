"""Pictures of a window in several sizes and looks, and sheets that show many at once."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from pos.ui.welcome.guide import Guide
from pos.ui.window import CounterWindow

_THUMB = QSize(683, 384)
_ACROSS = 3
_MOST = 12  # on a sheet


@dataclass(frozen=True)
class Size:
    """A screen in its own pixels, and the scale in percent that the window has on it."""

    width: int
    height: int
    scale: int = 100

    @classmethod
    def read(cls, text: str) -> Size:
        match = re.fullmatch(r"(\d+)x(\d+)(?:@(\d+))?", text)
        if match is None:
            raise ValueError(f"{text!r} is not a size like 1920x1080@200")
        return cls(int(match[1]), int(match[2]), int(match[3] or 100))

    @property
    def logical(self) -> QSize:
        return QSize(self.width * 100 // self.scale, self.height * 100 // self.scale)

    def __str__(self) -> str:
        return f"{self.width}x{self.height}@{self.scale}"


class Camera:
    """Takes the window that is open now, in every look and size, into `folder`."""

    def __init__(self, folder: Path, themes: list[str], sizes: list[Size], only: tuple[str, ...]) -> None:
        self.folder, self.themes, self.sizes, self.only = folder, themes, sizes, only
        self.taken, self.last = 0, ""

    def take(self, name: str) -> None:
        self.last = name
        if self.only and not name.startswith(self.only):
            return
        window = shown()
        self.folder.mkdir(parents=True, exist_ok=True)
        for theme in self.themes:
            if theme != window.tokens.name:
                window.set_theme(theme)
            for size in self.sizes:
                if window.size() != size.logical:
                    window.resize(size.logical)
                QTest.qWait(40)
                picture(window, size.scale / 100).save(str(self.folder / f"{theme}-{size}-{name}.png"))
                self.taken += 1
        if self.sizes[-1] != self.sizes[0]:
            window.resize(self.sizes[0].logical)
        if self.themes[-1] != self.themes[0]:
            window.set_theme(self.themes[0])
        QTest.qWait(20)


def shown() -> CounterWindow | Guide:
    """The window that a walk has open."""
    return next(each for each in QApplication.topLevelWidgets() if isinstance(each, CounterWindow | Guide))


def picture(widget: QWidget, ratio: float = 1.0) -> QImage:
    """The widget as a screen of that device pixel ratio would show it."""
    image = QImage(widget.size() * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    widget.render(image, QPoint())
    return image


def contact_sheet(folder: Path, look: str) -> None:
    """Sheets of the pictures that begin with `look`, in the order in which they were taken."""
    files = sorted(folder.glob(f"{look}-*.png"), key=lambda file: file.stat().st_mtime_ns)
    for number, first in enumerate(range(0, len(files), _MOST), 1):
        part = files[first : first + _MOST]
        rows = math.ceil(len(part) / _ACROSS)
        sheet = QImage(_THUMB.width() * _ACROSS, (_THUMB.height() + 20) * rows, QImage.Format.Format_RGB32)
        sheet.fill(QColor("#808080"))
        painter = QPainter(sheet)
        for at, file in enumerate(part):
            corner = QPoint(at % _ACROSS * _THUMB.width(), at // _ACROSS * (_THUMB.height() + 20))
            small = QImage(str(file)).scaled(
                _THUMB, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            painter.drawImage(corner + QPoint(0, 20), small)
            painter.drawText(QRect(corner + QPoint(6, 2), QSize(600, 18)), file.stem.removeprefix(f"{look}-"))
        painter.end()
        sheet.save(str(folder / f"sheet-{look}-{number}.png"))
