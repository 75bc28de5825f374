"""The screen of outages: what is on and how far the sending is, then the incidents; the marked one in the panel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QProgressBar,
    QScrollArea,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from pos.ui.contingency.outagemodel import Row, facts, lessons, levels, sending, waiting
from pos.ui.contingency.outagepresenter import OutagesPresenter
from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.parts import FactGrid, Problem, foot, scrolled_story, touch
from pos.ui.rows import ROW, Index, RowModel, paint_ground, paint_text, painted_list
from pos.ui.screen import Screen
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton

_ROW_PX: Final = 64
_LEAD_PX, _SIDE_PX = 150, 210
_PAGE: Final = 8
_FACTS: Final = 10
_PRINT_KEY: Final = 2


class _Delegate(QStyledItemDelegate):
    """When; what failed over what came of it; how long over what is left of it."""

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
        paint_text(painter, upper.adjusted(_LEAD_PX, 0, -_SIDE_PX, 0), row.title, text_font(t.BODY, bold), ink)
        paint_text(painter, lower.adjusted(_LEAD_PX, 0, -_SIDE_PX, 0), row.text, text_font(t.SMALL), muted)
        side = upper.width() - _SIDE_PX + 16
        paint_text(painter, upper.adjusted(side, 0, 0, 0), row.right, text_font(t.BODY), ink, right)
        paint_text(painter, lower.adjusted(side, 0, 0, 0), row.below, text_font(t.SMALL, bold), muted, right)
        painter.restore()


class OutagesScreen(Screen):
    """Arrows mark, Enter writes the report as a PDF and opens it, or notes the lesson that was typed; F2 prints the
    report. `leave` goes back."""

    name = "outages"

    def __init__(self, presenter: OutagesPresenter, leave: Callable[[], None]) -> None:
        super().__init__()
        self.presenter, self._leave = presenter, leave
        self.build(presenter)

    # ---- building ------------------------------------------------------------------------

    def _build_work(self) -> None:
        box = self.work_box()
        self._title = QLabel()
        self._title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._title.setContentsMargins(24, 0, 24, 0)
        self._rows: RowModel[Row] = RowModel(self.work, self._words, lambda row: row.id)
        self.list = painted_list(self._rows, _Delegate, tr("Outages"), lambda row: self.presenter.mark(row.id))
        self.list.doubleClicked.connect(lambda _: self.presenter.open())
        box.addWidget(self._title)
        box.addWidget(self._build_sending())
        box.addWidget(self.list, 1)

    def _build_sending(self) -> QWidget:
        """What is being sent since the office answers again."""
        self._sending = QWidget()
        box = QVBoxLayout(self._sending)
        box.setContentsMargins(24, 0, 24, 8)
        box.setSpacing(6)
        self._sent, self._waiting = QLabel(), QLabel()
        self._sent.setWordWrap(True)
        self._waiting.setProperty("role", "muted")
        self._progress = QProgressBar()
        self._progress.setRange(0, 1000)
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(tr("How much is sent"))
        for part in (self._sent, self._progress, self._waiting):
            box.addWidget(part)
        return self._sending

    @staticmethod
    def _words(row: Row) -> str:
        return ", ".join(filter(None, (row.lead, row.title, row.text, row.right, row.below)))

    def _build_panel(self) -> None:
        side = self.panel_box()
        side.addWidget(self._build_story(), 1)
        self._problem = Problem()
        self._lesson = QLineEdit()
        self._lesson.setPlaceholderText(tr("What was learned ( {key} )", key=cap("find")))
        self._lesson.setAccessibleName(tr("What was learned"))
        self._lesson.textEdited.connect(self.presenter.type_lesson)
        side.addWidget(self._problem)
        side.addWidget(self._lesson)
        print_ = KeyButton(tr("Print"), f"F{_PRINT_KEY}", kind="outline", stacked=True)
        primary = KeyButton(tr("Report as a PDF"), cap("primary"), kind="primary", stacked=True)
        self._print = touch(print_, self.presenter.print, 64)
        self._primary = touch(primary, lambda: self.act("primary"), 64)
        side.addLayout(foot(self._print, self._primary, spacing_px=8))

    def _build_story(self) -> QScrollArea:
        self._name, self._text, self._levels, self._lessons = (QLabel() for _ in range(4))
        self._text.setProperty("role", "muted")
        self._levels.setProperty("role", "small")
        self._facts = FactGrid(_FACTS)
        return scrolled_story(self._name, self._text, self._facts, self._levels, self._lessons)

    # ---- drawing -------------------------------------------------------------------------

    def enter(self) -> None:
        self.presenter.refresh()
        self.work.setFocus()

    def draw(self) -> None:
        presenter = self.presenter
        none = presenter.told and not presenter.rows
        self._title.setText(tr("There has been no outage that is known here.") if none else tr("Outages"))
        self._rows.show_rows(presenter.rows)
        at = next((number for number, row in enumerate(self._rows.rows) if row.id == presenter.marked), -1)
        if at >= 0:
            self.list.setCurrentIndex(self._rows.index(at))
        self._draw_sending()
        self._draw_story(presenter.current)
        self._problem.tell(presenter.problem)
        if self._lesson.text() != presenter.lesson:
            self._lesson.setText(presenter.lesson)
        self._lesson.setVisible(presenter.learns)
        for button in (self._print, self._primary):
            button.setEnabled(presenter.current is not None and presenter.reads and not presenter.asking)
        self._primary.set_label(tr("Note it") if presenter.lesson.strip() else tr("Report as a PDF"))

    def _draw_sending(self) -> None:
        drain, formats = self.presenter.drain, self.presenter.session.formats
        self._sending.setVisible(drain is not None)
        if drain is None:
            return
        said, share = sending(drain, formats)
        self._sent.setText(said)
        self._progress.setValue(share)
        self._waiting.setText(waiting(drain, formats))
        self._waiting.setVisible(bool(drain["kinds"]))

    def _draw_story(self, row: Row | None) -> None:
        session = self.presenter.session
        if row is None:
            for label in (self._name, self._text, self._levels, self._lessons):
                label.setText("")
            self._facts.show_facts([])
            return
        self._name.setText(row.title)
        who = tr("Only supervisors, auditors and administrators read its report.")
        self._text.setText("" if self.presenter.reads else who)
        self._text.setVisible(not self.presenter.reads)
        self._facts.show_facts(facts(row, session))
        self._levels.setText(levels(row, session))
        self._lessons.setText(lessons(row, session))
        self._lessons.setVisible(bool(self._lessons.text()))

    # ---- keys ----------------------------------------------------------------------------

    def act(self, action: str) -> bool:
        presenter = self.presenter
        if action == "primary":
            presenter.learn() if presenter.lesson.strip() else presenter.open()
        elif action == f"price:{_PRINT_KEY}":
            presenter.print()
        elif action in ("up", "down"):
            presenter.step(-1 if action == "up" else 1)
        elif action in ("line_up", "line_down"):
            presenter.step(-_PAGE if action == "line_up" else _PAGE)
        elif action == "find" and presenter.learns:
            self._lesson.setFocus()
        elif action == "back":
            self._leave()
        else:
            return False
        return True
