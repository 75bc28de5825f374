"""The customer's window: what is in the basket, what it comes to, the change, and a code to scan.

It shows scenes that the till makes (`pos.till.counter.customer`) and asks nothing of anybody. It is on
the second screen where there is one. Sizes follow its height: it is read from two metres away.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLayout, QVBoxLayout, QWidget

from pos.domain.scene import Scene, ShownLine, Sum
from pos.ui.bridge import Answer
from pos.ui.customer.codeview import CodeView
from pos.ui.format import Formats
from pos.ui.session import Session
from pos.ui.theme import tokens as t
from pos.ui.theme.fonts import money_font, text_font
from pos.ui.theme.tokens import Tokens

_LINES: Final = 5  # the newest that are shown
_SIZE: Final = QSize(1024, 600)  # where there is no second screen
_UNITS: Final = 24  # of text, in the window's height


class CustomerWindow(QWidget):
    """Shows the scenes that `session` hears of. `tokens` are its colours."""

    def __init__(self, session: Session, tokens: Tokens) -> None:
        super().__init__()
        self.session = session
        self.scene: Scene | None = None
        self.setWindowTitle("Housefull")
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        # Keys are the cashier's, whatever is shown where.
        self.setWindowFlag(Qt.WindowType.WindowDoesNotAcceptFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._build()
        self.set_tokens(tokens)
        session.heard.connect(self._heard)

    def open(self) -> None:
        """On the second screen, whole; where there is only one, as a window on it."""
        screens = QGuiApplication.screens()
        others = [screen for screen in screens if screen is not QGuiApplication.primaryScreen()]
        if others:
            self.setGeometry(others[0].geometry())
            self.showFullScreen()
        else:
            self.resize(_SIZE)
            self.show()

    def set_tokens(self, tokens: Tokens) -> None:
        self.setStyleSheet(
            f"CustomerWindow {{ background: {tokens.paper}; }}"
            f" QLabel {{ color: {tokens.ink}; background: transparent; }}"
            f' QLabel[tone="muted"] {{ color: {tokens.muted}; }}'
        )
        palette = self.palette()
        palette.setColor(self.backgroundRole(), QColor(tokens.paper))
        self.setPalette(palette)
        self.setAutoFillBackground(True)

    # ---- building ------------------------------------------------------------------------

    def _build(self) -> None:
        self._box = QVBoxLayout(self)
        # Its letters follow the window's height, so they must not push it.
        self._box.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._heading, self._terminal = QLabel(), QLabel()
        self._code = CodeView()
        self._box.addWidget(self._heading)
        self._middle = QHBoxLayout()
        self._lines = QGridLayout()
        self._lines.setVerticalSpacing(0)
        self._lines.setColumnStretch(0, 1)
        self._cells = [(QLabel(), QLabel(), QLabel()) for _ in range(_LINES)]
        for at, (place, detail, price) in enumerate(self._cells):
            detail.setProperty("tone", "muted")
            for label in (place, detail):
                label.setTextFormat(Qt.TextFormat.PlainText)
            self._lines.addWidget(place, 2 * at, 0)
            self._lines.addWidget(detail, 2 * at + 1, 0)
            self._lines.addWidget(price, 2 * at, 1, Qt.AlignmentFlag.AlignRight)
        self._lines.setRowStretch(2 * _LINES, 1)
        self._middle.addLayout(self._lines)
        self._middle.addWidget(self._code, 1)
        self._box.addLayout(self._middle, 1)
        self._box.addWidget(self._terminal)
        self._sums = QGridLayout()
        self._sums.setVerticalSpacing(0)
        self._sums.setColumnStretch(0, 1)
        self._amounts = [(QLabel(), QLabel()) for _ in range(4)]
        for at, (word, amount) in enumerate(self._amounts):
            self._sums.addWidget(word, at, 0, Qt.AlignmentFlag.AlignBottom)
            self._sums.addWidget(amount, at, 1, Qt.AlignmentFlag.AlignRight)
        self._box.addLayout(self._sums)

    # ---- drawing -------------------------------------------------------------------------

    def _heard(self, event: Answer) -> None:
        if event.get("event") == "customer":
            self.scene = event["scene"]
            self.draw()

    def draw(self) -> None:
        scene = self.scene
        if scene is None:
            return
        formats = Formats(scene.language, self.session.venue.zone)
        self._heading.setText(scene.heading)
        self._terminal.setText(scene.note)
        self._code.show_text(scene.code)
        shown = scene.lines[-_LINES:]
        self._middle.setStretch(0, 1 if shown else 0)
        for at, cells in enumerate(self._cells):
            self._draw_line(cells, shown[at] if at < len(shown) else None, formats)
        # What matters most stands lowest and largest: the change once there is one, else what is to be paid.
        sums: list[Sum | None] = [_fees(scene.fees), scene.due, scene.given, scene.change]
        said = [sum_ for sum_ in sums if sum_ is not None]
        for at, (word, amount) in enumerate(self._amounts):
            one = said[at] if at < len(said) else None
            word.setText(one.word if one is not None else "")
            amount.setText(formats.money(one.amount) if one is not None else "")
            for label in (word, amount):
                label.setVisible(one is not None)
        self._size()

    @staticmethod
    def _draw_line(cells: tuple[QLabel, QLabel, QLabel], line: ShownLine | None, formats: Formats) -> None:
        texts = (line.place, line.detail, formats.amount(line.price)) if line is not None else ("", "", "")
        for label, text in zip(cells, texts, strict=True):
            label.setText(text)
            label.setVisible(bool(text))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._size()

    def _size(self) -> None:
        unit = max(t.BODY, self.height() // _UNITS)
        scene = self.scene
        self._box.setContentsMargins(unit, unit, unit, unit)
        alone = scene is None or scene.kind != "basket"
        self._heading.setFont(text_font(5 * unit // 2 if alone else unit, QFont.Weight.DemiBold))
        self._heading.setAlignment(Qt.AlignmentFlag.AlignCenter if alone else Qt.AlignmentFlag.AlignLeft)
        self._terminal.setFont(text_font(unit, QFont.Weight.DemiBold))
        for place, detail, price in self._cells:
            place.setFont(text_font(unit, QFont.Weight.DemiBold))
            detail.setFont(text_font(unit * 2 // 3))
            price.setFont(money_font(unit))
        last = max((at for at, (word, _) in enumerate(self._amounts) if word.text()), default=-1)
        for at, (word, amount) in enumerate(self._amounts):
            size = 3 * unit if at == last else unit
            word.setFont(text_font(unit * 3 // 2 if at == last else unit))
            amount.setFont(money_font(size))


def _fees(fees: tuple[Sum, ...]) -> Sum | None:
    """All fees in one line; there is seldom more than one."""
    if not fees:
        return None
    amount = fees[0].amount
    for fee in fees[1:]:
        amount += fee.amount
    return Sum(" · ".join(fee.word for fee in fees), amount)
