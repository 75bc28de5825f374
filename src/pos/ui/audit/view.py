"""The audit's screen: its lists at the left; what is known of the marked row, and what to do about it, in the panel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from pos.domain.money import Money
from pos.ui.audit.model import (
    PEOPLE,
    SECTIONS,
    SETTLEMENTS,
    Row,
    person_facts,
    section_names,
    settlement_facts,
    story,
    threshold,
    to_do,
)
from pos.ui.audit.presenter import ACCEPT, AUDIT, CLOSE, EXPLAIN, RETURN, SUBMIT, TAKE, AuditPresenter
from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.parts import FactGrid, foot, scrolled_story, touch
from pos.ui.rows import ROW, Index, RowModel, paint_ground, paint_text, painted_list
from pos.ui.screen import Screen
from pos.ui.theme import tokens as t
from pos.ui.theme.apply import restyle
from pos.ui.theme.fonts import money_font, text_font
from pos.ui.theme.widgets import KeyButton

_ROW_PX: Final = 64
_OTHER_KEY: Final = 5
_PAGE: Final = 8
_FACTS: Final = 12
_LEAD_PX, _SIDE_PX = 118, 190


class _Delegate(QStyledItemDelegate):
    """A period, an age or a count; what it is over its particulars; an amount or a state over whose it is."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(ROW)
        box = QRect(option.rect)
        painter.save()
        ink, muted = paint_ground(painter, option)
        upper, lower = QRect(box.adjusted(24, 8, -24, -34)), QRect(box.adjusted(24, 34, -24, -8))
        bold, right = QFont.Weight.DemiBold, Qt.AlignmentFlag.AlignRight
        paint_text(painter, upper.adjusted(0, 0, _LEAD_PX - upper.width(), 0), row.lead, text_font(t.BODY), ink)
        middle = upper.adjusted(_LEAD_PX, 0, -_SIDE_PX, 0)
        paint_text(painter, middle, row.title, text_font(t.BODY, bold), ink)
        paint_text(painter, lower.adjusted(_LEAD_PX, 0, -_SIDE_PX, 0), row.text, text_font(t.SMALL), muted)
        paint_text(painter, upper, row.right, money_font(t.BODY), ink, right)
        paint_text(painter, lower, row.below, text_font(t.SMALL), muted, right)
        painter.restore()


