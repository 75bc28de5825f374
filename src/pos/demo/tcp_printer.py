"""A receipt printer on a port of this machine: takes one connection at a time, as real ones do."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Final

from pos.demo.escpos_paper import EscposPaper, Piece

_LOOK_UP_S: Final = 0.1


class TcpPrinter:
    """Listens on 127.0.0.1 and prints to pictures. `came_out` and `drawer` are called in its thread.

    `port` 0 picks a free one; it stays the same when the printer is switched off and on.
    Raises OSError when the port is taken.
    """

    def __init__(
        self,
        font: bytes,
        *,
        port: int = 0,
        width: int = 576,
        came_out: Callable[[Piece], None],
        drawer: Callable[[int], None],
    ) -> None:
        self._lock = threading.Lock()
        self._out: list[bytes] = []
        self._paper = EscposPaper(font, width, self._out.append, came_out, drawer)
        self._closing = False
        self._nap = threading.Event()
        self._on = True
        self.answers = True  # False: prints, but never says a word
        self.deaf = False  # True: takes bytes and does nothing at all with them
        self.break_after: int | None = None  # bytes until the plug is pulled
        self._listener: socket.socket | None = None
        self.port = port
        self._listen()
        self._thread = threading.Thread(target=self._run, name=f"printer on port {self.port}", daemon=True)
        self._thread.start()

    def switch(self, on: bool) -> None:
        """Switch the printer on or off; off, connections are refused and what it held is forgotten."""
        with self._lock:
            self._on = on
            if on and self._listener is None:
                self._listen()
            elif not on:
                self._stop_listening()

    def change(
        self, *, paper_out: bool | None = None, cover_open: bool | None = None, drawer_open: bool | None = None
    ) -> None:
        """Someone takes the paper out or puts it in, opens or shuts the cover or the drawer."""
        with self._lock:
            self._paper.change(paper_out=paper_out, cover_open=cover_open, drawer_open=drawer_open)

    def hold(self, busy: bool) -> None:
        """Stop working but go on answering real-time questions, or go on with everything."""
        with self._lock:
            self._paper.hold(busy)

    def run_low(self) -> None:
        """The near-end sensor sees the core of the roll."""
        with self._lock:
            self._paper.paper_low = True

    def run_out_after(self, rows: int) -> None:
        """The paper ends so many rows of dots from here."""
        with self._lock:
            self._paper.rows_left = rows

    def tear_off(self) -> None:
        """Someone tears off what sticks out."""
        with self._lock:
            self._paper.tear_off()

    @property
    def not_understood(self) -> list[bytes]:
        """Commands that came and are not known here."""
        with self._lock:
            return list(self._paper.not_understood)

    def close(self) -> None:
        """Stop listening and end the thread."""
        self._closing = True
        self._nap.set()
        self._thread.join()

    def _listen(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._listener.settimeout(_LOOK_UP_S)
        self.port = self._listener.getsockname()[1]

    def _stop_listening(self) -> None:
        if self._listener is not None:
            # Closing alone would go on listening for as long as the thread waits in accept.
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None

    def _run(self) -> None:
        while not self._closing:
            listener = self._listener
            if listener is None:
                self._nap.wait(_LOOK_UP_S)
                continue
            try:
                connection, _ = listener.accept()
            except OSError:  # nobody came in time, or it was switched off
                continue
            with connection:
                self._serve(connection)
        with self._lock:
            self._stop_listening()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(_LOOK_UP_S)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while self._on and not self._closing:
            try:
                data = connection.recv(65536)
            except TimeoutError:
                data = None
            except OSError:
                return
            if data == b"":
                return
            pulled = self._take(data or b"")
            with contextlib.suppress(OSError):
                self._answer(connection)
            if pulled:
                return

    def _take(self, data: bytes) -> bool:
        """Work on what came; whether the plug was pulled meanwhile."""
        with self._lock:
            pulled = self.break_after is not None and len(data) >= self.break_after
            if pulled:
                data, self.break_after = data[: self.break_after], None
            elif self.break_after is not None:
                self.break_after -= len(data)
            if data and not self.deaf:
                self._paper.receive(data)
        return pulled

    def _answer(self, connection: socket.socket) -> None:
        with self._lock:
            answers = b"".join(self._out)
            self._out.clear()
        if answers and self.answers:
            connection.sendall(answers)
