"""A report on screen: what it is of, whether it is whole, and one of its tables with the chart of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from pos.domain.chart import plot
from pos.domain.money import Money
from pos.domain.report import COUNT, DAY, MOMENT, MONEY, TEXT, WORD, Cell, Table
from pos.ui.format import Formats
from pos.ui.i18n import tr
from pos.ui.reports.chart import ChartView
from pos.ui.reports.presenter import Made
from pos.ui.reports.tablemodel import NUMBERS, TableModel, written
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton

_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d\S*)?")
_ROW_PX: Final = 34
_LOOKED_AT: Final = 200  # rows by which the columns get their widths
_PAD_PX: Final = 28
_NARROWEST_PX, _WIDEST_PX = 80, 460
_FACT_COLUMNS: Final = 3


class DocumentView(QWidget):
    """`step` goes to the next table or the one before."""

    def __init__(self, step: Callable[[int], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 12, 24, 12)
        box.setSpacing(8)
        self.title, self.standing, self.notes, self.heading = (QLabel() for _ in range(4))
        self.title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self.heading.setFont(text_font(t.BODY, QFont.Weight.DemiBold))
        self.standing.setProperty("role", "warning")
        self.notes.setProperty("role", "muted")
        for label in (self.title, self.standing, self.notes):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        for label in (self.title, self.standing, self.notes, self.heading):
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(12)
        self._facts.setVerticalSpacing(2)
        for column in range(1, 2 * _FACT_COLUMNS, 2):
            self._facts.setColumnStretch(column, 1)
        self.chart = ChartView()
        self.model = TableModel(Formats("en"), self)
        self.grid = _table(self.model)
        for part in (self.title, self.standing):
            box.addWidget(part)
        box.addLayout(self._facts)
        box.addLayout(self._build_heading(step))
        box.addWidget(self.chart)
        box.addWidget(self.grid, 1)
        box.addWidget(self.notes)
        box.addStretch(0)  # for a report without a table

    def _build_heading(self, step: Callable[[int], None]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self._back, self._on = KeyButton("◀", "PgUp"), KeyButton("▶", "PgDn")
        for button, name, by in ((self._back, tr("Table before"), -1), (self._on, tr("Next table"), 1)):
            button.setAccessibleName(name)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _=False, by=by: step(by))
        row.addWidget(self.heading, 1)
        row.addWidget(self._back)
        row.addWidget(self._on)
        return row

    # ---- drawing -----------------------------------------------------------------------

    def show_report(self, made: Made, at: int, formats: Formats) -> None:
        report = made.report
        self.title.setText(f"{made.say(report.name)} · {report.venue}")
        self.standing.setText(f"▲ {made.standing}" if made.standing else "")
        self.standing.setVisible(bool(made.standing))
        notes = [made.say(note) for note in report.notes]
        self.notes.setText("\n".join(notes))
        self.notes.setVisible(bool(notes))
        self._show_facts([(made.say(key), _fact(value, made, formats)) for key, value in report.facts])
        count = len(report.tables)
        for button in (self._back, self._on):
            button.setVisible(count > 1)
        self._back.setEnabled(at > 0)
        self._on.setEnabled(at < count - 1)
        self._show_table(made, report.tables[at] if count else None, at, formats)

    def _show_facts(self, facts: list[tuple[str, str]]) -> None:
        while (item := self._facts.takeAt(0)) is not None:
            if widget := item.widget():
                widget.deleteLater()
        rows = -(-len(facts) // _FACT_COLUMNS)
        for at, (name, value) in enumerate(facts):
            called, said = QLabel(name), QLabel(value)
            called.setProperty("role", "muted")
            said.setTextFormat(Qt.TextFormat.PlainText)
            said.setToolTip(value)
            for offset, label in enumerate((called, said)):
                self._facts.addWidget(label, at % rows, at // rows * 2 + offset)

    def _show_table(self, made: Made, table: Table | None, at: int, formats: Formats) -> None:
        count = len(made.report.tables)
        if table is None:
            self.heading.setText(made.say("not_here"))
        else:
            place = f"  {at + 1} / {count}" if count > 1 else ""
            empty = "" if table.rows else f" · {made.say('not_here')}"
            self.heading.setText(f"{made.say(table.heading)}{empty}{place}")
        self.chart.show_plot(plot(table) if table is not None else None, made, formats)
        self.model.show_table(made, table, formats)
        self.grid.setVisible(table is not None)
        if table is not None:
            self.grid.setAccessibleName(made.say(table.heading))
            self._size_columns()
            self.grid.scrollToTop()

    def _size_columns(self) -> None:
        """By the first rows and the last: names share what numbers leave."""
        model, metrics = self.model, self.grid.fontMetrics()
        header = self.grid.horizontalHeader()
        rows = [*range(min(_LOOKED_AT, model.rowCount())), *([model.rowCount() - 1] if model.rowCount() else [])]
        names = []
        for column in range(model.columnCount()):
            texts = [str(model.headerData(column, Qt.Orientation.Horizontal) or "")]
            texts += [str(model.data(model.index(row, column)) or "") for row in rows]
            wide = max(metrics.horizontalAdvance(text) for text in texts) * 6 // 5 + _PAD_PX
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            self.grid.setColumnWidth(column, max(_NARROWEST_PX, min(_WIDEST_PX, wide)))
            if model.kind(column) not in NUMBERS:
                names.append(column)
        if names:
            header.setSectionResizeMode(names[0], QHeaderView.ResizeMode.Stretch)


def _fact(value: Cell, made: Made, formats: Formats) -> str:
    """A fact's kind is seen by what it is."""
    if isinstance(value, Money):
        return written(value, MONEY, made, formats)
    if isinstance(value, int):
        return written(value, COUNT, made, formats)
    found = _ISO.fullmatch(value) if value is not None else None
    if found is not None:
        return written(value, MOMENT if found[1] else DAY, made, formats)
    return written(value, WORD if value in made.words else TEXT, made, formats)


def _table(model: TableModel) -> QTableView:
    made = QTableView()
    made.setModel(model)
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setShowGrid(False)
    made.setAlternatingRowColors(True)
    made.setWordWrap(False)
    made.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    made.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    rows = made.verticalHeader()
    rows.hide()
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)  # or Qt asks every row how high it is
    rows.setDefaultSectionSize(_ROW_PX)
    made.horizontalHeader().setHighlightSections(False)
    return made
