"""A Boca that takes no time: acknowledges each ticket as its end comes. Ends with its standard input."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import sys
import threading

_COMMAND = re.compile(rb"<([A-Za-z]+)([\d,]*)>")


def serve(listener: socket.socket) -> None:
    """One connection after the other."""
    while True:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(ConnectionResetError):  # the client leaves as it likes
            answer(connection)


def answer(connection: socket.socket) -> None:
    buffer, at = b"", 0
    while data := connection.recv(1 << 16):
        buffer, at = buffer[at:] + data, 0
        said = b""
        while (match := _COMMAND.search(buffer, at)) is not None:
            end = match.end() + (int(match[2]) if match[1] in (b"G", b"g") else 0)
            if end > len(buffer):
                at = match.start()
                break
            at = end
            said += {b"p": b"\x06", b"S": b"\x11" if match[2] == b"1" else b"0000001 PROM = FGL46R10\r\n"}.get(
                match[1], b""
            )
        if said:
            connection.sendall(said)


if __name__ == "__main__":
    listening = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(listening,), daemon=True).start()
    print(listening.getsockname()[1], flush=True)
    sys.stdin.read()
    os._exit(0)
