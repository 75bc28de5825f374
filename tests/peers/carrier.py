"""Carries bytes to and from a toy device, over TCP or a serial line: the wire is real, the device is not.

    with Tcp(machine) as line:  …  line.url     one connection at a time, as real devices take them
    with Serial(machine) as line:  …            a pseudo-terminal

The device works in the carrier's thread: `receive` what came, `work` as time passes, `say` what it has to
say. `lock` is held meanwhile, and by a test that changes the device.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
from types import TracebackType
from typing import Final, Protocol

_STEP_S: Final = 0.005


class Machine(Protocol):
    """A toy device."""

    def receive(self, data: bytes) -> None: ...

    def work(self) -> None: ...

    def say(self) -> bytes: ...


class Carrier:
    """What both ways have in common."""

    url: str

    def __init__(self, machine: Machine) -> None:
        self.lock = threading.RLock()
        self.break_after: int | None = None  # bytes until the plug is pulled
        self._machine = machine
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"carries {self.url}", daemon=True)
        self._thread.start()

    def __enter__(self) -> Carrier:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        raise NotImplementedError

    def _take(self, data: bytes) -> tuple[bytes, bool]:
        """Let the device work on what came; what it says, and whether the plug was pulled."""
        with self.lock:
            pulled = self.break_after is not None and len(data) >= self.break_after
            if self.break_after is not None:
                data, self.break_after = data[: self.break_after], self.break_after - len(data)
            if pulled:
                self.break_after = None
            if data:
                self._machine.receive(data)
            self._machine.work()
            return self._machine.say(), pulled


class Tcp(Carrier):
    """A device on a port of this machine, which stays the same when it is switched off and on."""

    def __init__(self, machine: Machine) -> None:
        self._listener: socket.socket | None = None
        self._port = 0
        self.connections = 0
        self.switch(True)
        super().__init__(machine)

    def switch(self, on: bool) -> None:
        """Off, connections are refused and the one there is ends."""
        if on and self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self._port))
            self._listener.settimeout(_STEP_S)
            self._port = self._listener.getsockname()[1]
            self.url = f"tcp://127.0.0.1:{self._port}"
        elif not on and self._listener is not None:
            listener, self._listener = self._listener, None
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def _run(self) -> None:
        while not self._closing.is_set():
            listener = self._listener
            with self.lock:  # it works on, connected or not; what it says waits for somebody to hear it
                self._machine.work()
            if listener is None:
                self._closing.wait(_STEP_S)
                continue
            try:
                connection, _ = listener.accept()
            except OSError:
                continue
            self.connections += 1
            with connection:
                self._serve(connection)
        self.switch(False)

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(_STEP_S)
        pulled = False
        while self._listener is not None and not self._closing.is_set() and not pulled:
            try:
                data = connection.recv(65536)
            except TimeoutError:
                data = None
            except OSError:
                return
            if data == b"":
                return
            said, pulled = self._take(data or b"")
            with contextlib.suppress(OSError):
                connection.sendall(said)


class Serial(Carrier):
    """A device on a serial line, which is its near end; the far end is a terminal that others open."""

    def __init__(self, machine: Machine, options: str = "?baud=115200") -> None:
        self._near, self._far = os.openpty()
        os.set_blocking(self._near, False)
        self.url = f"serial://{os.ttyname(self._far)}{options}"
        super().__init__(machine)

    def _run(self) -> None:
        while not self._closing.is_set():
            ready, _, _ = select.select([self._near], [], [], _STEP_S)
            try:
                data = os.read(self._near, 65536) if ready else b""
                said, _ = self._take(data)
                if said:
                    os.write(self._near, said)
            except BlockingIOError:
                continue

    def close(self) -> None:
        super().close()
        os.close(self._near)
        os.close(self._far)
