"""A postman between a till and its office, who loses answers, brings letters twice, or late.

    postman = Postman(office.url)
    postman.next("/v1/claim", "lose")     the office does it, and its answer is lost
    postman.next("/v1/push", "twice")     the office gets the same letter once more
    postman.next("/v1/push", "late")      the till hears nothing; the office gets it when the till has asked anew
    postman.watch("/v1/push", call)       `call()` when such a letter is on its way and not yet answered

He reads HTTP with a content length, one request after the other on a connection, which is what tills send.
"""

from __future__ import annotations

import socket
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from types import TracebackType
from typing import Literal
from urllib.parse import urlsplit

Slip = Literal["lose", "twice", "late"]
LATE_S = 1.5
_TIMEOUT_S = 30.0


class Postman:
    """A context manager; `url` is where tills find him. All methods from any thread."""

    def __init__(self, office: str) -> None:
        at = urlsplit(office)
        self._office = at.hostname, at.port
        self._lock = threading.Lock()
        self._slips: dict[str, deque[Slip]] = defaultdict(deque)
        self._watchers: dict[str, Callable[[], None]] = {}
        self.slipped: list[tuple[str, Slip]] = []  # what has gone wrong, as it did
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, name="postman", daemon=True).start()

    def __enter__(self) -> Postman:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()

    def next(self, path: str, *slips: Slip) -> None:
        """The next letters for `path` go wrong this way, one after the other."""
        with self._lock:
            self._slips[path].extend(slips)

    def watch(self, path: str, call: Callable[[], None]) -> None:
        """Once, and in a thread of its own."""
        with self._lock:
            self._watchers[path] = call

    # ---- his round -----------------------------------------------------------------------

    def _accept(self) -> None:
        while True:
            try:
                till, _ = self._listener.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._serve, args=(till,), name="postman's round", daemon=True).start()

    def _serve(self, till: socket.socket) -> None:
        with till:
            try:
                with self._call() as office:
                    while letter := _letter(till):
                        if not self._carry(letter, till, office):
                            return
            except OSError:
                return  # one end hung up, or there is no office: so does he

    def _call(self) -> socket.socket:
        return socket.create_connection(self._office, _TIMEOUT_S)

    def _carry(self, letter: bytes, till: socket.socket, office: socket.socket) -> bool:
        """One letter and its answer; whether the connection stays open."""
        path = letter.split(b" ", 2)[1].decode()
        with self._lock:
            slip = self._slips[path].popleft() if self._slips[path] else None
            watcher = self._watchers.pop(path, None)
            if slip:
                self.slipped.append((path, slip))
        if slip == "late":
            threading.Thread(target=self._bring, args=(letter, LATE_S), name="a late letter", daemon=True).start()
            return False
        office.sendall(letter)
        if watcher:
            threading.Thread(target=watcher, name="postman's watcher", daemon=True).start()
        answer = _letter(office)
        if slip == "twice":
            self._bring(letter, 0.0)
        if not answer or slip == "lose":
            return False
        till.sendall(answer)
        return True

    def _bring(self, letter: bytes, after_s: float) -> None:
        """To the office, on a connection of its own; nobody waits for the answer."""
        time.sleep(after_s)
        try:
            with self._call() as office:
                office.sendall(letter)
                _letter(office)
        except OSError:
            return  # the office has ended meanwhile


def _letter(sender: socket.socket) -> bytes:
    """A whole request or answer; empty when the sender has hung up."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := sender.recv(1 << 16)):
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        if not (more := sender.recv(1 << 16)):
            return b""
        body += more
    return head + b"\r\n\r\n" + body
