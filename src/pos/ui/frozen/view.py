"""The screen of places that a till which is gone had: whose they are at the left, then place by place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QLabel, QListView, QStyledItemDelegate, QStyleOptionViewItem

from pos.ui.frozen.presenter import FrozenPresenter, Gone, Place
from pos.ui.i18n import tr, tr_count
from pos.ui.keys import cap
from pos.ui.parts import FactGrid, Problem, foot, touch
from pos.ui.rows import ROW, Index, RowModel, paint_ground, paint_text, painted_list
from pos.ui.screen import Screen
from pos.ui.theme import tokens as t
from pos.ui.theme.fitted import PromptField
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton

_ROW_PX: Final = 56
_SIDE_PX: Final = 200
_PAGE: Final = 8
_FACTS: Final = 4
_TICK, _ALL, _ALSO, _AGAIN = 1, 2, 3, 4  # F-keys


class _Delegate(QStyledItemDelegate):
    """A machine's row: whose and how many; a place's: its tick, its label, and what it is with the office."""

    def __init__(self, parent: QListView, presenter: FrozenPresenter) -> None:
        super().__init__(parent)
        self._presenter = presenter

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Gone | Place = index.data(ROW)
        painter.save()
        ink, muted = paint_ground(painter, option)
        box = QRect(option.rect).adjusted(24, 6, -24, -6)
        left, right = box.adjusted(0, 0, -_SIDE_PX, 0), box.adjusted(box.width() - _SIDE_PX, 0, 0, 0)
        lead, detail, side = told_of(row, self._presenter)
        half = box.height() // 2
        upper, lower = left.adjusted(0, 0, 0, -half), left.adjusted(0, half, 0, 0)
        paint_text(painter, upper, lead, text_font(t.BODY, QFont.Weight.DemiBold), ink)
        paint_text(painter, lower, detail, text_font(t.SMALL), muted)
        paint_text(painter, right, side, text_font(t.SMALL), ink, Qt.AlignmentFlag.AlignRight)
        painter.restore()


def told_of(row: Gone | Place, presenter: FrozenPresenter) -> tuple[str, str, str]:
    """Its two lines, and what stands at the right."""
    formats = presenter.session.formats
    if isinstance(row, Place):
        lead = f"{'☑' if row.id in presenter.ticked else '☐'} {row.label}"
        return lead, row.category, state_names().get(row.state, row.state)
    detail = tr("number {number} of this name", number=str(row.incarnation))
    if row.heard is not None:
        detail = tr("Last heard of: {time}", time=formats.day_and_time(row.heard, presenter.session.now))
    count = tr_count("%n place", "%n places", len(row.places), formats.count(len(row.places)))
    waits = presenter.waits(row)
    return presenter.title(row), f"▲ {waits}" if waits else detail, count


def state_names() -> dict[str, str]:
    """What the office has a place down as, in words."""
    return {"QUARANTINE": tr("frozen"), "PAPER": tr("on paper"), "HELD": tr("held, and goes on so")}


class FrozenScreen(Screen):
    """Arrows mark, Enter opens; then F1 or a click ticks a place, F2 all, and Enter releases what is ticked."""

    name = "frozen"

    def __init__(self, presenter: FrozenPresenter, leave: Callable[[], None]) -> None:
        super().__init__()
        self.presenter, self._leave = presenter, leave
        self.build(presenter)

    # ---- building ----------------------------------------------------------------------

    def _build_work(self) -> None:
        box = self.work_box()
        self._title, self._said = QLabel(), QLabel()
        self._title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._said.setProperty("role", "muted")
        for label in (self._title, self._said):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setContentsMargins(24, 0, 24, 0)
            box.addWidget(label)
        self._rows: RowModel[Gone | Place] = RowModel(
            self.work, lambda row: ", ".join(filter(None, told_of(row, self.presenter))), lambda row: row.id
        )
        self.list = painted_list(
            self._rows,
            lambda made: _Delegate(made, self.presenter),
            tr("Places of tills that are gone"),
            lambda row: self.presenter.mark(row.id),
        )
        box.addWidget(self.list, 1)

    def _build_panel(self) -> None:
        side = self.panel_box()
        self._facts = FactGrid(_FACTS)
        self._hint = QLabel()
        self._hint.setWordWrap(True)
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self.reason = PromptField()
        words = tr("Reason ( {key} )", key=cap("find"))
        self.reason.setPlaceholderText(words)
        self.reason.setAccessibleName(tr("Reason"))
        self.reason.setMinimumHeight(48)
        self.reason.textEdited.connect(self.presenter.type_reason)
        self.problem = Problem()
        self.also = touch(KeyButton("", f"F{_ALSO}", kind="outline"), self.presenter.attest_others, 64)
        self.also.setCheckable(True)
        self._tick = touch(KeyButton(tr("Tick"), f"F{_TICK}", kind="outline", stacked=True), self.presenter.tick, 56)
        self._all = touch(KeyButton(tr("All"), f"F{_ALL}", kind="outline", stacked=True), self.presenter.tick_all, 56)
        again = KeyButton(tr("Look again"), f"F{_AGAIN}", kind="outline", stacked=True)
        self._again = touch(again, self.presenter.refresh, 56)
        side.addLayout(self._facts)
        side.addWidget(self._hint)
        side.addStretch(1)
        side.addWidget(self.also)
        side.addWidget(self.reason)
        side.addWidget(self.problem)
        side.addLayout(foot(self._tick, self._all, self._again, spacing_px=8))
        back = touch(KeyButton(tr("Back"), cap("back"), kind="outline", stacked=True), partial(self.act, "back"), 64)
        self._primary = touch(
            KeyButton("", cap("primary"), kind="primary", stacked=True), partial(self.act, "primary"), 64
        )
        side.addLayout(foot(back, self._primary, spacing_px=8))

    # ---- drawing -----------------------------------------------------------------------

    def enter(self) -> None:
        self.presenter.close()
        self.presenter.refresh()
        self.work.setFocus()

    def draw(self) -> None:
        presenter, one = self.presenter, self.presenter.current
        opened = presenter.opened and one is not None
        rows: list[Gone | Place] = list(one.places) if opened and one is not None else list(presenter.rows)
        self._rows.show_rows(rows)
        marked = presenter.place if opened else presenter.marked
        at = next((number for number, row in enumerate(rows) if row.id == marked), -1)
        if at >= 0:
            self.list.setCurrentIndex(self._rows.index(at))
            self.list.scrollTo(self._rows.index(at))
        self._title.setText(self._heading(one if opened else None))
        self._said.setText(self._rule(opened))
        self._facts.show_facts(self._known(one) if one is not None else [])
        self._draw_panel(one, opened)

    def _heading(self, one: Gone | None) -> str:
        if one is not None:
            return self.presenter.title(one)
        return tr("Places of tills that are gone")

    def _rule(self, opened: bool) -> str:
        if opened:
            return tr("Tick the places for which no ticket is out: neither a customer's nor a slip of a paper pack.")
        if self.presenter.rows or not self.presenter.looked:
            return tr("Nobody sells these until a supervisor has looked at the paper and releases them.")
        return tr("No till that is gone has a place of a show to come.") if not self.presenter.problem else ""

    def _known(self, one: Gone) -> list[tuple[str, str]]:
        formats, now = self.presenter.session.formats, self.presenter.session.now
        return [
            (tr("Till"), one.name),
            (tr("Machine"), tr("number {number} of this name", number=str(one.incarnation))),
            (tr("Last heard of"), formats.day_and_time(one.heard, now) if one.heard is not None else ""),
            (tr("Ticked"), f"{len(self.presenter.ticked)} / {len(one.places)}" if self.presenter.opened else ""),
        ]

    def _draw_panel(self, one: Gone | None, opened: bool) -> None:
        presenter = self.presenter
        others = ", ".join(one.attestable) if one is not None else ""
        self._hint.setText(self._advice(one, opened, others))
        self._hint.setVisible(bool(self._hint.text()))
        self.also.setVisible(opened and bool(others))
        tick = "☑" if presenter.also else "☐"
        self.also.set_label(tr("{tick} {tills} is gone, too", tick=tick, tills=others))
        self.also.setChecked(presenter.also)
        for part in (self.reason, self._tick, self._all):
            part.setVisible(opened)
        if self.reason.text() != presenter.reason:
            self.reason.setText(presenter.reason)
        self.problem.tell(presenter.problem)
        self._again.setVisible(not opened)
        if opened:
            label = tr("Once more") if presenter.sure else tr("Release")
        else:
            label = tr("Open")
        self._primary.set_label(tr("Booking…") if presenter.asking else label)
        self._primary.setEnabled(one is not None and not presenter.asking)

    def _advice(self, one: Gone | None, opened: bool, others: str) -> str:
        if one is not None and one.unheard:
            return f"▲ {self.presenter.waits(one)}"
        if opened and others:
            return tr(
                "{tills} never said that it has stopped. Tick it if it is gone and its paper found.", tills=others
            )
        return ""

    # ---- keys --------------------------------------------------------------------------

    def act(self, action: str) -> bool:
        presenter = self.presenter
        keys: dict[str, Callable[[], object]] = {
            f"price:{_TICK}": presenter.tick,
            f"price:{_ALL}": presenter.tick_all,
            f"price:{_ALSO}": presenter.attest_others,
            f"price:{_AGAIN}": presenter.refresh,
            "find": self._write,
            "up": lambda: presenter.step(-1),
            "down": lambda: presenter.step(1),
            "line_up": lambda: presenter.step(-_PAGE),
            "line_down": lambda: presenter.step(_PAGE),
            "primary": presenter.release if presenter.opened else presenter.open,
            "back": self._back,
        }
        if action not in keys:
            return False
        keys[action]()
        return True

    def _write(self) -> None:
        if self.presenter.opened:
            self.reason.setFocus()

    def _back(self) -> None:
        if self.reason.hasFocus():
            self.work.setFocus()
        elif not self.presenter.close():
            self._leave()
