"""Who is asking, and proof of who answers: requests verified, answers signed."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from sync.office.rules import tills
from sync.office.store.engine import Database
from sync.wire import H_INCARNATION, H_REQUEST, H_SIGNATURE, H_TILL, signed_answer, signed_request

MAX_BODY: Final = 16_000_000  # bytes; a full page of facts with long bodies is a tenth of it
_KEYS_KEPT: Final = 10_000


class Rejected(Exception):
    """A request that gets an error instead of an answer. `code` is stable, the text is for a person."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status, self.code = status, code


@dataclass(frozen=True, slots=True)
class Caller:
    """The till that signed a request."""

    till: str
    incarnation: int
    public_key: bytes


async def body_of(request: Request) -> bytes:
    """The whole body. Raises Rejected(413), before reading it when its length is given."""
    length = request.headers.get("content-length", "0")
    if length.isdigit() and int(length) > MAX_BODY:
        raise Rejected(413, "too_large", f"a request may have {MAX_BODY} bytes, not {length}")
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > MAX_BODY:
                raise Rejected(413, "too_large", f"a request may have {MAX_BODY} bytes")
            parts.append(part)
    except ClientDisconnect as error:
        raise Rejected(400, "cut_off", "the request ended early") from error
    return b"".join(parts)


@dataclass
class Gate:
    """Verifies requests. A till's key never changes within an incarnation, so it is kept at hand;
    whether that incarnation may still act is asked of the database, in the transaction that acts."""

    database: Database
    _keys: dict[tuple[str, int], bytes] = field(default_factory=dict)

    def lookup(self, till: str, incarnation: int) -> bytes | None:
        """The till's public key from the database. Blocking."""
        with self.database.read() as connection:
            key = tills.public_key(connection, till, incarnation)
        if key is not None:
            if len(self._keys) >= _KEYS_KEPT:
                self._keys.clear()
            self._keys[till, incarnation] = key
        return key

    def known(self, till: str, incarnation: int) -> bytes | None:
        return self._keys.get((till, incarnation))

    @staticmethod
    def claimed(request: Request) -> tuple[str, int]:
        """Which till the request says it is from. Raises Rejected(401)."""
        till, incarnation = request.headers.get(H_TILL, ""), request.headers.get(H_INCARNATION, "")
        if not till or not incarnation.isascii() or not incarnation.isdigit() or len(incarnation) > 9 or "\0" in till:
            raise Rejected(401, "unsigned", f"the headers {H_TILL} and {H_INCARNATION} must name a till")
        return till, int(incarnation)

    @staticmethod
    def verify(request: Request, body: bytes, till: str, incarnation: int, key: bytes | None) -> Caller:
        """Raises Rejected(401) unless the till's own key signed exactly this request."""
        if key is None:
            raise Rejected(401, "unknown_till", f"no till {till} with incarnation {incarnation} is enrolled here")
        message = signed_request(
            request.method, request.url.path, body, till, incarnation, request.headers.get(H_REQUEST, "")
        )
        try:
            signature = base64.b64decode(request.headers.get(H_SIGNATURE, ""), validate=True)
            Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        except (binascii.Error, ValueError, InvalidSignature) as error:
            raise Rejected(401, "bad_signature", f"the signature is not that of till {till}") from error
        return Caller(till, incarnation, key)


class Signer:
    """Makes answers, signed with the office's key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = key.public_key().public_bytes_raw()

    def answer(self, request: Request, value: BaseModel | dict[str, Any] | bytes, status: int = 200) -> Response:
        """JSON, or bytes as they are."""
        body = value if isinstance(value, bytes) else to_json(value)
        request_id = request.headers.get(H_REQUEST, "")
        signature = base64.b64encode(self._key.sign(signed_answer(request_id, status, body))).decode()
        kind = "application/octet-stream" if isinstance(value, bytes) else "application/json"
        return Response(body, status, {H_SIGNATURE: signature}, kind)

    def error(self, request: Request, rejected: Rejected) -> Response:
        return self.answer(request, {"error": str(rejected), "code": rejected.code}, rejected.status)
