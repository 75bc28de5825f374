"""The screen on which a till that is gone is taken over: whose copies are here, and the count of its drawer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QLabel, QListView, QStyledItemDelegate, QStyleOptionViewItem

from pos.ui.amountpanel import AmountPanel
from pos.ui.approval import ApprovalBox
from pos.ui.i18n import tr, tr_count
from pos.ui.keys import cap
from pos.ui.rows import ROW, Index, RowModel, paint_ground, paint_text, painted_list
from pos.ui.screen import Screen
from pos.ui.session import Session
from pos.ui.shift.takeover import KeptCopy, TakeOverPresenter
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font

_ROW_PX: Final = 64


class _Delegate(QStyledItemDelegate):
    def __init__(self, parent: QListView, session: Session) -> None:
        super().__init__(parent)
        self._session = session

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: KeptCopy = index.data(ROW)
        box = QRect(option.rect)
        painter.save()
        ink, muted = paint_ground(painter, option)
        upper, lower = box.adjusted(24, 8, -24, -34), box.adjusted(24, 34, -24, -8)
        paint_text(painter, upper, row.till, text_font(t.BODY, QFont.Weight.DemiBold), ink)
        paint_text(painter, lower, _freshness(row, self._session), text_font(t.SMALL), muted)
        painter.restore()


def _freshness(row: KeptCopy, session: Session) -> str:
    when = session.formats.day_and_time(row.at, session.now)
    return tr("Copy of {when}, up to entry {number}", when=when, number=row.facts)


class TakeOverScreen(Screen):
    """Arrows mark a till, digits type the count, Enter books it; Esc goes back."""

    name = "takeover"

    def __init__(self, presenter: TakeOverPresenter, leave: Callable[[], None]) -> None:
        super().__init__()
        self.presenter, self._leave = presenter, leave
        session = presenter.session
        box = self.work_box()
        self._title, self._said = QLabel(), QLabel()
        self._title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._said.setProperty("role", "muted")
        self._said.setWordWrap(True)
        for label in (self._title, self._said):
            label.setContentsMargins(24, 0, 24, 0)
            box.addWidget(label)
        self._rows: RowModel[KeptCopy] = RowModel(
            self.work, lambda row: f"{row.till}, {_freshness(row, session)}", lambda row: row.till
        )
        self.list = painted_list(
            self._rows,
            lambda made: _Delegate(made, session),
            tr("Copies of other tills"),
            lambda row: presenter.mark(row.till),
        )
        box.addWidget(self.list, 1)
        self._side = AmountPanel(tr("Counted"), tr("Count the drawer out"))
        self.approval = ApprovalBox(session)
        self.approval.entered.connect(self._take)
        self._side.extra.addWidget(self.approval)
        self._side.pad.digit.connect(presenter.type_digit)
        self._side.pad.erase.connect(presenter.erase)
        self._side.primary.clicked.connect(self._take)
        self.panel_box().addWidget(self._side)
        presenter.changed.connect(self.draw)
        presenter.done.connect(self._leave)
        self.draw()

    def enter(self) -> None:
        self.presenter.clear()
        self.presenter.refresh()
        self.work.setFocus()

    def draw(self) -> None:
        presenter = self.presenter
        self._rows.show_rows(presenter.rows)
        if presenter.rows:
            self.list.setCurrentIndex(self._rows.index(presenter.marked))
        self._title.setText(
            tr_count("The copy of %n till is here", "Copies of %n tills are here", len(presenter.rows))
            if presenter.rows
            else tr("Taking over a till")
        )
        self._said.setText(
            tr(
                "For a till whose disk is gone. Its shift is counted out here against what its copy says; its places "
                "stay where they are until a supervisor releases them ( {key} ).",
                key=cap("frozen"),
            )
            if presenter.rows or not presenter.looked
            else tr("No copy of another till is here. Plug in the stick with its copy, and open this page again.")
        )
        asked = not self.approval.isHidden()
        self.approval.ask(presenter.needs)
        if presenter.needs and not asked:
            self.approval.pin.setFocus()
        amount = presenter.amount
        shown = presenter.session.formats.money(amount) if amount is not None else ""
        ready = presenter.current is not None and not presenter.asking
        self._side.show_state(shown, presenter.problem, tr("Count the drawer out"), ready)

    def _take(self) -> None:
        self.presenter.take_over(self.approval.approver)

    def act(self, action: str) -> bool:
        kind, _, value = action.partition(":")
        presenter = self.presenter
        if kind == "digit":
            presenter.type_digit(value)
        elif kind == "erase":
            presenter.erase()
        elif kind in ("up", "line_up", "down", "line_down"):
            presenter.step(-1 if kind.endswith("up") else 1)
        elif kind == "primary":
            self._take()
        elif kind == "back":
            self.work.setFocus()
            if not presenter.clear():
                self._leave()
        else:
            return False
        return True
