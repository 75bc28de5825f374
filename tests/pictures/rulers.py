"""What can be measured of the widgets on screen: texts that are cut, what is too small for a finger or too near.

Each function gives sentences about what is wrong, none when all is well.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollBar,
    QSlider,
    QStyle,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStyleOptionFrame,
    QWidget,
)

from pos.ui.frame.cover import Cover
from pos.ui.frame.face import Room
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import MoneyLabel, RailButton

TOUCH_PX: Final = 48
APART_PX: Final = 16  # what destroys, from what is pressed all day
KEYPAD_GAP_PX: Final = 7  # 2 mm at 96 dots an inch
AMOUNT_PX: Final = 32
_SLACK_PX: Final = 1


def settle(window: QWidget) -> None:
    """Let all that was laid out anew find its place."""
    QTest.qWait(30)
    for _ in range(2):
        for widget in window.findChildren(QWidget):
            if (layout := widget.layout()) is not None and widget.isVisible():
                layout.activate()
        QApplication.sendPostedEvents()


def width_in(font: QFont) -> Callable[[str], int]:
    """How wide a text is in a font, in px."""
    return QFontMetrics(font).horizontalAdvance


def clipped(window: QWidget) -> list[str]:
    """Texts of which less is seen than there is, and no tooltip has the whole."""
    return [
        f"{_where(widget, window)} {text!r}: {why}"
        for widget, text in _texts(window)
        if (why := _cut(widget, text)) and text not in widget.toolTip()
    ]


def scrolled(window: QWidget) -> list[str]:
    """Parts of the screen of which less is seen than there is."""
    return [f"{_where(room, window)} overflows" for room in _seen(window, Room) if room.overflows]


def small(window: QWidget) -> list[str]:
    """What is pressed or typed into, and too small for a finger."""
    return [
        f"{_where(widget, window)}: {widget.width()}x{widget.height()}"
        for widget in _touched(window)
        if min(widget.width(), widget.height()) < TOUCH_PX
    ]


def near(window: QWidget) -> list[str]:
    """What destroys something and stands too near to what is pressed all day."""
    cover = next((each for each in window.findChildren(Cover) if each.isVisible()), None)  # what is under it is no key
    buttons = [
        each
        for each in _touched(window)
        if isinstance(each, QAbstractButton) and (cover is None or cover.isAncestorOf(each))
    ]
    found = []
    for danger in (each for each in buttons if each.property("role") == "danger"):
        for other in buttons:
            if other is not danger and (gap := _gap(danger, other, window)) < APART_PX:
                found.append(f"{_where(danger, window)} is {gap} px from {_where(other, window)}")
    return found


def faint(window: QWidget) -> list[str]:
    """Amounts to be read from the other side of the counter below their least size, and text below the least size."""
    found = []
    for label in _seen(window, QLabel):
        size = label.fontInfo().pixelSize()
        great = isinstance(label, MoneyLabel) and label.of_display_size
        if label.text() and (size < (AMOUNT_PX if great else t.SMALL)):
            found.append(f"{_where(label, window)} {label.text()!r}: {size} px")
    return found


def wide_gaps(keypad: QWidget) -> list[str]:
    """Keys of a keypad between which a finger falls."""
    keys = [each for each in keypad.findChildren(QPushButton) if each.isVisible()]
    found = []
    for one in keys:
        right = [each for each in keys if each.y() == one.y() and each.x() > one.x()]
        below = [each for each in keys if each.x() == one.x() and each.y() > one.y()]
        gaps = [min(each.x() for each in right) - one.geometry().right() - 1] if right else []
        gaps += [min(each.y() for each in below) - one.geometry().bottom() - 1] if below else []
        found += [f"{one.text()}: {gap} px" for gap in gaps if gap > KEYPAD_GAP_PX]
    return found


def _seen(window: QWidget, kind: type) -> Iterator[QWidget]:
    for widget in window.findChildren(kind):
        if widget.isVisible() and widget.width() > 0:
            yield widget


def _touched(window: QWidget) -> list[QWidget]:
    kinds = (QAbstractButton, QLineEdit, QComboBox)
    found = itertools.chain.from_iterable(_seen(window, kind) for kind in kinds)
    return [
        each
        for each in found
        if each.property("role") != "link" and not isinstance(each.parentWidget(), QComboBox | QScrollBar | QSlider)
    ]


def _texts(window: QWidget) -> Iterator[tuple[QWidget, str]]:
    for label in _seen(window, QLabel):
        if label.text():
            yield label, label.text()
    for button in _seen(window, QAbstractButton):
        if button.text():
            yield button, button.text()
    for field in _seen(window, QLineEdit):
        if field.placeholderText() and not field.text():
            yield field, field.placeholderText()
    for combo in _seen(window, QComboBox):
        if combo.currentText():
            yield combo, combo.currentText()


def _cut(widget: QWidget, text: str) -> str:
    """Why less than all of it is seen, "" when all is."""
    if isinstance(widget, QLabel):
        why = _label_cut(widget)
    else:
        font = text_font(t.SMALL, QFont.Weight.DemiBold) if isinstance(widget, RailButton) else widget.font()
        text = widget.caption if isinstance(widget, RailButton) else text
        room, wanted = _room(widget), QFontMetrics(font).horizontalAdvance(text.replace("&", ""))
        why = f"{wanted} px in {room}" if wanted > room + _SLACK_PX else ""
    return why or _outside(widget)


def _label_cut(label: QLabel) -> str:
    room = label.contentsRect().adjusted(label.margin(), 0, -label.margin(), 0)
    if label.wordWrap():
        wanted = label.heightForWidth(label.width())
        if wanted > label.height() + _SLACK_PX:
            return f"{wanted} px high in {label.height()}"
        if _rich(label) or any("\u3000" <= sign <= "\u9fff" for sign in label.text()):
            return ""  # Chinese may be broken anywhere
        longest = max(label.text().split() or [""], key=len)
        wide = QFontMetrics(label.font()).horizontalAdvance(longest)
    elif _rich(label):
        document = QTextDocument()
        document.setDefaultFont(label.font())
        document.setDocumentMargin(0)
        document.setHtml(label.text())
        wide = int(document.idealWidth())
    else:
        lines = label.text().splitlines() or [""]
        wide = max(QFontMetrics(label.font()).horizontalAdvance(line) for line in lines)
    if wide > room.width() + _SLACK_PX:
        return f"{wide} px in {room.width()}"
    if _rich(label):
        return ""
    high = QFontMetrics(label.font()).tightBoundingRect(label.text().splitlines()[0]).height()
    return f"{high} px high in {label.height()}" if high > label.height() + 2 else ""


def _rich(label: QLabel) -> bool:
    return label.textFormat() != Qt.TextFormat.PlainText and "</" in label.text()


def _room(widget: QWidget) -> int:
    if isinstance(widget, RailButton):
        return widget.width() - 4
    if isinstance(widget, QComboBox):
        option = QStyleOptionComboBox()
        widget.initStyleOption(option)
        field = QStyle.SubControl.SC_ComboBoxEditField
        return widget.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, widget).width()
    if isinstance(widget, QLineEdit):
        frame = QStyleOptionFrame()
        widget.initStyleOption(frame)
        inside = widget.style().subElementRect(QStyle.SubElement.SE_LineEditContents, frame, widget)
        margins = widget.textMargins()
        return inside.width() - margins.left() - margins.right() - 4
    if isinstance(widget, QPushButton):
        face = QStyleOptionButton()
        widget.initStyleOption(face)
        return widget.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, face, widget).width()
    return widget.width()


def _outside(widget: QWidget) -> str:
    """Whether a parent that does not scroll cuts it off."""
    box, parent = widget.rect(), widget.parentWidget()
    at = widget
    while parent is not None and not at.isWindow():
        box = QRect(at.mapToParent(box.topLeft()), box.size())
        if isinstance(parent.parentWidget(), QAbstractScrollArea):
            return ""
        if not parent.rect().adjusted(-2, -2, 2, 2).contains(box):
            return f"reaches out of its {type(parent).__name__}"
        at, parent = parent, parent.parentWidget()
    return ""


def _gap(one: QWidget, other: QWidget, window: QWidget) -> int:
    """Between two widgets, in px, along the axis in which they are farther apart."""
    first, second = (QRect(each.mapTo(window, QPoint()), each.size()) for each in (one, other))
    across = max(second.left() - first.right(), first.left() - second.right()) - 1
    down = max(second.top() - first.bottom(), first.top() - second.bottom()) - 1
    return max(across, down)


def _where(widget: QWidget, window: QWidget) -> str:
    at = widget.mapTo(window, QPoint())
    name = widget.accessibleName() or getattr(widget, "text", str)()
    return f"{type(widget).__name__} {name[:40]!r} at {at.x()},{at.y()}"
