"""The inbox: the disputes at the left, the oldest first; what happened and what to do about it in the panel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QScrollArea,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from pos.domain.disputes import Way
from pos.ui.disputes.presenter import Dispute, DisputesPresenter, way_hints, way_names
from pos.ui.i18n import tr, tr_count
from pos.ui.keys import cap
from pos.ui.parts import FactGrid, foot, scrolled_story, touch
from pos.ui.rows import ROW, Index, RowModel, paint_ground, paint_text, painted_list
from pos.ui.screen import Screen
from pos.ui.theme import tokens as t
from pos.ui.theme.apply import restyle
from pos.ui.theme.fonts import money_font, text_font
from pos.ui.theme.widgets import KeyButton

_ROW_PX: Final = 64
_WAYS: Final = tuple(Way)  # F1 to F3
_TAKE_KEY: Final = 4
_PAGE: Final = 8
_FACTS: Final = 5
_HINT_PX: Final = 84  # two lines
_NUMBER_PX: Final = 128


class _Delegate(QStyledItemDelegate):
    """Age; place over what happened; whose it is over the money."""

    def __init__(self, parent: QListView, presenter: DisputesPresenter) -> None:
        super().__init__(parent)
        self._presenter = presenter

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        one: Dispute = index.data(ROW)
        box = QRect(option.rect)
        painter.save()
        ink, muted = paint_ground(painter, option)
        upper, lower = QRect(box.adjusted(24, 8, -24, -34)), QRect(box.adjusted(24, 34, -24, -8))
        bold, right = QFont.Weight.DemiBold, Qt.AlignmentFlag.AlignRight
        age, side = 84, 190
        paint_text(
            painter, upper.adjusted(0, 0, age - upper.width(), 0), self._presenter.age(one), text_font(t.BODY), ink
        )
        middle = upper.adjusted(age, 0, -side, 0)
        paint_text(painter, middle, ", ".join(one.places) or one.till, text_font(t.BODY, bold), ink)
        paint_text(painter, lower.adjusted(age, 0, -side, 0), one.text, text_font(t.SMALL), muted)
        if one.money is not None:
            money = self._presenter.session.formats.money(one.money)
            paint_text(painter, upper, money, money_font(t.BODY), ink, right)
        owner = tr("with {owner}", owner=self._presenter.owner(one))
        paint_text(painter, lower, owner, text_font(t.SMALL, bold if one.taken else QFont.Weight.Normal), muted, right)
        painter.restore()


class DisputesScreen(Screen):
    """Arrows mark, Enter opens, F1–F3 choose the way out, Enter resolves; F4 takes the marked one.

    `leave` goes back to where work goes on.
    """

    name = "disputes"

    def __init__(self, presenter: DisputesPresenter, leave: Callable[[], None]) -> None:
        super().__init__()
        self.presenter, self._leave = presenter, leave
        self._was_open = False
        self.build(presenter)

    # ---- building ----------------------------------------------------------------------

    def _build_work(self) -> None:
        box = self.work_box()
        self._title = QLabel()
        self._title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._title.setContentsMargins(24, 0, 24, 0)
        self._rows: RowModel[Dispute] = RowModel(self.work, self._words, lambda row: row.id)
        self.list = painted_list(
            self._rows,
            lambda made: _Delegate(made, self.presenter),
            tr("Disputes"),
            lambda row: self.presenter.mark(row.id),
        )
        box.addWidget(self._title)
        box.addWidget(self.list, 1)

    def _words(self, row: Dispute) -> str:
        presenter = self.presenter
        return ", ".join((presenter.age(row), *row.places, row.text, presenter.owner(row)))

    def _build_panel(self) -> None:
        side = self.panel_box()
        side.addWidget(self._build_story(), 1)
        self._hint = QLabel()
        self._hint.setWordWrap(True)
        self._hint.setFixedHeight(_HINT_PX)
        self._note, self._done_by = QLineEdit(), QLineEdit()
        self._note.setPlaceholderText(tr("Note ( {key} )", key=cap("find")))
        self._note.setAccessibleName(tr("Note"))
        self._note.textEdited.connect(self.presenter.type_note)
        self._done_by.textEdited.connect(self.presenter.type_done_by)
        fields = QHBoxLayout()
        fields.setSpacing(8)
        self._done_by.setFixedWidth(_NUMBER_PX)
        fields.addWidget(self._done_by)
        fields.addWidget(self._note, 1)
        side.addLayout(self._build_ways())
        side.addWidget(self._hint)
        side.addLayout(fields)
        take = KeyButton(tr("Take it"), f"F{_TAKE_KEY}", kind="outline", stacked=True)
        self._take = touch(take, self.presenter.take, 64)
        primary = KeyButton("", cap("primary"), kind="primary", stacked=True)
        self._primary = touch(primary, lambda: self.act("primary"), 64)
        side.addLayout(foot(self._take, self._primary, spacing_px=8))

    def _build_story(self) -> QScrollArea:
        self._place, self._show, self._text, self._history = (QLabel() for _ in range(4))
        self._show.setProperty("role", "muted")
        self._history.setProperty("role", "small")
        self._facts = FactGrid(_FACTS)
        return scrolled_story(self._place, self._show, self._text, self._facts, self._history)

    def _build_ways(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(6)
        self._ways: dict[Way, KeyButton] = {}
        for number, way in enumerate(_WAYS, 1):
            button = touch(KeyButton(way_names()[way], f"F{number}", stacked=True), partial(self._choose, way), 56)
            button.setCheckable(True)
            grid.addWidget(button, (number - 1) // 2, (number - 1) % 2)
            self._ways[way] = button
        return grid

    # ---- drawing -----------------------------------------------------------------------

    def enter(self) -> None:
        self.presenter.close()
        self.presenter.refresh()
        self.work.setFocus()

    def draw(self) -> None:
        presenter = self.presenter
        count = len(presenter.rows)
        shown = presenter.session.formats.count(count)
        self._title.setText(
            tr_count("%n dispute", "%n disputes", count, shown) if count else tr("Nothing is in dispute.")
        )
        self._rows.show_rows(self.presenter.rows)
        at = next((number for number, row in enumerate(self._rows.rows) if row.id == presenter.marked), -1)
        if at >= 0:
            self.list.setCurrentIndex(self._rows.index(at))
        self._draw_story(presenter.current)
        self._draw_decision(presenter.current)
        if presenter.opened != self._was_open:
            self._was_open = presenter.opened
            (self._note if presenter.opened else self.work).setFocus()

    def _draw_story(self, one: Dispute | None) -> None:
        presenter, formats = self.presenter, self.presenter.session.formats
        if one is None:
            for label in (self._place, self._show, self._text, self._history):
                label.setText("")
            facts: list[tuple[str, str]] = []
        else:
            self._place.setText(", ".join(one.places) or one.till)
            self._show.setText(presenter.shows(one))
            self._text.setText(one.text)
            self._history.setText("\n".join(presenter.story(one)))
            opened = formats.day_and_time(one.opened_at, presenter.session.now)
            facts = [
                (tr("Customer"), "\n".join(filter(None, (one.customer, one.contact)))),
                (tr("Money"), formats.money(one.money) if one.money is not None else ""),
                (tr("At"), " · ".join(filter(None, (one.till, one.user, one.sale)))),
                (tr("Since"), f"{opened} · {presenter.age(one)}"),
                (tr("With"), presenter.owner(one)),
            ]
        self._facts.show_facts(facts)

    def _draw_decision(self, one: Dispute | None) -> None:
        presenter, opened = self.presenter, self.presenter.opened
        for way, button in self._ways.items():
            button.setEnabled(opened and one is not None and way in one.ways)
            button.setChecked(opened and way is presenter.way)
        proposed = one.ways[0] if one is not None and one.ways else None
        chosen = presenter.way if opened else proposed
        hint = way_hints()[chosen] if chosen is not None else ""
        if not opened and chosen is not None:
            hint = tr("Proposed: {way}. {hint}", way=way_names()[chosen], hint=hint)
        self._hint.setText("▲ " + presenter.problem if presenter.problem else hint)
        self._hint.setProperty("role", "warning" if presenter.problem else "muted")
        restyle(self._hint)
        for field, text in ((self._note, presenter.note), (self._done_by, presenter.done_by)):
            field.setEnabled(opened)
            if field.text() != text:
                field.setText(text)
        names = {"sale": tr("New sale no."), "refund": tr("Refund no.")}
        self._done_by.setVisible(bool(presenter.asks_by))
        self._done_by.setPlaceholderText(names.get(presenter.asks_by, ""))
        self._done_by.setAccessibleName(names.get(presenter.asks_by, ""))
        person = presenter.session.person
        mine = one is not None and person is not None and one.owner == person.user
        self._take.setEnabled(one is not None and not mine and not presenter.asking)
        self._primary.set_label(tr("Resolve") if opened else tr("Open"))
        self._primary.setEnabled(one is not None and not presenter.asking)

    # ---- keys --------------------------------------------------------------------------

    def _choose(self, way: Way) -> None:
        self.presenter.choose(way)
        self.draw()  # a press on the one that was chosen has unchecked it

    def act(self, action: str) -> bool:
        kind, _, value = action.partition(":")
        presenter = self.presenter
        if kind == "primary":
            presenter.resolve() if presenter.opened else presenter.open()
        elif kind == "price" and int(value) <= len(_WAYS):
            self._choose(_WAYS[int(value) - 1])
        elif kind == "price" and int(value) == _TAKE_KEY:
            presenter.take()
        elif kind in ("up", "down"):
            presenter.step(-1 if kind == "up" else 1)
        elif kind in ("line_up", "line_down"):
            presenter.step(-_PAGE if kind == "line_up" else _PAGE)
        elif kind == "find":
            presenter.open()
            self._note.setFocus()
        elif kind == "back":
            if not presenter.close():
                self._leave()
        else:
            return False
        return True
