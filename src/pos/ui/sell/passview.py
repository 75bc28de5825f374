"""The side panel while a pass is used or paid back: lines and sums before anything is done."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from pos.ui.approval import ApprovalBox
from pos.ui.i18n import tr, tr_count
from pos.ui.keys import cap
from pos.ui.parts import Problem, SumLines, foot, touch
from pos.ui.sell.passes import Passes, reasons
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton

_KEYS = 4


class PassPanel(QWidget):
    """F1, F2 say which tickets it pays for, F5 turns to paying it back; there F1–F4 say why, F6 keeps no fee.
    Enter does it, Esc leaves it."""

    def __init__(self, passes: Passes) -> None:
        super().__init__()
        self.passes = passes
        self._mode = ""
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self._title, self._about = QLabel(), QLabel()
        self._title.setFont(text_font(t.TITLE))
        self._about.setProperty("role", "muted")
        for label in (self._title, self._about):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            box.addWidget(label)
        self.code = self._field(tr("Code of the pass"))
        self.code.textEdited.connect(passes.type_code)
        box.addWidget(self.code)
        self._lines = SumLines()
        box.addWidget(self._lines, 1)
        box.addLayout(self._build_keys())
        self.reason = self._field(tr("Reason"))
        self.reason.textEdited.connect(passes.type_reason)
        box.addWidget(self.reason)
        self._turn = touch(KeyButton("", ""), lambda: passes.number(6 if passes.mode == "back" else 5))
        box.addWidget(self._turn)
        self.approval = ApprovalBox(passes.session)
        box.addWidget(self.approval)
        self._problem = Problem()
        box.addWidget(self._problem)
        box.addLayout(self._build_end())
        passes.changed.connect(self.draw)

    # ---- building ------------------------------------------------------------------------

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit()
        field.setMinimumHeight(48)
        field.setAccessibleName(name)
        field.setPlaceholderText(name)
        return field

    def _build_keys(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(6)
        self._keys: list[KeyButton] = []
        for at in range(_KEYS):
            button = touch(KeyButton("", f"F{at + 1}"), partial(self.passes.number, at + 1))
            button.set_font(text_font(t.SMALL))
            button.setCheckable(True)
            grid.addWidget(button, at // 2, at % 2)
            self._keys.append(button)
        return grid

    def _build_end(self) -> QHBoxLayout:
        leave = KeyButton(tr("Leave it"), cap("back"), kind="outline", stacked=True)
        self.main = touch(KeyButton("", cap("primary"), kind="primary", stacked=True), self.act, 60)
        return foot(touch(leave, self.passes.step_back, 60), self.main)

    # ---- drawing -------------------------------------------------------------------------

    def draw(self) -> None:
        passes = self.passes
        found = passes.found
        self._title.setText(found.name if found is not None else tr("Use a pass"))
        self._about.setText(self._told())
        for field, text in ((self.code, passes.code), (self.reason, passes.reason)):
            if field.text() != text:
                field.setText(text)
        self.code.setVisible(passes.mode == "ask")
        self.reason.setVisible(passes.mode == "back")
        self._draw_lines()
        self._draw_keys()
        self.approval.ask(passes.asks)
        self._problem.tell(passes.problem, asked=passes.asks)
        words = {"ask": tr("Look it up"), "use": tr("Use it"), "back": tr("Pay out")}
        self.main.set_label(tr("Working …") if passes.working else words.get(passes.mode, ""))
        self.main.setEnabled(passes.ready)
        if passes.mode != self._mode:
            self._mode = passes.mode
            first: dict[str, QWidget] = {"ask": self.code, "back": self.reason}
            first.get(passes.mode, self).setFocus()

    def _told(self) -> str:
        found, formats = self.passes.found, self.passes.session.formats
        if found is None:
            return tr("Scan it, or type its code.")
        parts = [found.code, tr("{left} of {count} visits left", left=found.visits, count=found.count)]
        parts.append(formats.money(found.left))
        if found.until is not None:
            parts.append(tr("until {when}", when=formats.day_and_time(found.until, self.passes.session.now)))
        return " · ".join(parts)

    def _rows(self) -> list[tuple[str, str]]:
        passes, formats = self.passes, self.passes.session.formats
        if passes.mode == "use":
            shares = passes.shares
            given = [formats.amount(share) for share in shares] or [""] * len(passes.lines)
            return [(line.label, amount) for line, amount in zip(passes.lines, given, strict=True)]
        if passes.mode == "back" and passes.found is not None:
            rows = [(tr("Left on it"), formats.amount(passes.found.left))]
            kept = passes.found.left - passes.amount
            return rows + ([(tr("  fee kept"), formats.amount(-kept))] if kept else [])
        return []

    def _draw_lines(self) -> None:
        self._lines.show_lines(self._rows())
        passes, formats = self.passes, self.passes.session.formats
        lead, amount = "", ""
        if passes.mode == "use" and passes.found is not None:
            rest = passes.found.visits - len(passes.lines)
            if not passes.lines:
                lead = tr("Pick the seats first: it pays for what is in the basket.")
            elif rest < 0:
                lead = "▲ " + tr("It has too few visits left.")
            else:
                lead = tr_count("The pass pays; %n visit left then", "The pass pays; %n visits left then", rest)
                amount = formats.money(passes.pays)
        elif passes.mode == "back" and passes.found is not None:
            lead, amount = tr("Goes back in cash"), formats.money(passes.amount)
        self._lines.sum.tell(lead, amount)

    def _draw_keys(self) -> None:
        passes = self.passes
        words: list[tuple[str, bool]] = []
        if passes.mode == "use":
            words = [(tr("The whole basket"), not passes.one), (tr("Marked only"), passes.one)]
        elif passes.mode == "back":
            words = [(reason, passes.reason == reason) for reason in reasons()]
        for at, button in enumerate(self._keys):
            button.setVisible(at < len(words))
            if at < len(words):
                button.set_label(words[at][0])
                button.setChecked(words[at][1])
        self._turn.setVisible(passes.mode in ("use", "back"))
        self._turn.setCheckable(passes.mode == "back")
        self._turn.setChecked(passes.mode == "back" and passes.waived)
        self._turn.set_key("F6" if passes.mode == "back" else "F5")
        keep = ("✓ " if passes.waived else "") + tr("Keep no fee")
        self._turn.set_label(keep if passes.mode == "back" else tr("Pay back the rest …"))

    # ---- keys ----------------------------------------------------------------------------

    def act(self) -> None:
        passes = self.passes
        passes.act(self.approval.approver)
        if passes.problem and passes.asks and not self.approval.pin.text() and passes.reason.strip():
            self.approval.pin.setFocus()

    def key(self, action: str) -> bool:
        """What a key of the table does here; nothing else happens behind it."""
        kind, _, value = action.partition(":")
        if action == "primary":
            self.act()
        elif action == "back":
            self.passes.step_back()
        elif kind == "price":
            self.passes.number(int(value))
        elif action in ("line_up", "line_down"):
            self.passes.sell.mark_by(-1 if action == "line_up" else 1)
        return True
