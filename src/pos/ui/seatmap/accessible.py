"""The map on the accessibility tree: the hall, in it its sections, in these their seats, each by name and state.

No seat has an object before a screen reader asks for it. What was asked for is kept until the hall is another: Qt holds
on to every interface of a list while it makes up an answer, and owns those whose id it has told, so they are given up
through Qt, and never while it asks.
"""

from __future__ import annotations

from typing import Protocol, cast

from PySide6.QtCore import QObject, QPoint, QPointF, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface, QColor, QWindow
from PySide6.QtWidgets import QAccessibleWidget, QWidget


class Described(Protocol):
    """What the interfaces ask of the map; places and sections are named as the map's signals name them."""

    def spoken(self) -> str: ...
    def sections(self) -> list[int]: ...
    def section_words(self, zone: int) -> str: ...
    def places_of(self, zone: int) -> range | list[int]: ...
    def section_of(self, place: int) -> int: ...
    def place_words(self, place: int) -> str: ...
    def in_basket(self, place: int) -> bool: ...
    def box_of_place(self, place: int) -> QRect: ...
    def box_of_section(self, zone: int) -> QRect: ...
    def place_at(self, at: QPointF) -> int: ...

    @property
    def focus_place(self) -> int: ...


# Qt takes None for what is not there; its stubs do not say so.


class MapInterface(QAccessibleWidget):
    """The map itself; its name is what is in focus, for readers that do not walk the tree."""

    def __init__(self, widget: QWidget, told: Described) -> None:
        super().__init__(widget, QAccessible.Role.Canvas)
        self.map, self.told = widget, told
        self._parts: dict[tuple[str, int], _Part] = {}

    def text(self, kind: QAccessible.Text) -> str:
        if kind in (QAccessible.Text.Name, QAccessible.Text.Value):
            return self.told.spoken()
        return super().text(kind)

    def childCount(self) -> int:
        return len(self.told.sections())

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        zones = self.told.sections()
        return self.section(zones[index]) if 0 <= index < len(zones) else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return self.told.sections().index(child.zone) if isinstance(child, _Section) else -1

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]
        place = self.told.focus_place
        return self.seat(place) if place >= 0 and self.map.hasFocus() else None

    def section(self, zone: int) -> _Section:
        found = self._parts.get(("section", zone)) or self._parts.setdefault(("section", zone), _Section(self, zone))
        return cast(_Section, found)

    def seat(self, place: int) -> _Seat:
        found = self._parts.get(("seat", place)) or self._parts.setdefault(("seat", place), _Seat(self, place))
        return cast(_Seat, found)

    def give_up(self) -> None:
        """The hall is another, or the map is gone."""
        parts, self._parts = self._parts, {}
        for part in parts.values():
            # One that nobody asked the id of gets one first: there is one way to be rid of it, and Python must hold
            # its half until Qt has deleted the other.
            QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(part))


class _Part(QAccessibleInterface):
    """Something in the map that is no widget."""

    def __init__(self, hall: MapInterface) -> None:
        super().__init__()
        self.hall = hall

    def isValid(self) -> bool:
        return self.hall.isValid()

    def object(self) -> QObject | None:  # type: ignore[override]
        return None

    def window(self) -> QWindow | None:  # type: ignore[override]
        return self.hall.window()

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        return None

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Nothing here is written by a screen reader."""

    def foregroundColor(self) -> QColor:
        return QColor()

    def backgroundColor(self) -> QColor:
        return QColor()

    def _on_screen(self, box: QRect) -> QRect:
        return QRect(self.hall.map.mapToGlobal(box.topLeft()), box.size())


class _Section(_Part):
    def __init__(self, hall: MapInterface, zone: int) -> None:
        super().__init__(hall)
        self.zone = zone

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.Grouping

    def state(self) -> QAccessible.State:
        return QAccessible.State()

    def text(self, kind: QAccessible.Text) -> str:
        return self.hall.told.section_words(self.zone) if kind == QAccessible.Text.Name else ""

    def rect(self) -> QRect:
        return self._on_screen(self.hall.told.box_of_section(self.zone))

    def parent(self) -> QAccessibleInterface:
        return self.hall

    def childCount(self) -> int:
        return len(self.hall.told.places_of(self.zone))

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        places = self.hall.told.places_of(self.zone)
        return self.hall.seat(int(places[index])) if 0 <= index < len(places) else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        places = self.hall.told.places_of(self.zone)
        return places.index(child.place) if isinstance(child, _Seat) and child.place in places else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        place = self.hall.told.place_at(self.hall.map.mapFromGlobal(QPoint(x, y)).toPointF())
        return self.hall.seat(place) if place >= 0 and self.hall.told.section_of(place) == self.zone else None


class _Seat(_Part):
    def __init__(self, hall: MapInterface, place: int) -> None:
        super().__init__(hall)
        self.place = place

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        state.focusable = state.selectable = True
        state.selected = self.hall.told.in_basket(self.place)
        state.focused = self.hall.map.hasFocus() and self.hall.told.focus_place == self.place
        return state

    def text(self, kind: QAccessible.Text) -> str:
        return self.hall.told.place_words(self.place) if kind == QAccessible.Text.Name else ""

    def rect(self) -> QRect:
        return self._on_screen(self.hall.told.box_of_place(self.place))

    def parent(self) -> QAccessibleInterface:
        return self.hall.section(self.hall.told.section_of(self.place))

    def childCount(self) -> int:
        return 0

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        return None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1


_kept: dict[int, MapInterface] = {}


def _factory(class_name: str, item: QObject | None) -> QAccessibleInterface | None:
    """Qt asks once for each object and owns what it gets; Python must keep its half alive as long."""
    if class_name != "SeatMap" or not isinstance(item, QWidget) or not hasattr(item, "spoken"):
        return None
    key = id(item)
    interface = MapInterface(item, cast(Described, item))
    _kept[key] = interface
    item.destroyed.connect(lambda: _kept.pop(key).give_up() if key in _kept else None)
    return interface


def install() -> None:
    """Teach Qt to describe seat maps. Installing it again changes nothing."""
    QAccessible.installFactory(_factory)


def forget(widget: QWidget) -> None:
    """Another hall is shown: what a screen reader knows of the one before is no more."""
    if (interface := _kept.get(id(widget))) is not None:
        interface.give_up()


def announce(widget: QWidget) -> None:
    """Tell a screen reader, if there is one, that the focused seat or its state is another."""
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleEvent(widget, QAccessible.Event.NameChanged))
