"""The map on the accessibility tree: it is called what the seat under the keyboard's focus is."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget


class Described(Protocol):
    """What the interface asks of the map."""

    def spoken(self) -> str: ...


class _MapInterface(QAccessibleWidget):
    def __init__(self, widget: QWidget, spoken: Described) -> None:
        super().__init__(widget, QAccessible.Role.Canvas)
        self._spoken = spoken

    def text(self, kind: QAccessible.Text) -> str:
        if kind in (QAccessible.Text.Name, QAccessible.Text.Value):
            return self._spoken.spoken()
        return super().text(kind)


_kept: dict[int, QAccessibleInterface] = {}


def _factory(class_name: str, item: QObject | None) -> QAccessibleInterface | None:
    """Qt asks once for each object and owns what it gets; Python must keep its half alive as long."""
    if class_name != "SeatMap" or not isinstance(item, QWidget) or not hasattr(item, "spoken"):
        return None
    key = id(item)
    interface = _MapInterface(item, item)
    _kept[key] = interface
    item.destroyed.connect(lambda: _kept.pop(key, None))
    return interface


def install() -> None:
    """Teach Qt to describe seat maps. Installing it again changes nothing."""
    QAccessible.installFactory(_factory)


def announce(widget: QWidget) -> None:
    """Tell a screen reader, if there is one, that the focused seat or its state is another."""
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleEvent(widget, QAccessible.Event.NameChanged))
