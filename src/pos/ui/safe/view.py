"""The safe's screen: what waits at the left, oldest first, and a count under it; the task at hand in the panel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QListView,
    QScrollArea,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from pos.ui.bridge import Answer
from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.parts import FactGrid, touch
from pos.ui.rows import ROW, Index, RowModel, paint_ground, paint_text, painted_list
from pos.ui.safe.presenter import SafePresenter
from pos.ui.safe.tasks import FIELDS, KEYED, LOOK, TRAIL, labels, may_refuse, next_of, titles
from pos.ui.screen import Screen
from pos.ui.shift.person import PersonPin
from pos.ui.shift.pieces import PieceTable
from pos.ui.sizes import set_height
from pos.ui.theme import tokens as t
from pos.ui.theme.apply import restyle
from pos.ui.theme.fonts import money_font, text_font
from pos.ui.theme.widgets import KeyButton, MoneyLabel

_ROW_PX: Final = 56
_NEXT_KEY: Final = 9
_STEPS: Final = 8
_TRAIL_KEY: Final = 10
_TRAIL_ROWS: Final = 40
_KEYS_A_ROW: Final = 4


class _Delegate(QStyledItemDelegate):
    """Number over how it stands; amount over its age and whose it is."""

    def __init__(self, parent: QListView, presenter: SafePresenter) -> None:
        super().__init__(parent)
        self._presenter = presenter

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Answer = index.data(ROW)
        presenter, box = self._presenter, QRect(option.rect)
        painter.save()
        ink, muted = paint_ground(painter, option)
        upper, lower = QRect(box.adjusted(24, 6, -24, -28)), QRect(box.adjusted(24, 28, -24, -6))
        right, side = Qt.AlignmentFlag.AlignRight, 220
        name = ("▲ " if row["difference"] or row["early"] else "") + presenter.name(row)
        paint_text(painter, upper.adjusted(0, 0, -side, 0), name, text_font(t.BODY, QFont.Weight.DemiBold), ink)
        paint_text(painter, lower.adjusted(0, 0, -side, 0), presenter.stands(row), text_font(t.SMALL), muted)
        paint_text(painter, upper, presenter.amount(row), money_font(t.BODY), ink, right)
        whose = f"{row['owner']} · {presenter.age(row)}"
        paint_text(painter, lower, whose, text_font(t.SMALL), muted, right)
        painter.restore()


class SafeScreen(Screen):
    """F1–F8 choose a task, PgUp and PgDn mark what waits, F9 takes up what comes next for it, Enter does the task at
    hand, or without one what F9 does; Esc leaves it. F10 follows a sum, ⇧F1 refuses the marked change, ⇧F2 writes the
    marked deposit's sheet.
    `leave` goes back to where the screen was opened."""

    name = "safe"

    def __init__(self, presenter: SafePresenter, leave: Callable[[], None]) -> None:
        super().__init__()
        self.presenter, self._leave = presenter, leave
        self.fields: dict[str, QLineEdit] = {}
        self._build_work()
        self._build_panel()
        presenter.changed.connect(self.draw)
        presenter.chosen.connect(self._begin)
        self.draw()

    def _build_work(self) -> None:
        box = QVBoxLayout(self.work)
        box.setContentsMargins(0, 16, 0, 0)
        box.setSpacing(10)
        title = QLabel(tr("Safe"))
        title.setFont(text_font(t.TOTAL, QFont.Weight.DemiBold))
        title.setContentsMargins(24, 0, 24, 0)
        box.addWidget(title)
        keys = QGridLayout()
        keys.setContentsMargins(24, 0, 24, 0)
        keys.setSpacing(8)
        self._keys: dict[str, KeyButton] = {}
        for at, task in enumerate(KEYED):
            button = touch(KeyButton(titles()[task], f"F{at + 1}"), partial(self.presenter.choose, task))
            button.setCheckable(True)
            keys.addWidget(button, at // _KEYS_A_ROW, at % _KEYS_A_ROW)
            self._keys[task] = button
        box.addLayout(keys)
        self._nothing = QLabel(tr("Nothing waits: no bag, transfer, change order or deposit is under way."))
        self._nothing.setProperty("role", "muted")
        self._nothing.setContentsMargins(24, 8, 24, 8)
        box.addWidget(self._nothing)
        self._rows: RowModel[Answer] = RowModel(
            self.work, lambda row: f"{self.presenter.name(row)}, {self.presenter.stands(row)}", lambda row: row["id"]
        )
        self.list = painted_list(
            self._rows, lambda made: _Delegate(made, self.presenter), tr("What waits"), self._clicked
        )
        box.addWidget(self.list, 1)
        self._trail = FactGrid(_TRAIL_ROWS, spacing_px=12)
        told = QWidget()
        self._trail.setContentsMargins(24, 8, 24, 8)
        inside_trail = QVBoxLayout(told)
        inside_trail.addLayout(self._trail)
        inside_trail.addStretch(1)
        self.trail = QScrollArea()
        self.trail.setWidgetResizable(True)
        self.trail.setFrameShape(QFrame.Shape.NoFrame)
        self.trail.setWidget(told)
        self.trail.setAccessibleName(tr("Trail of a sum"))
        box.addWidget(self.trail, 1)
        self.count = PieceTable(self.presenter.pieces, self.presenter.session, self._counted)
        self._counting = QWidget()
        inside = QVBoxLayout(self._counting)
        inside.setContentsMargins(24, 8, 24, 0)
        inside.addWidget(self.count)
        box.addWidget(self._counting, 1)

    def _build_panel(self) -> None:
        box = self.panel_box()
        self._title = QLabel()
        self._title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._title.setWordWrap(True)
        box.addWidget(self._title)
        self._total = MoneyLabel(size=t.TOTAL)
        box.addWidget(self._total)
        for name in FIELDS:
            field = QLineEdit()
            field.setMinimumHeight(48)
            field.textEdited.connect(lambda text, name=name: self.presenter.type(name, text))
            box.addWidget(field)
            self.fields[name] = field
        self.second = PersonPin(
            self.presenter.session, tr("Second person"), self._may_stand_by, tr("nobody"), asks="safe.people"
        )
        box.addWidget(self.second)
        self._story = FactGrid(_STEPS)
        box.addLayout(self._story)
        self._said = QLabel()
        self._said.setWordWrap(True)
        box.addWidget(self._said)
        box.addStretch(1)
        self._refuse = touch(KeyButton(titles()["refuse_change"], cap("drop:1"), kind="outline"), self.presenter.refuse)
        self._sheet = touch(KeyButton(tr("Sheet as PDF"), cap("drop:2"), kind="outline"), self.presenter.write_sheet)
        self._follow = touch(KeyButton(titles()[TRAIL], f"F{_TRAIL_KEY}", kind="outline"), self._go_after)
        for button in (self._refuse, self._sheet, self._follow):
            box.addWidget(button)
        self._next = touch(KeyButton("", f"F{_NEXT_KEY}", kind="outline"), self._go_on)
        box.addWidget(self._next)
        self._do = KeyButton("", cap("primary"), kind="primary", stacked=True)
        set_height(self._do, 64)
        touch(self._do, self._act, 64)
        box.addWidget(self._do)

    def _may_stand_by(self, one: Answer) -> bool:
        person = self.presenter.session.person
        return person is None or one["user"] != person.user

    # ---- doing -------------------------------------------------------------------------

    def enter(self) -> None:
        self.presenter.refresh()
        self.presenter.choose(LOOK)

    def _clicked(self, row: Answer) -> None:
        self.presenter.mark(row["id"])

    def _go_on(self) -> None:
        self.presenter.go_on()
        self.draw()
        self._focus()

    def _go_after(self) -> None:
        self.presenter.follow()
        self.draw()
        self.fields["of"].setFocus()
        self.fields["of"].selectAll()

    def _act(self) -> None:
        self.presenter.do(self.second.chosen if self.presenter.at_hand.second else None)

    def _counted(self) -> None:
        self.presenter.problem = ""
        self.draw()

    def _begin(self) -> None:
        """Another task: an empty form, and the keyboard in it."""
        self.count.begin()
        if self.presenter.at_hand.second:
            self.second.begin()
        self.draw()
        self._focus()

    def _focus(self) -> None:
        task = self.presenter.at_hand
        empty = [name for name in task.fields if not self.presenter.values.get(name)]
        if task.counted and (not empty or empty[0] in ("bags", "note")):
            self.count.focus_first()
        elif empty:
            self.fields[empty[0]].setFocus()
        else:
            self.work.setFocus()

    # ---- drawing -----------------------------------------------------------------------

    def draw(self) -> None:
        presenter = self.presenter
        task = presenter.at_hand
        for name, button in self._keys.items():
            button.setChecked(name == presenter.task)
        row = presenter.marked_row
        looking = presenter.task == LOOK
        marked = presenter.name(row) if row is not None else tr("Nothing waits")
        self._title.setText(marked if looking else titles()[presenter.task])
        self._story.show_facts(presenter.steps(row)[-_STEPS:] if looking and row is not None else [])
        self._total.setVisible(bool(task.counted))
        self._total.setText(presenter.session.formats.money(presenter.pieces.total))
        self._counting.setVisible(bool(task.counted))
        for name, field in self.fields.items():
            field.setVisible(name in task.fields)
            field.setPlaceholderText(labels(presenter.task)[name])
            field.setAccessibleName(labels(presenter.task)[name])
            if field.text() != presenter.values.get(name, ""):
                field.setText(presenter.values.get(name, ""))
        self.second.setVisible(bool(task.second))
        self._said.setText(f"▲ {presenter.problem}" if presenter.problem else presenter.said)
        self._said.setProperty("role", "warning" if presenter.problem else "good")
        restyle(self._said)
        then = next_of(row, presenter.session.status.till) if row is not None else ""
        label = titles()[then or presenter.task] if looking and then else "" if looking else titles()[presenter.task]
        self._do.set_label(tr("Asking…") if presenter.asking else label)
        self._do.setEnabled(not presenter.asking)
        self._do.setVisible(bool(label))
        self._next.setVisible(bool(then) and not looking)
        if row is not None and then:
            self._next.set_label(f"{marked}: {titles()[then]}")
        self._refuse.setVisible(looking and row is not None and may_refuse(row))
        self._sheet.setVisible(looking and row is not None and row["sort"] == "deposit")
        self._follow.setVisible(looking)
        self._draw_rows()

    def _draw_rows(self) -> None:
        presenter = self.presenter
        self._rows.show_rows(presenter.rows)
        counting = bool(presenter.at_hand.counted)
        self.trail.setVisible(bool(presenter.trail))
        self._trail.show_facts(presenter.trail[-_TRAIL_ROWS:])
        self.list.setVisible(not counting and not presenter.trail)
        self._nothing.setVisible(not counting and not presenter.rows and not presenter.trail)
        if (row := presenter.marked_row) is not None:
            self.list.setCurrentIndex(self._rows.index(presenter.rows.index(row)))

    def act(self, action: str) -> bool:
        kind, _, value = action.partition(":")
        presenter = self.presenter
        if kind == "price" and int(value) <= len(KEYED):
            presenter.choose(KEYED[int(value) - 1])
        elif kind == "price" and int(value) == _NEXT_KEY:
            self._go_on()
        elif kind == "price" and int(value) == _TRAIL_KEY:
            self._go_after()
        elif action == "drop:1":
            presenter.refuse()
        elif action == "drop:2":
            presenter.write_sheet()
        elif kind == "line_up":
            presenter.step(-1)
        elif kind == "line_down":
            presenter.step(1)
        elif kind == "primary":
            self._act()
        elif kind == "find":
            self._focus()
        elif kind == "back":
            if not presenter.clear():
                self._leave()
        else:
            return False
        return True
