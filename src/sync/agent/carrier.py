"""Bytes to the office and back, over persistent connections that can be cut from outside."""

from __future__ import annotations

import ipaddress
import logging
import socket
import ssl
import threading
import time
from pathlib import Path
from typing import Any, Final

import httpx2

from sync import wire
from sync.agent.trouble import LinkClosed, Trouble, of_transport

CONNECT_S: Final = 2.5
LARGEST_ANSWER: Final = 256 * 1024 * 1024


class BadAddress(ValueError):
    """The office's URL cannot be used. The message is a sentence for a person."""


def check_url(url: str, *, allow_plain_http: bool = False) -> str:
    """The office's base URL without a trailing slash. Raises BadAddress."""
    try:
        parsed = httpx2.URL(url.strip())
    except httpx2.InvalidURL as error:
        raise BadAddress(f"{url!r} is not a web address: {error}") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise BadAddress(f"{url!r} is not a web address like https://office.example:8443")
    if parsed.scheme == "http" and not allow_plain_http and not _is_loopback(parsed.host):
        raise BadAddress(f"{url!r} is plain HTTP to another machine; use https://")
    return str(parsed).rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def tls_for(url: str, ca_file: Path | None) -> ssl.SSLContext | None:
    """Whom to trust: the system's store, or only `ca_file` (PEM). None for plain HTTP. Raises BadAddress."""
    if not url.startswith("https:"):
        return None
    if ca_file is None:
        return httpx2.create_ssl_context(trust_env=False)
    try:
        return ssl.create_default_context(cafile=str(ca_file))
    except (OSError, ssl.SSLError) as error:
        raise BadAddress(f"{ca_file} cannot be read as certificates: {error}") from error


class Attempt:
    """One try of a request, as the HTTP library tells of it."""

    def __init__(self) -> None:
        self.begin_again()

    def begin_again(self) -> None:
        """What follows is another try of the same request."""
        self.answered = False
        self.broken = False
        self.new_connection = False
        self.let_go = False  # its connections were renewed while it was under way

    @property
    def stale(self) -> bool:
        """It failed on a connection that had lain idle, before any answer, and not by our own doing."""
        return self.broken and not self.answered and not self.new_connection and not self.let_go


class _Connections:
    """A pool of connections. Once retired it takes no more requests, and is closed with its last one."""

    def __init__(self, tls: ssl.SSLContext | None, source: str) -> None:
        # The library would log every request, and a till makes one every few seconds.
        logging.getLogger("httpx2").setLevel(logging.WARNING)
        transport = httpx2.HTTPTransport(
            # Without TLS there is nothing to verify, and loading the store takes its time.
            verify=tls if tls is not None else False,
            trust_env=False,  # a till calls its office directly
            limits=httpx2.Limits(keepalive_expiry=None),
            local_address=source or None,
        )
        headers = {"Accept-Encoding": "identity", "User-Agent": "housefull"}
        self.client = httpx2.Client(transport=transport, trust_env=False, headers=headers)
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._requests = 0
        self._retired = False
        self._cut = False

    def begin(self) -> None:
        with self._lock:
            self._requests += 1

    def end(self) -> bool:
        """Whether that was the last request, of a pool that takes no more."""
        with self._lock:
            self._requests -= 1
            last = self._retired and self._requests == 0
        if last:
            self.client.close()
        return last

    def connected(self, sock: socket.socket) -> None:
        with self._lock:
            self._sockets = {known for known in self._sockets if known.fileno() >= 0} | {sock}
            cut = self._cut
        if cut:
            _shut(sock)

    @property
    def cut(self) -> bool:
        """Whether what is under way here was cut off by ourselves."""
        return self._cut

    def retire(self, *, cut: bool) -> bool:
        """Whether requests are still under way. It may be cut later than it is retired."""
        with self._lock:
            self._retired, self._cut = True, self._cut or cut
            sockets, idle = self._sockets, self._requests == 0
        if cut:
            for sock in sockets:
                _shut(sock)
        if idle:
            self.client.close()
        return not idle


def _shut(sock: socket.socket) -> None:
    """Wake whoever reads from it, which closing it would not."""
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
    except OSError:
        return  # it is down already


class Carrier:
    """Connections to one address. `url` is from `check_url`, `tls` from `tls_for`; calls go out from the local address
    `source`, or wherever the system chooses."""

    def __init__(self, url: str, tls: ssl.SSLContext | None, source: str = "") -> None:
        self._url = url
        self._source = source
        self._tls = tls
        self._lock = threading.Lock()
        self._connections: _Connections | None = None
        self._retired: set[_Connections] = set()  # whose last request has not ended
        self._closed = False

    def exchange(
        self,
        method: str,
        path: str,
        body: bytes,
        headers: dict[str, str],
        deadline: float,
        attempt: Attempt,
        body_s: float = 0.0,
    ) -> tuple[int, str, bytes]:
        """Send, and read the answer: status, signature, body; nothing is verified here.

        The answer has to begin before `deadline` (by time.monotonic()) and to be whole `body_s`
        after it at the latest. Raises Trouble.
        """
        left_s = max(deadline - time.monotonic(), 0.05)
        connections = self._begin()

        def trace(event: str, info: dict[str, Any]) -> None:
            if event == "connection.connect_tcp.started":
                attempt.new_connection = True
            elif event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
                connections.connected(info["return_value"].get_extra_info("socket"))

        try:
            with connections.client.stream(
                method,
                self._url + path,
                content=body,
                headers=headers,
                timeout=httpx2.Timeout(left_s, connect=min(CONNECT_S, left_s)),
                extensions={"trace": trace},
            ) as response:
                attempt.answered = True
                data = _read(response, deadline + body_s)
                return response.status_code, response.headers.get(wire.H_SIGNATURE, ""), data
        except httpx2.HTTPError as error:
            if self._closed:
                raise LinkClosed from error
            attempt.broken = isinstance(error, httpx2.NetworkError | httpx2.RemoteProtocolError)
            attempt.let_go = connections.cut
            raise of_transport(error, answered=attempt.answered) from error
        finally:
            if connections.end():
                self._forget(connections)

    def _begin(self) -> _Connections:
        with self._lock:
            if self._closed:
                raise LinkClosed
            if self._connections is None:
                self._connections = _Connections(self._tls, self._source)
            self._connections.begin()
            return self._connections

    def renew(self, *, cut: bool = True) -> None:
        """Drop all connections: after an outage those from before it are dead, and would only time out. What is under
        way on them fails, and `Attempt.let_go` tells why, also what was left to come to its end before. Not `cut`: it
        comes to its end."""
        with self._lock:
            current, self._connections = self._connections, None
            if current is not None:
                self._retired.add(current)
            leaving = [one for one in self._retired if cut or one is current]
        for connections in leaving:
            if not connections.retire(cut=cut):
                self._forget(connections)

    def _forget(self, connections: _Connections) -> None:
        with self._lock:
            self._retired.discard(connections)

    def close(self) -> None:
        """End every request at once, those of other threads too; further ones raise LinkClosed."""
        with self._lock:
            self._closed = True
        self.renew()


def _read(response: httpx2.Response, deadline: float) -> bytes:
    """The whole body, or Trouble: an answer that drips for ever is none."""
    parts: list[bytes] = []
    size = 0
    for part in response.iter_raw():
        parts.append(part)
        size += len(part)
        if size > LARGEST_ANSWER:
            raise Trouble("not_our_office", f"its answer is longer than {LARGEST_ANSWER >> 20} MB")
        if time.monotonic() > deadline:
            raise Trouble("no_office", "its answer does not come to an end")
    return b"".join(parts)
