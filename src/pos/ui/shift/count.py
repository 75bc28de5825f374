"""The screen that counts the drawer and closes the shift: cash by pieces or as one total, and what else lies in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from pos.ui.amountpanel import AmountPanel
from pos.ui.frame.linewords import closes_away
from pos.ui.i18n import tr, tr_count
from pos.ui.screen import Screen
from pos.ui.shift.papers import paper_names
from pos.ui.shift.person import PersonPin
from pos.ui.shift.pieces import NOTE_KEY, PieceTable, erase_in, type_into
from pos.ui.shift.presenter import PAPERS, PIECES, TOTAL, ClosePresenter
from pos.ui.theme import tokens as t
from pos.ui.theme.apply import restyle
from pos.ui.theme.fitted import FittedLabel
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton

# What a cashier declares beside cash: kind -> whether it has an amount.
_PAPERS: Final = {"card": True, "card_slip": True, "voucher": True, "gift_card": True, "returned": False}


class CountScreen(Screen):
    """A blind count. F1 pieces, F2 one total, F3 slips, vouchers and ticket paper, F4 a note.
    `leave` goes back to the drawer."""

    name = "count"

    def __init__(self, presenter: ClosePresenter, leave: Callable[[], None]) -> None:
        super().__init__()
        self.presenter, self._leave = presenter, leave
        self._others: dict[str, QLineEdit] = {}
        self._build_work()
        self._side = AmountPanel(tr("Counted"), tr("Close the shift"))
        self.witness = PersonPin(
            presenter.session, tr("Second signature"), self._may_sign, nobody=tr("nobody"), asks="witnesses"
        )
        self._back = QPushButton(tr("Not yet: back to the drawer"))
        self._back.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._back.clicked.connect(leave)
        self._side.extra.addWidget(self.witness)
        self._side.extra.addWidget(self._back)
        self.panel_box().addWidget(self._side)
        self._side.pad.digit.connect(self._digit)
        self._side.pad.erase.connect(self._erase)
        self._side.primary.clicked.connect(self._close)
        presenter.changed.connect(self.draw)
        presenter.session.linked.connect(self._draw_meaning)
        self._draw_meaning()

    def _may_sign(self, one: dict[str, str]) -> bool:
        person = self.presenter.session.person
        return person is None or one["user"] != person.user

    def _build_work(self) -> None:
        box = QVBoxLayout(self.work)
        box.setContentsMargins(32, 20, 32, 8)
        box.setSpacing(8)
        head = QHBoxLayout()
        title = FittedLabel(tr("Count the drawer"))
        title.set_usual(text_font(t.TOTAL, QFont.Weight.DemiBold))
        head.addWidget(title, 1)
        pages = ((PIECES, tr("By pieces")), (TOTAL, tr("One total")), (PAPERS, tr("Slips and vouchers")))
        self._pages: dict[str, KeyButton] = {}
        for number, (page, words) in enumerate(pages, 1):
            button = KeyButton(words, f"F{number}")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, page=page: self._choose(page))
            head.addWidget(button)
            self._pages[page] = button
        box.addLayout(head)
        self.meaning = QLabel()
        self.meaning.setWordWrap(True)
        box.addWidget(self.meaning)
        self.table = PieceTable(self.presenter.pieces, self.presenter.session, self.presenter.edited)
        self._middle = QStackedWidget()
        for part in (self.table, QWidget(), self._papers()):
            self._middle.addWidget(part)
        box.addWidget(self._middle, 1)
        self._foreign = QHBoxLayout()
        self._foreign.setSpacing(12)
        box.addLayout(self._foreign)
        self._note = QLineEdit()
        self._note.setPlaceholderText(tr("Note, where the drawer differs ( {key} )", key=f"F{NOTE_KEY}"))
        self._note.setAccessibleName(tr("Note"))
        self._note.textEdited.connect(self.presenter.type_note)
        box.addWidget(self._note)

    def _papers(self) -> QWidget:
        """How many papers of each kind, and what they come to."""
        declared = QWidget()
        grid = QGridLayout(declared)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)  # so that all of it fits above a row of other currencies
        self._counts: dict[str, QLineEdit] = {}
        self._amounts: dict[str, QLineEdit] = {}
        for column, words in ((1, tr("How many")), (2, tr("Sum"))):
            head = QLabel(words)
            head.setProperty("role", "muted")
            grid.addWidget(head, 0, column)
        for row, (kind, with_amount) in enumerate(_PAPERS.items(), 1):
            name = QLabel(paper_names()[kind])
            name.setFont(text_font(t.BODY, QFont.Weight.DemiBold))
            grid.addWidget(name, row, 0)
            for column, fields in ((1, self._counts), (2, self._amounts)):
                if column == 2 and not with_amount:
                    continue
                field = QLineEdit()
                field.setFixedWidth(96 if column == 1 else 140)
                field.setMinimumHeight(48)
                field.setAlignment(Qt.AlignmentFlag.AlignRight)
                words = tr("How many: {what}", what=paper_names()[kind])
                field.setAccessibleName(words if column == 1 else tr("Sum: {what}", what=paper_names()[kind]))
                field.textEdited.connect(lambda _=None, kind=kind: self._paper_typed(kind))
                grid.addWidget(field, row, column)
                fields[kind] = field
        row = len(_PAPERS) + 1
        self._stock_name, self.stock = QLabel(paper_names()["stock"]), QLineEdit()
        self._stock_name.setFont(text_font(t.BODY, QFont.Weight.DemiBold))
        self.stock.setMinimumHeight(48)
        self.stock.setPlaceholderText(tr("All numbers that are here: A0001-0190, B0201-300; 0 for none"))
        self.stock.setAccessibleName(tr("Numbers of the ticket paper that is here"))
        self.stock.textEdited.connect(self.presenter.declare_stock)
        grid.addWidget(self._stock_name, row, 0)
        grid.addWidget(self.stock, row, 1, 1, 3)
        grid.setColumnStretch(3, 1)
        grid.setRowStretch(row + 1, 1)
        return declared

    def _paper_typed(self, kind: str) -> None:
        amount = self._amounts[kind].text() if kind in self._amounts else None
        self.presenter.declare(kind, self._counts[kind].text(), amount)

    def _build_foreign(self) -> None:
        """A field for each other currency that the shift has taken."""
        codes = list(self.presenter.foreign)
        if list(self._others) == codes:
            return
        while (item := self._foreign.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._others = {}
        for code in codes:
            name, field = QLabel(code), QLineEdit()
            name.setFont(text_font(t.BODY, QFont.Weight.DemiBold))
            field.setFixedWidth(140)
            field.setMinimumHeight(48)
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.setAccessibleName(tr("Counted of {currency}", currency=code))
            field.textEdited.connect(lambda text, code=code: self.presenter.count_foreign(code, text))
            self._foreign.addWidget(name)
            self._foreign.addWidget(field)
            self._others[code] = field
        self._foreign.addStretch(1)

    # ---- doing -------------------------------------------------------------------------

    def enter(self) -> None:
        self.presenter.begin()
        self.table.begin()
        self.witness.begin()
        for field in (*self._counts.values(), *self._amounts.values(), self.stock, self._note):
            field.clear()
        self.draw()
        self._focus()

    def _focus(self) -> None:
        page = self.presenter.page
        if page == PIECES and self.table.fields:
            self.table.focus_first()
        elif page == PAPERS and self.presenter.asked.get("count_paper") and not self.presenter.stock:
            self.stock.setFocus()
        elif page == PAPERS:
            next(iter(self._counts.values())).setFocus()
        else:
            self.work.setFocus()

    def _choose(self, page: str) -> None:
        self.presenter.show_page(page)
        self._focus()

    def _close(self) -> None:
        self.presenter.close(self.witness.chosen)

    def _fields(self) -> list[QLineEdit]:
        if self.presenter.page == PAPERS:
            papers = [(self._counts[kind], self._amounts.get(kind)) for kind in _PAPERS]
            own = [field for pair in papers for field in pair if field is not None]
            own += [self.stock] if self.presenter.asked.get("stock") else []
        else:
            own = list(self.table.fields.values()) if self.presenter.page == PIECES else []
        return [*own, *self._others.values()]

    def _focused(self) -> QLineEdit | None:
        return next((field for field in (*self._fields(), self.witness.pin) if field.hasFocus()), None)

    def _digit(self, digit: str) -> None:
        field = self._focused()
        if field is not None:
            type_into(field, digit)
        else:
            self.presenter.type_digit(digit)

    def _erase(self) -> None:
        field = self._focused()
        if field is not None:
            erase_in(field)
        else:
            self.presenter.erase()

    def act(self, action: str) -> bool:
        kind, _, value = action.partition(":")
        if kind == "digit":
            self._digit(value)
        elif kind == "erase":
            self._erase()
        elif kind == "primary":
            self._close()
        elif kind == "price" and int(value) <= len(self._pages):
            self._choose(list(self._pages)[int(value) - 1])
        elif action == f"price:{NOTE_KEY}":
            self._note.setFocus()
        elif kind in ("line_up", "line_down"):
            self._step(-1 if kind == "line_up" else 1)
        elif kind == "back":
            self._leave()
        else:
            return False
        return True

    def _step(self, by: int) -> None:
        fields = self._fields()
        field = next((one for one in fields if one.hasFocus()), None)
        if fields:
            at = fields.index(field) + by if field else 0
            fields[max(0, min(len(fields) - 1, at))].setFocus()

    # ---- drawing -----------------------------------------------------------------------

    def draw(self) -> None:
        presenter, formats = self.presenter, self.presenter.session.formats
        self._build_foreign()
        self._draw_asked()
        self._draw_meaning()
        for page, button in self._pages.items():
            button.setChecked(page == presenter.page)
        self._middle.setCurrentIndex(list(self._pages).index(presenter.page))
        label = tr("Closing…") if presenter.asking else tr("Close the shift")
        self._side.show_state(formats.money(presenter.counted), presenter.problem, label, not presenter.asking)

    def _draw_meaning(self) -> None:
        away = closes_away(self.presenter.session)
        blind = tr("What the books expect is shown after the close, so that the count is your own.")
        out = self.presenter.paper_out
        paper = tr_count(
            "%n paper ticket is out and stays out: take it back or key it in first.",
            "%n paper tickets are out and stay out: take them back or key them in first.",
            out,
        ) if out else ""  # fmt: skip
        warnings = " ".join(filter(None, (away, paper)))
        self.meaning.setText(f"▲ {warnings} {blind}" if warnings else blind)
        self.meaning.setProperty("role", "warning" if warnings else "muted")
        restyle(self.meaning)

    def _draw_asked(self) -> None:
        """What the venue wants beside the cash: ticket paper, a second signature."""
        asked = self.presenter.asked
        paper, needed = bool(asked.get("stock")), bool(asked.get("count_paper"))
        for part in (self._stock_name, self.stock):
            part.setVisible(paper)
        name = paper_names()["stock"]
        self._stock_name.setText(tr("{what} · needed", what=name) if needed else name)
        self._stock_name.setProperty("role", "warning" if needed else "")
        restyle(self._stock_name)
        self._pages[PAPERS].set_label(tr("Slips, ticket paper") if paper else tr("Slips and vouchers"))
        self.witness.mark(bool(asked.get("close_by_two")))
