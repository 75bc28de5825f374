"""Where other tills ask this one: a small HTTP server on the local network.

Plain HTTP, because every request and answer is signed and nothing in them is secret: names
of tills, of shows and of places. Only a till that the office has introduced is answered.
"""

from __future__ import annotations

import base64
import binascii
import logging
import socket
import socketserver
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import TimeoutError as FutureTimeout
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import Any, Final, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from pos.domain.certificate import Hand
from pos.domain.contingency import evacuation
from pos.domain.errors import Refused
from pos.domain.journaltext import NoCopy
from pos.till.ports import CopyKeeper, Keys, Ledger, Wanted
from sync import lanwire, wire
from sync.agent.loop import lasting_thread

log = logging.getLogger(__name__)

MAX_BODY: Final = 256 * 1024  # bytes; a request names places, a few dozen at most
AT_ONCE: Final = 16  # requests; more than a house has tills
READ_S: Final = 5.0  # for a request to arrive
LEDGER_S: Final = 4.0  # for the ledger to answer
TICK_S: Final = 0.2  # how soon it notices that it is to end
REMEMBERED: Final = 4096  # requests of one asker; an evening without the office has a few hundred
HELLO: Final = "/v1/neighbour/hello"
COPY: Final = "/v1/neighbour/copy"
COPY_ANEW: Final = "/v1/neighbour/recopy"
AGAIN: Final = (HELLO, COPY)  # heard any number of times, nothing more follows from them
AGAIN_S: Final = 10.0  # between tries to listen: the address may belong to a network that is not there yet

M = TypeVar("M", bound=lanwire.ToNeighbour)
Reply = tuple[int, dict[str, str], bytes]  # status, headers, body


