"""The reports' screen: their list, or one of them, at the left; what is asked and what becomes of it in the panel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.parts import touch
from pos.ui.reports.document import DocumentView
from pos.ui.reports.presenter import DAYS, PERIOD, Kind, ReportsPresenter, parameter_names
from pos.ui.rows import ROW, Index, RowModel, paint_ground, paint_text, painted_list
from pos.ui.screen import Screen
from pos.ui.sizes import set_height
from pos.ui.theme import tokens as t
from pos.ui.theme.apply import restyle
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton

_ROW_PX: Final = 56
_PRINT, _WRITE, _FORMAT, _FOLDER, _STOCK = 2, 3, 4, 5, 7  # F-keys
_SCROLL_PX: Final = 120


class _Delegate(QStyledItemDelegate):
    """A report's title over what it is asked with."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Kind = index.data(ROW)
        box = QRect(option.rect)
        painter.save()
        ink, muted = paint_ground(painter, option)
        upper, lower = QRect(box.adjusted(24, 6, -24, -28)), QRect(box.adjusted(24, 28, -24, -6))
        paint_text(painter, upper, row.title, text_font(t.BODY, QFont.Weight.DemiBold), ink)
        paint_text(painter, lower, _asked(row), text_font(t.SMALL), muted)
        painter.restore()


def _asked(kind: Kind) -> str:
    names = parameter_names()
    return " · ".join(names[name] for name in kind.parameters)


