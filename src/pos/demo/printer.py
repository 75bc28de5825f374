"""The virtual printers: a window with a ticket printer, a receipt printer and the network cable.

What they show is read from the bytes that arrive (see escpos_paper), so it is what
real printers would put on paper.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from pos.demo.escpos_paper import Piece
from pos.demo.paper_stack import PaperStack
from pos.demo.tcp_printer import TcpPrinter

_WIDEST_PAPER_PX: Final = 330
_LEAST_PAPER_PX: Final = 200  # at which a ticket can just be read
_TRAY_PX: Final = 32  # beside the paper: its gaps and the scroll bar
_MARGIN_PX: Final = 12
_BETWEEN_PX: Final = 16
_HEIGHT_PX: Final = 980  # shows both tickets of a pair
NETWORK_KEY: Final = "Ctrl+N"  # works in the till's window too
# Rules for this window only; the till's own appearance is the till's business.
_LOOK: Final = """
#virtual-printers { background: #EDEDE8; }
#virtual-printers QLabel, #virtual-printers QPushButton { font-family: Inter, "WenQuanYi Micro Hei"; }
#virtual-printers QLabel { color: #1A1A1A; font-size: 13px; background: transparent; }
#virtual-printers QLabel[role="title"] { font-size: 19px; font-weight: 600; }
#virtual-printers QLabel[role="state"] { color: #5C636A; }
#virtual-printers QLabel[state="good"] { color: #1B6E3C; font-weight: 600; }
#virtual-printers QLabel[state="bad"] { color: #8A4B00; font-weight: 600; }
#virtual-printers QFrame[role="slot"] { background: #1A1A1A; border-radius: 4px; }
#virtual-printers QScrollArea, #virtual-printers QScrollArea > QWidget > QWidget {
    background: transparent; border: 0;
}
#virtual-printers QScrollBar { background: transparent; width: 10px; }
#virtual-printers QScrollBar::handle { background: #C4C6C8; border-radius: 5px; min-height: 40px; }
#virtual-printers QScrollBar::add-line, #virtual-printers QScrollBar::sub-line { height: 0; }
#virtual-printers QPushButton {
    background: #FFFFFF; color: #1A1A1A; border: 1px solid #868C92; border-radius: 8px;
    padding: 0 4px; min-height: 40px; font-size: 13px;
}
#virtual-printers QPushButton:hover { border-color: #0B5563; }
#virtual-printers QPushButton:focus { border: 2px solid #0B5563; }
#virtual-printers QPushButton:checked { background: #FFE9C7; color: #8A4B00; border-color: #8A4B00; }
#virtual-printers QPushButton[role="network"] {
    background: #0B5563; color: #FFFFFF; border: 0; min-height: 56px; font-size: 19px; font-weight: 600;
}
#virtual-printers QPushButton[role="network"]:checked { background: #FFE9C7; color: #8A4B00; }
#virtual-printers QPushButton[role="network"]:focus { border: 2px solid #1A1A1A; }
"""


class PrinterPanel(QWidget):
    """One printer: its paper, and what one can do to it. `port` is where it listens."""

    _came_out = Signal(object)
    _drawer_kicked = Signal()

    def __init__(self, title: str, font: bytes, port: int, *, drawer: bool) -> None:
        super().__init__()
        self._stack = PaperStack(_WIDEST_PAPER_PX)
        self._state = _label("", "state")
        self._drawer = _label("", "drawer")
        self._no_paper = _button("Paper out", checkable=True)
        self._off = _button("Printer off", checkable=True)
        self._shut = _button("Push drawer shut")
        clear = _button("Clear")
        self._lay_out(title, clear, drawer=drawer)
        self._came_out.connect(self._stack.push)
        self._drawer_kicked.connect(lambda: self._show_drawer(True))
        self._no_paper.toggled.connect(self._take_paper)
        self._off.toggled.connect(self._switch_off)
        self._shut.clicked.connect(self._push_shut)
        clear.clicked.connect(self._stack.clear)
        # Called from the printer's thread: signals carry it over.
        self._printer = TcpPrinter(font, port=port, came_out=self._hand_over, drawer=self._kick_over)
        self.port = self._printer.port
        self._show_state()
        self._show_drawer(False)

    @property
    def papers(self) -> int:
        """How many pieces of paper lie in the tray."""
        return self._stack.count

    def close_printer(self) -> None:
        """End the printer's thread and free its port."""
        self._printer.close()

    def _lay_out(self, title: str, clear: QPushButton, *, drawer: bool) -> None:
        head = QHBoxLayout()
        head.addWidget(_label(title, "title"))
        head.addStretch()
        head.addWidget(self._state)
        slot = QFrame()
        slot.setProperty("role", "slot")
        slot.setFixedHeight(8)
        tray = QScrollArea()
        tray.setWidget(self._stack)
        tray.setWidgetResizable(True)
        tray.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        tray.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        tray.setMinimumWidth(_LEAST_PAPER_PX + _TRAY_PX)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for each in (self._no_paper, self._off, clear):
            buttons.addWidget(each, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addLayout(head)
        box.addSpacing(4)
        box.addWidget(slot)
        box.setSpacing(0)
        box.addWidget(tray, 1)
        box.addSpacing(8)
        box.addLayout(buttons)
        row = QHBoxLayout()
        row.addWidget(self._drawer, 1)
        row.addWidget(self._shut)
        for widget in (self._drawer, self._shut):
            policy = widget.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            widget.setSizePolicy(policy)
            widget.setVisible(drawer)
        row.setContentsMargins(0, 8, 0, 0)
        box.addLayout(row)

    def _hand_over(self, piece: Piece) -> None:
        self._came_out.emit(piece.image)

    def _kick_over(self, pin: int) -> None:
        self._drawer_kicked.emit()

    def _take_paper(self, taken: bool) -> None:
        self._printer.change(paper_out=taken)
        self._show_state()

    def _switch_off(self, off: bool) -> None:
        self._printer.switch(not off)
        self._show_state()

    def _push_shut(self) -> None:
        self._printer.change(drawer_open=False)
        self._show_drawer(False)

    def _show_state(self) -> None:
        bad = "off" if self._off.isChecked() else "no paper" if self._no_paper.isChecked() else ""
        _say(self._state, bad or f"ready · port {self.port}", "bad" if bad else "good")

    def _show_drawer(self, is_open: bool) -> None:
        _say(self._drawer, "Drawer OPEN" if is_open else "Drawer shut", "bad" if is_open else "")
        self._shut.setEnabled(is_open)


class PrinterWindow(QWidget):
    """Ticket printer and receipt printer side by side, and the switch for the network.

    `network_switched` tells whether the cable shall be plugged in: by the big button, or by
    NETWORK_KEY in any window of the application. Ports of 0 are chosen freely; `ticket_port`
    and `receipt_port` tell which. Raises OSError when one is taken. `font` are the bytes of
    wqy-microhei.ttc.
    """

    network_switched = Signal(bool)
    closed = Signal()

    def __init__(self, font: bytes, *, ticket_port: int = 0, receipt_port: int = 0) -> None:
        super().__init__()
        self.setObjectName("virtual-printers")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        # The evening ends with the counter's window, not with this one left alone.
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setWindowTitle("Virtual printers")
        self.setStyleSheet(_LOOK)
        self.ticket = PrinterPanel("Tickets", font, ticket_port, drawer=False)
        self.receipt = PrinterPanel("Receipts", font, receipt_port, drawer=True)
        self.ticket_port, self.receipt_port = self.ticket.port, self.receipt.port
        self._network = _button("", checkable=True)
        self._network.setProperty("role", "network")
        self._network.toggled.connect(self._switch_network)
        key = QShortcut(QKeySequence(NETWORK_KEY), self)
        key.setContext(Qt.ShortcutContext.ApplicationShortcut)
        key.activated.connect(self._network.toggle)
        panels = QHBoxLayout()
        panels.setSpacing(_BETWEEN_PX)
        panels.addWidget(self.ticket, 1)
        panels.addWidget(self.receipt, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(*(4 * [_MARGIN_PX]))
        box.setSpacing(12)
        box.addLayout(panels, 1)
        box.addWidget(self._network)
        self.resize(2 * (_WIDEST_PAPER_PX + _TRAY_PX + _MARGIN_PX) + _BETWEEN_PX, _HEIGHT_PX)
        self._show_network()

    def set_network(self, connected: bool) -> None:
        """Show the cable plugged in or pulled, and say so by `network_switched` when that is new."""
        self._network.setChecked(not connected)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The printers end with their window."""
        self.ticket.close_printer()
        self.receipt.close_printer()
        self.closed.emit()
        super().closeEvent(event)

    def _switch_network(self, cut: bool) -> None:
        self._show_network()
        self.network_switched.emit(not cut)

    def _show_network(self) -> None:
        cut = self._network.isChecked()
        says = "Network cut – plug it in" if cut else "Network connected – pull the cable"
        self._network.setText(f"{says}   ^N")


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    return label


def _button(text: str, *, checkable: bool = False) -> QPushButton:
    button = QPushButton(text)
    button.setCheckable(checkable)
    return button


def _say(label: QLabel, text: str, state: str) -> None:
    label.setText(text)
    label.setProperty("state", state)
    label.style().unpolish(label)
    label.style().polish(label)
