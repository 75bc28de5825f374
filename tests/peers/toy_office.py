"""A small office on a real socket, that lies, breaks off and falls silent when told to.

It keeps facts, places, documents and a change log in memory and speaks HTTP by hand, so
that every way of answering badly is a few bytes and not a patched library.
"""

from __future__ import annotations

import base64
import json
import socket
import socketserver
import ssl
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel

from pos.domain.facts import FIRST_HASH, Fact, hash_of
from pos.domain.plan import Plan
from pos.domain.rights import OfficeState
from pos.domain.season import Area
from pos.domain.seating import Seating
from sync import wire

CODE = "ABCD-EFGH"
LETTERS = {name: letter for letter, name in wire.STATE_LETTERS.items()}
PORTAL = b"<html><body><h1>Welcome to Hotel Wi-Fi</h1></body></html>"


class Fault(Enum):
    """What goes wrong with one request."""

    HTML = auto()  # somebody else answers
    GATEWAY = auto()  # a proxy says 502
    HALF = auto()  # the answer breaks off in its middle
    HANG_UP = auto()  # nothing was done, nothing is answered
    LOSE_ANSWER = auto()  # done, but the answer is lost
    SILENCE = auto()  # the connection stays open and nothing comes
    SLOW = auto()  # the right answer, in ten pieces over a second
    DRIP = auto()  # a byte now and then, without an end
    FORGED = auto()  # signed by another key
    REPLAYED = auto()  # the last answer of that path once more
    NONSENSE = auto()  # signed, but not the answer that was asked for
    FAILURE = auto()  # the office says 500, signed
    REFUSED = auto()  # the office says 400, signed


