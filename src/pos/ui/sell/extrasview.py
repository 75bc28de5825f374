"""The side panel while articles are sold, a price is changed, or a price type asks for more than a key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from pos.domain.packages import SERIES
from pos.ui.approval import ApprovalBox
from pos.ui.i18n import name_in, tr
from pos.ui.keys import cap
from pos.ui.model import Basket
from pos.ui.parts import Problem, foot, touch
from pos.ui.sell.extras import SHOWN, Extras, ProductCard, reasons
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton

_COLUMNS: Final = 2
_PASS_KEY, _MORE_KEY = 9, 10
_NAME_PX: Final = 108  # what a key has for its name, beside its keycap


class ExtrasPanel(QWidget):
    """F-keys pick an article or a reason; Enter does it, Esc leaves it. `basket` is what is in front now."""

    def __init__(self, extras: Extras, basket: Callable[[], Basket | None]) -> None:
        super().__init__()
        self.extras, self._basket = extras, basket
        self._mode = ""
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self._title, self._about = QLabel(), QLabel()
        self._title.setFont(text_font(t.TITLE))
        self._about.setProperty("role", "muted")
        for label in (self._title, self._about):
            label.setWordWrap(True)
            box.addWidget(label)
        self.code = self._field(tr("Code of a promotion"), extras.type_code)
        self.codes = touch(KeyButton("", ""), self._drop_code)
        self.member = self._field(tr("Member's number"), extras.type_member)
        self.amount = self._field("", extras.type_amount)
        self.reason = self._field(tr("Reason"), extras.type_reason)
        codes = QHBoxLayout()
        codes.setSpacing(6)
        codes.addWidget(self.code, 1)
        codes.addWidget(self.codes, 1)
        box.addLayout(codes)
        box.addWidget(self.member)
        box.addWidget(self.amount)
        box.addLayout(self._build_keys())
        box.addWidget(self.reason)
        box.addLayout(self._build_more())
        self.approval = ApprovalBox(extras.session)
        box.addWidget(self.approval)
        self._problem = Problem()
        box.addWidget(self._problem)
        box.addStretch(1)
        self._sum = QLabel()
        self._sum.setProperty("role", "muted")
        self._sum.setWordWrap(True)
        box.addWidget(self._sum)
        box.addLayout(self._build_end())
        extras.changed.connect(self.draw)

    def _field(self, name: str, typed: Callable[[str], None]) -> QLineEdit:
        field = QLineEdit()
        field.setMinimumHeight(48)
        field.setAccessibleName(name)
        field.setPlaceholderText(name)
        field.textEdited.connect(typed)
        return field

    def _build_keys(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(6)
        for column in range(_COLUMNS):
            grid.setColumnStretch(column, 1)
        self._keys: list[KeyButton] = []
        for at in range(SHOWN):
            button = touch(KeyButton("", f"F{at + 1}"), partial(self._number, at + 1))
            button.set_font(text_font(t.SMALL))
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            grid.addWidget(button, at // _COLUMNS, at % _COLUMNS)
            self._keys.append(button)
        return grid

    def _build_more(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        self._pass = touch(KeyButton(tr("Use a pass"), f"F{_PASS_KEY}"), self.extras.use_pass)
        self._more = touch(KeyButton(tr("More"), f"F{_MORE_KEY}"), self.extras.turn)
        row.addWidget(self._pass, 1)
        row.addWidget(self._more, 1)
        return row

    def _build_end(self) -> QHBoxLayout:
        leave = KeyButton(tr("Leave it"), cap("back"), kind="outline", stacked=True)
        self.main = touch(KeyButton("", cap("primary"), kind="primary", stacked=True), self.act, 60)
        return foot(touch(leave, self.extras.close, 60), self.main)

    # ---- drawing -------------------------------------------------------------------------

    def draw(self) -> None:
        extras = self.extras
        fields = ((self.code, extras.code), (self.member, extras.member), (self.amount, extras.amount))
        for field, text in (*fields, (self.reason, extras.reason)):
            if field.text() != text:
                field.setText(text)
        self._title.setText(self._heading())
        self._about.setText(self._explanation())
        self._about.setVisible(bool(self._about.text()))
        self.code.setVisible(extras.mode == "price")
        codes = self._codes()
        self.codes.setVisible(extras.mode == "price" and bool(codes))
        self.codes.set_label(tr("Without {code}", code=codes[-1]) if codes else "")
        self.member.setVisible(extras.asks_member)
        self.amount.setVisible(self._takes_amount() or (extras.mode == "price" and extras.line is not None))
        name = tr("Amount of a donation") if extras.mode == "articles" else self._price_field()
        self.amount.setPlaceholderText(name)
        self.amount.setAccessibleName(name)
        self.reason.setVisible(extras.asks_reason)
        self._draw_keys()
        self.approval.ask(extras.asks_approval)
        self._problem.tell(extras.problem, asked=extras.asks_approval)
        self._sum.setText(self._total())
        self._draw_end()
        self._focus()

    def _takes_amount(self) -> bool:
        """Whether a donation's amount may be typed; until the till has told what there is, too, for it has the
        keyboard."""
        products = self.extras.products
        return self.extras.mode == "articles" and (not products or any(product.donation for product in products))

    def _heading(self) -> str:
        extras = self.extras
        if extras.mode == "articles":
            return tr("Products, passes, donations")
        if extras.line is None:
            return tr("Promotion")
        if extras.mode == "price":
            return tr("Price of {place}", place=extras.line.label)
        kind = extras.kind
        name = name_in(kind.names, extras.session.language, kind.name) if kind is not None else ""
        return f"{name}: {extras.line.label}"

    def _explanation(self) -> str:
        extras = self.extras
        if extras.mode == "articles" and not extras.products:
            return tr("Nothing is sold beside tickets here.")
        if extras.mode == "type" and extras.kind is not None and extras.kind.proof:
            return tr("Enter says that you have seen: {proof}.", proof=extras.kind.proof)
        return ""

    def _price_field(self) -> str:
        line = self.extras.line
        price = self.extras.session.formats.money(line.price) if line is not None else ""
        return tr("New price, now {price}", price=price)

    def _draw_keys(self) -> None:
        extras = self.extras
        products = extras.products if extras.mode == "articles" else ()
        self._pass.setVisible(extras.uses_passes)
        self._more.setVisible(extras.mode == "articles" and extras.pages > 1)
        texts = [self._product(product) for product in products]
        if extras.asks_reason:
            texts = [(reason,) for reason in reasons(extras.mode)]
        metrics = QFontMetrics(text_font(t.SMALL))
        for at, button in enumerate(self._keys):
            button.setVisible(at < len(texts))
            if at < len(texts):
                names = (metrics.elidedText(line, Qt.TextElideMode.ElideRight, _NAME_PX) for line in texts[at])
                button.set_label("\n".join(names))
                button.setToolTip(texts[at][0])
                button.setAccessibleName(", ".join(texts[at]))

    def _product(self, product: ProductCard) -> tuple[str, ...]:
        """Its name, and what it costs and how many are in the basket."""
        extras, basket = self.extras, self._basket()
        count = sum(one.count for one in basket.articles if product.is_of(one)) if basket is not None else 0
        if basket is not None and product.package == SERIES:
            count = sum(line.package == product.id for line in basket.lines) // max(1, len(product.shows))
        price = extras.session.formats.amount(product.price) if product.price is not None else tr("any amount")
        return extras.name(product), price + (f" · {count} ✓" if count else "")

    def _codes(self) -> tuple[str, ...]:
        basket = self._basket()
        return basket.codes if basket is not None else ()

    def _total(self) -> str:
        basket = self._basket()
        if basket is None or self.extras.mode != "articles":
            return ""
        return tr("Total {amount}", amount=self.extras.session.formats.money(basket.total))

    def _draw_end(self) -> None:
        extras = self.extras
        words = {"articles": tr("Done"), "type": tr("Take this price type")}
        if extras.mode == "price":
            words["price"] = tr("Take the code") if extras.code.strip() or extras.line is None else tr("Set the price")
        self.main.set_label(tr("Working …") if extras.working else words.get(extras.mode, ""))
        self.main.setEnabled(not extras.working)

    def _focus(self) -> None:
        """When it opens, the field that is filled in first has the keyboard."""
        if self.extras.mode != self._mode:
            self._mode = self.extras.mode
            order = (self.code, self.member, self.reason, self.amount)
            first = next((field for field in order if field.isVisibleTo(self)), None)
            if self._mode and first is not None:
                first.setFocus()

    # ---- keys ----------------------------------------------------------------------------

    def act(self) -> None:
        extras = self.extras
        extras.act(self.approval.approver)
        if extras.problem and extras.asks_approval and not self.approval.pin.text() and extras.reason.strip():
            self.approval.pin.setFocus()
        elif extras.problem and extras.asks_reason and not extras.reason.strip() and extras.amount:
            self.reason.setFocus()

    def _number(self, number: int) -> None:
        if self.extras.mode == "articles":
            self.extras.article(number)
        else:
            self.extras.choose_reason(number)

    def _drop_code(self) -> None:
        if codes := self._codes():
            self.extras.drop_code(codes[-1])

    def key(self, action: str) -> bool:
        """What a key of the table does here; nothing else happens behind it."""
        kind, _, value = action.partition(":")
        if action == "primary":
            self.act()
        elif action == "back":
            self.extras.close()
        elif kind == "price" and int(value) == _PASS_KEY:
            self.extras.use_pass()
        elif kind == "price" and int(value) == _MORE_KEY:
            self.extras.turn()
        elif kind == "price":
            self._number(int(value))
        elif kind == "drop":
            self.extras.fewer(int(value), self._basket())
        return True
