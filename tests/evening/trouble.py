"""Trouble to run an evening through: disks that fill up or fail, and strangers who answer in the office's place."""

from __future__ import annotations

import os
import resource
import socket
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.peers.machine import Machine

_FILLER = "filler"


class FullDisk(Exception):
    """There is no such disk on this machine; the message says why."""


@contextmanager
def small_disk(mounted: Path, megabytes: int = 8) -> Iterator[SmallDisk]:
    """A file system of its own. Raises FullDisk where nothing may be mounted."""
    mounted.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(mounted)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
        raise FullDisk("mounting needs the rights of root")
    try:
        yield SmallDisk(mounted)
    finally:
        subprocess.run(["umount", "--lazy", str(mounted)], check=True)


class SmallDisk:
    """A disk that can be filled to its last byte (ENOSPC) and given room again."""

    def __init__(self, mounted: Path) -> None:
        self._mounted, self._filler = mounted, mounted / _FILLER

    def fill(self) -> None:
        with self._filler.open("ab", buffering=0) as file:
            for size in (1 << 16, 1 << 12, 1):
                try:
                    while file.write(b"\0" * size):
                        continue
                except OSError:
                    continue  # full for that size

    def free(self) -> None:
        self._filler.unlink()

    def writable(self, yes: bool) -> None:
        """As a system makes its disk read-only after an error (EROFS)."""
        subprocess.run(["mount", "-o", f"remount,{'rw' if yes else 'ro'}", str(self._mounted)], check=True)


class SizeLimit:
    """For machines where nothing may be mounted: the till's files grow no further (EFBIG)."""

    def __init__(self, pid: int, folder: Path) -> None:
        self._pid, self._folder = pid, folder

    def fill(self) -> None:
        size = (self._folder / "ledger.db-wal").stat().st_size
        resource.prlimit(self._pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def free(self) -> None:
        resource.prlimit(self._pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


class FailingDisk:
    """A disk that takes no writes to a till's ledger, or says at the sync that it has not taken them."""

    def __init__(self, machine: Machine, folder: Path, *, writes: int = 0, syncs: int = 0) -> None:
        self._machine, self._files = machine, f"{folder.resolve()}/ledger.db*"
        self._writes, self._syncs = writes, syncs

    def fill(self) -> None:
        self._machine.fail(self._files, writes=self._writes, syncs=self._syncs)

    def free(self) -> None:
        self._machine.work()


PORTAL = b"<html><body><h1>Welcome to Hotel Wi-Fi</h1></body></html>"


def http(status: int, body: bytes, length: int | None = None) -> bytes:
    head = f"HTTP/1.1 {status} x\r\nContent-Type: text/html\r\nContent-Length: {length or len(body)}\r\n\r\n"
    return head.encode() + body


STRANGERS = {
    "a page of HTML": http(200, PORTAL),
    "half a reply": http(200, b'{"cursor": 1, "chang', 400),
    "a gateway's error": http(502, b"<h1>Bad Gateway</h1>"),
    "not HTTP at all": b"220 mail.example ESMTP\r\n\r\n",
    "nothing": b"",
}


class _Handler(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.request.recv(1 << 16)
        self.request.sendall(self.server.says)
        # What is still coming is heard out: closing over it would reset the connection and eat the words.
        self.request.shutdown(socket.SHUT_WR)
        self.request.settimeout(1.0)
        with suppress(OSError):
            while self.request.recv(1 << 16):
                continue


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, says: bytes) -> None:
        self.says = says
        super().__init__(("127.0.0.1", port), _Handler)


@contextmanager
def stranger(port: int, says: bytes) -> Iterator[None]:
    """Somebody else at the office's address, who answers everything with these bytes and hangs up."""
    with _Server(port, says) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
