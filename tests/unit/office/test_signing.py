"""Requests as they come in, before anybody knows whose they are."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sync.office.api.signing import MAX_BODY, Asked, Rejected

SCOPE = {"method": "POST", "path": "/v1/push", "headers": []}


def read(*parts: bytes, whole: bool = True) -> bytes:
    """The body of a request that comes in these parts; one that is not `whole` never comes to its end."""
    waiting = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    waiting[-1]["more_body"] = not whole
    asked = Asked.of(SCOPE)

    async def receive() -> Any:
        if waiting:
            return waiting.pop(0)
        return await asyncio.Event().wait()

    asyncio.run(asked.read(receive))
    return asked.body


def test_a_body_comes_in_parts() -> None:
    assert read(b"{", b"}") == b"{}"


def test_a_body_that_never_comes_to_its_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise anybody on the network could have the office hold as many of them as it can."""
    monkeypatch.setattr("sync.office.api.signing.BODY_S", 0.05)
    with pytest.raises(Rejected, match="did not come whole") as caught:
        read(b"{", whole=False)
    assert (caught.value.status, caught.value.code) == (408, "too_slow")


def test_a_body_that_grows_beyond_all_bounds_is_not_read_on() -> None:
    with pytest.raises(Rejected) as caught:
        read(b"x" * MAX_BODY, b"x", whole=False)
    assert caught.value.status == 413
