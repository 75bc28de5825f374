"""What can go wrong between a till and its office, in the words of ports.LinkState."""

from __future__ import annotations

import errno
import json
import socket
import ssl
from typing import Final, Literal

import httpx2

Cause = Literal["no_network", "no_office", "office_refuses", "not_our_office"]

_NO_NETWORK: Final = frozenset(
    {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, getattr(errno, "EHOSTDOWN", -1)}
)
# The office's words with which it would refuse the same facts at any time. Any other passes, or may.
LASTING: Final = frozenset({"bad_chain", "bad_request", "too_large", "unknown_till"})
_QUOTED: Final = 120  # characters of a strange answer that a technician gets to see


class Trouble(Exception):
    """A request got no answer that counts. `code` is the office's word for why it refuses, else ""."""

    def __init__(self, cause: Cause, detail: str, code: str = "") -> None:
        super().__init__(f"{cause}: {detail}")
        self.cause: Cause = cause
        self.detail = detail
        self.code = code


class LinkClosed(Trouble):
    """The agent is being stopped."""

    def __init__(self) -> None:
        super().__init__("no_office", "the till is closing its line")


def of_transport(error: httpx2.HTTPError, *, answered: bool) -> Trouble:
    """What a failed request says about the line. `answered`: an answer had begun to arrive."""
    for cause in _chain(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Trouble("not_our_office", f"the certificate does not hold: {cause.verify_message}")
        if isinstance(cause, ssl.SSLError):
            return Trouble("not_our_office", f"no TLS with it: {cause.reason or cause}")
        if isinstance(cause, socket.gaierror):
            return Trouble("no_network", f"its name cannot be looked up: {cause.strerror}")
        if isinstance(cause, OSError) and cause.errno in _NO_NETWORK:
            return Trouble("no_network", str(cause.strerror))
    if isinstance(error, httpx2.ConnectTimeout):
        return Trouble("no_office", "it does not take the call")
    if isinstance(error, httpx2.TimeoutException):
        return Trouble("no_office", "it does not answer in time")
    if isinstance(error, httpx2.RemoteProtocolError):
        if answered:
            return Trouble("not_our_office", "its answer broke off half-way")
        if "disconnected" not in str(error):
            return Trouble("not_our_office", f"it does not speak HTTP: {error}")
        return Trouble("no_office", "it hung up without an answer")
    return Trouble("no_office", str(error) or type(error).__name__)


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in found:
        found.append(current)
        current = current.__cause__ or current.__context__
    return found


def of_stranger(status: int, body: bytes, why: str) -> Trouble:
    """An answer that our office did not sign."""
    if status in (502, 503, 504):
        return Trouble("no_office", f"a gateway answers {status} in its place")
    start = " ".join(body[:_QUOTED].decode(errors="replace").split())
    return Trouble("not_our_office", f"{why} (status {status}, {start!r})")


def of_refusal(status: int, body: bytes) -> Trouble:
    """A signed answer other than 200."""
    said = refusal_in(body)
    return Trouble("office_refuses", said.get("error") or f"status {status}", said.get("code", ""))


def refusal_in(body: bytes) -> dict[str, str]:
    """The `code` and the sentence (`error`) of an office's error, {} when the body is none."""
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    if not isinstance(value, dict):
        return {}
    return {key: value[key] for key in ("code", "error") if isinstance(value.get(key), str)}
