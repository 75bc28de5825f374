"""The small widgets that every screen shares. Colours come from the stylesheet and the palette alone."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from pos.ui.theme import tokens as t
from pos.ui.theme.apply import restyle
from pos.ui.theme.fitted import FittedLabel
from pos.ui.theme.fonts import money_font, text_font
from pos.ui.theme.icons import paint_icon

RAIL_PX: Final = 60  # of a button in the rail: nine of them go into the least window
_PILL_SIGNS: Final = {"online": "\u25cf", "away": "\u25b2", "loss": "\u25a0", "quiet": "\u25cb"}
_BANNER_SIGNS: Final = {"quiet": "", "amber": "\u25b2 ", "red": "\u25a0 "}


def keycap(text: str, parent: QWidget | None = None) -> QLabel:
    """The little plate that shows a shortcut, e.g. "F1" or "^O"."""
    label = QLabel(text, parent)
    label.setProperty("role", "keycap")
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return label


class MoneyLabel(QLabel):
    """An amount, right-aligned, bold, with tabular figures; `size` in px (16, 19, 40, 64).

    One of the display sizes gets smaller where a long amount would be cut off: a digit less is another amount.
    """

    def __init__(self, text: str = "", size: int = t.BODY, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._size = size
        self.setFont(money_font(size))
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    @property
    def of_display_size(self) -> bool:
        """Whether it is one of the amounts that are read from afar."""
        return self._size >= t.TOTAL

    def setText(self, text: str) -> None:
        super().setText(text)
        self._fit()

    def sizeHint(self) -> QSize:
        return self._wanted(self._size) if self._size >= t.TOTAL else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        if self._size < t.TOTAL:
            return super().minimumSizeHint()
        return QSize(self._wanted(t.TITLE).width(), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _wanted(self, size: int) -> QSize:
        metrics = QFontMetrics(money_font(size))
        return QSize(metrics.horizontalAdvance(self.text()) + 2, metrics.height())

    def _fit(self) -> None:
        if self._size < t.TOTAL:
            return
        size = self._size
        while size > t.TITLE and self._wanted(size).width() > self.width():
            size -= 1
        if size != self.font().pixelSize():
            self.setFont(money_font(size))


class KeyButton(QPushButton):
    """A button that shows its shortcut on a keycap, and optionally an amount under its label.

    `kind` is "normal", "primary" (the screen's one main action), "outline", "danger" or
    "plain" (no frame, for what is there and seldom wanted).
    `stacked` puts the keycap under the label; else it stands after it, or, with
    `cap_first`, before it as on the price types. The shortcut itself is not bound here.
    """

    def __init__(
        self,
        label: str,
        key: str = "",
        *,
        kind: str = "normal",
        stacked: bool = False,
        cap_first: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", kind)
        self._label = FittedLabel(usual=t.TITLE if kind == "primary" else t.BODY)
        self._label.setProperty("role", "key-label")
        self._detail = MoneyLabel()
        self._detail.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self._cap = keycap(key)
        middle = Qt.AlignmentFlag.AlignCenter
        self._label.setAlignment(Qt.AlignmentFlag.AlignLeft if cap_first else middle)
        text = QVBoxLayout()
        text.setSpacing(1)
        text.addWidget(self._label)
        text.addWidget(self._detail)
        box = QBoxLayout(QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight, self)
        box.setContentsMargins(*((4, 3, 4, 3) if stacked else (8, 4, 8, 4)))
        box.setSpacing(2 if stacked else 8)
        box.addStretch()
        top = Qt.AlignmentFlag.AlignTop if cap_first else middle
        parts: list[QLabel | QVBoxLayout] = [self._cap, text] if cap_first else [text, self._cap]
        for part in parts:
            if isinstance(part, QLabel):
                box.addWidget(part, 0, top)
            else:
                box.addLayout(part)
        box.addStretch()
        for child in (self._label, self._detail, self._cap):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._cap.setVisible(bool(key))
        self._detail.hide()
        self.set_label(label)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Minimum)

    @property
    def label(self) -> str:
        return self._label.text()

    @property
    def key(self) -> str:
        """What its keycap says, "" where it has none."""
        return self._cap.text()

    def set_label(self, label: str) -> None:
        self._label.setText(label)
        self._name()

    def set_font(self, font: QFont) -> None:
        """Another font for the label, where there is little room."""
        self._label.set_usual(font)

    def set_key(self, key: str) -> None:
        """Change what the keycap says; an empty text takes it away."""
        self._cap.setText(key)
        self._cap.setVisible(bool(key))

    def set_detail(self, amount: str) -> None:
        """Show an amount under the label; an empty text takes it away."""
        self._detail.setText(amount)
        self._detail.setVisible(bool(amount))
        self._name()

    def _name(self) -> None:
        self.setAccessibleName(" ".join(filter(None, (self._label.text(), self._detail.text()))))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        layout = self.layout()
        assert layout is not None
        return layout.sizeHint().expandedTo(QSize(t.TOUCH, t.TOUCH))

    def minimumSizeHint(self) -> QSize:
        layout = self.layout()
        assert layout is not None
        return layout.minimumSize().expandedTo(QSize(t.TOUCH, t.TOUCH))


class TabButton(QPushButton):
    """One show in the row of tabs: a bold time, a title, and a muted remark."""

    def __init__(self, strong: str, text: str, remark: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "tab")
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self._labels = [QLabel(), QLabel(), QLabel()]
        box = QHBoxLayout(self)
        box.setContentsMargins(16, 0, 16, 0)
        box.setSpacing(4)
        for label, role in zip(self._labels, ("strong", "key-label", "muted"), strict=True):
            label.setProperty("role", role)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            box.addWidget(label)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Minimum)
        self.set_parts(strong, text, remark)

    def set_parts(self, strong: str, text: str, remark: str = "") -> None:
        """Set the three parts; they are plain text, and an empty one takes no room."""
        for label, part in zip(self._labels, (strong, text, remark), strict=True):
            label.setText(part)
            label.setVisible(bool(part))
        self.setAccessibleName(" ".join(filter(None, (strong, text, remark))))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        layout = self.layout()
        assert layout is not None
        return layout.sizeHint().expandedTo(QSize(t.TOUCH, t.TOUCH))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class Pill(QLabel):
    """The link's state in the top bar: a sign, a colour and words. `pressed` asks for more of it."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "pill")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.show_state("quiet", "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pressed.emit()

    def show_state(self, level: str, text: str) -> None:
        """`level` is "online", "away", "loss" or "quiet"; each has a sign of its own."""
        self.setText(f"{_PILL_SIGNS[level]} {text}")
        self.setAccessibleName(text)
        self.setProperty("level", level)
        restyle(self)


class Banner(QFrame):
    """The line under the top bar. It is always there, so nothing moves when something happens."""

    asked = Signal()  # the action at its right end was pressed

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self.setFixedHeight(40)
        self._lead, self._rest, self._action = QLabel(), QLabel(), QPushButton()
        self._lead.setProperty("part", "lead")
        self._rest.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._action.setProperty("role", "link")
        self._action.setCursor(Qt.CursorShape.PointingHandCursor)
        self._action.clicked.connect(self.asked)
        box = QHBoxLayout(self)
        box.setContentsMargins(16, 0, 16, 0)
        box.setSpacing(8)
        box.addWidget(self._lead)
        box.addWidget(self._rest, 1)
        box.addWidget(self._action)
        self.show_message("quiet", "", "")

    def show_message(self, level: str, lead: str, rest: str, action: str = "") -> None:
        """`level` is "quiet", "amber" or "red" (loss only). `lead` is what happened, `rest` what still works."""
        self._lead.setText(_BANNER_SIGNS[level] + lead if lead else "")
        self._lead.setVisible(bool(lead))
        self._words = rest
        self._rest.setToolTip(rest)
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self._fit()
        self.setAccessibleName(" ".join(filter(None, (lead, rest))))
        self.setProperty("level", level)
        restyle(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """What is too long ends in dots: it is in full under the pointer, and on the page of the line."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        elided = self._rest.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, self._rest.width())
        self._rest.setText(elided if self.isVisible() else self._words)


class RailButton(QPushButton):
    """A screen in the rail at the left: icon, name and shortcut, marked when it is the one shown.

    It paints all of itself. A QPushButton none the less: `paintEvent` of QAbstractButton is pure
    virtual, and Qt aborts when it is asked for one while Python takes the button apart.
    """

    def __init__(self, icon: str, label: str, key: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._key, self._count = icon, key, 0
        self._compact = False
        self.setText(label)
        self.setAccessibleName(label)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_count(self, count: int) -> None:
        """How many things wait there; none shows nothing."""
        self._count = count
        self.setAccessibleName(f"{self.text()} {count}" if count else self.text())
        self.update()

    def set_compact(self, compact: bool) -> None:
        """Icon and key alone, where there is no room for the name."""
        self._compact = compact
        self.updateGeometry()
        self.update()

    @property
    def caption(self) -> str:
        """What is read under the icon."""
        return self._key if self._compact else self.text()

    def sizeHint(self) -> QSize:
        return QSize(t.TOUCH, t.TOUCH) if self._compact else QSize(84, RAIL_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        colors, role = self.palette(), QPalette.ColorRole
        marked = self.isChecked()
        ink = colors.color(role.Highlight if marked else role.PlaceholderText)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self.underMouse() and not marked:
                painter.fillRect(self.rect(), colors.color(role.Window))
            if marked:
                painter.fillRect(0, 0, 4, self.height(), ink)
            top = 4 if self._compact else 10
            paint_icon(painter, self._icon, QRectF(self.width() / 2 - 11, top, 22, 22), ink)
            painter.setPen(ink)
            painter.setFont(text_font(t.SMALL, QFont.Weight.DemiBold if marked else QFont.Weight.Normal))
            name = painter.fontMetrics().elidedText(self.caption, Qt.TextElideMode.ElideRight, self.width() - 4)
            painter.drawText(self.rect().adjusted(2, top + 24, -2, 0), Qt.AlignmentFlag.AlignHCenter, name)
            if self._key and not self._compact:
                self._paint_key(painter)
            if self._count:
                self._paint_count(painter)
            if self.hasFocus():
                painter.setPen(colors.color(role.Highlight))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(5.5, 1.5, -1.5, -1.5), 6, 6)

    def _paint_count(self, painter: QPainter) -> None:
        colors, role = self.palette(), QPalette.ColorRole
        shown = str(self._count) if self._count < 100 else "99+"
        painter.setFont(text_font(t.SMALL, QFont.Weight.DemiBold))
        width = max(18, painter.fontMetrics().horizontalAdvance(shown) + 10)
        plate = QRectF(10.5, 6.5, width, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.color(role.Highlight))
        painter.drawRoundedRect(plate, 9, 9)
        painter.setPen(colors.color(role.HighlightedText))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, shown)

    def _paint_key(self, painter: QPainter) -> None:
        colors, role = self.palette(), QPalette.ColorRole
        painter.setFont(text_font(t.SMALL, QFont.Weight.DemiBold))
        width = painter.fontMetrics().horizontalAdvance(self._key) + 8
        plate = QRectF(self.width() - width - 3.5, 4.5, width, 18)
        painter.setPen(colors.color(role.Mid))
        painter.setBrush(colors.color(role.Window))
        painter.drawRoundedRect(plate, 4, 4)
        painter.setPen(colors.color(role.PlaceholderText))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, self._key)


class Stepper(QFrame):
    """A small count with a button at either side; `changed` carries the new value."""

    changed = Signal(int)

    def __init__(self, value: int = 1, low: int = 1, high: int = 99, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high, self._value = low, high, value
        self._less, self._more = QPushButton("\u2212"), QPushButton("+")
        self._shown = QLabel(str(value))
        self._shown.setFont(money_font())
        self._shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._shown.setMinimumWidth(36)
        self._less.clicked.connect(lambda: self.set_value(self._value - 1))
        self._more.clicked.connect(lambda: self.set_value(self._value + 1))
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        for part in (self._less, self._shown, self._more):
            if isinstance(part, QPushButton):
                part.setFixedWidth(t.TOUCH)
            box.addWidget(part)
        self.set_value(value)

    @property
    def value(self) -> int:
        return self._value

    def set_value(self, value: int) -> None:
        """Show a value, held between the least and the greatest; `changed` only if it is another one."""
        value = max(self._low, min(self._high, value))
        self._less.setEnabled(value > self._low)
        self._more.setEnabled(value < self._high)
        if value != self._value:
            self._value = value
            self._shown.setText(str(value))
            self.changed.emit(value)
