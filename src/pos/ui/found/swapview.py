"""Picking seats for an exchange: the map where the list was, and beside it what it comes to, either way."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from pos.ui.amounts import type_digit
from pos.ui.approval import ApprovalBox
from pos.ui.found.presenter import FoundPresenter
from pos.ui.found.swap import Swap
from pos.ui.i18n import name_in, tr, tr_count
from pos.ui.keys import cap
from pos.ui.parts import Problem, Sum, foot, touch
from pos.ui.seatmap.widget import SeatMap
from pos.ui.sell.hallpane import shape_of
from pos.ui.sell.splitbox import SplitBox
from pos.ui.sell.work import SearchField
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font
from pos.ui.theme.tokens import Tokens
from pos.ui.theme.widgets import KeyButton, MoneyLabel

_TYPES = 6  # price types with a button; all have a key


class SwapWork(QWidget):
    """The hall of the show that is changed to. A seat clicked is picked, or put back."""

    def __init__(self, swap: Swap, tokens: Tokens) -> None:
        super().__init__()
        self.swap = swap
        self.map = SeatMap(tokens=tokens)
        self.search = SearchField()
        self._title = QLabel()
        self._title.setFont(text_font(t.TITLE))
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 8, 12, 8)
        bar.setSpacing(12)
        bar.addWidget(self.search)
        bar.addWidget(self._title, 1)
        for text, name, act in (
            ("−", tr("Farther"), self.map.zoom_out),
            (tr("Fit"), tr("Whole hall"), self.map.fit),
            ("+", tr("Nearer"), self.map.zoom_in),
        ):
            button = QPushButton(text)
            button.setAccessibleName(name)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setMinimumWidth(48)
            button.clicked.connect(act)
            bar.addWidget(button)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(bar)
        box.addWidget(self.map, 1)
        self.map.clicked.connect(lambda ix: swap.pick_seats([ix]))
        self.map.activated.connect(lambda ix: swap.pick_seats([ix]))
        self.map.rectangle_selected.connect(swap.pick_seats)
        self.map.area_clicked.connect(lambda area: swap.pick([area]))
        swap.hall.opened.connect(self._draw_hall)
        swap.hall.seats_changed.connect(self.map.update_states)
        swap.hall.areas_changed.connect(self._draw_areas)
        if swap.hall.plan is not None or swap.hall.areas:
            self._draw_hall()

    def _draw_hall(self) -> None:
        hall = self.swap.hall
        self.map.set_turn(hall.turn)
        self.map.set_show(hall.plan, bytes(hall.states))
        if hall.plan is not None:
            self.map.set_category_shapes({each.name: shape_of(each.name) for each in hall.plan.categories})
        self._draw_areas()
        self.draw()

    def _draw_areas(self) -> None:
        areas = self.swap.hall.areas
        self.map.set_areas([(a["id"], a["id"], a["free"], a["here"], a["capacity"]) for a in areas])

    def draw(self) -> None:
        swap = self.swap
        session = swap.session
        if swap.hall.opened_show == (swap.show.id if swap.show is not None else ""):
            self.map.set_basket(swap.picked)
        self.map.set_offline(session.link.known and not session.link.online)
        if swap.show is not None:
            when = session.formats.day_and_time(swap.show.starts, session.now)
            title = name_in(swap.show.titles, session.language, swap.show.title)
            self._title.setText(tr("Exchange for {show}", show=f"{title} · {when}"))

    def submit(self) -> None:
        """Take the seats that were typed; a text that names none stays, to be mended."""
        if self.search.text().strip() and self.swap.find(self.search.text()):
            self.search.clear()
            self.map.setFocus()


class SwapPanel(QWidget):
    """F1–F10 choose the price type; Enter pays in cash or is paid out, F11 pays by card, F12 by several tenders, as in
    a sale; Esc goes back."""

    def __init__(self, presenter: FoundPresenter) -> None:
        super().__init__()
        self.presenter, self.swap = presenter, presenter.swap
        self.given = ""
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        self._title = QLabel()
        self._title.setFont(text_font(t.TITLE))
        self._old, self._new = QLabel(), QLabel()
        self._old.setProperty("role", "muted")
        for label in (self._title, self._old, self._new):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            box.addWidget(label)
        box.addLayout(self._build_types())
        box.addStretch(1)
        self._proof = touch(KeyButton(tr("Proof was seen"), cap("told")), self.swap.toggle_proof)
        self._proof.setCheckable(True)
        box.addWidget(self._proof)
        self.slip = QLineEdit()
        self.slip.setPlaceholderText(tr("Number of the card slip"))
        self.slip.setAccessibleName(tr("Number of the card slip"))
        self.slip.textEdited.connect(self.swap.type_slip)
        box.addWidget(self.slip)
        self.approval = ApprovalBox(presenter.session)
        box.addWidget(self.approval)
        self._problem = Problem()
        box.addWidget(self._problem)
        self._sum = Sum()
        box.addLayout(self._sum)
        self._given = MoneyLabel()
        box.addWidget(self._given)
        self.split = SplitBox(self.swap.split)
        self.split.main.connect(self.swap.split.primary)
        self.split.stop.connect(self.swap.split.back)
        self.split.key.connect(self.swap.split.key)
        self.split.hide()
        box.addWidget(self.split)
        box.addLayout(self._build_end())

    def _build_types(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(6)
        self._types: list[KeyButton] = []
        for at in range(_TYPES):
            button = touch(KeyButton("", f"F{at + 1}"), partial(self.swap.price_key, at + 1))
            button.setCheckable(True)
            grid.addWidget(button, at // 2, at % 2)
            self._types.append(button)
        return grid

    def _build_end(self) -> QHBoxLayout:
        self._back = touch(KeyButton(tr("Leave it"), cap("back"), kind="outline", stacked=True), self.swap.close, 60)
        card = KeyButton(tr("Card"), cap("card"), kind="outline", stacked=True)
        several = KeyButton(tr("Split"), cap("split"), kind="outline", stacked=True)
        main = KeyButton("", cap("primary"), kind="primary", stacked=True)
        self._card = touch(card, lambda: self.act("card"), 60)
        self._several = touch(several, self._split, 60)
        for button in (self._back, self._card, self._several):
            button.set_font(text_font(t.SMALL))
        self._main = touch(main, lambda: self.act("cash"), 60)
        return foot(self._back, self._card, self._several, self._main, spacing_px=6)

    # ---- drawing -------------------------------------------------------------------------

    def draw(self) -> None:
        swap, session = self.swap, self.presenter.session
        formats = session.formats
        count = len(swap.tickets)
        self._title.setText(f"{tr('Exchange')} · {tr_count('%n ticket', '%n tickets', count)}")
        self._old.setText(", ".join(self.presenter.place(one) for one in swap.tickets))
        labels = [swap.hall.label(place) for place in swap.places]
        self._new.setText("→ " + ", ".join(labels) if labels else tr("Pick seats on the map, or another show above."))
        for at, button in enumerate(self._types):
            kind = swap.types[at] if at < len(swap.types) else None
            button.setVisible(kind is not None and not swap.split.open)
            if kind is not None:
                button.set_label(name_in(kind.names, session.language, kind.name))
                button.setChecked(kind.id == swap.price_type)
        self._proof.setVisible(bool(swap.proof) and swap.due is not None)
        self._proof.set_label(("✓ " if swap.proof_seen else "") + tr("{proof} was seen", proof=swap.proof))
        self._proof.setChecked(swap.proof_seen)
        self.slip.setVisible(swap.asks_slip)
        # Whoever approved it has done so before several tenders are put together.
        split = swap.split.open and not swap.busy
        asks = "" if split else swap.asks
        self.approval.ask(asks)
        self._problem.tell("" if split else swap.problem, asked=asks)
        due = swap.due
        amount = formats.money(due if due.minor >= 0 else -due) if due is not None else ""
        self._sum.tell("" if split else self._words(), amount)
        self._sum.amount.setVisible(not split)  # what is left of it stands among the tenders
        self._given.setText(tr("Given {amount}", amount=self.given) if self.given else "")
        self._given.setVisible(bool(self.given))
        pays = due is not None and due.minor > 0
        self._card.setEnabled(swap.ready and pays)
        self._several.setEnabled(swap.ready and pays)
        self.split.setVisible(split)
        for button in (self._back, self._card, self._several, self._main):
            button.setVisible(not split)
        if split:
            self.split.draw()
        self._main.set_label(tr("Working …") if swap.busy else tr("Cash") if pays else tr("Exchange"))
        self._main.setEnabled(swap.ready)
        self._back.setEnabled(not swap.busy)

    def _words(self) -> str:
        swap, formats = self.swap, self.presenter.session.formats
        if swap.due is None:
            return ""
        fee = ""
        if swap.fee is not None and swap.fee.minor:
            fee = " " + tr("(fee {fee} included)", fee=formats.money(swap.fee))
        if swap.due.minor < 0:
            return tr("To pay out") + fee
        return (tr("To pay") if swap.due.minor else tr("Nothing to pay")) + fee

    # ---- keys ----------------------------------------------------------------------------

    def act(self, kind: str) -> None:
        self.swap.act(self.approval.approver, kind, self.given)
        if self.swap.problem and self.swap.asks and not self.approval.pin.text():
            self.approval.pin.setFocus()
        if not self.swap.problem:
            self.given = ""

    def _split(self) -> None:
        self.swap.pay_split(self.approval.approver)
        if self.swap.split.open:
            self.given = ""

    def _key_of_split(self, action: str) -> bool:
        """What a key does while several tenders are put together."""
        split = self.swap.split
        kind, _, value = action.partition(":")
        plain = {"primary": split.primary, "back": split.back, "erase": split.erase}
        if kind == "price":
            split.key(int(value))
        elif kind == "digit":
            split.type_digit(value)
        elif action in plain:
            plain[action]()
        else:
            return False
        return True

    def key(self, action: str) -> bool:
        """What a key of the table does here."""
        if self.swap.split.open and not self.swap.busy:
            return self._key_of_split(action)
        kind, _, value = action.partition(":")
        if action in ("primary", "card"):
            self.act("card" if action == "card" else "cash")
        elif action == "split":
            self._split()
        elif action == "back":
            if self.given:
                self.given = ""
                self.draw()
            else:
                self.swap.close()
        elif kind == "price":
            self.swap.price_key(int(value))
        elif kind == "digit":
            self.given = type_digit(self.given, value, self.presenter.session.venue.currency)
            self.draw()
        elif action == "erase":
            self.given = self.given[:-1]
            self.draw()
        elif action == "told":
            self.swap.toggle_proof()
        elif action == "undo":
            self.swap.undo()
        else:
            return False
        return True