class ToyOffice:
    """A context manager; `url` is where it listens. Attributes may be read and set by a test under `lock`."""

    def __init__(self, till: str = "T1", tls: ssl.SSLContext | None = None) -> None:
        self.generation = ""  # of the change log
        self.tls = tls
        self.key = Ed25519PrivateKey.generate()
        self.office_key = base64.b64encode(self.key.public_key().public_bytes_raw()).decode()
        self.till, self.incarnation, self.state = till, 1, "ACTIVE"
        self.public_key: bytes | None = None
        self.lock = threading.RLock()
        self.moved = threading.Condition(self.lock)
        self.documents: dict[tuple[str, str], dict[str, Any]] = {}
        self.plans: dict[str, Plan] = {}
        self.places: dict[str, list[wire.PlaceItem]] = {}
        self.sales: dict[str, dict[str, Any]] = {}
        self.log: list[wire.Change] = []
        self.recalls: list[wire.RecallItem] = []
        self.declined: list[wire.RecallItem] = []
        self.facts: list[str] = []  # hashes, in order
        self.rivals: list[str] = []  # hashes of facts of another history than that
        self.pushed: list[list[int]] = []  # the numbers of each push, as they came
        self.requests: list[str] = []  # paths, as they came
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._constant: Fault | None = None
        self._last: dict[str, bytes] = {}
        self._server: _Server | None = None
        self._port = 0
        self._closing = threading.Event()
        self._frozen = False
        self._dead: set[socket.socket] = set()

    # ---- the cable -------------------------------------------------------------------------

    def __enter__(self) -> ToyOffice:
        self.mend()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self.cut()

    @property
    def url(self) -> str:
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self._port}"

    def cut(self) -> None:
        """Nobody listens any more and all connections are reset."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()
            server.drop_all()
            with self.moved:
                self.moved.notify_all()

    def mend(self) -> None:
        if self._server is None:
            self._server = _Server(("127.0.0.1", self._port), self)
            self._port = self._server.server_address[1]
            threading.Thread(
                target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="toy-office", daemon=True
            ).start()

    def freeze(self) -> None:
        """A black hole: no request gets through any more, and no answer."""
        self._frozen = True

    def thaw(self) -> None:
        """New connections work again. Those from before stay dead, as behind a router that forgot them."""
        self._frozen = False

    def next(self, path: str, *faults: Fault) -> None:
        """The next requests of `path` go wrong this way, one after the other."""
        self._faults[path].extend(faults)

    def always(self, fault: Fault | None) -> None:
        """Every request goes wrong this way, until told otherwise."""
        self._constant = fault

    # ---- the season ------------------------------------------------------------------------

    def document(self, family: str, name: str, body: dict[str, Any] | None) -> None:
        """Add, change or (None) take away a document, and log it."""
        with self.moved:
            if body is None:
                del self.documents[family, name]
                if family == "show":
                    del self.places[name]
            else:
                self.documents[family, name] = body
            self._log(kind="document", family=family, id=name, body=body)

    def show(self, show: str, plan: Plan | None = None, areas: tuple[Area, ...] = (), **more: Any) -> None:
        """Add or change a show; its places are all in the pool."""
        with self.moved:
            if plan is not None:
                self.plans[plan.version] = plan
                self.documents["plan", plan.name] = {"id": plan.name, "version": plan.version}
            seating = Seating(plan, areas)
            self.places[show] = [
                wire.PlaceItem(place=seating.place(ix), state="POOL", epoch=0, hop=0) for ix in range(len(seating))
            ]
            body = {
                "id": show,
                "production": "tosca",
                "starts": "2027-12-03T19:30:00+01:00",
                "prices": "tosca",
                "areas": [{"id": area.id, "capacity": area.capacity} for area in areas],
                **({"plan": plan.name, "plan_version": plan.version} if plan else {}),
                **more,
            }
            self.document("show", show, body)

    def seat(self, show: str, place: str, state: str, holder: str = "", epoch: int = 1, hop: int = 0) -> None:
        """Change one place, and log it."""
        item = wire.PlaceItem(place=place, state=state, holder=holder, since=1_800_000_000, epoch=epoch, hop=hop)
        with self.moved:
            places = self.places[show]
            places[next(ix for ix, known in enumerate(places) if known.place == place)] = item
            self._log(kind="places", show=show, items=[item])

    def sale(self, body: dict[str, Any]) -> None:
        with self.moved:
            self.sales[body["id"]] = body
            self._log(kind="sale", id=body["id"], body=body)

    def reload(self, show: str) -> None:
        with self.moved:
            self._log(kind="reload", show=show)

    def _log(self, **fields: Any) -> None:
        self.log.append(wire.Change(position=len(self.log) + 1, **fields))
        self.moved.notify_all()

    def recall(self, show: str, place: str, epoch: int, hop: int = 0) -> None:
        with self.moved:
            self.recalls.append(wire.RecallItem(show=show, place=place, epoch=epoch, hop=hop))
            self.moved.notify_all()

    # ---- requests --------------------------------------------------------------------------

    def _fault(self, path: str) -> Fault | None:
        with self.lock:
            queue = self._faults[path]
            return queue.popleft() if queue else self._constant

    def serve(self, request: _Request, sock: socket.socket) -> bool:
        """Answer one request; whether the connection stays open."""
        if self._lost(sock):
            return self._astray(Fault.SILENCE, sock)
        with self.lock:
            self.requests.append(request.path)
        fault = self._fault(request.path)
        if fault in (Fault.HANG_UP, Fault.SILENCE, Fault.DRIP, Fault.HTML, Fault.GATEWAY):
            return self._astray(fault, sock)
        if fault is Fault.FAILURE:
            status, body = 500, _json({"code": "failure", "error": "the toy office has failed"})
        elif fault is Fault.REFUSED:
            status, body = 400, _json({"code": "chain", "error": "the toy office refuses"})
        else:
            status, body = self._handle(request)
        if fault is Fault.LOSE_ANSWER:
            return False
        if fault is Fault.NONSENSE:
            body = _json(["what?"])
        key = Ed25519PrivateKey.generate() if fault is Fault.FORGED else self.key
        signed = key.sign(wire.signed_answer(request.headers.get(wire.H_REQUEST.lower(), ""), status, body))
        answer = _http(status, body, {wire.H_SIGNATURE: base64.b64encode(signed).decode()})
        with self.lock:
            before, self._last[request.path] = self._last.get(request.path, answer), answer
        if fault is Fault.REPLAYED:
            answer = before
        if self._lost(sock):
            return self._astray(Fault.SILENCE, sock)
        if fault is Fault.HALF:
            sock.sendall(answer[: len(answer) - len(body) // 2 - 1])
            return False
        if fault is Fault.SLOW:
            head = len(answer) - len(body)
            sock.sendall(answer[:head])
            for piece in range(10):
                time.sleep(0.1)
                sock.sendall(answer[head + piece * len(body) // 10 : head + (piece + 1) * len(body) // 10])
            return True
        sock.sendall(answer)
        return True

    def _lost(self, sock: socket.socket) -> bool:
        """Whether what goes over this connection disappears."""
        if self._frozen:
            self._dead.add(sock)
        return sock in self._dead

    def _astray(self, fault: Fault, sock: socket.socket) -> bool:
        if fault is Fault.SILENCE:
            while not self._closing.wait(0.05) and _peer_waits(sock):
                continue
            return False
        if fault is Fault.DRIP:
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while not self._closing.wait(0.05):
                sock.sendall(b" ")
            return False
        if fault is Fault.HTML:
            sock.sendall(_http(200, PORTAL, {"Content-Type": "text/html"}))
            return True
        if fault is Fault.GATEWAY:
            sock.sendall(_http(502, b"<h1>Bad Gateway</h1>", {"Content-Type": "text/html"}))
            return True
        return False

    def _handle(self, request: _Request) -> tuple[int, bytes]:
        if request.path == "/v1/enrol":
            return self._enrol(wire.EnrolRequest.model_validate_json(request.body))
        if not self._signed(request):
            return 401, _json({"code": "bad_signature", "error": "the signature does not verify"})
        if request.path.startswith("/v1/plan/"):
            return 200, self.plans[request.path.rpartition("/")[2]].to_bytes()
        handler: Callable[[Any], BaseModel] = getattr(self, "_" + request.path.removeprefix("/v1/"))
        asks: dict[str, type[BaseModel]] = {
            "/v1/push": wire.PushRequest,
            "/v1/pull": wire.PullRequest,
            "/v1/claim": wire.ClaimRequest,
            "/v1/decline": wire.DeclineRequest,
            "/v1/snapshot": wire.Message,
            "/v1/places": wire.PlacesRequest,
            "/v1/sales": wire.SalesRequest,
            "/v1/hello": wire.Message,
        }
        try:
            answer = handler(asks[request.path].model_validate_json(request.body))
            if self.state != "ACTIVE" and request.path in ("/v1/pull", "/v1/claim"):
                return 403, _json({"code": "fenced", "error": "this till's enrolment has ended"})
            return 200, answer.model_dump_json().encode()
        except BrokenChain as error:
            return 400, _json({"code": "bad_chain", "error": str(error)})

    def _signed(self, request: _Request) -> bool:
        headers = request.headers
        message = wire.signed_request(
            request.method, request.path, request.body, self.till, self.incarnation, headers[wire.H_REQUEST.lower()]
        )
        try:
            assert self.public_key is not None
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(
                base64.b64decode(headers[wire.H_SIGNATURE.lower()]), message
            )
        except InvalidSignature:
            return False
        return True

    def _hello(self, request: wire.Message) -> wire.Message:
        return wire.Message()

    def _enrol(self, request: wire.EnrolRequest) -> tuple[int, bytes]:
        key = base64.b64decode(request.public_key)
        if request.code != CODE:
            return 403, _json({"code": "bad_code", "error": "this enrolment code is not known"})
        if self.public_key not in (None, key):
            return 403, _json({"code": "bad_code", "error": "this code has been used by another machine"})
        self.public_key = key
        answer = wire.EnrolAnswer(till=self.till, incarnation=self.incarnation, office_key=self.office_key)
        return 200, answer.model_dump_json().encode()

    def _push(self, request: wire.PushRequest) -> wire.PushAnswer:
        with self.lock:
            self.pushed.append([fact.number for fact in request.facts])
            results = []
            for item in request.facts:
                if self._rivals(item):
                    self.rivals.append(item.hash)
                    results.append(wire.FactResult(number=item.number, verdict="disputed"))
                    continue
                if item.number == len(self.facts) + 1:
                    self._apply(item)
                elif item.number > len(self.facts):
                    break
                results.append(wire.FactResult(number=item.number, verdict="applied"))
            return wire.PushAnswer(applied=len(self.facts), results=results)

    def _rivals(self, item: wire.FactItem) -> bool:
        """Whether it is of another history than the office's: under a number that is taken, or after such a one."""
        if item.number <= len(self.facts):
            return self.facts[item.number - 1] != item.hash
        return Fact.from_bytes(item.envelope.encode()).prev_hash in self.rivals

    def _apply(self, item: wire.FactItem) -> None:
        envelope = item.envelope.encode()
        fact = Fact.from_bytes(envelope)
        head = self.facts[-1] if self.facts else FIRST_HASH
        if hash_of(envelope) != item.hash or fact.prev_hash != head:
            raise BrokenChain(f"fact {item.number} does not follow")
        assert self.public_key is not None
        Ed25519PublicKey.from_public_bytes(self.public_key).verify(base64.b64decode(item.signature), item.hash.encode())
        self.facts.append(item.hash)
        for effect in fact.effects:
            token = (effect.show, effect.place, *effect.token)
            self.recalls = [ask for ask in self.recalls if (ask.show, ask.place, ask.epoch, ask.hop) != token]
            self.seat(effect.show, effect.place, effect.after.value, effect.holder, *effect.token)

    def _pull(self, request: wire.PullRequest) -> wire.PullAnswer:
        deadline = time.monotonic() + request.wait_s
        with self.moved:
            while (
                len(self.log) == request.cursor
                and not self.recalls
                and self.state == "ACTIVE"
                and (left := deadline - time.monotonic()) > 0
                and self._server is not None
            ):
                self.moved.wait(left)
            changes = self.log[request.cursor : request.cursor + request.limit]
            return wire.PullAnswer(
                changes=changes,
                cursor=changes[-1].position if changes else request.cursor,
                latest=len(self.log),
                recalls=list(self.recalls),
                applied=len(self.facts),
                head_hash=self.facts[-1] if self.facts else FIRST_HASH,
                state=self.state,
                office_time=datetime.now(UTC).isoformat(),
                generation=self.generation,
            )

    def _claim(self, request: wire.ClaimRequest) -> wire.ClaimAnswer:
        granted, refused = [], []
        with self.lock:
            for place in request.places:
                known = next((item for item in self.places[request.show] if item.place == place), None)
                if known is not None and (
                    known.state == "POOL" or (known.state, known.holder) == ("LEASED", self.till)
                ):
                    epoch = known.epoch + (known.state == "POOL")
                    self.seat(request.show, place, "LEASED", self.till, epoch)
                    granted.append(wire.GrantItem(place=place, epoch=epoch, hop=0))
                else:
                    holder = known.holder if known else ""
                    refused.append(
                        wire.RefusedItem(
                            place=place, code="right_elsewhere" if known else "unknown_place", holder=holder
                        )
                    )
        return wire.ClaimAnswer(incarnation=self.incarnation, granted=granted, refused=refused)

    def _decline(self, request: wire.DeclineRequest) -> wire.Message:
        with self.lock:
            self.declined += request.items
            self.recalls = [ask for ask in self.recalls if ask not in request.items]
        return wire.Message()

    def _snapshot(self, _: wire.Message) -> wire.SnapshotAnswer:
        with self.lock:
            documents = [wire.Document(family=f, id=i, body=body) for (f, i), body in self.documents.items()]
            return wire.SnapshotAnswer(cursor=len(self.log), documents=documents, generation=self.generation)

    def _places(self, request: wire.PlacesRequest) -> wire.PlacesAnswer:
        with self.lock:
            items = self.places[request.show]
            holders = sorted({item.holder for item in items})
            return wire.PlacesAnswer(
                show=request.show,
                plan_version=self.documents["show", request.show].get("plan_version", ""),
                position=len(self.log),
                states="".join(LETTERS[OfficeState(item.state)] for item in items),
                holders=holders,
                holder=[holders.index(item.holder) for item in items],
                since=[item.since for item in items],
                epoch=[item.epoch for item in items],
                hop=[item.hop for item in items],
            )

    def _sales(self, request: wire.SalesRequest) -> wire.SalesAnswer:
        with self.lock:
            ids = sorted(name for name in self.sales if name > request.after)
            return wire.SalesAnswer(
                sales=[self.sales[name] for name in ids[: request.limit]], more=len(ids) > request.limit
            )


