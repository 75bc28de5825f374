"""The list of all shows, painted rows that a finger can hit, and the field that narrows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from pos.ui.frame.linewords import in_hand
from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.parts import touch
from pos.ui.rows import ROW, Index, RowModel, paint_ground, paint_text, painted_list
from pos.ui.screen import Screen
from pos.ui.shows.presenter import ShowRow, ShowsPresenter
from pos.ui.sizes import set_height
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton

_ROW_PX: Final = 56
_STOCK_KEY, _CARD_KEY = 7, 8


def _words(row: ShowRow) -> str:
    return ", ".join(filter(None, (row.day, row.time, row.title, row.remark, row.free)))


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: ShowRow = index.data(ROW)
        box = QRect(option.rect)
        painter.save()
        ink, muted = paint_ground(painter, option)
        quiet = muted if not row.sells else ink
        bold, plain = QFont.Weight.Bold, QFont.Weight.Normal
        x = box.left() + 24
        for text, width, font, color in (
            (row.day, 128, text_font(t.BODY, bold if row.today else plain), quiet),
            (row.time, 72, text_font(t.BODY, bold), quiet),
        ):
            paint_text(painter, QRect(x, box.top(), width, box.height()), text, font, color)
            x += width
        right = box.right() - 24
        free = QRect(right - 210, box.top(), 210, box.height())
        remark = QRect(free.left() - 210, box.top(), 200, box.height())
        title = QRect(x, box.top(), remark.left() - x - 12, box.height())
        paint_text(painter, title, row.title, text_font(t.TITLE, QFont.Weight.DemiBold), quiet)
        paint_text(painter, remark, row.remark, text_font(t.BODY), muted)
        paint_text(painter, free, row.free, text_font(t.BODY), quiet, Qt.AlignmentFlag.AlignRight)
        painter.restore()


class ShowsScreen(Screen):
    """`choose` sells the show, `look` opens its card; `go` leads to another screen: F7 to the seat stock, Esc back."""

    name = "shows"

    def __init__(
        self,
        presenter: ShowsPresenter,
        choose: Callable[[str], None],
        go: Callable[[str], None],
        look: Callable[[str], None],
    ) -> None:
        super().__init__()
        self.presenter, self._choose, self._go, self._look = presenter, choose, go, look
        box = QVBoxLayout(self.work)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self._rows = RowModel(self.work, _words, lambda row: row.show)
        self.list = painted_list(self._rows, _Delegate, tr("All shows"), lambda row: self._choose(row.show))
        box.addWidget(self.list)
        side = self.panel_box()
        name = QLabel(tr("All shows"))
        name.setProperty("role", "title")
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("Title, day or time"))
        self.field.setAccessibleName(tr("Find a show"))
        self.field.textEdited.connect(presenter.type)
        self._count, self._about = QLabel(), QLabel()
        for label in (self._count, self._about):
            label.setProperty("role", "muted")
            label.setWordWrap(True)
        self._key = KeyButton(tr("Sell this show"), cap("primary"), kind="primary", stacked=True)
        set_height(self._key, 64)
        self._key.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._key.clicked.connect(self._take)
        for part in (name, self.field, self._count, self._about):
            side.addWidget(part)
        side.addStretch(1)
        stock = KeyButton(tr("Seat stock"), f"F{_STOCK_KEY}", kind="outline")
        card = KeyButton(tr("Show card"), f"F{_CARD_KEY}", kind="outline")
        side.addWidget(touch(card, self._show_card))
        side.addWidget(touch(stock, lambda: self._go("seats")))
        side.addWidget(self._key)
        self.list.selectionModel().currentChanged.connect(self._draw_about)
        presenter.changed.connect(self.draw)

    def enter(self) -> None:
        self.presenter.type("")
        self.field.clear()
        self.presenter.session.refresh_shows()
        self.draw()
        rows = self._rows.rows
        at = next((number for number, row in enumerate(rows) if row.chosen), 0)
        if rows:
            self.list.setCurrentIndex(self._rows.index(at))
        self.field.setFocus()

    def draw(self) -> None:
        rows = self.presenter.rows()
        kept = self.list.currentIndex().row()
        before = self._rows.rows[kept].show if 0 <= kept < len(self._rows.rows) else ""
        self._rows.show_rows(rows)
        if rows and not self.list.currentIndex().isValid():
            at = next((number for number, row in enumerate(rows) if row.show == before), 0)
            self.list.setCurrentIndex(self._rows.index(at))
        formats = self.presenter.session.formats
        self._count.setText(
            tr("{n} of {all} shows", n=formats.count(len(rows)), all=formats.count(len(self.presenter.session.shows)))
        )
        self._key.setEnabled(bool(rows))
        self._draw_about()

    def _draw_about(self, *_: object) -> None:
        row, session = self._current(), self.presenter.session
        card = next((card for card in session.shows if row is not None and card.id == row.show), None)
        held = in_hand(session, card) if card is not None and not session.link.online else ""
        self._about.setText(
            " · ".join(filter(None, (row.title, f"{row.day} {row.time}", row.remark, held or row.free))) if row else ""
        )

    def _current(self) -> ShowRow | None:
        at = self.list.currentIndex().row()
        return self._rows.rows[at] if 0 <= at < len(self._rows.rows) else None

    def _take(self) -> None:
        row = self._current()
        if row is not None:
            self._choose(row.show)

    def _show_card(self) -> None:
        row = self._current()
        if row is not None:
            self._look(row.show)

    def step(self, by: int) -> None:
        """Move the mark up or down the list."""
        count = len(self._rows.rows)
        if count:
            at = max(0, min(count - 1, self.list.currentIndex().row() + by))
            self.list.setCurrentIndex(self._rows.index(at))

    def act(self, action: str) -> bool:
        if action == "primary":
            self._take()
        elif action == "back":
            self._go("sell")
        elif action == f"price:{_STOCK_KEY}":
            self._go("seats")
        elif action == f"price:{_CARD_KEY}":
            self._show_card()
        elif action in ("up", "down"):
            self.step(-1 if action == "up" else 1)
        elif action in ("line_up", "line_down"):
            self.step(-8 if action == "line_up" else 8)
        elif action == "find":
            self.field.setFocus()
        else:
            return False
        return True
