"""The screen of re-keying: what is keyed at the left, in the log sheet's order; a number and its price in the panel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListView, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout

from pos.ui.bridge import Answer
from pos.ui.i18n import tr, tr_count
from pos.ui.keys import cap
from pos.ui.model import PriceType
from pos.ui.paperpack.papers import Paper
from pos.ui.paperpack.rekey import RekeyPresenter, Row
from pos.ui.parts import Problem, Sum, foot, touch
from pos.ui.rows import ROW, Index, RowModel, paint_ground, paint_text, painted_list
from pos.ui.screen import Screen
from pos.ui.sell.pricepad import PriceKey, PricePad
from pos.ui.theme import tokens as t
from pos.ui.theme.fitted import FittedLabel, PromptField
from pos.ui.theme.fonts import money_font, text_font
from pos.ui.theme.widgets import KeyButton

_ROW_PX: Final = 52
_NUMBER_PX, _TIME_PX, _PRICE_PX, _BRACKET_PX = 56, 150, 120, 20
_SCREENS: Final = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Cut)


class _Delegate(QStyledItemDelegate):
    """The number; place and price over price type and time; a bracket before the tickets of one customer."""

    def __init__(self, parent: QListView, presenter: RekeyPresenter) -> None:
        super().__init__(parent)
        self._presenter = presenter

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Row = index.data(ROW)
        presenter, formats = self._presenter, self._presenter.session.formats
        painter.save()
        ink, muted = paint_ground(painter, option)
        box = QRect(option.rect).adjusted(24, 0, -24, 0)
        _paint_bracket(painter, box, row, muted)
        bold, right = QFont.Weight.DemiBold, Qt.AlignmentFlag.AlignRight
        number = QRect(box.left() + _BRACKET_PX, box.top(), _NUMBER_PX, box.height())
        paint_text(painter, number, str(row.number), money_font(t.BODY), ink)
        upper = QRect(number.right(), box.top() + 4, box.right() - number.right(), (box.height() - 8) // 2)
        lower = upper.translated(0, upper.height())
        paint_text(painter, upper.adjusted(0, 0, -_PRICE_PX, 0), presenter.place_of(row), text_font(t.BODY, bold), ink)
        paint_text(painter, upper, _price(presenter, row), money_font(t.BODY), ink, right)
        if wrong := presenter.wrong_of(row):
            paint_text(painter, lower, f"▲ {wrong}", text_font(t.SMALL, bold), ink)
        else:
            time = formats.day_and_time(row.at, presenter.session.now)
            paint_text(painter, lower.adjusted(0, 0, -_TIME_PX, 0), presenter.type_of(row), text_font(t.SMALL), muted)
            paint_text(painter, lower, time, money_font(t.SMALL), muted, right)
        painter.restore()


def _paint_bracket(painter: QPainter, box: QRect, row: Row, color: QColor) -> None:
    """What the log sheet has for several tickets of one customer; nothing before one that is alone."""
    if row.first and row.last:
        return
    painter.setPen(QPen(color, 2))
    left, middle = box.left() + 4, box.center().y()
    painter.drawLine(left, middle if row.first else box.top(), left, middle if row.last else box.bottom() + 1)
    if row.first or row.last:
        painter.drawLine(left, middle, left + 8, middle)


class _Entry(PromptField):
    """An empty one leaves undo and cut to the screen."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and not self.text():
            theirs = any(event.matches(key) for key in _SCREENS)
            if theirs:
                event.ignore()
                return False
        return super().event(event)