class BrokenChain(Exception):
    """A push that a real office would refuse."""


# ---- HTTP by hand --------------------------------------------------------------------------


class _Request:
    def __init__(self, head: bytes, rest: bytes, sock: socket.socket) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        self.method, self.path, _ = first.split(" ")
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(self.headers.get("content-length", "0"))
        while len(rest) < length:
            more = sock.recv(1 << 16)
            if not more:
                raise ConnectionError
            rest += more
        self.body = rest[:length]


class _Handler(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        if self.server.office.tls is not None:
            try:
                self.request = self.server.office.tls.wrap_socket(self.request, server_side=True)
            except OSError:
                return  # the caller does not trust the certificate
        self.server.open.add(self.request)
        try:
            stays = True
            while stays:
                head = b""
                while b"\r\n\r\n" not in head:
                    more = self.request.recv(1 << 16)
                    if not more:
                        return
                    head += more
                    if not head[:1].isalpha():
                        self.request.sendall(_http(400, b"this is not HTTP", {}))
                        return
                before, _, rest = head.partition(b"\r\n\r\n")
                stays = self.server.office.serve(_Request(before, rest, self.request), self.request)
        except OSError:
            return  # the other side, or `cut`, has closed it
        finally:
            self.server.open.discard(self.request)
            self.request.close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], office: ToyOffice) -> None:
        self.office = office
        self.open: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def drop_all(self) -> None:
        for sock in list(self.open):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # closed already


def _peer_waits(sock: socket.socket) -> bool:
    """Whether the other side still holds the connection open."""
    sock.setblocking(False)
    try:
        return sock.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        return True
    finally:
        sock.setblocking(True)


def _http(status: int, body: bytes, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} x", f"Content-Length: {len(body)}", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
