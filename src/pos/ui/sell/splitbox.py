"""What stands at the panel's foot while a sum is built from several tenders, or a payment is waited for."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from pos.ui.customer.codeview import CodeView
from pos.ui.i18n import tr
from pos.ui.keys import cap
from pos.ui.sell.split import KEYS, Split, Wait
from pos.ui.sizes import set_height
from pos.ui.theme import tokens as t
from pos.ui.theme.apply import restyle
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton, MoneyLabel

_PARTS = 5  # the newest that are shown


class SplitBox(QWidget):
    """Redraws from the presenter. `main` is Enter, `second` F12, `stop` Esc; `key` carries 1–8."""

    main = Signal()
    second = Signal()
    stop = Signal()
    key = Signal(int)

    def __init__(self, split: Split, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.split = split
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self._keys = self._tenders()
        box.addLayout(self._grid)
        rule = QFrame()
        rule.setProperty("role", "heavy-rule")
        rule.setFixedHeight(2)
        box.addWidget(rule)
        box.addLayout(self._rows())
        head = QHBoxLayout()
        self._title, self._amount = QLabel(), MoneyLabel(size=t.TOTAL)
        self._title.setWordWrap(True)
        head.addWidget(self._title, 1)
        head.addWidget(self._amount)
        box.addLayout(head)
        self._code = CodeView()
        self._code.setFixedHeight(168)
        box.addWidget(self._code)
        self._note = QLabel()
        self._note.setWordWrap(True)
        self._note.setFont(text_font(t.SMALL))
        box.addWidget(self._note)
        self.field = QLineEdit()
        self.field.setMinimumHeight(48)
        self.field.textChanged.connect(split.write)
        box.addWidget(self.field)
        self._asked = ""
        acts = QHBoxLayout()
        acts.setSpacing(6)
        self._main = KeyButton("", cap("primary"), kind="primary", stacked=True)
        self._second = KeyButton("", cap("split"), kind="outline", stacked=True)
        self._stop = KeyButton("", cap("back"), kind="outline", stacked=True)
        for button, signal, share in (
            (self._main, self.main, 20),
            (self._second, self.second, 9),
            (self._stop, self.stop, 9),
        ):
            set_height(button, 60)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(signal)
            acts.addWidget(button, share)
        box.addLayout(acts)

    def _tenders(self) -> list[KeyButton]:
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        keys: list[KeyButton] = []
        for at in range(len(KEYS)):
            button = KeyButton("", f"F{at + 1}", kind="outline", stacked=True)
            set_height(button, 52)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, number=at + 1: self.key.emit(number))
            self._grid.addWidget(button, at // 3, at % 3)
            keys.append(button)
        return keys

    def _rows(self) -> QGridLayout:
        rows = QGridLayout()
        rows.setVerticalSpacing(2)
        rows.setColumnStretch(0, 1)
        self._parts = [(QLabel(), QLabel()) for _ in range(_PARTS)]
        for at, (name, amount) in enumerate(self._parts):
            rows.addWidget(name, at, 0)
            rows.addWidget(amount, at, 1, Qt.AlignmentFlag.AlignRight)
        return rows

    def draw(self) -> None:
        split = self.split
        for at, (kind, button) in enumerate(zip(KEYS, self._keys, strict=True)):
            button.set_label(split.named(kind))
            button.setVisible(not split.waiting)
            button.setEnabled(split.present(kind) and (bool(split.remaining) or at == 0))
        if (wait := split.wait) is not None:
            self._draw_wait(wait)
        else:
            self._draw_parts()
        self._ask()

    def _draw_parts(self) -> None:
        split, formats = self.split, self.split.session.formats
        shown = split.parts[-_PARTS:]
        for at, (name, amount) in enumerate(self._parts):
            part = shown[at] if at < len(shown) else None
            for label in (name, amount):
                label.setVisible(part is not None)
            if part is not None:
                back = f" · {tr('change {amount}', amount=formats.money(part.change))}" if part.change else ""
                name.setText(part.name + back)
                amount.setText(formats.amount(part.amount))
        self._title.setText(tr("Still to pay"))
        self._amount.setText(formats.money(split.remaining))
        self._code.show_text("")
        typed = tr("{amount} of it: choose how", amount=split.typed) if split.typed else ""
        self._say(split.problem, typed or tr("Choose how the rest is paid, or type a part of it first."))
        self._main.set_label(
            tr("Pay") if not split.remaining else tr("Rest in cash") if not split.asking else tr("Take")
        )
        self._second.setVisible(False)
        self._stop.set_label(tr("Back"))

    def _draw_wait(self, wait: Wait) -> None:
        split, formats = self.split, self.split.session.formats
        for label in (label for row in self._parts for label in row):
            label.setVisible(False)
        kind = tr("Mobile payment") if wait.kind == "mobile" else tr("Bank transfer")
        more = f" ({len(split.waits)})" if len(split.waits) > 1 else ""
        self._title.setText(f"{kind}{more}\n{wait.reference}")
        self._amount.setText(formats.money(wait.amount))
        self._code.show_text(wait.code)
        late = tr("It should have arrived by now. Look whether it has.") if wait.unknown else ""
        usual = " · ".join(filter(None, (wait.name, tr("Nothing is sold before it has arrived."))))
        sure = tr("Has the money arrived? Enter once more says so.") if split.armed else ""
        self._say(split.problem or sure or late, usual)
        self._main.set_label(tr("It has arrived"))
        self._second.setVisible(True)
        self._second.set_label(tr("Failed"))
        self._stop.set_label(tr("Later"))

    def _say(self, problem: str, otherwise: str) -> None:
        self._note.setText(f"▲ {problem}" if problem else otherwise)
        self._note.setProperty("role", "warning" if problem else "muted")
        restyle(self._note)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._asked = ""  # shown again, it asks anew

    def _ask(self) -> None:
        """The field is there while something is to be typed in words, and has the focus then."""
        asked = self.split.asked()
        if not asked:
            self.field.clearFocus()  # before it is hidden, or the focus goes to some button
        self.field.setVisible(bool(asked))
        self.field.setPlaceholderText(asked)
        self.field.setAccessibleName(asked)
        if self.split.text != self.field.text():
            self.field.setText(self.split.text)
        if asked != self._asked:
            self._asked = asked
            if asked:
                self.field.setFocus()
