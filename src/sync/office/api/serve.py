"""Serving over TCP until told to end."""

from __future__ import annotations

import gc
import ipaddress
import signal
import socket
import sys
from pathlib import Path
from types import FrameType

import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.office.api.app import Office, make_app
from sync.office.store.engine import Database

SHUTDOWN_S = 5  # what is being answered may take this long at the end

SWITCH_S = 0.0005


class CannotServe(Exception):
    """The text says why."""


class _Server(uvicorn.Server):
    """Says where it listens, and lets long polls go when it is told to end."""

    def __init__(self, config: uvicorn.Config, office: Office, address: str) -> None:
        super().__init__(config)
        self._office, self._address = office, address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            sys.stdout.write(f"listening on {self._address}\n")
            sys.stdout.flush()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._office.pulse.close()
        await super().shutdown(sockets)


def serve(
    database: Database,
    key: Ed25519PrivateKey,
    host: str,
    port: int,
    tls: tuple[Path, Path] | None,
    *,
    insecure: bool,
) -> None:
    """Serve until SIGTERM or SIGINT. Raises CannotServe."""
    if tls is None and not insecure and not _loopback(host):
        raise CannotServe(
            f"{host} can be reached from other machines: give --tls-cert and --tls-key, or --insecure to do without"
        )
    listener = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"{'https' if tls else 'http'}://{shown}:{listener.getsockname()[1]}"
    office = Office(database, key)
    config = uvicorn.Config(
        make_app(office),
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=SHUTDOWN_S,
        ssl_certfile=str(tls[0]) if tls else None,
        ssl_keyfile=str(tls[1]) if tls else None,
    )
    try:
        config.load()
    except OSError as error:
        raise CannotServe(f"TLS certificate or key: {error}") from error
    # Claims are settled in a thread: the loop must let go of the interpreter soon after each of
    # its round trips, or every one of them waits for the default 5 ms.
    sys.setswitchinterval(SWITCH_S)
    # What is loaded by now lives as long as the process: the collector need not look at it again.
    gc.freeze()
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises the signal again once it has ended in order; then, or before it began, we end.
        signal.signal(number, _end)
    _Server(config, office, address).run([listener])


def _end(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        raise CannotServe(f"cannot listen on {host} port {port}: {error}") from error
    return listener


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
