"""The way to a device: the only place that opens sockets, ports and device files.

    tcp://host:port                     a network printer
    serial:///dev/ttyUSB0?baud=19200    a serial port (baud 9600 unless given), with flow=rtscts or flow=xonxoff
    usb://04b8:0202:X4MF012345          a USB printer by vendor, product and, where there are two, serial number
    file:///dev/usb/lp0                 a device file, or a plain file that grows
    win32://EPSON TM-T88V               a printer of Windows, by its name
    pdf:///folder                       no device: a folder for PDF files, see worker.folder

Every call takes a time limit, and every failure is a TransportError with a sentence
for a person. Nothing here keeps a thread or retries.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import socket
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from pos.devices import usb
from pos.devices.winspool import Spooler, SpoolerError
from pos.domain.errors import Unreadable

if TYPE_CHECKING:
    import serial

_CONNECT_S: Final = 1.5
_CHUNK: Final = 4096
_SERIAL_CHUNK: Final = 256
_BAUDS: Final = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)

_USB: Final = re.compile(r"usb://([0-9a-fA-F]{4}):([0-9a-fA-F]{4})(?::([^/?#]+))?/?")

Scheme = Literal["tcp", "serial", "usb", "file", "win32", "pdf"]
_SCHEMES: Final[tuple[Scheme, ...]] = ("tcp", "serial", "usb", "file", "win32", "pdf")
Flow = Literal["none", "rtscts", "xonxoff"]
_FLOWS: Final[tuple[Flow, ...]] = ("none", "rtscts", "xonxoff")


class TransportError(Exception):
    """The device cannot be reached, or the connection broke. `absent`: it is not plugged in at all."""

    def __init__(self, text: str, *, absent: bool = False) -> None:
        super().__init__(text)
        self.absent = absent


class Transport(Protocol):
    """An open way to a device."""

    def write(self, data: memoryview, timeout_s: float) -> int:
        """Hand over some of `data`; how many bytes were taken, 0 when none within the time."""

    def read(self, timeout_s: float) -> bytes:
        """What has come, waiting up to `timeout_s` for a first byte; empty when nothing came."""

    def close(self) -> None:
        """Let go of the device. Never raises: an unplugged one cannot be closed any better."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a device is, checked. `slow` lines carry text rather than pictures. `path` is a file, a folder, the
    name of a printer in Windows, or vendor, product and serial number of one on USB, with colons between.

    `stop_bits` is what a serial protocol asks for, not what a person sets. `tap` is put around
    whatever is opened, to see what goes through.
    """

    scheme: Scheme
    host: str = ""
    port: int = 0
    path: str = ""
    baud: int = 0
    stop_bits: int = 1
    flow: Flow = "none"
    tap: Callable[[Transport], Transport] | None = field(default=None, compare=False, repr=False)

    @property
    def slow(self) -> bool:
        return self.scheme == "serial"

    def open(self) -> Transport:
        """Reach the device; takes up to 1.5 s. Raises TransportError."""
        opened = self._reach()
        return opened if self.tap is None else self.tap(opened)

    def _reach(self) -> Transport:
        match self.scheme:
            case "tcp":
                return _Tcp(self.host, self.port)
            case "serial":
                return _Serial(self)
            case "usb":
                return _File(_usb_path(self.path))
            case "win32":
                return _Windows(self.path)
            case "file":
                return _File(Path(self.path))
            case "pdf":
                raise ValueError("a folder for PDF files is not a device")


def read_address(url: str, where: str, key: str) -> Address:
    """Read a transport URL; `where` and `key` name it in errors. Raises Unreadable."""
    if (on_usb := _USB.fullmatch(url)) is not None:
        vendor, product, serial_number = on_usb.groups(default="")
        names = [vendor.lower(), product.lower(), *([unquote(serial_number)] if serial_number else [])]
        return Address("usb", path=":".join(names))
    try:
        parts = urlsplit(url)
        port = None if parts.scheme in ("usb", "win32") else parts.port
    except ValueError as error:
        raise Unreadable(where, key, f"{url!r} is not an address: {error}") from error
    scheme = next((known for known in _SCHEMES if known == parts.scheme), None)
    if scheme is None:
        known = ", ".join(f"{each}://" for each in _SCHEMES)
        raise Unreadable(where, key, f"{url!r}: {parts.scheme or 'nothing'}:// is not supported; these are: {known}")
    if scheme == "tcp":
        if not parts.hostname or not port or parts.path not in ("", "/"):
            raise Unreadable(where, key, f"{url!r} must look like tcp://192.168.1.50:9100")
        return Address(scheme, host=parts.hostname, port=port)
    if scheme == "usb":
        raise Unreadable(where, key, f"{url!r} must look like usb://04b8:0202 or usb://04b8:0202:SERIAL")
    if scheme == "win32":
        name = unquote(url.partition("://")[2])
        if not name.strip():
            raise Unreadable(where, key, f"{url!r} must look like win32://NAME OF THE PRINTER")
        return Address(scheme, path=name)
    path = unquote(parts.path)
    if parts.netloc or not path.strip("/"):
        raise Unreadable(where, key, f"{url!r} must look like {scheme}:///path")
    if scheme == "serial":
        return _read_serial(url, path, parts.query, where, key)
    return Address(scheme, path=path)


def _read_serial(url: str, path: str, options: str, where: str, key: str) -> Address:
    query = parse_qs(options)
    baud = query.pop("baud", ["9600"])[-1]
    asked = query.pop("flow", ["none"])[-1]
    flow = next((known for known in _FLOWS if known == asked), None)
    if query or baud not in map(str, _BAUDS) or flow is None:
        known = f"baud one of {', '.join(map(str, _BAUDS))}, flow one of {', '.join(_FLOWS)}"
        raise Unreadable(where, key, f"{url!r} must look like serial:///dev/ttyUSB0?baud=19200&flow=rtscts, {known}")
    return Address("serial", path=path, baud=int(baud), flow=flow)


def _usb_path(names: str) -> Path:
    vendor, product, *serial = names.split(":", 2)
    try:
        return usb.find(vendor, product, "".join(serial))
    except LookupError as error:
        raise TransportError(str(error), absent=True) from error


def _sentence(error: OSError) -> str:
    return (error.strerror or str(error) or type(error).__name__).lower()


def _keep_alive(connection: socket.socket) -> None:
    """Have the system look after a silent connection, so that one whose other end is gone breaks.

    Some devices are not asked again until they have answered, and others only listened to.
    """
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 5), ("TCP_KEEPINTVL", 3), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):  # seconds, seconds and a count; not every system lets them be set
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


class _Tcp:
    def __init__(self, host: str, port: int) -> None:
        self._name = f"{host}:{port}"
        try:
            self._socket = socket.create_connection((host, port), _CONNECT_S)
        except TimeoutError as error:
            raise TransportError(f"{self._name} does not answer") from error
        except OSError as error:
            raise TransportError(f"{self._name}: {_sentence(error)}") from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _keep_alive(self._socket)

    def write(self, data: memoryview, timeout_s: float) -> int:
        self._socket.settimeout(timeout_s)
        try:
            return self._socket.send(data)
        except TimeoutError:
            return 0
        except OSError as error:
            raise TransportError(f"{self._name}: {_sentence(error)}") from error

    def read(self, timeout_s: float) -> bytes:
        self._socket.settimeout(max(timeout_s, 0.001))
        try:
            data = self._socket.recv(_CHUNK)
        except TimeoutError:
            return b""
        except OSError as error:
            raise TransportError(f"{self._name}: {_sentence(error)}") from error
        if not data:
            raise TransportError(f"{self._name} has closed the connection")
        return data

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.close()


class _Serial:
    def __init__(self, address: Address) -> None:
        import serial  # not needed by most tills

        self._path = path = address.path
        self._errors = (serial.SerialException, OSError)
        try:
            self._port: serial.Serial = serial.Serial(
                path,
                address.baud,
                stopbits=address.stop_bits,
                timeout=0,
                write_timeout=0,
                exclusive=os.name != "nt",
                rtscts=address.flow == "rtscts",
                xonxoff=address.flow == "xonxoff",
            )
        except self._errors as error:
            gone = os.name != "nt" and not Path(path).exists()
            reason = "is not there" if gone else str(error)
            raise TransportError(f"{path}: {reason}", absent=gone) from error

    def write(self, data: memoryview, timeout_s: float) -> int:
        try:
            # Asked to wait by itself, pyserial does not tell how many bytes it had handed over.
            if os.name != "nt" and not select.select([], [self._port.fileno()], [], timeout_s)[1]:
                return 0
            return self._port.write(bytes(data[:_SERIAL_CHUNK])) or 0
        except self._errors as error:
            raise TransportError(f"{self._path}: {error}") from error

    def read(self, timeout_s: float) -> bytes:
        try:
            self._port.timeout = timeout_s
            first: bytes = self._port.read(1)
            rest: bytes = self._port.read(self._port.in_waiting) if first else b""
        except self._errors as error:
            raise TransportError(f"{self._path}: {error}") from error
        return first + rest

    def close(self) -> None:
        # pyserial raises here, too, when the adapter was pulled out.
        with contextlib.suppress(*self._errors):
            self._port.close()


class _File:
    def __init__(self, path: Path) -> None:
        self._path = path
        device = path.is_char_device()
        if path.is_relative_to("/dev") and not path.is_relative_to("/dev/shm") and not device:
            raise TransportError(f"{path} is not there", absent=True)
        nonblocking = getattr(os, "O_NONBLOCK", 0)
        flags = os.O_RDWR | nonblocking if device else os.O_WRONLY | os.O_APPEND | os.O_CREAT
        try:
            self._fd = os.open(path, flags, stat.S_IRUSR | stat.S_IWUSR)
        except OSError as error:
            raise TransportError(f"{path}: {_sentence(error)}") from error
        self._device = device

    def write(self, data: memoryview, timeout_s: float) -> int:
        try:
            if self._device and not select.select([], [self._fd], [], timeout_s)[1]:
                return 0
            return os.write(self._fd, data[:_CHUNK])
        except OSError as error:
            raise TransportError(f"{self._path}: {_sentence(error)}") from error

    def read(self, timeout_s: float) -> bytes:
        if not self._device:
            time.sleep(timeout_s)  # a plain file never answers
            return b""
        try:
            if not select.select([self._fd], [], [], timeout_s)[0]:
                return b""
            data = os.read(self._fd, _CHUNK)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise TransportError(f"{self._path}: {_sentence(error)}") from error
        if not data:
            time.sleep(timeout_s)  # a write-only device reads as ended at once, and always
        return data

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self._fd)


class _Windows:
    def __init__(self, name: str) -> None:
        try:
            self._spooler = Spooler(name)
        except SpoolerError as error:
            raise TransportError(str(error)) from error

    def write(self, data: memoryview, timeout_s: float) -> int:
        try:
            return self._spooler.write(bytes(data))
        except SpoolerError as error:
            raise TransportError(str(error)) from error

    def read(self, timeout_s: float) -> bytes:
        time.sleep(timeout_s)  # the spooler never answers
        return b""

    def close(self) -> None:
        self._spooler.close()