class ReportsScreen(Screen):
    """Arrows mark a report, / leads to what it is asked with, Enter makes it; + and − go to the next day or period.
    PgUp and PgDn leaf through its tables, F2 prints it, F3 writes it, F4 and F5 say how and where; Esc stops what is
    under way, or goes back.
    """

    name = "reports"

    def __init__(self, presenter: ReportsPresenter, leave: Callable[[], None], go: Callable[[str], None]) -> None:
        super().__init__()
        self.presenter, self._leave, self._go = presenter, leave, go
        self._shown: object = None
        self._build_work()
        self._build_panel()
        presenter.changed.connect(self.draw)
        presenter.moved.connect(self._draw_progress)
        self.draw()

    # ---- building ----------------------------------------------------------------------

    def _build_work(self) -> None:
        box = QVBoxLayout(self.work)
        box.setContentsMargins(0, 0, 0, 0)
        self._pages = QStackedWidget()
        box.addWidget(self._pages)
        listed = QWidget()
        inner = QVBoxLayout(listed)
        inner.setContentsMargins(0, 12, 0, 0)
        inner.setSpacing(8)
        self._title = QLabel()
        self._title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        top = QHBoxLayout()
        top.setContentsMargins(24, 0, 24, 0)
        top.addWidget(self._title, 1)
        top.addWidget(touch(KeyButton(tr("Seat stock"), f"F{_STOCK}"), lambda: self._go("seats")))
        top.addWidget(touch(KeyButton(tr("Audit"), cap("audit")), lambda: self._go("audit")))
        self._rows: RowModel[Kind] = RowModel(
            self.work, lambda row: f"{row.title}, {_asked(row)}", lambda row: (row.name, row.title)
        )
        self.list = painted_list(self._rows, _Delegate, tr("Reports"), lambda row: self.presenter.mark(row.name))
        self.list.doubleClicked.connect(lambda _: self.presenter.make())
        inner.addLayout(top)
        inner.addWidget(self.list, 1)
        self.document = DocumentView(self.presenter.show_table)
        self._pages.addWidget(listed)
        self._pages.addWidget(self.document)

    def _build_panel(self) -> None:
        side = self.panel_box()
        self._name = QLabel()
        self._name.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._name.setWordWrap(True)
        side.addWidget(self._name)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        for column in (1, 2):
            self._grid.setColumnStretch(column, 1)
        side.addLayout(self._grid)
        self.fields: dict[str, QLineEdit | QComboBox] = {}
        self._hint = QLabel(tr("/ leads to the fields, + and − to the next day or the one before."))
        self._hint.setWordWrap(True)
        self._hint.setProperty("role", "small")
        side.addWidget(self._hint)
        side.addStretch(1)
        side.addWidget(self._build_file())
        self._problem = QLabel()
        self._problem.setWordWrap(True)
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        side.addWidget(self._problem)
        self._progress = QProgressBar()
        self._progress.setRange(0, 1000)
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(6)
        place = self._progress.sizePolicy()
        place.setRetainSizeWhenHidden(True)
        self._progress.setSizePolicy(place)
        side.addWidget(self._progress)
        self._primary = KeyButton("", cap("primary"), kind="primary", stacked=True)
        set_height(self._primary, 64)
        self._primary.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._primary.clicked.connect(lambda: self.act("primary"))
        side.addWidget(self._primary)

    def _build_file(self) -> QWidget:
        """What becomes of a report: paper, or a file of a format in a folder."""
        self._file = QWidget()
        box = QVBoxLayout(self._file)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        where = QHBoxLayout()
        where.setSpacing(6)
        self._folder = QLineEdit()
        self._folder.setAccessibleName(tr("Folder"))
        self._folder.setPlaceholderText(tr("Folder"))
        self._folder.textEdited.connect(self.presenter.set_folder)
        self._browse = KeyButton("…", f"F{_FOLDER}")
        self._browse.setAccessibleName(tr("Choose a folder"))
        self._browse.clicked.connect(self._choose_folder)
        where.addWidget(self._folder, 1)
        where.addWidget(self._browse)
        acts = QHBoxLayout()
        acts.setSpacing(6)
        self._print = KeyButton(tr("Print"), f"F{_PRINT}", stacked=True)
        self._write = KeyButton(tr("Write file"), f"F{_WRITE}", stacked=True)
        self._kind = KeyButton("", f"F{_FORMAT}", stacked=True)
        for button, act in (
            (self._print, self.presenter.print),
            (self._write, self.presenter.write),
            (self._kind, self.presenter.next_format),
        ):
            set_height(button, 56)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, act=act: act())
            acts.addWidget(button, 1)
        box.addLayout(where)
        box.addLayout(acts)
        return self._file

    # ---- drawing -----------------------------------------------------------------------

    def enter(self) -> None:
        self.presenter.refresh()
        self.work.setFocus()

    def draw(self) -> None:
        presenter = self.presenter
        kind, made = presenter.kind, presenter.made
        self._title.setText(
            tr("There is no report for you to see here.") if presenter.told and not presenter.kinds else tr("Reports")
        )
        self._rows.show_rows(presenter.kinds)
        at = next((number for number, row in enumerate(self._rows.rows) if row.name == presenter.marked), -1)
        if at >= 0:
            self.list.setCurrentIndex(self._rows.index(at))
        self._name.setText(kind.title if kind is not None else "")
        self._draw_fields(kind)
        self._file.setVisible(made is not None)
        if self._folder.text() != presenter.folder:
            self._folder.setText(presenter.folder)
        self._kind.set_label(format_names().get(presenter.format, presenter.format))
        for part in (self._print, self._write, self._kind, self._browse):
            part.setEnabled(not presenter.busy)
        self._pages.setCurrentIndex(0 if made is None else 1)
        if made is not None and self._shown != (made.number, presenter.table):
            self.document.show_report(made, presenter.table, presenter.session.formats)
        self._shown = (made.number, presenter.table) if made is not None else None
        said = f"▲ {presenter.problem}" if presenter.problem else presenter.written
        self._problem.setText(said)
        self._problem.setProperty("role", "warning" if presenter.problem else "muted")
        restyle(self._problem)
        self._primary.setEnabled(kind is not None and not presenter.busy)
        self._draw_progress()

    def _draw_progress(self) -> None:
        presenter = self.presenter
        self._progress.setVisible(bool(presenter.busy))
        self._progress.setValue(presenter.share)
        label = {
            "adding": tr("Adding up… Esc stops"),
            "writing": tr("Writing… Esc stops"),
            "printing": tr("Printing…"),
        }.get(presenter.busy, tr("Make it anew") if presenter.made is not None else tr("Make the report"))
        self._primary.set_label(label)

    def _draw_fields(self, kind: Kind | None) -> None:
        """A field for each parameter, kept while the same ones are asked for: nothing typed moves."""
        names = kind.parameters if kind is not None else ()
        choices = {name: self.presenter.choices.get(name, []) for name in names}
        if (names, choices) != getattr(self, "_drawn", None):
            self._drawn = (names, choices)
            self._make_fields(kind)
        for name, field in self.fields.items():
            value = self.presenter.values.get(name, "")
            if isinstance(field, QComboBox):
                field.setCurrentIndex(max(0, field.findData(value)))
            elif field.text() != value:
                field.setText(value)
        # Once a report is shown its own keys need the room.
        self._hint.setVisible(any(name in DAYS for name in names) and self.presenter.made is None)

    def _make_fields(self, kind: Kind | None) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if widget := item.widget():
                widget.deleteLater()
        self.fields = {}
        called = parameter_names()
        row = 0
        for name in kind.parameters if kind is not None else ():
            field = self._field(name, needed=kind is not None and name in kind.needs)
            field.setAccessibleName(called[name])
            self.fields[name] = field
            if name == PERIOD[1] and PERIOD[0] in self.fields:
                self._grid.addWidget(field, row - 1, 2)  # a period stands in one row
                continue
            both = name == PERIOD[0] and kind is not None and PERIOD[1] in kind.parameters
            label = QLabel(tr("From, to") if both else called[name])
            label.setProperty("role", "muted")
            self._grid.addWidget(label, row, 0)
            self._grid.addWidget(field, row, 1, 1, 1 if both else 2)
            row += 1

    def _field(self, name: str, *, needed: bool) -> QLineEdit | QComboBox:
        choices = self.presenter.choices.get(name)
        if choices is None:
            line = QLineEdit()
            line.setPlaceholderText(
                parameter_names()[name] if name in PERIOD else tr("year-month-day") if name in DAYS else ""
            )
            line.textEdited.connect(lambda text: self.presenter.set_value(name, text))
            return line
        box = QComboBox()
        box.setMinimumWidth(80)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        if not needed:
            box.addItem(tr("all"), "")
        for id_, title in choices:
            box.addItem(title, id_)
        box.activated.connect(lambda at: self.presenter.set_value(name, str(box.itemData(at))))
        return box

    # ---- keys --------------------------------------------------------------------------

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self.work, tr("Choose a folder"), self.presenter.folder)
        if folder:
            self.presenter.set_folder(folder)
            self.draw()

    def _scroll(self, by: int) -> None:
        bar = self.document.grid.verticalScrollBar()
        bar.setValue(bar.value() + by * _SCROLL_PX)

    def act(self, action: str) -> bool:
        presenter = self.presenter
        shown = presenter.made is not None
        keys: dict[str, Callable[[], object]] = {
            "primary": presenter.make,
            "more": lambda: presenter.shift_days(1),
            "less": lambda: presenter.shift_days(-1),
            "up": lambda: self._scroll(-1) if shown else presenter.step(-1),
            "down": lambda: self._scroll(1) if shown else presenter.step(1),
            "line_up": lambda: presenter.show_table(-1),
            "line_down": lambda: presenter.show_table(1),
            "find": self._to_fields,
            "back": self._back,
            f"price:{_STOCK}": lambda: self._go("seats"),
        }
        if shown:
            keys |= {
                f"price:{_PRINT}": presenter.print,
                f"price:{_WRITE}": presenter.write,
                f"price:{_FORMAT}": presenter.next_format,
                f"price:{_FOLDER}": self._choose_folder,
            }
        if action not in keys:
            return False
        keys[action]()
        return True

    def _to_fields(self) -> None:
        for field in self.fields.values():
            field.setFocus(Qt.FocusReason.ShortcutFocusReason)
            if isinstance(field, QLineEdit):
                field.selectAll()
            return

    def _back(self) -> None:
        if not self.presenter.back():
            self._leave()
        self.work.setFocus()


def format_names() -> dict[str, str]:
    """File formats in words."""
    return {"pdf": "PDF", "xlsx": "Excel (XLSX)", "csv": "CSV", "json": "JSON", "text": tr("Text")}