class AuditScreen(Screen):
    """F1–F4 choose the list, arrows mark, Enter does the next step and F5 the other one. `leave` goes back."""

    name = "audit"

    def __init__(self, presenter: AuditPresenter, leave: Callable[[], None]) -> None:
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
        self._empty = QLabel()
        self._empty.setContentsMargins(24, 8, 24, 0)
        self._empty.setProperty("role", "muted")
        self._rows: RowModel[Row] = RowModel(self.work, self._words, lambda one: one.id)
        self.list = painted_list(self._rows, _Delegate, tr("Audit"), lambda one: self.presenter.mark(one.id))
        box.addLayout(row)
        box.addWidget(self._empty)
        box.addWidget(self.list, 1)

    @staticmethod
    def _words(row: Row) -> str:
        return ", ".join(filter(None, (row.lead, row.title, row.text, row.right, row.below)))

    def _build_panel(self) -> None:
        side = self.panel_box()
        side.addWidget(self._build_story(), 1)
        self._hint = QLabel()
        self._hint.setWordWrap(True)
        self._note = QLineEdit()
        self._note.setPlaceholderText(tr("Note ( {key} )", key=cap("find")))
        self._note.setAccessibleName(tr("Note"))
        self._note.textEdited.connect(self.presenter.type_note)
        side.addWidget(self._hint)
        side.addWidget(self._note)
        other = KeyButton("", f"F{_OTHER_KEY}", kind="outline", stacked=True)
        self._other = touch(other, lambda: self.presenter.do(self.presenter.steps[0]), 64)
        primary = KeyButton("", cap("primary"), kind="primary", stacked=True)
        self._primary = touch(primary, lambda: self.act("primary"), 64)
        side.addLayout(foot(self._other, self._primary, spacing_px=8))

    def _build_story(self) -> QScrollArea:
        self._title, self._text, self._history = (QLabel() for _ in range(3))
        self._text.setProperty("role", "muted")
        self._history.setProperty("role", "small")
        self._facts = FactGrid(_FACTS)
        return scrolled_story(self._title, self._text, self._facts, self._history)

    # ---- drawing -----------------------------------------------------------------------

    def enter(self) -> None:
        self.presenter.enter()
        self.work.setFocus()

    def draw(self) -> None:
        presenter = self.presenter
        for section, button in self._sections.items():
            button.setVisible(section in presenter.sections)
            button.setChecked(section == presenter.section)
        self._rows.show_rows(presenter.rows)
        self._empty.setText(tr("Nothing is open here."))
        self._empty.setVisible(not presenter.rows)
        at = next((number for number, row in enumerate(self._rows.rows) if row.id == presenter.marked), -1)
        if at >= 0:
            self.list.setCurrentIndex(self._rows.index(at))
        self._draw_story(presenter.current)
        self._draw_steps()

    def _draw_story(self, row: Row | None) -> None:
        session = self.presenter.session
        formats, currency = session.formats, session.venue.currency
        if row is None:
            for label in (self._title, self._text, self._history):
                label.setText("")
            self._facts.show_facts([])
            return
        self._title.setText(f"{row.title}, {row.lead}" if self.presenter.section == SETTLEMENTS else row.title)
        self._history.setText("\n".join(story(row.doc, formats, session.names)))
        if self.presenter.section == SETTLEMENTS:
            facts = settlement_facts(row.doc, formats, currency)
            facts += self._adjustments()
            self._text.setText("; ".join(row.doc.get("findings", ())) or row.doc.get("reason", "") or row.below)
        elif self.presenter.section == PEOPLE:
            facts = person_facts(row.doc, formats, currency)
            self._text.setText(tr("Today, at every window."))
        else:
            facts = self._about(row)
            self._text.setText(to_do().get(row.doc["rule"], tr("Talk to them, and say what it was.")))
        self._facts.show_facts(facts)

    def _about(self, row: Row) -> list[tuple[str, str]]:
        doc = row.doc
        limits = doc.get("thresholds", {})
        return [
            (tr("Found"), row.text),
            (tr("Threshold"), threshold(limits)),
            (tr("Day"), str(doc.get("window") or doc.get("day", ""))),
            (tr("Shift"), str(doc.get("shift", ""))),
            (tr("With"), doc["names"].get(doc["owner"], tr("the office"))),
            (tr("Entries"), ", ".join(doc["facts"][:6]) + (" …" if len(doc["facts"]) > 6 else "")),
        ]

    def _adjustments(self) -> list[tuple[str, str]]:
        """What later facts make of it, beside what was submitted."""
        session, found = self.presenter.session, self.presenter.adjusted
        if found is None:
            return [(tr("Since then"), tr("not known while the office is away"))]
        formats, currency = session.formats, session.venue.currency
        taken = found.get("taken")
        return [(tr("Since then"), formats.money(Money.parse(taken, currency)))] if taken is not None else []

    def _draw_steps(self) -> None:
        presenter = self.presenter
        names = {
            SUBMIT: tr("Submit"), AUDIT: tr("Audit"), ACCEPT: tr("Accept"), RETURN: tr("Return"),
            TAKE: tr("Take it"), EXPLAIN: tr("Explain"), CLOSE: tr("Close"), "": "",
        }  # fmt: skip
        for button, step in zip((self._other, self._primary), presenter.steps, strict=True):
            button.set_label(names[step])
            button.setVisible(bool(step))
            button.setEnabled(not presenter.asking)
        self._note.setVisible(any(presenter.steps))
        if self._note.text() != presenter.note:
            self._note.setText(presenter.note)
        hint = tr("Findings go into the note.") if AUDIT in presenter.steps else ""
        self._hint.setText("▲ " + presenter.problem if presenter.problem else hint)
        self._hint.setProperty("role", "warning" if presenter.problem else "muted")
        restyle(self._hint)

    # ---- keys --------------------------------------------------------------------------

    def _choose(self, section: str) -> None:
        self.presenter.choose(section)
        self.draw()  # a press on the one that was chosen has unchecked it

    def act(self, action: str) -> bool:
        kind, _, value = action.partition(":")
        presenter = self.presenter
        if kind == "primary":
            presenter.do(presenter.steps[1])
        elif kind == "price" and int(value) <= len(SECTIONS):
            self._choose(SECTIONS[int(value) - 1])
        elif kind == "price" and int(value) == _OTHER_KEY:
            presenter.do(presenter.steps[0])
        elif kind in ("up", "down"):
            presenter.step(-1 if kind == "up" else 1)
        elif kind in ("line_up", "line_down"):
            presenter.step(-_PAGE if kind == "line_up" else _PAGE)
        elif kind == "find":
            self._note.setFocus()
        elif kind == "back":
            if self._note.hasFocus():
                self.work.setFocus()
            else:
                self._leave()
        else:
            return False
        return True
