"""The screen of closed shifts: the list at the left; at the right what was declared, and the verdict on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from pos.ui.amountpanel import AmountPanel
from pos.ui.i18n import tr, tr_count
from pos.ui.keys import cap
from pos.ui.parts import FactGrid, touch
from pos.ui.rows import ROW, Index, RowModel, paint_ground, paint_text, painted_list
from pos.ui.screen import Screen
from pos.ui.shift.listed import Closed, ShiftsPresenter
from pos.ui.shift.papers import declared_lines
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import money_font, text_font
from pos.ui.theme.widgets import KeyButton

_ROW_PX: Final = 64
_FACTS: Final = 9


class _Delegate(QStyledItemDelegate):
    """When and which Z; whose and where; the difference over how it stands."""

    def __init__(self, parent: QListView, presenter: ShiftsPresenter) -> None:
        super().__init__(parent)
        self._presenter = presenter

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        one: Closed = index.data(ROW)
        session = self._presenter.session
        box = QRect(option.rect)
        painter.save()
        ink, muted = paint_ground(painter, option)
        upper, lower = QRect(box.adjusted(24, 8, -24, -34)), QRect(box.adjusted(24, 34, -24, -8))
        bold, right, side = QFont.Weight.DemiBold, Qt.AlignmentFlag.AlignRight, 200
        name = f"{one.z or one.shift} · {one.cashier}"
        paint_text(painter, upper.adjusted(0, 0, -side, 0), name, text_font(t.BODY, bold), ink)
        when = f"{one.till} · {session.formats.day_and_time(one.closed_at, session.now)}"
        paint_text(painter, lower.adjusted(0, 0, -side, 0), when, text_font(t.SMALL), muted)
        paint_text(painter, upper, session.formats.money(one.difference), money_font(t.BODY), ink, right)
        paint_text(painter, lower, standing(one, session.names), text_font(t.SMALL), muted, right)
        painter.restore()


def standing(one: Closed, names: dict[str, str]) -> str:
    """How a closed shift stands, in a word or two."""
    if one.verified:
        return tr("verified by {who}", who=names.get(one.verified, one.verified))
    return tr("to be verified") if one.final else tr("provisional, to be verified")


class ShiftsScreen(Screen):
    """Arrows mark; F1 prints the Z again, F2 that it is final, F3 the X, F4 shows all, F5 leads to tills that are gone;
    Enter verifies."""

    name = "shifts"

    def __init__(self, presenter: ShiftsPresenter, leave: Callable[[], None], go: Callable[[str], None]) -> None:
        super().__init__()
        self.presenter, self._leave, self._go = presenter, leave, go
        box = self.work_box()
        self._title, self._said = QLabel(), QLabel()
        self._title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._title.setContentsMargins(24, 0, 24, 0)
        self._said.setProperty("role", "muted")
        self._said.setContentsMargins(24, 0, 24, 0)
        self._said.setWordWrap(True)
        self._rows: RowModel[Closed] = RowModel(self.work, self._words, lambda row: row.shift)
        self.list = painted_list(
            self._rows,
            lambda made: _Delegate(made, presenter),
            tr("Closed shifts"),
            lambda row: presenter.mark(row.shift),
        )
        keys = QHBoxLayout()
        keys.setContentsMargins(24, 0, 24, 8)
        keys.setSpacing(8)
        self._z = touch(KeyButton(tr("Print the Z again"), "F1", kind="outline"), presenter.print_z)
        self._final = touch(KeyButton(tr("Print that it is final"), "F2", kind="outline"), self._print_final)
        self._x = touch(KeyButton(tr("Print an X"), "F3", kind="outline"), presenter.print_x)
        self._all = touch(KeyButton(tr("All"), "F4", kind="outline"), presenter.show_all)
        self._all.setCheckable(True)
        gone = touch(KeyButton(tr("Take over a till"), "F5", kind="outline"), self._take_over)
        for button in (self._z, self._final, self._x, self._all):
            keys.addWidget(button)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 24, 0)
        head.addWidget(self._title, 1)
        head.addWidget(gone)
        box.addLayout(head)
        box.addWidget(self._said)
        self._facts = FactGrid(_FACTS, spacing_px=2)
        self._facts.setContentsMargins(24, 0, 24, 0)
        box.addWidget(self.list, 1)
        box.addLayout(self._facts)
        box.addLayout(keys)
        self._build_panel()
        presenter.changed.connect(self.draw)
        presenter.session.status_changed.connect(self.draw)

    def _build_panel(self) -> None:
        side = AmountPanel(tr("Counted again"), tr("Verify"))
        self._side = side
        self._note = QLineEdit()
        self._note.setPlaceholderText(tr("Note ( {key} )", key=cap("find")))
        self._note.setAccessibleName(tr("Note"))
        self._note.textEdited.connect(self.presenter.type_note)
        side.extra.addWidget(self._note)
        side.pad.digit.connect(self.presenter.type_digit)
        side.pad.erase.connect(self.presenter.erase)
        side.primary.clicked.connect(self.presenter.verify)
        self.panel_box().addWidget(side)

    def _print_final(self) -> None:
        self.presenter.print_z("agreed")

    def _take_over(self) -> None:
        self._go("takeover")

    def _words(self, row: Closed) -> str:
        session = self.presenter.session
        parts = (row.z or row.shift, row.cashier, row.till, session.formats.money(row.difference))
        return ", ".join((*parts, standing(row, session.names)))

    def enter(self) -> None:
        self._note.clear()
        self.presenter.clear()
        self.presenter.refresh()
        self.work.setFocus()

    def draw(self) -> None:
        presenter = self.presenter
        session, one = presenter.session, presenter.current
        person = session.person
        self._rows.show_rows(presenter.rows)
        if presenter.rows:
            self.list.setCurrentIndex(self._rows.index(presenter.marked))
        waiting = sum(not row.verified for row in presenter.rows)
        title = tr_count("%n shift to be verified", "%n shifts to be verified", waiting)
        self._title.setText(title if presenter.oversees else tr("Reports"))
        words = tr("A supervisor sees the list of shifts. Your last Z and an X can be printed here.")
        if presenter.oversees:
            words = "" if presenter.complete else tr("The office cannot be reached: these are this window's alone.")
        self._said.setText(words)
        self._said.setVisible(bool(words))
        self._all.setChecked(presenter.all)
        self._all.setVisible(presenter.oversees)
        self._x.setEnabled(person is not None and person.shift is not None)
        self._final.setEnabled(one is None or one.final)
        self._facts.show_facts(self._told(one) if one is not None else [])
        if self._note.text() != presenter.note:
            self._note.setText(presenter.note)
        amount = presenter.recounted
        shown = session.formats.money(amount) if amount is not None else ""
        ready = one is not None and not one.verified and not presenter.asking
        self._side.show_state(shown, presenter.problem, tr("Verify"), ready)

    def _told(self, one: Closed) -> list[tuple[str, str]]:
        """What a person who verifies holds against each other."""
        formats = self.presenter.session.formats
        told = [
            (tr("Expected"), formats.money(one.expected)),
            (tr("Counted"), formats.money(one.counted)),
            (tr("Difference"), formats.money(one.difference)),
        ]
        told += declared_lines(one.declared)
        told += [(tr("Note"), one.note)] if one.note else []
        return told[:_FACTS]

    def act(self, action: str) -> bool:
        kind, _, value = action.partition(":")
        presenter = self.presenter
        prints: dict[str, Callable[[], None]] = {
            "1": presenter.print_z, "2": self._print_final, "3": presenter.print_x, "4": presenter.show_all,
            "5": self._take_over,
        }  # fmt: skip
        if kind == "digit":
            presenter.type_digit(value)
        elif kind == "erase":
            presenter.erase()
        elif kind == "price" and value in prints:
            prints[value]()
        elif kind in ("up", "line_up", "down", "line_down"):
            presenter.step(-1 if kind.endswith("up") else 1)
        elif kind == "find":
            self._note.setFocus()
        elif kind == "primary":
            presenter.verify()
        elif kind == "back":
            self.work.setFocus()
            if not presenter.clear():
                self._leave()
        else:
            return False
        return True
