"""The local network between tills: a wire to each, on which a certificate may get lost."""

from __future__ import annotations

import contextlib
import socket
import threading
from contextlib import closing
from typing import Final

_CHUNK: Final = 65536
_PASS: Final = b"POST /v1/neighbour/pass "


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(closing(socket.socket())) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


class Wire:
    """From 127.0.0.1:`port` to a till's own port, one request a connection.

    While `losing`, what is asked for is given away at the other end, and its certificate never
    arrives; `lost` counts them.
    """

    def __init__(self, target: int) -> None:
        self.losing = False
        self.lost = 0
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, name=f"wire {self.port}", daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return  # it was closed
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with closing(near), contextlib.suppress(OSError):
            request = _request(near)
            with closing(socket.create_connection(("127.0.0.1", self._target), 2.0)) as far:
                far.sendall(request)
                answer = b"".join(iter(lambda: far.recv(_CHUNK), b""))
            if self.losing and request.startswith(_PASS):
                self.lost += 1
                return
            near.sendall(answer)


def _request(near: socket.socket) -> bytes:
    """A whole request, as its length says."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += near.recv(_CHUNK) or b"\r\n\r\n"
    head, _, body = data.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
    length = int(fields.get(b"content-length", b"0"))
    while len(body) < length and (more := near.recv(_CHUNK)):
        body += more
    return head + b"\r\n\r\n" + body
