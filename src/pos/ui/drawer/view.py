"""The drawer's screen: the shift and its moves at the left, a move in the panel."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from pos.ui.amountpanel import AmountPanel
from pos.ui.approval import ApprovalBox
from pos.ui.drawer.presenter import KINDS, DrawerPresenter
from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.parts import touch
from pos.ui.screen import Screen
from pos.ui.sizes import set_height
from pos.ui.theme import tokens as t
from pos.ui.theme.apply import restyle
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton, MoneyLabel

_CLOSE_KEY = 4
_DAY_KEY = 5
_ACROSS = 4  # keys in a row
_SAFE_KEY, _PAPER_KEY, _SHIFTS_KEY, _HAND_OVER_KEY, _OPEN_KEY = 6, 7, 8, 9, 10


class DrawerScreen(Screen):
    """F1–F3 choose the kind of move, F4 goes to the count that closes the shift, F5 ends the day of the payment
    terminal, where there is one; F6 the safe, F7 ticket paper, F8 closed shifts and the X, F9 hands over, F10 opens
    the drawer without a sale. ⇧F1 and on begin what is done with cash at the safe's screen: `at_safe`, by their names.
    `go` leads to another screen."""

    name = "drawer"

    def __init__(
        self,
        presenter: DrawerPresenter,
        go: Callable[[str], None],
        at_safe: Sequence[tuple[str, Callable[[], None]]],
    ) -> None:
        super().__init__()
        self.presenter, self._go, self._at_safe = presenter, go, at_safe
        self.build(presenter)

    def _build_work(self) -> None:
        box = QVBoxLayout(self.work)
        box.setContentsMargins(32, 20, 32, 20)
        box.setSpacing(12)
        head = QHBoxLayout()
        title = QLabel(tr("Drawer"))
        title.setFont(text_font(t.TOTAL, QFont.Weight.DemiBold))
        self._close = KeyButton(tr("Count and close the shift"), f"F{_CLOSE_KEY}", kind="outline")
        self._close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._close.clicked.connect(lambda: self._go("count"))
        self._day = KeyButton(tr("End the terminal's day"), f"F{_DAY_KEY}", kind="outline")
        self._day.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._day.clicked.connect(self.presenter.day.press)
        head.addWidget(title, 1)
        head.addWidget(self._day)
        head.addWidget(self._close)
        box.addLayout(head)
        keys = QGridLayout()
        keys.setSpacing(8)
        for at, (key, words, act) in enumerate(
            (
                (_SAFE_KEY, tr("Safe"), lambda: self._go("safe")),
                (_PAPER_KEY, tr("Ticket paper"), lambda: self._go("blanks")),
                (_SHIFTS_KEY, tr("Closed shifts, X"), lambda: self._go("shifts")),
                (_HAND_OVER_KEY, tr("Hand over"), lambda: self._go("handover")),
                (_OPEN_KEY, tr("Open without a sale"), self._open_drawer),
            )
        ):
            keys.addWidget(touch(KeyButton(words, f"F{key}", kind="outline"), act), at // _ACROSS, at % _ACROSS)
        for at, (words, begin) in enumerate(self._at_safe, 1):
            button = touch(KeyButton(words, cap(f"drop:{at}"), kind="outline"), begin)
            keys.addWidget(button, (at + _ACROSS) // _ACROSS, at % _ACROSS)
        box.addLayout(keys)
        self._shift = QLabel()
        self._shift.setFont(text_font(t.TITLE))
        self._shift.setProperty("role", "muted")
        box.addWidget(self._shift)
        self._day_said = QLabel()
        self._day_said.setWordWrap(True)
        box.addWidget(self._day_said)
        self._moves = QWidget()
        self._grid = QGridLayout(self._moves)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setColumnStretch(2, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._moves)
        box.addWidget(scroll, 1)

    def _build_panel(self) -> None:
        side = AmountPanel(tr("Cash in or out"), tr("Book it"))
        self._side = side
        kinds = QHBoxLayout()
        kinds.setSpacing(6)
        self._kinds: dict[str, KeyButton] = {}
        for number, kind in enumerate(KINDS, 1):
            button = KeyButton(kind_names()[kind], f"F{number}", stacked=True)
            button.setCheckable(True)
            set_height(button, 56)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, kind=kind: self.presenter.choose(kind))
            kinds.addWidget(button)
            self._kinds[kind] = button
        self._reason = QLineEdit()
        self._reason.setPlaceholderText(tr("Reason ( {key} )", key=cap("find")))
        self._reason.setAccessibleName(tr("Reason"))
        self._reason.textEdited.connect(self.presenter.type_reason)
        side.extra.addLayout(kinds)
        self._bag = QLineEdit()
        self._bag.setPlaceholderText(tr("Bag no."))
        self._bag.setAccessibleName(tr("Number of the bag"))
        self._bag.textEdited.connect(self.presenter.type_bag)
        self.approval = ApprovalBox(self.presenter.session)
        said = QHBoxLayout()  # one line for both: the pad needs the room below
        said.setSpacing(6)
        said.addWidget(self._reason, 3)
        said.addWidget(self._bag, 2)
        side.extra.addLayout(said)
        side.extra.addWidget(self.approval)
        side.pad.digit.connect(self.presenter.type_digit)
        side.pad.erase.connect(self.presenter.erase)
        side.primary.clicked.connect(self.presenter.book)
        self.panel_box().addWidget(side)

    def enter(self) -> None:
        self.presenter.refresh()
        self.work.setFocus()

    def draw(self) -> None:
        presenter, formats = self.presenter, self.presenter.session.formats
        for kind, button in self._kinds.items():
            button.setChecked(kind == presenter.kind)
        if self._reason.text() != presenter.reason:
            self._reason.setText(presenter.reason)
        self._bag.setVisible(presenter.kind == "drop")
        if self._bag.text() != presenter.bag:
            self._bag.setText(presenter.bag)
        label = tr("Booking…") if presenter.asking else tr("Book it")
        self._side.show_state(formats.money(presenter.amount), presenter.problem, label, not presenter.asking)
        self.approval.ask(presenter.needs)
        self._draw_day()
        self._draw_shift()

    def _open_drawer(self) -> None:
        self.presenter.open_drawer(self.approval.approver)

    def _draw_day(self) -> None:
        day = self.presenter.day
        self._day.setVisible(day.present)
        self._day.setEnabled(not day.asking)
        self._day_said.setVisible(bool(day.text))
        self._day_said.setText(f"▲ {day.text}" if day.level == "warning" else day.text)
        self._day_said.setProperty("role", day.level)
        restyle(self._day_said)

    def _draw_shift(self) -> None:
        state, formats = self.presenter.state, self.presenter.session.formats
        if state is None:
            return
        now = self.presenter.session.now
        since = formats.day_and_time(state.opened_at, now)
        amount = formats.money(state.float)
        text = tr(
            "{name} · shift {id} since {since} · float {amount}",
            name=state.name,
            id=state.shift,
            since=since,
            amount=amount,
        )
        self._shift.setText(text)
        while (item := self._grid.takeAt(0)) is not None:
            if widget := item.widget():
                widget.deleteLater()
        names = kind_names() | {"float": tr("Float")}
        for at, move in enumerate(state.moves):
            row = 2 * at
            when = QLabel(formats.time(move.at) if move.at else "")
            when.setProperty("role", "muted")
            kind = QLabel(names.get(move.kind, move.kind))
            kind.setFont(text_font(t.BODY, QFont.Weight.DemiBold))
            reason = QLabel(move.reason)
            reason.setProperty("role", "muted")
            for column, part in enumerate((when, kind, reason, MoneyLabel(formats.money(move.amount)))):
                part.setFixedHeight(44)
                self._grid.addWidget(part, row, column)
            rule = QFrame()
            rule.setProperty("role", "rule")
            rule.setFixedHeight(1)
            self._grid.addWidget(rule, row + 1, 0, 1, 4)
        self._grid.setRowStretch(2 * len(state.moves), 1)

    def act(self, action: str) -> bool:
        kind, _, value = action.partition(":")
        presenter = self.presenter
        if kind == "digit":
            presenter.type_digit(value)
        elif kind == "erase":
            presenter.erase()
        elif kind == "price" and int(value) <= len(KINDS):
            presenter.choose(KINDS[int(value) - 1])
        elif kind == "price" and int(value) == _CLOSE_KEY:
            self._go("count")
        elif kind == "price" and int(value) == _SAFE_KEY:
            self._go("safe")
        elif kind == "price" and int(value) == _PAPER_KEY:
            self._go("blanks")
        elif kind == "price" and int(value) == _DAY_KEY:
            presenter.day.press()
        elif kind == "price" and int(value) == _SHIFTS_KEY:
            self._go("shifts")
        elif kind == "price" and int(value) == _HAND_OVER_KEY:
            self._go("handover")
        elif kind == "price" and int(value) == _OPEN_KEY:
            self._open_drawer()
        elif kind == "drop" and int(value) <= len(self._at_safe):
            self._at_safe[int(value) - 1][1]()
        elif kind == "find":
            self._reason.setFocus()
        elif kind == "primary":
            presenter.book()
        elif kind == "back":
            presenter.day.forget()
            self.work.setFocus()
            return presenter.clear()
        else:
            return False
        return True


def kind_names() -> dict[str, str]:
    """The kinds of cash moves in words."""
    return {
        "paid_in": tr("Paid in"),
        "paid_out": tr("Paid out"),
        "drop": tr("Drop"),
        "handed_over": tr("Handed over"),
        "fetch": tr("From the safe"),
        "transfer_in": tr("From a window"),
        "transfer_out": tr("To a window"),
        "change": tr("Change order"),
        "counterfeit": tr("False note"),
    }
