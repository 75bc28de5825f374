"""The list of what shows that were called off leave to be done, and what may be done with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from pos.ui.found.calledoff import PAID_BACK, CalledOff, Owed
from pos.ui.found.callingoff import ABANDON, CLOSE, REOPEN, names
from pos.ui.i18n import tr, tr_count
from pos.ui.keys import cap
from pos.ui.parts import touch
from pos.ui.purse import tender_names
from pos.ui.rows import ROW, Index, RowModel, paint_ground, paint_text, painted_list
from pos.ui.sizes import set_height
from pos.ui.theme import tokens as t
from pos.ui.theme.apply import restyle
from pos.ui.theme.fonts import money_font, text_font
from pos.ui.theme.widgets import KeyButton, MoneyLabel

_ROW_PX: Final = 64
_RUN_KEY, _LETTERS_KEY = 5, 6
_CALL_OFF: Final = {7: ABANDON, 8: CLOSE, 9: REOPEN}  # key -> what it does


class _Delegate(QStyledItemDelegate):
    """Buyer and place over show; price, and which way it goes back, at the right."""

    def __init__(self, parent: QListView, owed: CalledOff) -> None:
        super().__init__(parent)
        self._owed = owed

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Owed = index.data(ROW)
        owed, box = self._owed, QRect(option.rect)
        formats = owed.session.formats
        painter.save()
        ink, muted = paint_ground(painter, option)
        upper, lower = QRect(box.adjusted(24, 8, -24, -34)), QRect(box.adjusted(24, 34, -24, -8))
        bold, small, right = text_font(t.BODY, QFont.Weight.DemiBold), text_font(t.SMALL), Qt.AlignmentFlag.AlignRight
        who = " · ".join(filter(None, (row.name or tr("no name"), row.place)))
        paint_text(painter, upper.adjusted(0, 0, -200, 0), who, bold, ink)
        why = owed.why(row)
        when = formats.day_and_time(row.starts, owed.session.now)
        detail = f"▲ {why}" if why else " · ".join(filter(None, (f"{row.title} · {when}", row.contact)))
        paint_text(painter, lower.adjusted(0, 0, -200, 0), detail, small, muted)
        paint_text(painter, upper, formats.amount(row.owed), money_font(t.BODY), ink, right)
        paint_text(painter, lower, way_back(row), small, muted, right)
        painter.restore()


def way_back(row: Owed) -> str:
    """Which way the money goes back, and whether somebody has to come for it."""
    names = tender_names()
    names["foreign"] = names["cash"]
    ways = ", ".join(dict.fromkeys(names.get(kind, kind) for kind in row.kinds))
    return ways if row.state in PAID_BACK else tr("{ways} · or the new date", ways=ways)


class CalledWork(QWidget):
    """The list itself."""

    def __init__(self, owed: CalledOff) -> None:
        super().__init__()
        self.owed = owed
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 12, 0, 0)
        box.setSpacing(8)
        self._title = QLabel()
        self._title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._title.setContentsMargins(24, 0, 24, 0)
        self._rows: RowModel[Owed] = RowModel(
            self, lambda row: ", ".join((row.name, row.place, row.title, way_back(row))), lambda row: row.id
        )
        self.list = painted_list(
            self._rows, lambda made: _Delegate(made, owed), tr("Called off"), lambda row: owed.mark(row.id)
        )
        box.addWidget(self._title)
        box.addWidget(self.list, 1)

    def draw(self) -> None:
        owed = self.owed
        count = len(owed.rows)
        words = tr_count("%n ticket of shows called off", "%n tickets of shows called off", count)
        self._title.setText(words if count else tr("No show was called off, or all has come back."))
        self._rows.show_rows(owed.rows)
        at = next((ix for ix, row in enumerate(owed.rows) if row.id == owed.marked), -1)
        if at >= 0:
            self.list.setCurrentIndex(self._rows.index(at))


class CalledPanel(QWidget):
    """Enter opens the marked one's sale; F5 pays all back that needs nobody, and stops; F6 writes letters; F7 to F9
    call something off, and take it back."""

    def __init__(self, owed: CalledOff, look: Callable[[str, str], object], call_off: Callable[[str], object]) -> None:
        super().__init__()
        self.owed, self._look, self._call_off = owed, look, call_off
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        head = QLabel(tr("Shows called off"))
        head.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._owed, self._amount = QLabel(tr("Still owed")), MoneyLabel(size=t.TOTAL)
        self._run_note, self._problem = QLabel(), QLabel()
        for label in (self._run_note, self._problem):
            label.setWordWrap(True)
        self._problem.setProperty("role", "warning")
        for part in (head, self._owed, self._amount, self._run_note):
            box.addWidget(part)
        box.addStretch(1)
        box.addWidget(self._problem)
        self._run = KeyButton("", f"F{_RUN_KEY}", kind="outline", stacked=True)
        self._run.clicked.connect(lambda _=False: owed.toggle_run())
        self._open = KeyButton(tr("Open this sale"), cap("primary"), kind="primary", stacked=True)
        self._open.clicked.connect(lambda _=False: self.open())
        self._letters = KeyButton(tr("Letters to all (PDF)"), f"F{_LETTERS_KEY}", stacked=True)
        self._letters.clicked.connect(lambda _=False: owed.write_letters())
        whole, close, reopen = (
            touch(KeyButton(name, f"F{number}", stacked=True), partial(call_off, kind), 52)
            for (number, kind), name in zip(_CALL_OFF.items(), names(), strict=True)
        )
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(close, 1)
        row.addWidget(reopen, 1)
        box.addWidget(whole)
        box.addLayout(row)
        box.addSpacing(8)
        for button in (self._letters, self._run, self._open):
            set_height(button, 52)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            box.addWidget(button)
            box.addSpacing(8)

    def draw(self) -> None:
        owed, formats = self.owed, self.owed.session.formats
        self._amount.setText(formats.money(owed.owed))
        count = sum(len(rows) for rows in owed.waiting)
        note = tr_count(
            "%n ticket goes back by card, voucher or account: it needs nobody here.",
            "%n tickets go back by card, voucher or account: they need nobody here.",
            count,
        )
        if owed.done or owed.running:
            said = tr("{n} paid back, {amount}.", n=owed.done, amount=formats.money(owed.paid))
            note = f"{said} {note}" if count else said
        elif owed.back:
            amount = formats.money(owed.back_price)
            came = tr_count("%n ticket has come back", "%n tickets have come back", owed.back)
            said = tr("{tickets} since it was called off, {amount}.", tickets=came, amount=amount)
            note = f"{said} {note}" if count else said
        self._run_note.setText(note)
        self._run.set_label(tr("Stop") if owed.running else tr("Pay all these back"))
        self._run.setEnabled(owed.running or count > 0)
        self._letters.setEnabled(bool(owed.rows) and not owed.writing and not owed.running)
        self._open.setEnabled(owed.current is not None and not owed.running)
        one = owed.current
        why = owed.problem or (owed.why(one) if one is not None else "")
        self._problem.setText(f"▲ {why}" if why else "")
        restyle(self._problem)

    def open(self) -> None:
        """Show the marked one's sale, where it is refunded or exchanged like any other."""
        one = self.owed.current
        if one is not None and not self.owed.running:
            self.owed.close()
            self._look(one.sale, one.id)

    def key(self, action: str) -> bool:
        """What a key of the table does here."""
        owed = self.owed
        if action == "primary":
            self.open()
        elif action == "back":
            owed.close()
        elif action == f"price:{_RUN_KEY}":
            owed.toggle_run()
        elif action == f"price:{_LETTERS_KEY}":
            owed.write_letters()
        elif action.startswith("price:") and int(action.removeprefix("price:")) in _CALL_OFF:
            self._call_off(_CALL_OFF[int(action.removeprefix("price:"))])
        elif action in ("up", "line_up", "down", "line_down"):
            owed.step(-1 if action.endswith("up") else 1)
        else:
            return False
        return True
