"""The screen of seat stock: the shows to come at the left, the marked one's places and its count in the panel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.parts import FactGrid, Problem, foot, touch
from pos.ui.rows import ROW, Index, RowModel, paint_ground, paint_text, painted_list
from pos.ui.screen import Screen
from pos.ui.stock.seats import SeatsPresenter, Stock, count_names, part_names
from pos.ui.theme import tokens as t
from pos.ui.theme.fitted import PromptField
from pos.ui.theme.fonts import money_font, text_font
from pos.ui.theme.widgets import KeyButton

_ROW_PX: Final = 64
_BAR_PX: Final = 120
_LEFT_PX: Final = 190
_PAGE: Final = 8


class _Delegate(QStyledItemDelegate):
    """Title and start over what wants a look, or how it sells; a bar of what is sold; what is left."""

    def __init__(self, parent: QListView, presenter: SeatsPresenter) -> None:
        super().__init__(parent)
        self._presenter = presenter

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Stock = index.data(ROW)
        presenter, formats = self._presenter, self._presenter.session.formats
        painter.save()
        ink, muted = paint_ground(painter, option)
        box = QRect(option.rect).adjusted(24, 8, -24, -8)
        words = box.adjusted(0, 0, -(_BAR_PX + _LEFT_PX + 24), 0)
        upper, lower = QRect(words), QRect(words)
        upper.setHeight(words.height() // 2)
        lower.setTop(upper.bottom())
        when = formats.day_and_time(row.starts, presenter.session.now)
        bold = QFont.Weight.DemiBold
        paint_text(painter, upper, f"{row.title} · {when}", text_font(t.BODY, bold), ink)
        alert = presenter.alert(row)
        below, color = (f"▲ {alert}", ink) if alert else (presenter.pace(row), muted)
        paint_text(painter, lower, below, text_font(t.SMALL, bold if alert else QFont.Weight.Normal), color)
        bar = QRect(words.right() + 12, box.center().y() - 6, _BAR_PX, 12)
        painter.fillRect(bar, option.palette.mid())
        painter.fillRect(QRect(bar.left(), bar.top(), bar.width() * row.share // 100, 12), option.palette.highlight())
        side = QRect(bar.right() + 12, box.top(), _LEFT_PX, box.height())
        share = tr("{share} % sold", share=formats.count(row.share))
        left = tr("{left} of {all} left", left=formats.count(row.left), all=formats.count(row.capacity))
        right = Qt.AlignmentFlag.AlignRight
        paint_text(painter, side.adjusted(0, 0, 0, -side.height() // 2), left, money_font(t.BODY), ink, right)
        paint_text(painter, side.adjusted(0, side.height() // 2, 0, 0), share, money_font(t.SMALL), muted, right)
        painter.restore()


class SeatsScreen(Screen):
    """Arrows mark a show; what was counted of it is typed in the panel, and Enter keeps it. Esc goes back."""

    name = "seats"

    def __init__(self, presenter: SeatsPresenter, leave: Callable[[], None]) -> None:
        super().__init__()
        self.presenter, self._leave = presenter, leave
        box = self.work_box(4)
        title = QLabel(tr("Seat stock"))
        title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        title.setContentsMargins(24, 0, 24, 0)
        self._rows: RowModel[Stock] = RowModel(self.work, self._words, lambda row: row.show)
        self.list = painted_list(
            self._rows, lambda made: _Delegate(made, presenter), tr("Seat stock"), lambda row: presenter.mark(row.show)
        )
        box.addWidget(title)
        box.addWidget(self.list, 1)
        self._build_panel()
        presenter.changed.connect(self.draw)
        self.draw()

    def _words(self, row: Stock) -> str:
        formats = self.presenter.session.formats
        left = tr("{left} of {all} left", left=formats.count(row.left), all=formats.count(row.capacity))
        return ", ".join((row.title, left, self.presenter.alert(row) or self.presenter.pace(row)))

    def _build_panel(self) -> None:
        side = self.panel_box()
        self._title, self._alert = QLabel(), QLabel()
        self._lead = QLabel(tr("Stock-taking by two: what did you count?"))
        self._title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        for label in (self._title, self._alert, self._lead):
            label.setWordWrap(True)
        self._lead.setProperty("role", "muted")
        self._facts = FactGrid(len(part_names()) + 2)
        fields = QGridLayout()
        fields.setSpacing(6)
        self.fields: dict[str, QLineEdit] = {}
        for at, (part, words) in enumerate(count_names().items()):
            field = self.fields[part] = PromptField()
            field.setPlaceholderText(words)
            field.setAccessibleName(words)
            field.setMinimumHeight(48)
            field.textEdited.connect(partial(self.presenter.type, part))
            fields.addWidget(field, at // 2, at % 2)
        self.problem = Problem()
        side.addWidget(self._title)
        side.addWidget(self._alert)
        side.addLayout(self._facts)
        side.addStretch(1)
        side.addWidget(self._lead)
        side.addLayout(fields)
        side.addWidget(self.problem)
        back = touch(KeyButton(tr("Back"), cap("back"), kind="outline", stacked=True), lambda: self.act("back"), 64)
        primary = KeyButton(tr("Enter the count"), cap("primary"), kind="primary", stacked=True)
        self._primary = touch(primary, self.presenter.count, 64)
        side.addLayout(foot(back, self._primary, spacing_px=8))

    def enter(self) -> None:
        self.presenter.refresh()
        self.work.setFocus()

    def draw(self) -> None:
        presenter, formats = self.presenter, self.presenter.session.formats
        self._rows.show_rows(presenter.rows)
        at = next((n for n, row in enumerate(presenter.rows) if row.show == presenter.marked), -1)
        if at >= 0:
            self.list.setCurrentIndex(self._rows.index(at))
        row = presenter.current
        self._title.setText(row.title if row is not None else "")
        alert = presenter.alert(row) if row is not None else ""
        self._alert.setText(f"▲ {alert}" if alert else "")
        self._alert.setVisible(bool(alert))
        facts = []
        if row is not None:
            facts = [(tr("Capacity"), formats.count(row.capacity))]
            facts += [(words, formats.count(row.doc[part])) for part, words in part_names().items() if row.doc[part]]
            facts += [(tr("Sold lately"), presenter.pace(row))]
        self._facts.show_facts(facts)
        for part, field in self.fields.items():
            if field.text() != presenter.counted[part]:
                field.setText(presenter.counted[part])
        self.problem.tell(presenter.problem, done=presenter.said)
        self._primary.setEnabled(row is not None and not presenter.asking)

    def _step(self, by: int) -> None:
        rows = self.presenter.rows
        at = next((n for n, row in enumerate(rows) if row.show == self.presenter.marked), 0)
        if rows:
            self.presenter.mark(rows[max(0, min(len(rows) - 1, at + by))].show)

    def act(self, action: str) -> bool:
        if action in ("up", "down"):
            self._step(-1 if action == "up" else 1)
        elif action in ("line_up", "line_down"):
            self._step(-_PAGE if action == "line_up" else _PAGE)
        elif action == "primary":
            self.presenter.count()
        elif action == "find":
            self.fields["left"].setFocus()
        elif action == "back":
            if not self.presenter.clear():
                self._leave()
            else:
                self.work.setFocus()
        else:
            return False
        return True
