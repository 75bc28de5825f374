"""A line to the office: signed requests, verified answers.

An answer counts only when the pinned office key signed it for this very request. So a
captive portal, a proxy's error page, half a reply or a replayed answer is never taken
for the office's word.
"""

from __future__ import annotations

import base64
import binascii
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from pos.till.ports import Keys
from sync import wire
from sync.agent.carrier import Attempt, Carrier
from sync.agent.lines import LineCarrier
from sync.agent.trouble import LinkClosed, Trouble, of_refusal, of_stranger

AT_ONCE_S: Final = 1.0  # a connection that breaks this soon was closed by the office while it lay idle

A = TypeVar("A", bound=wire.Message)


@dataclass(frozen=True, slots=True)
class Till:
    """Who is calling. `incarnation` is asked anew for each request."""

    id: str
    keys: Keys
    incarnation: Callable[[], int]


class Channel:
    """One use of the line (poll, push, claims or sync), with connections of its own.

    `office_key` is the pinned 32-byte Ed25519 public key.
    """

    def __init__(self, carrier: Carrier | LineCarrier, office_key: bytes, till: Till) -> None:
        self._carrier = carrier
        self._key = Ed25519PublicKey.from_public_bytes(office_key)
        self._till = till

    def ask(self, path: str, message: wire.Message, answer: type[A], timeout_s: float, body_s: float = 0.0) -> A:
        """POST a message; the office's answer. Times as in `call`. Raises Trouble."""
        body = self.call("POST", path, message.model_dump_json().encode(), timeout_s, body_s)
        try:
            return answer.model_validate_json(body)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise Trouble("not_our_office", f"{path}: {where}: {first['msg']}") from error

    def call(self, method: str, path: str, body: bytes, timeout_s: float, body_s: float = 0.0) -> bytes:
        """One signed request; the body of the verified answer. Raises Trouble.

        The answer begins within `timeout_s`. A large one on a slow line may take `body_s` longer
        to arrive, as long as something keeps coming.
        """
        began = time.monotonic()
        while True:
            attempt = Attempt()
            try:
                return self._once(method, path, body, began + timeout_s, attempt, body_s)
            except Trouble as trouble:
                # An idle connection may be closed at the very moment it is used again. Every
                # request may be repeated by design, so it is asked once more on a new one.
                if not attempt.stale or time.monotonic() - began > AT_ONCE_S or isinstance(trouble, LinkClosed):
                    raise

    def _once(self, method: str, path: str, body: bytes, deadline: float, attempt: Attempt, body_s: float) -> bytes:
        request_id = secrets.token_hex(16)
        incarnation = self._till.incarnation()
        signed = wire.signed_request(method, path, body, self._till.id, incarnation, request_id)
        headers = {
            wire.H_TILL: self._till.id,
            wire.H_INCARNATION: str(incarnation),
            wire.H_REQUEST: request_id,
            wire.H_SIGNATURE: base64.b64encode(self._till.keys.sign(signed)).decode(),
            "Content-Type": "application/json",
        }
        status, signature, data = self._carrier.exchange(method, path, body, headers, deadline, attempt, body_s)
        if not signature:
            raise of_stranger(status, data, "the answer bears no signature")
        try:
            self._key.verify(base64.b64decode(signature), wire.signed_answer(request_id, status, data))
        except (InvalidSignature, binascii.Error) as error:
            raise of_stranger(status, data, "the answer is not signed by our office") from error
        if status != 200:
            raise of_refusal(status, data)
        return data

    def renew(self) -> None:
        """Drop the connections; the next request makes new ones."""
        self._carrier.renew()

    def close(self) -> None:
        """End every request at once; further ones raise LinkClosed."""
        self._carrier.close()
