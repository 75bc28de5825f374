"""A line display of two rows of twenty letters, behind TCP or a pseudo-terminal: it does what it is sent.

It is written from the commands' descriptions, apart from the program's own.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
import time
import tty
from collections.abc import Callable
from types import TracebackType

_PAGES = {0: "cp437", 17: "cp866", 18: "cp852", 19: "cp858"}


class Glass:
    """What is to be read on the display."""

    def __init__(self) -> None:
        self.clear()
        self._codec = "cp437"
        self._rest = b""
        self.taken = 0  # bytes

    def clear(self) -> None:
        self.cells = [[" "] * 20 for _ in range(2)]
        self._x = self._y = 0

    @property
    def rows(self) -> tuple[str, str]:
        return "".join(self.cells[0]), "".join(self.cells[1])

    def feed(self, data: bytes) -> None:
        self.taken += len(data)
        data = self._rest + data
        while data:
            size = self._command(data)
            if not size:
                break
            data = data[size:]
        self._rest = data

    def _command(self, data: bytes) -> int:
        """Carry out what stands in front; how many bytes that was, 0 when there are not enough."""
        if data[0] == 0x0C:
            self.clear()
            return 1
        if data[0] == 0x1B and len(data) > 1 and data[1] == ord("@"):
            self.clear()
            self._codec = "cp437"
            return 2
        if data[0] == 0x1B and len(data) > 2 and data[1] == ord("t"):
            self._codec = _PAGES[data[2]]
            return 3
        if data[0] == 0x1F and len(data) > 3 and data[1] == ord("$"):
            self._x, self._y = data[2] - 1, data[3] - 1
            return 4
        if data[0] in (0x1B, 0x1F):
            return 0
        self.cells[self._y][self._x] = bytes([data[0]]).decode(self._codec)
        self._x += 1
        if self._x == 20:
            self._x, self._y = 0, (self._y + 1) % 2
        return 1


class ToyDisplay:
    """Listens until it is closed. While it `hangs` it takes nothing."""

    def __init__(self, *, serial: bool = False) -> None:
        self.glass = Glass()
        self.hangs = False
        self._closing = threading.Event()
        self._fds: list[int] = []
        self._near = -1
        if serial:
            self._near, far = os.openpty()
            tty.setraw(far)
            self._fds = [self._near, far]
            self.url = f"serial://{os.ttyname(far)}?baud=9600"
            self._thread = threading.Thread(target=self._read_line, daemon=True)
        else:
            self._listener = socket.create_server(("127.0.0.1", 0))
            self._listener.settimeout(0.05)
            self.port = self._listener.getsockname()[1]
            self.url = f"tcp://127.0.0.1:{self.port}"
            self._thread = threading.Thread(target=self._accept, daemon=True)
        self._connection: socket.socket | None = None
        self._thread.start()

    def __enter__(self) -> ToyDisplay:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._closing.set()
        self._thread.join(5)
        if not self._fds:
            self._listener.close()
        for fd in self._fds:
            os.close(fd)

    def drop(self) -> None:
        """The connection breaks; the next one is taken."""
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)

    def until(self, seen: Callable[[tuple[str, str]], bool], seconds: float = 10.0) -> None:
        end = time.monotonic() + seconds
        while not seen(self.glass.rows):
            assert time.monotonic() < end, self.glass.rows
            time.sleep(0.005)

    def _read_line(self) -> None:
        while not self._closing.is_set():
            if self.hangs:
                self._closing.wait(0.02)
            elif select.select([self._near], [], [], 0.05)[0]:
                self.glass.feed(os.read(self._near, 4096))

    def _accept(self) -> None:
        while not self._closing.is_set():
            with contextlib.suppress(OSError):
                self._connection, _ = self._listener.accept()
                with self._connection:
                    self._serve(self._connection)

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(0.05)
        while not self._closing.is_set():
            if self.hangs:
                self._closing.wait(0.02)
                continue
            with contextlib.suppress(TimeoutError):
                data = connection.recv(4096)
                if not data:
                    return
                self.glass.feed(data)
