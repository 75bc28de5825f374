"""What a failed request says about the line."""

from __future__ import annotations

import errno
import json
import socket

import httpx2
import pytest

from sync.agent.backoff import FIRST_S, LONGEST_S, Backoff
from sync.agent.carrier import check_url
from sync.agent.trouble import of_refusal, of_stranger, of_transport


def caused(error: httpx2.HTTPError, cause: BaseException) -> httpx2.HTTPError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (caused(httpx2.ConnectError("x"), socket.gaierror(-2, "Name or service not known")), "no_network"),
        (caused(httpx2.ConnectError("x"), OSError(errno.ENETUNREACH, "Network is unreachable")), "no_network"),
        (caused(httpx2.ConnectError("x"), OSError(errno.EHOSTUNREACH, "No route to host")), "no_network"),
        (caused(httpx2.ConnectError("x"), ConnectionRefusedError(errno.ECONNREFUSED, "refused")), "no_office"),
        (caused(httpx2.ReadError("x"), ConnectionResetError(errno.ECONNRESET, "reset")), "no_office"),
        (httpx2.ConnectTimeout("x"), "no_office"),
        (httpx2.ReadTimeout("x"), "no_office"),
        (httpx2.RemoteProtocolError("Server disconnected without sending a response."), "no_office"),
        (httpx2.RemoteProtocolError("illegal status line"), "not_our_office"),
    ],
)
def test_causes(error: httpx2.HTTPError, cause: str) -> None:
    trouble = of_transport(error, answered=False)
    assert trouble.cause == cause
    assert trouble.detail


def test_strangers_and_refusals() -> None:
    portal = of_stranger(200, b"<html>\n  Welcome</html>" * 50, "it bears no signature")
    assert portal.cause == "not_our_office"
    assert "Welcome" in portal.detail
    assert len(portal.detail) < 250
    assert of_stranger(503, b"", "no signature").cause == "no_office"
    assert of_stranger(200, b"\xff\x00", "no signature").cause == "not_our_office"
    refusal = of_refusal(403, json.dumps({"code": "fenced", "error": "it has ended"}).encode())
    assert (refusal.cause, refusal.code, refusal.detail) == ("office_refuses", "fenced", "it has ended")
    for body in (b"", b"[]", b'{"error": 5}', b"<html>"):
        assert of_refusal(418, body).detail == "status 418"


def test_backoff_grows_with_jitter_to_its_longest() -> None:
    for longest in (LONGEST_S, 2.0):
        backoff = Backoff(longest)
        waits = [backoff.next_s() for _ in range(50)]
        assert all(0 < wait <= longest for wait in waits)
        assert waits[0] <= FIRST_S
        assert min(waits[10:]) >= longest / 2
        assert len(set(waits[10:])) > 10, "they do not all come at once"
        backoff.reset()
        assert backoff.next_s() <= FIRST_S


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8443", "http://localhost", "http://[::1]:8080", "https://office.example"]
)
def test_good_addresses(url: str) -> None:
    assert check_url(f" {url}/ ") == url
    assert check_url("http://10.0.0.5:8443", allow_plain_http=True) == "http://10.0.0.5:8443"
