"""The window of the virtual printers."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from pos.demo.paper_stack import PaperStack
from pos.demo.printer import PrinterPanel, PrinterWindow
from pos.devices.escpos import encode
from tests.peers.toy_printer import FONT
from tests.unit.paper.presses import press
from tests.unit.paper.samples import receipt, ticket
from tests.wire.devices.pens import profile

EPSON = profile()


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[PrinterWindow]:
    window = PrinterWindow(FONT.read_bytes())
    qtbot.addWidget(window)
    window.show()
    yield window
    window.close()


def send(port: int, data: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), 2.0) as connection:
        connection.sendall(data + encode.ASK)
        got = b""
        while len(got) < 4:
            got += connection.recv(100)


def sheet(job: dict[str, object]) -> bytes:
    (dots,) = press().bitmaps(job, EPSON.printed_mm, EPSON.dots_per_mm)
    return encode.picture_sheet(dots, EPSON)


def button(panel: PrinterPanel | PrinterWindow, text: str) -> QPushButton:
    return next(each for each in panel.findChildren(QPushButton) if each.text().startswith(text))


def says(panel: PrinterPanel, text: str) -> bool:
    return any(text in label.text() for label in panel.findChildren(QLabel))


def test_paper_lies_at_the_printer_it_came_from(qtbot: QtBot, window: PrinterWindow) -> None:
    send(window.ticket_port, sheet(ticket()) + sheet(ticket()))
    send(window.receipt_port, sheet(receipt()))
    qtbot.waitUntil(lambda: (window.ticket.papers, window.receipt.papers) == (2, 1))
    qtbot.mouseClick(button(window.ticket, "Clear"), Qt.MouseButton.LeftButton)
    assert (window.ticket.papers, window.receipt.papers) == (0, 1)


def test_the_drawer_opens_and_can_be_pushed_shut(qtbot: QtBot, window: PrinterWindow) -> None:
    shut = button(window.receipt, "Push")
    assert not shut.isEnabled()
    send(window.receipt_port, encode.kick(EPSON))
    qtbot.waitUntil(lambda: says(window.receipt, "Drawer OPEN"))
    qtbot.mouseClick(shut, Qt.MouseButton.LeftButton)
    assert says(window.receipt, "Drawer shut")


def test_without_paper_nothing_comes_out_until_there_is_some(qtbot: QtBot, window: PrinterWindow) -> None:
    out = button(window.ticket, "Paper out")
    qtbot.mouseClick(out, Qt.MouseButton.LeftButton)
    assert says(window.ticket, "no paper")
    send(window.ticket_port, sheet(ticket()))
    assert window.ticket.papers == 0
    qtbot.mouseClick(out, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.ticket.papers == 1)


def test_switched_off_it_refuses_and_on_again_it_listens_at_the_same_port(qtbot: QtBot, window: PrinterWindow) -> None:
    off = button(window.ticket, "Printer off")
    qtbot.mouseClick(off, Qt.MouseButton.LeftButton)

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", window.ticket_port), 1.0)
    qtbot.mouseClick(off, Qt.MouseButton.LeftButton)
    send(window.ticket_port, sheet(ticket()))
    qtbot.waitUntil(lambda: window.ticket.papers == 1)


def test_the_network_switch_says_what_it_does(qtbot: QtBot, window: PrinterWindow) -> None:
    switch = button(window, "Network")
    said: list[bool] = []
    window.network_switched.connect(said.append)
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert "cut" in switch.text()
    window.set_network(True)
    assert "connected" in switch.text()
    assert said == [False, True]


def test_the_cable_has_a_key_that_works_in_every_window(qtbot: QtBot, window: PrinterWindow) -> None:
    counter = QLineEdit()
    qtbot.addWidget(counter)
    counter.show()
    counter.activateWindow()
    qtbot.waitActive(counter)
    with qtbot.waitSignal(window.network_switched):
        qtbot.keyClick(counter, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert "cut" in button(window, "Network").text()


def test_paper_is_as_wide_as_there_is_room_and_keeps_its_shape(qtbot: QtBot, window: PrinterWindow) -> None:
    send(window.ticket_port, sheet(ticket()))
    qtbot.waitUntil(lambda: window.ticket.papers == 1)
    stack = window.ticket.findChild(PaperStack)
    assert stack is not None
    wide = stack.height()
    window.resize(window.minimumSizeHint().width(), window.height())
    qtbot.waitUntil(lambda: stack.height() < 0.75 * wide)
    assert stack.height() == pytest.approx(wide * 200 / 330, rel=0.1)
    window.resize(1200, window.height())
    qtbot.waitUntil(lambda: stack.height() == wide)


def test_closing_frees_the_ports(qtbot: QtBot) -> None:
    window = PrinterWindow(FONT.read_bytes())
    qtbot.addWidget(window)
    port = window.ticket_port
    with qtbot.waitSignal(window.closed):
        window.close()
    again = PrinterWindow(FONT.read_bytes(), ticket_port=port)
    qtbot.addWidget(again)
    assert again.ticket_port == port
    again.close()
