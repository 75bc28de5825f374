"""Ways to a device: flow control, USB printers by what they are, printers of Windows."""

from __future__ import annotations

import ctypes
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from pos.devices import transport, usb
from pos.devices.transport import TransportError, read_address
from pos.devices.winspool import Spooler, SpoolerError


def reach(url: str) -> transport.Transport:
    return read_address(url, "till.toml", "transport").open()


# Serial lines


def test_flow_control_by_wire_or_by_byte() -> None:
    """A byte that stops a line with XON/XOFF is an event on one without."""
    near, far = os.openpty()
    for flow, heard in (("none", b"\x13\x06\x11"), ("xonxoff", b"\x06")):
        line = reach(f"serial://{os.ttyname(far)}?flow={flow}")
        os.write(near, b"\x13\x06\x11")
        assert line.read(0.5) + line.read(0.1) == heard
        line.close()
    os.close(near)
    os.close(far)


def test_both_wires_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    import serial

    asked: dict[str, Any] = {}
    monkeypatch.setattr(serial, "Serial", lambda path, baud, **how: asked.update(how))
    reach("serial:///dev/ttyS9?flow=rtscts")
    assert (asked["rtscts"], asked["xonxoff"]) == (True, False)


# TCP


def test_a_connection_whose_other_end_is_gone_is_noticed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        line = reach(f"tcp://127.0.0.1:{server.getsockname()[1]}")
        connection: socket.socket = line._socket  # type: ignore[attr-defined]
        assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        seconds = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) + 3 * 3
        assert seconds <= 15
        line.close()


# USB


def plug(root: Path, number: int, vendor: str, product: str, serial: str = "") -> None:
    """A printer as the kernel shows it: the class points at an interface inside the device."""
    device = root / "devices" / f"1-{number}"
    interface = device / f"1-{number}:1.0"
    interface.mkdir(parents=True)
    (device / "idVendor").write_text(f"{vendor}\n")
    (device / "idProduct").write_text(f"{product}\n")
    if serial:
        (device / "serial").write_text(f"{serial}\n")
    entry = root / "class" / f"lp{number}"
    entry.mkdir(parents=True)
    (entry / "device").symlink_to(interface)


def test_a_usb_printer_is_found_by_what_it_is(tmp_path: Path) -> None:
    plug(tmp_path, 0, "04b8", "0202", "X4MF1")
    plug(tmp_path, 1, "0a5f", "0120")
    found = tmp_path / "class"
    assert [one.url for one in usb.plugged_in(found)] == ["usb://04b8:0202:X4MF1", "usb://0a5f:0120"]
    assert usb.find("04b8", "0202", "", found) == Path("/dev/usb/lp0")
    assert usb.find("04b8", "0202", "X4MF1", found) == Path("/dev/usb/lp0")
    assert usb.find("0a5f", "0120", "", found) == Path("/dev/usb/lp1")


def test_one_that_is_not_plugged_in_is_absent_and_what_is_there_is_listed(tmp_path: Path) -> None:
    plug(tmp_path, 0, "0a5f", "0120")
    with pytest.raises(LookupError, match=r"there is no USB printer usb://04b8:0202:Z; plugged in: usb://0a5f:0120"):
        usb.find("04b8", "0202", "Z", tmp_path / "class")
    with pytest.raises(LookupError, match="plugged in: none"):
        usb.find("04b8", "0202", "", tmp_path / "nothing")


def test_two_of_a_kind_need_their_serial_numbers(tmp_path: Path) -> None:
    plug(tmp_path, 0, "04b8", "0202", "A")
    plug(tmp_path, 1, "04b8", "0202", "B")
    with pytest.raises(
        LookupError, match=r"2 USB printers are usb://04b8:0202; name one of: usb://04b8:0202:A, usb://"
    ):
        usb.find("04b8", "0202", "", tmp_path / "class")
    assert usb.find("04b8", "0202", "B", tmp_path / "class") == Path("/dev/usb/lp1")


def test_two_that_are_the_same_are_named_by_their_files(tmp_path: Path) -> None:
    plug(tmp_path, 0, "0a5f", "0120")
    plug(tmp_path, 1, "0a5f", "0120")
    plug(tmp_path, 2, "04b8", "0202", "A B")
    there = usb.plugged_in(tmp_path / "class")
    with pytest.raises(LookupError, match=r"name one of: file:///dev/usb/lp0, file:///dev/usb/lp1"):
        usb.find("0a5f", "0120", "", tmp_path / "class")
    assert list(usb.addresses(there).values()) == [
        "file:///dev/usb/lp0", "file:///dev/usb/lp1", "usb://04b8:0202:A%20B",
    ]  # fmt: skip
    assert read_address("usb://04b8:0202:A%20B", "t", "k").path == "04b8:0202:A B"


def test_its_device_file_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usb, "find", lambda vendor, product, serial: tmp_path / f"{vendor}-{product}-{serial}")
    line = reach("usb://04b8:0202:A:1")
    assert line.write(memoryview(b"hello"), 0.1) == 5
    line.close()
    assert (tmp_path / "04b8-0202-A:1").read_bytes() == b"hello"


def test_nothing_plugged_in_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TransportError, match="there is no USB printer usb://ffff:ffff") as caught:
        reach("usb://ffff:ffff")
    assert caught.value.absent


# Windows


class Winspool:
    """winspool.drv as far as it is used: what each call was given; 0 from those that are to fail."""

    def __init__(self, failing: str = "") -> None:
        self.calls: list[str] = []
        self.written: list[bytes] = []
        self._failing = failing

    def __getattr__(self, name: str) -> Any:
        def call(*given: Any) -> int:
            self.calls.append(name)
            if name == "WritePrinter":
                self.written.append(given[1])
                given[3]._obj.value = len(given[1])
            if name == "StartDocPrinterW":
                document = given[2]._obj
                assert (document.datatype, document.output) == ("RAW", None)
            return int(name != self._failing)

        return call


def test_a_printer_of_windows_gets_each_piece_as_one_document() -> None:
    api = Winspool()
    printer = Spooler("EPSON", api)
    assert printer.write(b"\x1b@") == 2
    printer.close()
    assert api.written == [b"\x1b@"]
    assert api.calls == [
        "OpenPrinterW", "StartDocPrinterW", "StartPagePrinter", "WritePrinter", "EndPagePrinter", "EndDocPrinter",
        "ClosePrinter",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("failing", "what"),
    [("OpenPrinterW", "open"), ("StartDocPrinterW", "begin a document on"), ("WritePrinter", "write to")],
)
def test_what_the_spooler_refuses_is_said(failing: str, what: str) -> None:
    api = Winspool(failing)
    with pytest.raises(SpoolerError, match=rf"Windows cannot {what} the printer 'EPSON' \(error 1801\)"):
        Spooler("EPSON", api, lambda: 1801).write(b"x")
    assert ("EndDocPrinter" in api.calls) is (failing == "WritePrinter")


def test_elsewhere_there_is_none() -> None:
    assert not hasattr(ctypes, "WinDLL")
    with pytest.raises(TransportError, match="can be reached on Windows only"):
        reach("win32://EPSON")
