"""Beside the map in a rush: which show it is about, who has something to pick up, how many stand by."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QFrame, QLabel, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout

from pos.ui.i18n import tr, tr_count
from pos.ui.keys import cap
from pos.ui.rows import ROW, Index, RowModel, paint_ground, paint_text, painted_list
from pos.ui.rush import title_of
from pos.ui.sell.pickups import PickUp, PickUps
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton

WIDTH_PX = 220
_WINDOW_PX = 1200  # in a narrower window the hall needs the room; whoever picks up is found by typing all the same


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, t.TOUCH)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: PickUp = index.data(ROW)
        painter.save()
        ink, muted = paint_ground(painter, option, 0)
        box = QRect(option.rect).adjusted(8, 4, -8, -4)
        upper, lower = QRect(box), QRect(box)
        upper.setHeight(22)
        lower.setTop(box.top() + 22)
        side = Qt.AlignmentFlag.AlignRight
        taken = paint_text(painter, upper, str(len(row.places)), text_font(t.BODY), ink, side)
        upper.setRight(upper.right() - taken - 8)
        paint_text(painter, upper, row.title, text_font(t.BODY, QFont.Weight.DemiBold), ink)
        paint_text(painter, lower, f"● {row.sale}" if row.ready else row.sale, text_font(t.SMALL), muted)
        painter.restore()


class RushBox(QFrame):
    """Redraws from the pick-ups; a press on one asks for it, `leave` ends the rush."""

    leave = Signal()

    def __init__(self, pickups: PickUps) -> None:
        super().__init__()
        self.pickups = pickups
        self.setProperty("role", "panel")
        self.setFixedWidth(WIDTH_PX)
        self._head, self._waiting, self._standby = QLabel(), QLabel(), QLabel()
        self._head.setProperty("role", "strong")
        self._head.setWordWrap(True)
        for label in (self._waiting, self._standby):
            label.setProperty("role", "small")
            label.setWordWrap(True)
        self._rows: RowModel[PickUp] = RowModel(
            self, lambda row: ", ".join((row.title, row.sale, *row.places)), lambda row: row.sale
        )
        self.list = painted_list(self._rows, _Delegate, tr("Pick-up"), lambda row: pickups.asked.emit([row]))
        self.key = KeyButton(tr("Leave the rush"), cap("rush"))
        self.key.set_font(text_font(t.SMALL))
        self.key.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.key.clicked.connect(self.leave)
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 8, 8, 8)
        box.setSpacing(4)
        box.addWidget(self._head)
        box.addWidget(self._waiting)
        box.addWidget(self.list, 1)
        box.addWidget(self._standby)
        box.addWidget(self.key)
        pickups.changed.connect(self.draw)
        pickups.session.shows_changed.connect(self.draw)
        self.draw()

    def draw(self) -> None:
        pickups, session = self.pickups, self.pickups.session
        self.setVisible(pickups.open and self.window().width() >= _WINDOW_PX)
        card = session.show
        if not pickups.open or card is None:
            return
        self._head.setText(tr("Rush: {show}", show=title_of(session, card)))
        waiting = tr_count("%n order to pick up", "%n orders to pick up", len(pickups.rows))
        self._waiting.setText(tr("{orders}. {key}, name or code, Enter.", orders=waiting, key=cap("find")))
        self._rows.show_rows(pickups.fitting)
        self._standby.setText(tr_count("%n on the waiting list", "%n on the waiting list", pickups.standby))
