"""Who is asking, and proof of who answers: requests verified, answers signed."""

from __future__ import annotations

import asyncio
import base64
import binascii
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.types import Receive, Scope, Send

from sync.office.rules import tills
from sync.office.store.engine import Database
from sync.wire import H_INCARNATION, H_REQUEST, H_SIGNATURE, H_TILL, signed_answer, signed_request

BODY_S: Final = 90.0  # a till gives a full page on a bad line 60 s
MAX_BODY: Final = 16_000_000  # bytes; a full page of facts with long bodies is a tenth of it
_KEYS_KEPT: Final = 10_000
_TILL, _INCARNATION, _REQUEST, _SIGNATURE = (
    name.lower().encode() for name in (H_TILL, H_INCARNATION, H_REQUEST, H_SIGNATURE)
)


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


@dataclass(slots=True)
class Asked:
    """A request, with what its signature covers."""

    method: str
    path: str
    headers: dict[bytes, bytes]
    parameters: dict[str, str]
    query: str = ""
    body: bytes = b""

    @classmethod
    def of(cls, scope: Scope) -> Asked:
        query = scope.get("query_string", b"").decode("latin-1")
        return cls(scope["method"], scope["path"], dict(scope["headers"]), scope.get("path_params", {}), query)

    def header(self, name: bytes) -> str:
        """A header's text, empty when it is missing. HTTP headers are Latin-1."""
        return self.headers.get(name, b"").decode("latin-1")

    @property
    def request_id(self) -> str:
        return self.header(_REQUEST)

    async def read(self, receive: Receive) -> None:
        """Take in the body. Raises Rejected: 413, before reading it when its length is given; 408 when it does not
        come to its end within BODY_S."""
        length = self.header(b"content-length")
        if length.isdigit() and int(length) > MAX_BODY:
            raise Rejected(413, "too_large", f"a request may have {MAX_BODY} bytes, not {length}")
        try:
            async with asyncio.timeout(BODY_S):
                self.body = await self._whole(receive)
        except TimeoutError:
            raise Rejected(408, "too_slow", f"the request did not come whole within {BODY_S:g} s") from None

    async def _whole(self, receive: Receive) -> bytes:
        parts: list[bytes] = []
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Rejected(400, "cut_off", "the request ended early")
            parts.append(message.get("body", b""))
            more = message.get("more_body", False)
            size += len(parts[-1])
            if size > MAX_BODY:
                raise Rejected(413, "too_large", f"a request may have {MAX_BODY} bytes")
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
    def claimed(asked: Asked) -> tuple[str, int]:
        """Which till the request says it is from. Raises Rejected(401)."""
        till, incarnation = asked.header(_TILL), asked.header(_INCARNATION)
        if not till or not incarnation.isascii() or not incarnation.isdigit() or len(incarnation) > 9 or "\0" in till:
            raise Rejected(401, "unsigned", f"the headers {H_TILL} and {H_INCARNATION} must name a till")
        return till, int(incarnation)

    @staticmethod
    def verify(asked: Asked, till: str, incarnation: int, key: bytes | None) -> Caller:
        """Raises Rejected(401) unless the till's own key signed exactly this request."""
        if key is None:
            raise Rejected(401, "unknown_till", f"no till {till} with incarnation {incarnation} is enrolled here")
        message = signed_request(asked.method, asked.path, asked.body, till, incarnation, asked.request_id)
        try:
            signature = base64.b64decode(asked.headers.get(_SIGNATURE, b""), validate=True)
            Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        except (binascii.Error, ValueError, InvalidSignature) as error:
            raise Rejected(401, "bad_signature", f"the signature is not that of till {till}") from error
        return Caller(till, incarnation, key)


class Signer:
    """Sends answers, signed with the office's key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = key.public_key()
        self.secret = key.private_bytes_raw()
        self.public_key = self.public.public_bytes_raw()

    async def answer(
        self, send: Send, asked: Asked, value: BaseModel | dict[str, Any] | bytes, status: int = 200
    ) -> None:
        """JSON, or bytes as they are."""
        body = value if isinstance(value, bytes) else to_json(value)
        kind = b"application/octet-stream" if isinstance(value, bytes) else b"application/json"
        signature = base64.b64encode(self._key.sign(signed_answer(asked.request_id, status, body)))
        headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body)), (_SIGNATURE, signature)]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def error(self, send: Send, asked: Asked, rejected: Rejected) -> None:
        await self.answer(send, asked, {"error": str(rejected), "code": rejected.code}, rejected.status)
