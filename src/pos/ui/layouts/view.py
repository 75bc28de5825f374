"""The layout editor: the text and its paper in the work area, which layout and how it is shown in the panel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListView,
    QSplitter,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.layouts.editor import Editor
from pos.ui.layouts.paperview import PaperView
from pos.ui.layouts.presenter import LANGUAGES, ROLLS_MM, LayoutRow, LayoutsPresenter
from pos.ui.rows import ROW, Index, RowModel, paint_ground, paint_text
from pos.ui.screen import Screen
from pos.ui.sizes import set_height
from pos.ui.theme import tokens as t
from pos.ui.theme.apply import restyle
from pos.ui.theme.fonts import text_font
from pos.ui.theme.tokens import Tokens
from pos.ui.theme.widgets import KeyButton

_ROW_PX: Final = 52
_FIRST_ROLL, _COPY, _PRINT, _BACK = len(LANGUAGES) + 1, 8, 9, 10  # F-keys; the languages have the first ones
_WIDE: Final = 1.2  # width by height from which the paper lies above its text
_ERROR_PX: Final = 44  # two lines


class _Delegate(QStyledItemDelegate):
    """Name over what it is for."""

    def __init__(self, parent: QListView, about: Callable[[LayoutRow], str]) -> None:
        super().__init__(parent)
        self._about = about

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: LayoutRow = index.data(ROW)
        box = QRect(option.rect)
        painter.save()
        ink, muted = paint_ground(painter, option, 12)
        bold = text_font(t.BODY, QFont.Weight.DemiBold)
        paint_text(painter, box.adjusted(16, 6, -12, -26), row.name, bold, ink)
        paint_text(painter, box.adjusted(16, 27, -12, -6), self._about(row), text_font(t.SMALL), muted)
        painter.restore()


class LayoutsScreen(Screen):
    """Keys go into the text. F1–F5 choose the language, F6 and F7 the roll, F8 shows a copy, F9 prints, F10 takes
    back; ^S saves. `leave` goes back to where work goes on."""

    name = "layouts"

    def __init__(self, presenter: LayoutsPresenter, tokens: Tokens, leave: Callable[[], None]) -> None:
        super().__init__()
        self.presenter, self._tokens, self._leave = presenter, tokens, leave
        self._build_work()
        self._build_panel()
        presenter.changed.connect(self.draw)
        presenter.opened.connect(self._open)
        self.draw()

    # ---- building ----------------------------------------------------------------------

    def _build_work(self) -> None:
        box = QVBoxLayout(self.work)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self.view = PaperView(self._tokens)
        self.editor = Editor()
        self.editor.textChanged.connect(lambda: self.presenter.write(self.editor.text()))
        self._error = QLabel()
        self._error.setWordWrap(True)
        self._error.setTextFormat(Qt.TextFormat.PlainText)
        self._error.setFixedHeight(_ERROR_PX)
        self._error.setContentsMargins(12, 0, 12, 0)
        written = QWidget()
        column = QVBoxLayout(written)
        column.setContentsMargins(12, 12, 12, 0)
        column.setSpacing(0)
        column.addWidget(self.editor, 1)
        column.addWidget(self._error)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.view)
        self._split.addWidget(written)
        self._split.setSizes([1, 1])
        box.addWidget(self._split, 1)

    def _build_panel(self) -> None:
        side = self.panel_box()
        title = QLabel(tr("Layouts"))
        title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        side.addWidget(title)
        self.list = QListView()
        self._rows: RowModel[LayoutRow] = RowModel(self.panel, self._words, lambda row: row.name)
        self.list.setModel(self._rows)
        self.list.setItemDelegate(_Delegate(self.list, self._about))
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setAccessibleName(tr("Layouts"))
        self.list.selectionModel().currentChanged.connect(self._chosen)
        side.addWidget(self.list, 1)
        self._size = QLabel()
        self._size.setProperty("role", "muted")
        side.addWidget(self._size)
        side.addLayout(self._build_shown())
        row = QHBoxLayout()
        row.setSpacing(8)
        self._print = self._button(tr("Test print"), f"F{_PRINT}", self.presenter.print, kind="outline")
        self._back = self._button("", f"F{_BACK}", self.presenter.take_back)
        self._save = self._button(tr("Save"), cap("save"), self.presenter.save, kind="primary")
        for button, stretch in ((self._print, 1), (self._back, 1), (self._save, 1)):
            set_height(button, 64)
            row.addWidget(button, stretch)
        side.addLayout(row)

    def _build_shown(self) -> QGridLayout:
        """How the sample is shown: languages, and paper."""
        grid = QGridLayout()
        grid.setSpacing(6)
        presenter = self.presenter
        self._languages: dict[str, KeyButton] = {}
        for at, (language, name) in enumerate(LANGUAGES.items()):
            pick = self._button(name, f"F{at + 1}", partial(presenter.speak, language))
            self._languages[language] = pick
            grid.addWidget(pick, at // 3, at % 3)
        self._rolls: dict[int, KeyButton] = {}
        for at, paper in enumerate(ROLLS_MM):
            pick = self._button(f"{paper} mm", f"F{_FIRST_ROLL + at}", partial(presenter.set_roll, paper))
            self._rolls[paper] = pick
            grid.addWidget(pick, 2, at)
        self._copy = self._button(tr("A copy"), f"F{_COPY}", lambda: presenter.mark_copy(not presenter.marked_copy))
        grid.addWidget(self._copy, 2, 2)
        for button in (*self._languages.values(), *self._rolls.values(), self._copy):
            button.setCheckable(True)
            set_height(button, 52)
        return grid

    @staticmethod
    def _button(label: str, key: str, do: Callable[[], None], kind: str = "normal") -> KeyButton:
        button = KeyButton(label, key, kind=kind, stacked=True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda _=False: do())
        return button

    # ---- words -------------------------------------------------------------------------

    def _about(self, row: LayoutRow) -> str:
        kinds = {
            "ticket": tr("Ticket"),
            "receipt": tr("Receipt"),
            "z_report": tr("Shift report"),
            "card_slip": tr("Card slip"),
            "list": tr("List"),
        }
        size = f"{row.page[0]:g} × {row.page[1]:g} mm" if row.page else ""
        own = tr("own") if row.own else ""
        state = tr("not saved") if self.presenter.drafted(row.name) else tr("in use") if row.used else ""
        return " · ".join(filter(None, (kinds.get(row.kind, row.error), size, own, state)))

    def _words(self, row: LayoutRow) -> str:
        return f"{row.name}, {self._about(row)}"

    # ---- drawing -----------------------------------------------------------------------

    def enter(self) -> None:
        self.presenter.refresh()
        self.editor.setFocus()

    def set_tokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.view.set_tokens(tokens)
        self.draw()

    def _open(self) -> None:
        """Another text: its own history of undoing, from the top."""
        self.editor.setPlainText(self.presenter.text)
        self.view.fit()

    def draw(self) -> None:
        presenter = self.presenter
        self._rows.show_rows(presenter.rows)
        at = next((number for number, row in enumerate(self._rows.rows) if row.name == presenter.name), -1)
        if at >= 0:
            self.list.setCurrentIndex(self._rows.index(at))
        paper = presenter.paper
        self.view.show_paper(paper)
        if paper is not None:
            wide = paper.width_mm > _WIDE * paper.height_mm
            self._split.setOrientation(Qt.Orientation.Vertical if wide else Qt.Orientation.Horizontal)
            self._size.setText(f"{paper.width_mm:.1f} × {paper.height_mm:.1f} mm")
        line = tr("Line {line}: ", line=presenter.error_line) if presenter.error_line else ""
        self._error.setText(f"▲ {line}{presenter.error}" if presenter.error else "")
        self._error.setProperty("role", "warning")
        restyle(self._error)
        self.editor.mark_line(presenter.error_line, self._tokens.warning_ground)
        for language, button in self._languages.items():
            button.setChecked(language == presenter.language)
        row = presenter.row
        for paper_mm, button in self._rolls.items():
            button.setEnabled(row is None or row.page is None)
            button.setChecked(paper_mm == presenter.roll and button.isEnabled())
        self._copy.setChecked(presenter.marked_copy)
        ready = bool(presenter.name) and not presenter.asking
        whole = ready and not presenter.error
        self._print.setEnabled(whole)
        self._back.set_label(tr("Undo all") if presenter.unsaved else tr("As shipped"))
        self._back.setEnabled(ready and presenter.can_take_back)
        self._save.setEnabled(whole and presenter.unsaved)

    # ---- keys --------------------------------------------------------------------------

    def act(self, action: str) -> bool:
        kind, _, value = action.partition(":")
        if kind == "price":
            self._press(int(value))
        elif kind == "save":
            if self._save.isEnabled():
                self.presenter.save()
        elif kind in ("zoom_in", "zoom_out"):
            self.view.zoom_by(1 if kind == "zoom_in" else -1)
        elif kind == "fit":
            self.view.fit()
        elif kind == "back":
            self._leave()
        else:
            return False
        return True

    def _press(self, number: int) -> None:
        buttons = [*self._languages.values(), *self._rolls.values(), self._copy, self._print, self._back]
        if number <= len(buttons) and buttons[number - 1].isEnabled():
            buttons[number - 1].click()

    def _chosen(self, index: Index) -> None:
        """By mouse or by arrows; drawing the list chooses what is open already, and that is nothing new."""
        if index.isValid():
            self.presenter.open(self._rows.rows[index.row()].name)
