"""What is plugged in, and who answers at an address that was typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from pos.devices.worker import find as finding
from pos.devices.worker.find import find
from tests.peers.toy_printer import ToyPrinter


def test_printers_are_named_by_what_they_are_where_that_is_known(tmp_path: Path) -> None:
    files, sys_class = tmp_path / "usb", tmp_path / "usbmisc"
    files.mkdir()
    for number in (0, 1):
        (files / f"lp{number}").touch()
    device = tmp_path / "devices" / "1-2" / "1-2:1.0"
    device.mkdir(parents=True)
    for name, text in (("idVendor", "04b8"), ("idProduct", "0202"), ("serial", "X4MF")):
        (device.parent / name).write_text(text + "\n")
    (sys_class / "lp0").mkdir(parents=True)
    (sys_class / "lp0" / "device").symlink_to(device)
    found = {row["address"]: row["text"] for row in find((), files, sys_class)}
    assert found["usb://04b8:0202:X4MF"] == f"a printer, at {files / 'lp0'} now"
    assert found[f"file://{files / 'lp1'}"] == f"a printer, at {files / 'lp1'} now"


def test_a_serial_port_is_told_with_what_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Port:
        def __init__(self, device: str, description: str) -> None:
            self.device, self.description = device, description

    ports = [Port("/dev/ttyUSB1", "FT232R USB UART"), Port("/dev/ttyS0", "n/a")]
    monkeypatch.setattr("serial.tools.list_ports.comports", lambda: ports)
    assert find((), tmp_path, tmp_path) == [
        {"address": "serial:///dev/ttyS0", "text": "a serial port"},
        {"address": "serial:///dev/ttyUSB1", "text": "FT232R USB UART"},
    ]


def test_only_typed_addresses_are_asked_and_all_of_them_are_told_of(tmp_path: Path) -> None:
    with ToyPrinter() as toy:
        typed = (f"127.0.0.1:{toy.port}", "127.0.0.1:1", "[::1]:1", "not an address")
        found = {row["address"]: row["text"] for row in find(typed, tmp_path, tmp_path) if "tcp" in row["address"]}
    assert found[toy.url] == "something answers there"
    assert "refused" in found["tcp://127.0.0.1:1"]
    assert len(found) == 4
    assert finding.PORT == 9100
