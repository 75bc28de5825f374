"""The drills' screen: its lists at the left; what is known of the marked row, and the form, in the panel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from pos.ui.approval import ApprovalBox
from pos.ui.drills.marks import MarkList
from pos.ui.drills.model import ACTIONS, HELD, PEOPLE, SECTIONS, Row, day, met, section_names, source_of
from pos.ui.drills.presenter import DONE, DROP, NEW, SAVE, START, DrillsPresenter
from pos.ui.format import read_time
from pos.ui.i18n import tr, tr_count
from pos.ui.keys import cap
from pos.ui.parts import FactGrid, Problem, foot, touch
from pos.ui.rows import ROW, Index, RowModel, paint_ground, paint_text, painted_list
from pos.ui.screen import Screen
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import money_font, text_font
from pos.ui.theme.widgets import KeyButton

_MARKS: Final = 20  # their share of the panel, where there are any
_ROW_PX: Final = 64
_SIDE_PX: Final = 240
_PAGE: Final = 8
_FACTS: Final = 7
_KEYS: Final = (5, 6)  # of the two other steps


class _Delegate(QStyledItemDelegate):
    """What it is over its particulars; what it came to over its state."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(ROW)
        painter.save()
        ink, muted = paint_ground(painter, option)
        box, right = QRect(option.rect).adjusted(24, 8, -24, -8), Qt.AlignmentFlag.AlignRight
        upper, lower = box.adjusted(0, 0, 0, -26), box.adjusted(0, 26, 0, 0)
        title = f"▲ {row.title}" if row.warning else row.title
        paint_text(painter, upper.adjusted(0, 0, -_SIDE_PX, 0), title, text_font(t.BODY, QFont.Weight.DemiBold), ink)
        paint_text(painter, lower.adjusted(0, 0, -_SIDE_PX, 0), row.text, text_font(t.SMALL), muted)
        side = box.width() - _SIDE_PX
        paint_text(painter, upper.adjusted(side, 0, 0, 0), row.right, money_font(t.BODY), ink, right)
        paint_text(painter, lower.adjusted(side, 0, 0, 0), row.below, text_font(t.SMALL), muted, right)
        painter.restore()


