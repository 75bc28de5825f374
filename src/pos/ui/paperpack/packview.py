"""The screen of the paper pack: today's packs and the tickets that are out at the left, what is done in the panel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QFont, QPainter
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QStyledItemDelegate, QStyleOptionViewItem

from pos.ui.approval import ApprovalBox
from pos.ui.bridge import Answer
from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.paperpack.pack import TASKS, PackPresenter, Row, task_names
from pos.ui.parts import Problem, foot, touch
from pos.ui.rows import ROW, Index, RowModel, paint_ground, paint_text, painted_list
from pos.ui.screen import Screen
from pos.ui.theme import tokens as t
from pos.ui.theme.fitted import FittedLabel, PromptField
from pos.ui.theme.fonts import money_font, text_font
from pos.ui.theme.widgets import KeyButton

_ROW_PX: Final = 56
_SIDE_PX: Final = 200
_KEY_PX: Final = 50


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(ROW)
        painter.save()
        ink, muted = paint_ground(painter, option)
        box = QRect(option.rect).adjusted(24, 6, -24, -6)
        upper, lower = QRect(box), QRect(box)
        upper.setHeight(box.height() // 2)
        lower.setTop(upper.bottom())
        bold = QFont.Weight.DemiBold
        paint_text(painter, upper.adjusted(0, 0, -_SIDE_PX, 0), row.lead, text_font(t.BODY, bold), ink)
        below, color = (f"▲ {row.detail}", ink) if row.warning else (row.detail, muted)
        paint_text(painter, lower, below, text_font(t.SMALL), color)
        side = upper.adjusted(upper.width() - _SIDE_PX, 0, 0, 0)
        paint_text(painter, side, row.side, money_font(t.SMALL), ink, Qt.AlignmentFlag.AlignRight)
        painter.restore()


class PackScreen(Screen):
    """F1–F3 choose what Enter does: take back, put on paper, lost; a scan takes back at once. F4 makes today's packs
    anew, F5 prints one in short, F6 shows its PDF. Arrows mark a row, PgUp and PgDn a category; Esc goes back."""

    name = "paper_pack"

    def __init__(self, presenter: PackPresenter, leave: Callable[[], None], rekey: Callable[[], None]) -> None:
        super().__init__()
        self.presenter, self._leave, self._rekey = presenter, leave, rekey
        self.build(presenter)
        presenter.opened.connect(self._open)

    def _build_work(self) -> None:
        box = self.work_box(4)
        title = QLabel(tr("Paper pack"))
        title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._plan = FittedLabel()
        self._plan.setProperty("role", "muted")
        for label in (title, self._plan):
            label.setContentsMargins(24, 0, 24, 0)
        self._rows: RowModel[Row] = RowModel(self.work, _words, lambda row: row.id)
        self.list = painted_list(self._rows, _Delegate, tr("Paper pack"), lambda row: self.presenter.mark(row.id))
        box.addWidget(title)
        box.addWidget(self._plan)
        box.addWidget(self.list, 1)

    def _build_panel(self) -> None:
        presenter, side = self.presenter, self.panel_box()
        keys = QGridLayout()
        keys.setSpacing(6)
        self._tasks: dict[str, KeyButton] = {}
        for at, task in enumerate(TASKS):
            button = self._tasks[task] = touch(
                KeyButton(task_names()[task], f"F{at + 1}", stacked=True), partial(self._choose, task), _KEY_PX
            )
            button.setCheckable(True)
            keys.addWidget(button, at, 0)
        self._acts: list[Callable[[], None]] = [presenter.make, presenter.print_short, presenter.open_file]
        for at, words in enumerate((tr("Make anew"), tr("Print in short"), tr("Show the PDF"))):
            button = KeyButton(words, f"F{at + 4}", kind="outline", stacked=True)
            keys.addWidget(touch(button, self._acts[at], _KEY_PX), at, 1)
        self._hint = QLabel()
        self._hint.setWordWrap(True)
        self._hint.setProperty("role", "muted")
        self._build_fields()
        self.problem = Problem()
        side.addLayout(keys)
        side.addWidget(self._hint)
        for field in (self.entry, self.category, self.count, self.reason):
            side.addWidget(field)
        side.addWidget(self.approval)
        side.addWidget(self.problem)
        side.addStretch(1)
        side.addWidget(touch(KeyButton(tr("Re-key what was sold"), cap("rekey"), kind="outline"), self._rekey))
        back = touch(KeyButton(tr("Back"), cap("back"), kind="outline", stacked=True), lambda: self.act("back"), 64)
        self._primary = touch(KeyButton("", cap("primary"), kind="primary", stacked=True), self._send, 64)
        side.addLayout(foot(back, self._primary, spacing_px=8))

    def _build_fields(self) -> None:
        self.entry, self.count, self.reason, self.category = PromptField(), PromptField(), PromptField(), QComboBox()
        for name, field, words in (
            ("entry", self.entry, tr("Scan, or type a code or number")),
            ("count", self.count, tr("How many")),
            ("reason", self.reason, tr("How they were lost")),
        ):
            field.setPlaceholderText(words)
            field.setAccessibleName(words)
            field.setMinimumHeight(48)
            field.textEdited.connect(partial(self.presenter.type, name))
        self.category.setAccessibleName(tr("Category"))
        self.category.setMinimumHeight(48)
        self.category.activated.connect(
            lambda _: self.presenter.type("category", str(self.category.currentData() or ""))
        )
        self.approval = ApprovalBox(self.presenter.session)
        self.approval.entered.connect(self._send)

    def enter(self) -> None:
        self.presenter.refresh()
        self._focus()

    def _focus(self) -> None:
        {"back": self.entry, "issue": self.count, "lose": self.reason}[self.presenter.task].setFocus()

    # ---- drawing -------------------------------------------------------------------------

    def draw(self) -> None:
        presenter = self.presenter
        self._plan.setText(presenter.headline())
        rows = presenter.rows()
        self._rows.show_rows(rows)
        at = next((n for n, row in enumerate(rows) if row.id == presenter.marked), -1)
        if at >= 0:
            self.list.setCurrentIndex(self._rows.index(at))
            self.list.scrollTo(self._rows.index(at))
        for task, button in self._tasks.items():
            button.setChecked(task == presenter.task)
        self._hint.setText(self._advice())
        self._hint.setVisible(not presenter.needs)  # a supervisor's PIN has its room then
        for name, field, task in (
            ("entry", self.entry, "back"),
            ("count", self.count, "issue"),
            ("reason", self.reason, "lose"),
        ):
            text = getattr(presenter, name)
            if field.text() != text:
                field.setText(text)
            field.setVisible(presenter.task == task)
        self._draw_categories()
        approving = self.approval.pin.hasFocus()
        self.approval.ask(presenter.needs)
        if approving and not presenter.needs:
            self._focus()
        self.problem.tell(presenter.problem, asked=presenter.needs, done=presenter.said)
        label = tr("Once more") if presenter.sure else task_names()[presenter.task]
        self._primary.set_label(tr("Booking…") if presenter.asking else label)
        self._primary.setEnabled(not presenter.asking)

    def _advice(self) -> str:
        return {
            "back": tr("Unsold tickets come back one by one: their places are in hand again."),
            "issue": tr(
                "These places leave this till: no window sells them while their tickets are out. "
                "{up} {down}: another category.",
                up=cap("line_up"),
                down=cap("line_down"),
            ),
            "lose": tr("What is still out of the marked pack, and is not keyed as sold."),
        }[self.presenter.task]

    def _draw_categories(self) -> None:
        presenter, formats = self.presenter, self.presenter.session.formats
        self.category.setVisible(presenter.task == "issue")
        choices = [
            (
                tr("{category}: {count} in hand", category=one["category"], count=formats.count(one["in_hand"])),
                one["category"],
            )
            for one in presenter.categories()
        ]
        if [(self.category.itemText(n), self.category.itemData(n)) for n in range(self.category.count())] != choices:
            self.category.clear()
            for words, category in choices:
                self.category.addItem(words, category)
        self.category.setCurrentIndex(max(0, self.category.findData(presenter.category)))

    # ---- hands ---------------------------------------------------------------------------

    def _choose(self, task: str) -> None:
        self.presenter.choose(task)
        self._focus()

    def _send(self) -> None:
        self.presenter.send(self.approval.approver)
        if self.presenter.needs and not self.approval.pin.text():
            self.approval.pin.setFocus()

    def _open(self, file: str) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(file))

    def _step(self, by: int) -> None:
        rows = self._rows.rows
        at = next((n for n, row in enumerate(rows) if row.id == self.presenter.marked), -1)
        if rows:
            self.presenter.mark(rows[max(0, min(len(rows) - 1, at + by))].id)

    def takes_scan(self, event: Answer) -> bool:
        return self.presenter.scanned(event)

    def act(self, action: str) -> bool:
        kind, _, value = action.partition(":")
        if kind == "price" and int(value) <= len(TASKS):
            self._choose(TASKS[int(value) - 1])
        elif kind == "price" and int(value) <= len(TASKS) + len(self._acts):
            self._acts[int(value) - len(TASKS) - 1]()
        elif action in ("up", "down"):
            self._step(-1 if action == "up" else 1)
        elif action in ("line_up", "line_down"):
            self.presenter.step_category(-1 if action == "line_up" else 1)
        elif action == "primary":
            self._send()
        elif action == "find":
            self._focus()
        elif action == "back":
            if not self.presenter.clear():
                self._leave()
            else:
                self._focus()
        else:
            return False
        return True


def _words(row: Row) -> str:
    return ", ".join(filter(None, (row.lead, row.detail, row.side)))