class RekeyScreen(Screen):
    """A number and F1–F10 key a ticket, Enter over nothing books them all; arrows mark one, ⇧Del takes it out, a price
    key over nothing changes its price. PgUp and PgDn turn to another pack, Esc goes back."""

    name = "rekey"

    def __init__(self, presenter: RekeyPresenter, leave: Callable[[], None]) -> None:
        super().__init__()
        self.presenter, self._leave = presenter, leave
        self._painted: tuple[list[Row], tuple[PriceType, ...]] | None = None
        self.build(presenter)

    def _build_work(self) -> None:
        box = self.work_box(4)
        title = QLabel(tr("Re-key paper sales"))
        title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        title.setContentsMargins(24, 0, 24, 0)
        self._pack = QLabel()
        self._pack.setWordWrap(True)
        self._pack.setContentsMargins(24, 0, 24, 0)
        self._empty = QLabel(tr("Nothing is keyed yet. What is keyed waits here until it is booked, whatever happens."))
        self._empty.setProperty("role", "muted")
        self._empty.setWordWrap(True)
        self._empty.setContentsMargins(24, 12, 24, 0)
        self._rows: RowModel[Row] = RowModel(self.work, self._words, lambda row: row.id)
        self.list = painted_list(
            self._rows,
            lambda made: _Delegate(made, self.presenter),
            tr("Keyed tickets"),
            lambda row: self.presenter.mark(row.id),
        )
        box.addWidget(title)
        box.addWidget(self._pack)
        box.addWidget(self._empty)
        box.addWidget(self.list, 1)

    def _words(self, row: Row) -> str:
        presenter = self.presenter
        at = presenter.session.formats.day_and_time(row.at, presenter.session.now)
        words = (str(row.number), presenter.place_of(row), presenter.type_of(row), at, _price(presenter, row))
        return ", ".join(filter(None, (*words, presenter.wrong_of(row))))

    def _build_panel(self) -> None:
        presenter, side = self.presenter, self.panel_box()
        self.entry, self.time, self.counted = _Entry(), PromptField(), PromptField()
        for field, name, words in (
            (self.entry, "entry", tr("No. or code: 17, 17-20")),
            (self.time, "time", tr("Sold at: 1942")),
            (self.counted, "counted", tr("Cash counted, to compare")),
        ):
            field.setPlaceholderText(words)
            field.setAccessibleName(words)
            field.setMinimumHeight(48)
            field.textEdited.connect(partial(presenter.type, name))
        self._fields = {"entry": self.entry, "time": self.time, "counted": self.counted}
        self.entry.setProperty("role", "amount")
        self._found, self._when = FittedLabel(), FittedLabel()
        self._when.setProperty("role", "muted")
        self._joined = touch(KeyButton(tr("Same customer"), cap("more")), self._join)
        self._joined.setCheckable(True)
        self.prices = PricePad()
        self.prices.pressed.connect(self._press)
        self.problem, self._off, self._sum = Problem(), QLabel(), Sum()
        self._off.setWordWrap(True)
        typed, meant, found = QHBoxLayout(), QHBoxLayout(), QVBoxLayout()
        for line in (typed, meant):
            line.setSpacing(8)
        typed.addWidget(self.entry, 3)
        typed.addWidget(self.time, 2)
        found.setSpacing(0)
        found.addWidget(self._found)
        found.addWidget(self._when)
        meant.addLayout(found, 3)
        meant.addWidget(self._joined, 2)
        side.addLayout(typed)
        side.addLayout(meant)
        side.addWidget(self.prices)
        side.addWidget(self.problem)
        side.addStretch(1)
        side.addWidget(self.counted)
        side.addWidget(self._off)
        side.addLayout(self._sum)
        back = touch(KeyButton(tr("Back"), cap("back"), kind="outline", stacked=True), lambda: self.act("back"), 64)
        self._primary = touch(KeyButton("", cap("primary"), kind="primary", stacked=True), self._enter, 64)
        side.addLayout(foot(back, self._primary, spacing_px=8))

    def enter(self) -> None:
        self.presenter.refresh()
        self.entry.setFocus()

    # ---- drawing -------------------------------------------------------------------------

    def draw(self) -> None:
        presenter, formats = self.presenter, self.presenter.session.formats
        self._pack.setText(presenter.headline())
        self._draw_rows()
        self._empty.setVisible(not presenter.rows)
        for name, field in self._fields.items():
            text = getattr(presenter, name)
            if field.text() != text:
                field.setText(text)
        self._joined.setChecked(presenter.joined)
        self._joined.setEnabled(bool(presenter.rows))
        self._draw_found()
        self.problem.tell(presenter.problem, done=presenter.said)
        # What is wrong with an entry has the room of what is compared at the end.
        self.counted.setVisible(not presenter.problem or self.counted.hasFocus())
        self._off.setText(presenter.difference())
        self._off.setVisible(bool(self._off.text()))
        count = len(presenter.rows)
        lead = tr_count("Cash for %n ticket", "Cash for %n tickets", count, formats.count(count))
        self._sum.tell(lead, formats.money(presenter.cash) if presenter.cash is not None else "")
        self._primary.set_label(tr("Booking…") if presenter.asking else tr("Book them all"))
        self._primary.setEnabled(bool(presenter.rows) and not presenter.asking)

    def _draw_rows(self) -> None:
        """Whoever types at full speed changes none of them: only what is new is painted."""
        presenter = self.presenter
        if (now := (presenter.rows, presenter.papers.types)) != self._painted:
            self._painted = now
            self._rows.show_rows(presenter.rows)
        at = next((n for n, row in enumerate(presenter.rows) if row.id == presenter.marked), -1)
        if at >= 0 and self.list.currentIndex().row() != at:
            self.list.setCurrentIndex(self._rows.index(at))
            self.list.scrollTo(self._rows.index(at))

    def _draw_found(self) -> None:
        """What the entry means, when it was sold, and what it costs at each price type."""
        presenter, formats = self.presenter, self.presenter.session.formats
        tickets, _ = presenter.found()
        known = [one for one in tickets if isinstance(one, Paper)]
        places = [presenter.papers.place_name(one.show, one.place) for one in known]
        # Of several the ends: whoever typed numbers in a row meant places in a row.
        self._found.setText(" … ".join(dict.fromkeys([*places[:1], *places[-1:]])))
        self._found.setToolTip(", ".join(places))
        moment = presenter.moment()
        when = formats.day_and_time(moment, presenter.session.now) if moment is not None else ""
        self._when.setText(tr("sold at {time}", time=when) if when else "")
        show, category = self._priced(known)
        self.prices.show_keys(
            [
                PriceKey(number, presenter.papers.type_name(kind.id), self._price_of(show, category, kind.id), False)
                for number, kind in enumerate(presenter.papers.types, 1)
            ]
        )

    def _priced(self, known: list[Paper]) -> tuple[str, str]:
        """Whose prices stand on the keys: the entry's first ticket's, else the marked line's, else the pack's first."""
        presenter = self.presenter
        marked = presenter.papers.ticket(presenter.marked) if not presenter.entry else None
        first = presenter.pack.tickets[:1] if presenter.pack is not None else ()
        one = next((one for one in (*known[:1], marked, *first) if one is not None), None)
        return (one.show, one.category) if one is not None else ("", "")

    def _price_of(self, show: str, category: str, kind: str) -> str:
        price = self.presenter.papers.price(show, category, kind)
        return self.presenter.session.formats.amount(price) if price is not None else ""

    # ---- hands ---------------------------------------------------------------------------

    def _press(self, number: int) -> None:
        self.presenter.press(number)
        self.entry.setFocus()
        if self.presenter.problem:
            self.entry.selectAll()

    def _join(self) -> None:
        self.presenter.toggle_joined()
        self.entry.setFocus()

    def _enter(self) -> None:
        if self.time.hasFocus():
            self.entry.setFocus()
        elif self.presenter.entry.strip():
            self.presenter.look()
            self.entry.selectAll()
        else:
            self.presenter.book()

    def _step(self, by: int) -> None:
        rows = self.presenter.rows
        at = next((n for n, row in enumerate(rows) if row.id == self.presenter.marked), len(rows))
        if rows:
            self.presenter.mark(rows[max(0, min(len(rows) - 1, at + by))].id)

    def takes_scan(self, event: Answer) -> bool:
        return self.presenter.scanned(event)

    def act(self, action: str) -> bool:
        kind, _, value = action.partition(":")
        if kind == "price":
            self._press(int(value))
        elif action in ("up", "down"):
            self._step(-1 if action == "up" else 1)
        elif action in ("line_up", "line_down"):
            self.presenter.step_pack(-1 if action == "line_up" else 1)
        elif action == "primary":
            self._enter()
        elif action == "more":
            self._join()
        elif action == "remove":
            self.presenter.remove()
        elif action == "undo":
            self.presenter.undo()
        elif action == "find":
            self.entry.setFocus()
        elif action == "back":
            if not self.presenter.clear():
                self._leave()
            else:
                self.entry.setFocus()
        else:
            return False
        return True


def _price(presenter: RekeyPresenter, row: Row) -> str:
    return presenter.session.formats.amount(row.price) if row.price is not None else ""