class DrillsScreen(Screen):
    """F1–F3 choose the list, arrows mark, Enter does the main step, F5 and F6 the others. `leave` goes back."""

    name = "drills"

    def __init__(self, presenter: DrillsPresenter, leave: Callable[[], None]) -> None:
        super().__init__()
        self.presenter, self._leave = presenter, leave
        self.build(presenter)

    # ---- building ----------------------------------------------------------------------

    def _build_work(self) -> None:
        box = self.work_box()
        row = QHBoxLayout()
        row.setContentsMargins(24, 0, 24, 0)
        row.setSpacing(8)
        self._sections: dict[str, KeyButton] = {}
        for number, section in enumerate(SECTIONS, 1):
            button = touch(KeyButton(section_names()[section], f"F{number}"), partial(self._choose, section))
            button.setCheckable(True)
            row.addWidget(button)
            self._sections[section] = button
        row.addStretch(1)
        self._rule = QLabel()
        self._rule.setContentsMargins(24, 0, 24, 0)
        self._rule.setProperty("role", "muted")
        self._rule.setWordWrap(True)
        self._rows: RowModel[Row] = RowModel(self.work, _words, lambda one: one.id)
        self.list = painted_list(self._rows, _Delegate, tr("Drills"), lambda one: self.presenter.mark(one.id))
        box.addLayout(row)
        box.addWidget(self._rule)
        box.addWidget(self.list, 1)

    def _build_panel(self) -> None:
        side = self.panel_box()
        self._title, self._hint = QLabel(), QLabel()
        self._title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        for label in (self._title, self._hint):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._hint.setProperty("role", "muted")
        self._facts = FactGrid(_FACTS)
        self.marks = MarkList()
        self.approval = ApprovalBox(self.presenter.session)
        self.approval.entered.connect(lambda: self.act("primary"))
        self.problem = Problem()
        side.addWidget(self._title)
        side.addLayout(self._facts)
        side.addWidget(self._hint)
        side.addWidget(self._build_form())
        side.addWidget(self.marks, _MARKS)
        side.addStretch(1)
        side.addWidget(self.approval)
        side.addWidget(self.problem)
        others = [KeyButton("", f"F{key}", kind="outline", stacked=True) for key in _KEYS]
        self._others = [
            touch(button, partial(self._do, at), 64) for at, button in enumerate(others)
        ]  # fmt: skip
        primary = KeyButton("", cap("primary"), kind="primary", stacked=True)
        self._primary = touch(primary, lambda: self.act("primary"), 64)
        side.addLayout(foot(*self._others, self._primary, spacing_px=8))

    def _build_form(self) -> QWidget:
        """What is to be done, by whom and by when; or why it is over."""
        self._form = QWidget()
        box = QVBoxLayout(self._form)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self.owner = QComboBox()
        self.owner.setAccessibleName(tr("Who does it"))
        self.owner.activated.connect(lambda _: self.presenter.type("owner", str(self.owner.currentData() or "")))
        self.fields = {name: QLineEdit() for name in ("text", "due", "plan", "note")}
        labels = {
            "text": tr("What is to be done"),
            "due": tr("By which day, as in 2027-03-01"),
            "plan": tr("Version of the plan that settles it"),
            "note": tr("Note"),
        }
        for name, field in self.fields.items():
            field.setPlaceholderText(labels[name])
            field.setAccessibleName(labels[name])
            field.textEdited.connect(partial(self.presenter.type, name))
        for part in (self.fields["text"], self.owner, *(self.fields[name] for name in ("due", "plan", "note"))):
            part.setMinimumHeight(48)
            box.addWidget(part)
        return self._form

    # ---- drawing -----------------------------------------------------------------------

    def enter(self) -> None:
        self.presenter.enter()
        self.work.setFocus()

    def draw(self) -> None:
        presenter = self.presenter
        for section, button in self._sections.items():
            button.setChecked(section == presenter.section)
        self._rows.show_rows(presenter.rows)
        at = next((number for number, row in enumerate(self._rows.rows) if row.id == presenter.marked), -1)
        if at >= 0:
            self.list.setCurrentIndex(self._rows.index(at))
        self._rule.setText(self._said())
        row = presenter.current
        self._title.setText(self._heading(row))
        self._facts.show_facts(self._known(row) if row is not None and not presenter.editing else [])
        marks = row is not None and presenter.section == HELD and not presenter.editing
        self.marks.setVisible(marks)
        if marks and row is not None:
            self.marks.show_marks(met(row.doc, presenter.session.formats))
        self._hint.setText(self._advice(row))
        self._hint.setVisible(bool(self._hint.text()) and not presenter.needs)
        self._draw_form()
        self._draw_steps()

    def _said(self) -> str:
        told, section = self.presenter.told, self.presenter.section
        if not self._rows.rows:
            return {
                PEOPLE: tr("Nobody here sells."),
                HELD: tr("No drill was held yet."),
                ACTIONS: tr("Nothing is to be done."),
            }[section]
        if section != PEOPLE or not told["every_days"]:
            return tr("Contingency plan {version}", version=told["plan"])
        every = tr_count("Everybody once in %n day", "Everybody once in %n days", told["every_days"])
        return tr("{every}, by contingency plan {version}", every=every, version=told["plan"])

    def _heading(self, row: Row | None) -> str:
        editing = {NEW: tr("A new action"), DONE: tr("It is done"), DROP: tr("Nothing is done about it")}
        if self.presenter.editing:
            return editing[self.presenter.editing]
        return row.title if row is not None else ""

    def _known(self, row: Row) -> list[tuple[str, str]]:
        session, doc = self.presenter.session, row.doc
        formats, names = session.formats, session.names
        if self.presenter.section == PEOPLE:
            last = read_time(doc["last"]) if doc["last"] else None
            return [
                (tr("Last drill"), formats.day(last) if last is not None else tr("never")),
                (tr("Points"), row.right),
                (tr("Next one"), tr("now") if doc["overdue"] else day(doc["due"], formats)),
            ]
        if self.presenter.section == HELD:
            return [
                (tr("When"), row.text),
                (tr("Points"), row.right),
                (tr("Supervisor"), names.get(doc["supervisor"], doc["supervisor"])),
                (tr("Plan"), doc["plan"]),
                (tr("It took"), formats.span(doc["seconds"])),
                (tr("Seed"), str(doc["seed"])),
            ]
        return [
            (tr("Who"), names.get(doc["owner"], doc["owner"])),
            (tr("By"), day(doc["due"], formats)),
            (tr("State"), row.right),
            (tr("From"), source_of(doc["from"])),
            (tr("Plan"), doc["plan"]),
            (tr("Note"), doc["note"]),
        ]

    def _advice(self, row: Row | None) -> str:
        presenter = self.presenter
        if presenter.editing:
            return source_of(presenter.source)
        if presenter.section == PEOPLE and row is not None:
            return tr(
                "The drill opens in a window of its own and takes up to ten minutes. Nothing in it is real. {name} "
                "signs in there; this till is locked meanwhile.",
                name=row.title,
            )
        if presenter.section == HELD and row is not None and row.warning:
            return tr("It was broken off and does not count.")
        return ""

    def _draw_form(self) -> None:
        presenter = self.presenter
        self._form.setVisible(bool(presenter.editing))
        fresh = presenter.editing == NEW
        for name, field in self.fields.items():
            field.setVisible(
                fresh if name in ("text", "due") else (presenter.editing == DONE) if name == "plan" else True
            )
            if field.text() != presenter.form[name]:
                field.setText(presenter.form[name])
        self.owner.setVisible(fresh)
        names = presenter.session.names
        choices = ["", *sorted(names, key=lambda user: names[user])]
        if [self.owner.itemData(n) for n in range(self.owner.count())] != choices:
            self.owner.clear()
            for user in choices:
                self.owner.addItem(names[user] if user else tr("Who does it?"), user)
        self.owner.setCurrentIndex(max(0, self.owner.findData(presenter.form["owner"])))
        self.approval.ask(presenter.needs)
        self.problem.tell(presenter.problem, asked=presenter.needs)

    def _draw_steps(self) -> None:
        presenter = self.presenter
        names = {
            START: tr("Start the drill"),
            NEW: tr("New action"),
            DONE: tr("It is done"),
            DROP: tr("Drop it"),
            SAVE: tr("Save"),
            "": "",
        }
        for button, step in zip((*self._others, self._primary), presenter.steps, strict=True):
            button.set_label(names[step])
            button.setVisible(bool(step))
            button.setEnabled(not presenter.asking)

    # ---- keys --------------------------------------------------------------------------

    def _choose(self, section: str) -> None:
        self.presenter.choose(section)
        self.draw()  # a press on the one that was chosen has unchecked it

    def _do(self, at: int) -> None:
        self.presenter.do(self.presenter.steps[at], self.approval.approver)
        if self.presenter.editing:
            self.fields["text" if self.presenter.editing == NEW else "note"].setFocus()

    def act(self, action: str) -> bool:
        kind, _, value = action.partition(":")
        presenter = self.presenter
        if kind == "primary":
            self._do(2)
            if presenter.needs and not self.approval.pin.text():
                self.approval.pin.setFocus()
        elif kind == "price" and int(value) <= len(SECTIONS):
            self._choose(SECTIONS[int(value) - 1])
        elif kind == "price" and int(value) in _KEYS:
            self._do(_KEYS.index(int(value)))
        elif kind in ("up", "down"):
            presenter.step(-1 if kind == "up" else 1)
        elif kind in ("line_up", "line_down"):
            presenter.step(-_PAGE if kind == "line_up" else _PAGE)
        elif kind == "back":
            if presenter.leave():
                self.work.setFocus()
            else:
                self._leave()
        else:
            return False
        return True


def _words(row: Row) -> str:
    return ", ".join(filter(None, (row.title, row.text, row.right, row.below)))