class _Rejected(Exception):
    """`status` and the sentence of a request that gets no answer."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class NeighbourWindow:
    """Answers from threads of its own. `listen` is HOST:PORT; `copies` is where other tills' journals are kept, None
    where they are not. Nothing is opened before `start`."""

    def __init__(self, ledger: Ledger, keys: Keys, till: str, listen: str, copies: CopyKeeper | None = None) -> None:
        self._ledger, self._keys, self._till, self._listen = ledger, keys, till, listen
        self._stopping = threading.Event()
        self._heard = _Heard()
        self._thread = lasting_thread("neighbours", self._run, self._stopping, partial(self._say, "failed"))
        self.state: dict[str, str] = {"state": "off", "text": ""}
        self._answers: dict[str, Callable[[Hand, bytes], wire.Message]] = {
            HELLO: self._hello,
            "/v1/neighbour/idle": self._idle,
            "/v1/neighbour/pass": self._pass,
            "/v1/neighbour/evacuation": self._evacuation,
        }
        if copies is not None:
            self._answers |= {path: partial(self._copy, copies, anew=path == COPY_ANEW) for path in (COPY, COPY_ANEW)}

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(2 * TICK_S)

    def _run(self) -> None:
        host, _, port = self._listen.rpartition(":")
        while not self._stopping.is_set():
            try:
                server = _Server((host.strip("[]"), int(port)), self.answer)
            except OSError as error:
                self._say("failed", f"cannot listen on {self._listen} for other tills: {error.strerror or error}")
                self._stopping.wait(AGAIN_S)
                continue
            self._say("ready", "")
            with server:
                while not self._stopping.is_set():
                    server.handle_request()

    def _say(self, state: str, text: str) -> None:
        if (state, text) != (self.state["state"], self.state["text"]) and text:
            log.warning("%s", text)
        self.state = {"state": state, "text": text}

    # ---- one request -----------------------------------------------------------------------

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """A request's answer. `headers` are looked up by the names in `sync.wire`."""
        request_id = headers.get(wire.H_REQUEST, "")
        try:
            asker = self._asker(method, path, headers, body)
            status, data = 200, self._answers[path](asker, body).model_dump_json().encode()
        except _Rejected as rejected:
            log.info("a request for %s is refused: %s", path, rejected)
            return rejected.status, {}, str(rejected).encode()
        except (Refused, FutureTimeout) as error:
            log.warning("%s could not be answered: %s", path, error)
            status, data = 503, b"this till cannot answer now"
        signature = self._keys.sign(wire.signed_answer(request_id, status, data))
        return status, {wire.H_SIGNATURE: base64.b64encode(signature).decode()}, data

    def _asker(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Hand:
        """The till that signed exactly this request. Raises _Rejected."""
        if path not in self._answers or method != "POST":
            raise _Rejected(404, "there is nothing here")
        till, incarnation = headers.get(wire.H_TILL, ""), headers.get(wire.H_INCARNATION, "")
        known = self._ledger.neighbour(till).result(LEDGER_S) if till != self._till else None
        if known is None or incarnation != str(known[0].incarnation):
            raise _Rejected(401, "no such till may have rights, as far as is known here")
        hand, key = known
        signed = wire.signed_request(method, path, body, *hand, headers.get(wire.H_REQUEST, ""))
        try:
            signature = base64.b64decode(headers.get(wire.H_SIGNATURE, ""), validate=True)
            Ed25519PublicKey.from_public_bytes(key).verify(signature, signed)
        except (InvalidSignature, binascii.Error, ValueError) as error:
            raise _Rejected(401, f"the signature is not that of {hand.name}") from error
        # A greeting or a copy may be heard again, and there are too many: they would crowd out what must not be.
        if path not in AGAIN and not self._heard.first(hand, headers.get(wire.H_REQUEST, "")):
            raise _Rejected(409, "this request has been heard before")
        return hand

    def _hello(self, asker: Hand, body: bytes) -> lanwire.HelloAnswer:
        self._read(lanwire.HelloRequest, body)
        return lanwire.HelloAnswer()

    def _idle(self, asker: Hand, body: bytes) -> lanwire.IdleAnswer:
        asked = self._read(lanwire.IdleRequest, body)
        return lanwire.IdleAnswer(places=list(self._ledger.idle(asker, asked.show).result(LEDGER_S)))

    def _pass(self, asker: Hand, body: bytes) -> lanwire.PassAnswer:
        asked = self._read(lanwire.PassRequest, body)
        wanted = Wanted(tuple(asked.places), tuple(asked.more))
        given = self._ledger.pass_on(asker, asked.show, wanted).result(LEDGER_S)
        return lanwire.PassAnswer(certificates=[certificate.to_json() for certificate in given])

    def _evacuation(self, asker: Hand, body: bytes) -> lanwire.EvacuationAnswer:
        try:
            documents = [evacuation.read(one) for one in self._read(lanwire.EvacuationRequest, body).documents]
        except ValueError as error:
            raise _Rejected(422, f"this tells of no evacuation: {error}") from error
        self._ledger.evacuation(asker, documents).result(LEDGER_S)
        return lanwire.EvacuationAnswer()

    def _copy(self, copies: CopyKeeper, asker: Hand, body: bytes, *, anew: bool) -> lanwire.CopyAnswer:
        asked = self._read(lanwire.CopyRequest, body)
        known = self._ledger.neighbour(asker.till).result(LEDGER_S)
        if known is None or known[0] != asker:
            raise _Rejected(401, "no such till may have rights any more")
        try:
            number, digest = copies.keep(asker, known[1], asked.facts, anew=anew)
        except NoCopy as error:
            return lanwire.CopyAnswer(problem=str(error))
        return lanwire.CopyAnswer(number=number, hash=digest)

    def _read(self, model: type[M], body: bytes) -> M:
        try:
            asked = model.model_validate_json(body)
        except ValidationError as error:
            raise _Rejected(422, "this is not how one till asks another") from error
        if (asked.to, asked.to_incarnation) != (self._till, self._ledger.incarnation):
            raise _Rejected(403, f"this is for {asked.to}.{asked.to_incarnation}, which is not here")
        return asked


class _Heard:
    """Requests that were heard already, by asker, the last REMEMBERED of each.

    A till that asks again signs anew. Who repeats what he overheard would have a wish for more
    carried out once more, and with each repetition half of what is idle here would go.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: dict[Hand, dict[str, None]] = {}

    def first(self, asker: Hand, request_id: str) -> bool:
        """Whether this is heard for the first time; then it is noted. Any thread may ask."""
        with self._lock:
            heard = self._requests.setdefault(asker, {})
            if request_id in heard:
                return False
            heard[request_id] = None
            if len(heard) > REMEMBERED:
                del heard[next(iter(heard))]
            return True


class _Server(socketserver.ThreadingTCPServer):
    """A thread a request, AT_ONCE of them; whoever comes too many is hung up on."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    timeout = TICK_S

    def __init__(self, address: tuple[str, int], answer: Callable[..., Reply]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.answer = answer
        self._room = threading.Semaphore(AT_ONCE)
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._room.acquire(blocking=False):
            log.warning("too many requests from other tills at once")
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exception()
        if isinstance(error, OSError):
            log.info("a request from %s broke off: %s", client_address[0], error)
        else:
            log.error("a request from %s failed", client_address[0], exc_info=error)


class _Handler(BaseHTTPRequestHandler):
    """One request a connection."""

    server: _Server
    timeout = READ_S
    server_version, sys_version = "housefull", ""

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MAX_BODY:
            self._send(413, {}, f"a request has a length of at most {MAX_BODY} bytes".encode())
            return
        body = self.rfile.read(int(length))
        names = (wire.H_TILL, wire.H_INCARNATION, wire.H_REQUEST, wire.H_SIGNATURE)
        headers = {name: self.headers.get(name, "") for name in names}
        self._send(*self.server.answer("POST", self.path, headers, body))

    def do_GET(self) -> None:
        self._send(404, {}, b"there is nothing here")

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        log.debug(format, *args)
