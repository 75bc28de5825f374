"""What was sold, as drawn: tickets at the left, the marked one's particulars and what may be done at the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListView,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from pos.ui.found.calledview import CalledPanel, CalledWork
from pos.ui.found.dealview import DealPanel
from pos.ui.found.invoiceview import InvoicePanel
from pos.ui.found.model import Found
from pos.ui.found.presenter import FoundPresenter
from pos.ui.found.swapview import SwapPanel, SwapWork
from pos.ui.i18n import tr, tr_count
from pos.ui.keys import cap
from pos.ui.parts import FactGrid, Pages, Problem, scrolled, touch
from pos.ui.rows import ROW, Index, RowModel, paint_ground, paint_text, painted_list
from pos.ui.screen import Screen
from pos.ui.sell.work import SearchField
from pos.ui.theme import tokens as t
from pos.ui.theme.apply import restyle
from pos.ui.theme.fonts import money_font, text_font
from pos.ui.theme.tokens import Tokens
from pos.ui.theme.widgets import KeyButton

_ROW_PX: Final = 64
_FACTS: Final = 7
_REPRINT_KEY, _COLLECT_KEY, _CHOOSE_KEY, _ALL_KEY, _REFUND_KEY, _EXCHANGE_KEY, _VOID_KEY, _OFF_KEY = range(1, 9)
_TENDER_KEY, _NAME_KEY = 9, 10
_SIGNS: Final = {"good": "●", "muted": "○", "warning": "▲"}


class _Delegate(QStyledItemDelegate):
    """Place over show; state and price at the right."""

    def __init__(self, parent: QListView, presenter: FoundPresenter) -> None:
        super().__init__(parent)
        self._presenter = presenter

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: Found = index.data(ROW)
        presenter, box = self._presenter, QRect(option.rect)
        painter.save()
        ink, muted = paint_ground(painter, option)
        level, words = presenter.state(row)
        upper, lower = QRect(box.adjusted(24, 8, -24, -34)), QRect(box.adjusted(24, 34, -24, -8))
        bold, small, right = text_font(t.BODY, QFont.Weight.DemiBold), text_font(t.SMALL), Qt.AlignmentFlag.AlignRight
        place = ("☑ " if row.id in presenter.chosen else "☐ " if row.live else "") + presenter.place(row)
        paint_text(painter, upper.adjusted(0, 0, -220, 0), place, bold, ink)
        paint_text(painter, lower.adjusted(0, 0, -220, 0), presenter.title(row), small, muted)
        price, alive = presenter.session.formats.amount(row.price), ink if row.live else muted
        paint_text(painter, upper, price, money_font(t.BODY), alive, right)
        paint_text(painter, lower, f"{_SIGNS[level]} {words}", small, alive, right)
        painter.restore()


class FoundScreen(Screen):
    """Arrows mark, F3 chooses; F5 takes back, F6 exchanges, F7 undoes the sale, F1 prints again, F2 prints an order;
    F8 lists what shows that were called off leave to be done, F9 corrects a tender, F10 makes a ticket out to another,
    F11 makes an invoice out.

    What was begun then has the panel to itself, and, for an exchange, the map the work area. `leave` goes back to
    where work goes on.
    """

    name = "found"

    def __init__(self, presenter: FoundPresenter, tokens: Tokens, leave: Callable[[], None]) -> None:
        super().__init__()
        self.presenter, self._tokens, self._leave = presenter, tokens, leave
        self._works, self._sides = QStackedWidget(), Pages()
        self.swap_work: SwapWork | None = None
        self.swap_panel: SwapPanel | None = None
        self.build(presenter)

    # ---- building ------------------------------------------------------------------------

    def _build_work(self) -> None:
        outer = QVBoxLayout(self.work)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._works)
        self._found = page = QWidget()
        self._works.addWidget(page)
        self.off_work = CalledWork(self.presenter.called_off)
        self._works.addWidget(self.off_work)
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 8, 0, 0)
        box.setSpacing(8)
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 0, 24, 0)
        bar.setSpacing(16)
        self.search = SearchField()
        self.search.setPlaceholderText(tr("Code, sale or name"))
        self.search.setAccessibleName(tr("Find a ticket, a sale or a buyer"))
        self._title = QLabel()
        self._title.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        bar.addWidget(self.search, 1)
        bar.addWidget(self._title, 1)
        self._rows: RowModel[Found] = RowModel(self.work, self._words, lambda row: row.id)
        self.list = painted_list(
            self._rows,
            lambda made: _Delegate(made, self.presenter),
            tr("Tickets"),
            self._clicked,
        )
        box.addLayout(bar)
        box.addWidget(self.list, 1)

    def _clicked(self, row: Found) -> None:
        """A tap marks; on the marked one it chooses."""
        if row.id == self.presenter.marked:
            self.presenter.choose(row.id)
        else:
            self.presenter.mark(row.id)

    def _words(self, row: Found) -> str:
        presenter = self.presenter
        chosen = (tr("chosen"),) if row.id in presenter.chosen else ()
        return ", ".join((*chosen, presenter.place(row), presenter.title(row), presenter.state(row)[1]))

    def _build_panel(self) -> None:
        self.panel_box().addWidget(self._sides)
        self._looking = page = QWidget()
        side = QVBoxLayout(page)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(8)
        self.deal = DealPanel(self.presenter)
        self.invoice_panel = InvoicePanel(self.presenter.invoice)
        self.off_panel = CalledPanel(self.presenter.called_off, self.presenter.look, self.presenter.calls_off.emit)
        for other in (page, self.deal, self.invoice_panel, self.off_panel):
            other.setParent(self._sides)
            other.hide()
        self._place, self._show, self._state = QLabel(), QLabel(), QLabel()
        self._place.setFont(text_font(t.TITLE, QFont.Weight.DemiBold))
        self._show.setProperty("role", "muted")
        for label in (self._place, self._show, self._state):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            side.addWidget(label)
        known = QWidget()
        told = QVBoxLayout(known)
        told.setContentsMargins(0, 0, 0, 0)
        self._facts = FactGrid(_FACTS, spacing_px=2)
        told.addLayout(self._facts)
        told.addStretch(1)
        side.addWidget(scrolled(known), 1)
        self._problem = Problem()
        side.addWidget(self._problem)
        side.addLayout(self._build_keys())
        back = KeyButton(tr("Back to selling"), cap("primary"), kind="primary", stacked=True)
        side.addWidget(touch(back, self._leave, 60))

    def _build_keys(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(6)
        presenter = self.presenter
        self._refund = KeyButton(tr("Refund"), f"F{_REFUND_KEY}", stacked=True)
        self._exchange = KeyButton(tr("Exchange"), f"F{_EXCHANGE_KEY}", stacked=True)
        self._void = KeyButton(tr("Void"), f"F{_VOID_KEY}", stacked=True)
        self._reprint = KeyButton(tr("Print again"), f"F{_REPRINT_KEY}", stacked=True)
        self._collect = KeyButton(tr("Print order"), f"F{_COLLECT_KEY}", stacked=True)
        self._receipt = KeyButton(tr("Receipt"), cap("receipt"), stacked=True)
        self._choose = KeyButton(tr("Choose"), f"F{_CHOOSE_KEY}", stacked=True)
        self._all = KeyButton(tr("Whole sale"), f"F{_ALL_KEY}", stacked=True)
        self._tender = KeyButton(tr("Wrong tender"), f"F{_TENDER_KEY}", stacked=True)
        self._name = KeyButton(tr("Other name"), f"F{_NAME_KEY}", stacked=True)
        self._invoice = KeyButton(tr("Invoice"), cap("card"), stacked=True)
        self._off = KeyButton(tr("Called off"), f"F{_OFF_KEY}", stacked=True)
        places: list[tuple[KeyButton, Callable[[], object]]] = [
            (self._choose, lambda: presenter.choose(presenter.marked)),
            (self._all, presenter.choose_all),
            (self._receipt, presenter.receipt),
            (self._reprint, presenter.reprint),
            (self._collect, presenter.collect),
            (self._void, presenter.void),
            (self._refund, presenter.refund),
            (self._exchange, presenter.exchange),
            (self._off, presenter.called_off.show),
            (self._tender, presenter.correct),
            (self._name, presenter.rename),
            (self._invoice, presenter.make_out),
        ]
        for at, (button, act) in enumerate(places):
            grid.addWidget(touch(button, act), at // 3, at % 3)  # four rows fit under what is told at 1366 × 768
        return grid

    # ---- drawing -------------------------------------------------------------------------

    def draw(self) -> None:
        presenter = self.presenter
        count = sum(not row.article for row in presenter.rows)
        chosen = len(presenter.chosen)
        words = tr_count("%n ticket", "%n tickets", count) if presenter.rows else tr("Nothing is shown.")
        self._title.setText(words + (f" · {tr('{n} chosen', n=chosen)}" if chosen else ""))
        self._rows.show_rows(presenter.rows)
        at = next((ix for ix, row in enumerate(presenter.rows) if row.id == presenter.marked), -1)
        if at >= 0:
            self.list.setCurrentIndex(self._rows.index(at))
        self._draw_one(presenter.current)
        self._reprint.setEnabled(presenter.may_reprint)
        self._collect.setEnabled(presenter.may_collect)
        for button in (self._receipt, self._invoice, self._void, self._all):
            button.setEnabled(presenter.current is not None)
        self._refund.setEnabled(bool(presenter.taken))
        self._exchange.setEnabled(bool(presenter.changeable))
        live = presenter.current is not None and presenter.current.live
        self._tender.setEnabled(live)
        self._name.setEnabled(live and presenter.current is not None and not presenter.current.article)
        self._choose.setEnabled(presenter.current is not None and presenter.current.live)
        self._draw_pages()
        self._problem.tell(presenter.problem or presenter.presence.words, done=presenter.result)

    def _draw_pages(self) -> None:
        """What was begun has the panel; an exchange has the work area, too."""
        presenter = self.presenter
        if presenter.swapping and self.swap_work is None:
            self.swap_work, self.swap_panel = SwapWork(presenter.swap, self._tokens), SwapPanel(presenter)
            self._works.addWidget(self.swap_work)
        side: QWidget = self._looking
        if presenter.swapping and self.swap_panel is not None:
            side = self.swap_panel
        elif presenter.deal.kind:
            side = self.deal
        elif presenter.invoice.sale:
            side = self.invoice_panel
        elif presenter.called_off.open:
            side = self.off_panel
        works: dict[QWidget | None, QWidget | None] = {self.swap_panel: self.swap_work, self.off_panel: self.off_work}
        other = side is not self._sides.currentWidget()
        self._sides.show_page(side)
        self._works.setCurrentWidget(works.get(side) or self._found)
        for part in (side, works.get(side)):
            if isinstance(part, DealPanel | InvoicePanel | SwapPanel | SwapWork | CalledPanel | CalledWork):
                part.draw()
        if other:
            (self.swap_work.map if side is self.swap_panel and self.swap_work is not None else self.work).setFocus()
            if side is self.invoice_panel:
                self.invoice_panel.take_focus()

    def _draw_one(self, one: Found | None) -> None:
        presenter, formats = self.presenter, self.presenter.session.formats
        level, words = presenter.state(one) if one is not None else ("muted", "")
        self._place.setText(presenter.place(one) if one is not None else "")
        self._show.setText(presenter.title(one) if one is not None else "")
        self._state.setText(f"{_SIGNS[level]} {words}" if words else "")
        self._state.setProperty("role", level)
        restyle(self._state)
        facts: list[tuple[str, str]] = []
        if one is not None:
            facts = [
                (tr("Price"), formats.money(one.price)),
                (tr("Code"), one.code),
                (tr("Ticket"), f"{one.id} · {tr('sale {amount}', amount=formats.money(one.total))}"),
                (tr("Refund"), presenter.term("refund")),
                (tr("Exchange"), presenter.term("exchange")),
                (tr("Sold"), f"{formats.day_and_time(one.at, presenter.session.now)} · {one.till}"),
                (tr("Known from"), tr("the copy of {till} alone", till=one.till))
                if one.copied
                else (tr("E-mail"), presenter.written(short=True)),
            ]
        if presenter.problem or presenter.presence.words:
            facts = facts[:-2]  # at 1366 × 768 what went wrong needs their room
        self._facts.show_facts(facts)
        _, written = self._facts.rows[-1]
        written.setToolTip(presenter.written())

    # ---- keys ----------------------------------------------------------------------------

    def enter(self) -> None:
        one = self.presenter.current
        self.presenter.presence.show(one.sale if one is not None else "")
        (self.work if self.presenter.rows else self.search).setFocus()

    def leave(self) -> None:
        self.presenter.presence.show("")
        self.presenter.deal.close()
        self.presenter.invoice.close()

    def set_tokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        if self.swap_work is not None:
            self.swap_work.map.set_tokens(tokens)

    def takes_show(self, show: str) -> bool:
        """A show chosen while an exchange is in the making is the one that is changed to."""
        if self.presenter.swapping:
            self.presenter.swap.choose(show)
        return self.presenter.swapping

    def act(self, action: str) -> bool:
        if self.presenter.swapping and self.swap_panel is not None:
            return self._act_swapping(action)
        if self.presenter.deal.kind:
            return self.deal.key(action)
        if self.presenter.invoice.sale:
            return self.invoice_panel.key(action)
        if self.presenter.called_off.open:
            return self.off_panel.key(action)
        if self.search.hasFocus() and action in ("primary", "back"):
            self._searched(action)
            return True
        return self._act_looking(action)

    def _act_swapping(self, action: str) -> bool:
        assert self.swap_work is not None
        assert self.swap_panel is not None
        search, map_ = self.swap_work.search, self.swap_work.map
        if action == "find":
            search.setFocus()
            search.selectAll()
        elif search.hasFocus() and action == "primary":
            self.swap_work.submit()
        elif search.hasFocus() and action == "back":
            search.clear()
            map_.setFocus()
        elif action in ("zoom_in", "zoom_out", "fit"):
            getattr(map_, action)()
        else:
            return self.swap_panel.key(action)
        return True

    def _searched(self, action: str) -> None:
        text = self.search.text().strip().removeprefix("/")  # which an empty screen's field has taken for a letter
        if action == "primary" and text:
            self.presenter.search(text)
        self.search.clear()
        self.work.setFocus()

    def _act_looking(self, action: str) -> bool:
        presenter = self.presenter
        keys: dict[str, Callable[[], object]] = {
            f"price:{_REPRINT_KEY}": presenter.reprint,
            f"price:{_COLLECT_KEY}": presenter.collect,
            f"price:{_CHOOSE_KEY}": lambda: presenter.choose(presenter.marked),
            f"price:{_ALL_KEY}": presenter.choose_all,
            f"price:{_REFUND_KEY}": presenter.refund,
            f"price:{_EXCHANGE_KEY}": presenter.exchange,
            f"price:{_VOID_KEY}": presenter.void,
            f"price:{_OFF_KEY}": presenter.called_off.show,
            f"price:{_TENDER_KEY}": presenter.correct,
            f"price:{_NAME_KEY}": presenter.rename,
            "reprint": presenter.reprint,
            "card": presenter.make_out,
            "receipt": presenter.receipt,
            "find": self._find,
            "up": lambda: presenter.step(-1),
            "line_up": lambda: presenter.step(-1),
            "down": lambda: presenter.step(1),
            "line_down": lambda: presenter.step(1),
            "primary": self._leave,
            "back": self._leave,
        }
        if action not in keys:
            return False
        keys[action]()
        return True

    def _find(self) -> None:
        self.search.setFocus()
        self.search.selectAll()
