"""The screen that hands the drawer over: counted blind by who gives it, taken by somebody else, with both PINs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.ui.amountpanel import AmountPanel
from pos.ui.bridge import Answer
from pos.ui.i18n import tr
from pos.ui.parts import touch
from pos.ui.screen import Screen
from pos.ui.session import Session
from pos.ui.shift.person import PersonPin
from pos.ui.shift.pieces import NOTE_KEY, Pieces, PieceTable, erase_in, type_into
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton


class HandOverPresenter(QObject):
    """What is counted, and what became of it. `note` is why the drawer may differ."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.pieces = Pieces(session)
        self.problem, self.note = "", ""
        self.asking = self.sure = False
        self.cashier = ""  # whose drawer it is

    def begin(self) -> None:
        self.pieces.clear()
        self.note = ""
        self.session.bridge.latest("shift", "shift", self._shift)
        self.edited()

    def _shift(self, answer: Answer) -> None:
        self.cashier = str(answer["user"])
        self.changed.emit()

    def type_note(self, note: str) -> None:
        self.note = note
        self.edited()

    def edited(self) -> None:
        self.problem, self.sure = "", False
        self.changed.emit()

    def hand_over(self, giver: dict[str, str] | None, taker: dict[str, str] | None) -> None:
        """Do it; asked a second time, since a count is booked and cannot be taken back."""
        if self.asking:
            return
        if giver is None or taker is None or not (giver["pin"] and taker["pin"]):
            self.problem = tr("Both of you type your PIN.")
        elif not self.sure:
            self.sure = True
            amount = self.session.formats.money(self.pieces.total)
            self.problem = tr("Hand over {amount}? Enter once more does it.", amount=amount)
        else:
            self.asking = True
            fields: Answer = {"counted": self.pieces.as_count(), "giver": giver, "taker": taker, "printed": True}
            if self.note.strip():
                fields["note"] = self.note.strip()
            self.session.bridge.call("hand_over", self._done, self._refused, self._ended, **fields)
        self.changed.emit()

    def _ended(self) -> None:
        self.asking = self.sure = False
        self.changed.emit()

    def _done(self, answer: Answer) -> None:
        told = answer["handed_over"]
        difference = Money.parse(told["difference"], self.session.venue.currency)
        formats = self.session.formats
        words = tr("{name} has the drawer now. It was right.", name=answer["name"])
        if difference:
            amount = formats.money(difference)
            words = tr("{name} has the drawer now. It differed by {amount}.", name=answer["name"], amount=amount)
        self.session.taken_over(answer)
        self.session.toast.emit("warning" if difference else "good", words)

    def _refused(self, refusal: Refused) -> None:
        self.problem = self.session.sentence(refusal)
        self.changed.emit()


class HandOverScreen(Screen):
    """`leave` goes back to the drawer."""

    name = "handover"

    def __init__(self, presenter: HandOverPresenter, leave: Callable[[], None]) -> None:
        super().__init__()
        self.presenter, self._leave = presenter, leave
        box = QVBoxLayout(self.work)
        box.setContentsMargins(32, 20, 32, 8)
        box.setSpacing(8)
        title = QLabel(tr("Hand the drawer over"))
        title.setFont(text_font(t.TOTAL, QFont.Weight.DemiBold))
        said = QLabel(
            tr("Whoever gives the drawer counts it. What differs is booked to them; the shift goes on from the count.")
        )
        said.setProperty("role", "muted")
        said.setWordWrap(True)
        self.table = PieceTable(presenter.pieces, presenter.session, presenter.edited)
        self._note = QLineEdit()
        self._note.setPlaceholderText(tr("Note, where the drawer differs ( {key} )", key=f"F{NOTE_KEY}"))
        self._note.setAccessibleName(tr("Note"))
        self._note.textEdited.connect(presenter.type_note)
        row = QHBoxLayout()
        row.addWidget(self._note, 1)
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(touch(KeyButton(tr("Back"), "Esc", kind="outline"), leave))
        box.addLayout(head)
        box.addWidget(said)
        box.addWidget(self.table, 1)
        box.addLayout(row)
        self._side = AmountPanel(tr("Counted"), tr("Hand over"))
        session = presenter.session
        self.giver = PersonPin(session, tr("Gives"), lambda one: one["user"] == presenter.cashier, asks="givers")
        self.taker = PersonPin(
            session,
            tr("Takes"),
            lambda one: one["user"] != presenter.cashier and one["role"] in ("cashier", "supervisor"),
            asks="takers",
        )
        for person in (self.giver, self.taker):
            self._side.extra.addWidget(person)
        self.panel_box().addWidget(self._side)
        self._side.pad.digit.connect(self._digit)
        self._side.pad.erase.connect(self._erase)
        self._side.primary.clicked.connect(self._do)
        self._whose = ""
        presenter.changed.connect(self.draw)

    def enter(self) -> None:
        self._whose = ""
        self._note.clear()
        self.presenter.begin()
        self.table.begin()
        self.draw()
        self.table.focus_first()

    def _do(self) -> None:
        self.presenter.hand_over(self.giver.chosen, self.taker.chosen)

    def _fields(self) -> list[QLineEdit]:
        return [*self.table.fields.values(), self.giver.pin, self.taker.pin]

    def _focused(self) -> QLineEdit | None:
        return next((field for field in self._fields() if field.hasFocus()), None)

    def _digit(self, digit: str) -> None:
        if (field := self._focused()) is not None and digit.isdigit():
            type_into(field, digit)

    def _erase(self) -> None:
        if (field := self._focused()) is not None:
            erase_in(field)

    def act(self, action: str) -> bool:
        kind, _, value = action.partition(":")
        if kind == "digit":
            self._digit(value)
        elif kind == "erase":
            self._erase()
        elif kind == "primary":
            self._do()
        elif action == f"price:{NOTE_KEY}":
            self._note.setFocus()
        elif kind in ("line_up", "line_down"):
            fields = self._fields()
            field = self._focused()
            at = fields.index(field) + (-1 if kind == "line_up" else 1) if field else 0
            fields[max(0, min(len(fields) - 1, at))].setFocus()
        elif kind == "back":
            self._leave()
        else:
            return False
        return True

    def draw(self) -> None:
        presenter = self.presenter
        if presenter.cashier and presenter.cashier != self._whose:
            self._whose = presenter.cashier
            self.giver.begin()
            self.taker.begin()
        amount = presenter.session.formats.money(presenter.pieces.total)
        label = tr("Handing over…") if presenter.asking else tr("Hand over")
        self._side.show_state(amount, presenter.problem, label, not presenter.asking)
