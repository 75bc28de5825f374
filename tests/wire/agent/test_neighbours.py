"""Tills that ask each other over TCP: what is asked and answered is signed both ways, and nothing else counts."""

from __future__ import annotations

import base64
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx2
import pytest

from pos.domain.certificate import Hand
from pos.domain.contingency import evacuation
from pos.domain.journaltext import NoCopy
from pos.domain.lockbox import unlock
from pos.domain.rights import Token
from pos.till.ports import LinkState, Wanted
from sync import lanwire, wire
from sync.agent import neighbour_window, presence
from sync.agent.link import Till as Caller
from sync.agent.neighbour import Neighbours
from sync.agent.neighbour_window import MAX_BODY, NeighbourWindow
from tests.mutate import mutate
from tests.wire.agent.till import Clock, Journal, Keys, soon

SHOW = "tosca"


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Copies:
    """Keeps what it is given; `problem` is why it does not."""

    def __init__(self, keys: Keys) -> None:
        self.keys, self.problem = keys, ""
        self.kept: list[tuple[Hand, bytes, bool]] = []

    def keep(self, giver: Hand, key: bytes, box: str, *, anew: bool) -> tuple[int, str]:
        if self.problem:
            raise NoCopy(self.problem)
        if box or anew:
            self.kept.append((giver, unlock(box, self.keys.private.private_bytes_raw()) if box else b"", anew))
        return len(self.kept), "a hash"


class Till:
    """A till at the network's edge: a journal in memory, and the agent's own window and questions."""

    def __init__(self, name: str, port: int, tills: dict[str, str]) -> None:
        self.keys = Keys()
        self.copies = Copies(self.keys)
        self.journal = Journal(self.keys, name)
        self.address = f"127.0.0.1:{port}"
        self.window = NeighbourWindow(self.journal, self.keys, name, self.address, self.copies)
        caller = Caller(name, self.keys, lambda: self.journal.incarnation)
        self.neighbours = Neighbours(self.journal, caller, Clock(), tills, self.window)

    def knows(self, other: Till) -> None:
        self.journal.neighbours[other.journal.till] = (other.journal.hand, other.keys.public)

    def holds(self, *places: str) -> None:
        self.journal.in_hand += [(SHOW, place, Token(3, 0)) for place in places]

    def start(self) -> None:
        self.neighbours.start()
        soon(lambda: self.window.state["state"] == "ready")


@pytest.fixture
def tills() -> Iterator[list[Till]]:
    """T1, T2 and T3: each knows the others and can be asked."""
    ports = [free_port() for _ in range(3)]
    addresses = {f"T{n}": f"127.0.0.1:{port}" for n, port in enumerate(ports, 1)}
    made = [Till(name, port, addresses) for (name, _), port in zip(addresses.items(), ports, strict=True)]
    for till in made:
        for other in made:
            if other is not till:
                till.knows(other)
        till.start()
    yield made
    for till in made:
        till.neighbours.stop()


def test_rights_come_from_every_neighbour_that_is_asked(tills: list[Till]) -> None:
    one, two, three = tills
    two.holds("A-1", "A-2")
    three.holds("B-1")
    offers = one.neighbours.idle(SHOW, 3.0).result(5)
    assert offers == {"T2": ("A-1", "A-2"), "T3": ("B-1",)}
    wanted = {"T2": Wanted(("A-1",), ("A-2",)), "T3": Wanted(("B-1",))}
    came = one.neighbours.ask(SHOW, wanted, 3.0).result(5)
    assert sorted((c.giver, c.receiver, c.rights[0].place, c.rights[0].token) for c in came) == [
        (Hand("T2", 1), Hand("T1", 1), "A-1", Token(3, 1)),
        (Hand("T3", 1), Hand("T1", 1), "B-1", Token(3, 1)),
    ]
    assert all(c.genuine({"T2": two, "T3": three}[c.giver.till].keys.public) for c in came)
    assert two.journal.asked == [(Hand("T1", 1), SHOW, Wanted(("A-1",), ("A-2",)))]


def test_a_copy_goes_to_one_till_in_a_box_that_nobody_else_opens(tills: list[Till]) -> None:
    one, two, three = tills
    assert one.neighbours.copy("T2", b"", 3.0) == (0, "a hash")
    assert one.neighbours.copy("T2", b"lines", 3.0) == (1, "a hash")
    assert one.neighbours.copy("T2", b"", 3.0, anew=True) == (2, "a hash")
    assert two.copies.kept == [(Hand("T1", 1), b"lines", False), (Hand("T1", 1), b"", True)]
    assert three.copies.kept == []
    two.copies.problem = "is full"
    with pytest.raises(NoCopy, match="is full"):
        one.neighbours.copy("T2", b"lines", 3.0)
    three.neighbours.stop()
    with pytest.raises(NoCopy, match="does not answer"):
        one.neighbours.copy("T3", b"lines", 3.0)


def test_what_puts_a_copy_aside_is_heard_once(tills: list[Till]) -> None:
    one, two, _ = tills
    asked = lanwire.CopyRequest(to="T2", to_incarnation=1).model_dump_json().encode()
    for path, again in (("/v1/neighbour/copy", 200), ("/v1/neighbour/recopy", 409)):
        assert request(one, two, path, asked, name=path).status_code == 200
        assert request(one, two, path, asked, name=path).status_code == again


def test_an_evacuation_is_told_and_who_has_heard_it_is_known(tills: list[Till]) -> None:
    one, two, three = tills
    three.neighbours.stop()
    call = evacuation.called("T1-E1", "T1", "", "2026-11-22T10:00:00+00:00")
    assert one.neighbours.evacuation([call], [], 3.0).result(5) == {"T2": True, "T3": False}
    assert one.neighbours.evacuation([call], ["T2"], 3.0).result(5) == {"T3": False}
    assert two.journal.evacuations == [(Hand("T1", 1), call)]
    nonsense = lanwire.EvacuationRequest(to="T2", to_incarnation=1, documents=[call | {"at": "now"}])
    path = "/v1/neighbour/evacuation"
    assert request(one, two, path, nonsense.model_dump_json().encode()).status_code == 422
    good = nonsense.model_copy(update={"documents": [call]}).model_dump_json().encode()
    assert request(one, two, path, good, signed_path="/v1/neighbour/idle").status_code == 401
    assert len(two.journal.evacuations) == 1


def test_one_that_is_off_is_left_out(tills: list[Till]) -> None:
    one, two, three = tills
    three.neighbours.stop()
    two.holds("A-1")
    assert one.neighbours.idle(SHOW, 3.0).result(5)["T2"] == ("A-1",)


def test_one_that_is_silent_costs_no_more_than_its_time(tills: list[Till]) -> None:
    """It takes the call, and says nothing."""
    one, two, three = tills
    two.holds("A-1")
    port = int(three.address.rpartition(":")[2])
    three.neighbours.stop()
    with closing(socket.socket()) as hole:
        hole.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        soon(lambda: _bound(hole, port))
        hole.listen()
        began = time.monotonic()
        idle = one.neighbours.idle(SHOW, 2.0).result(5)
        assert {till: places for till, places in idle.items() if places} == {"T2": ("A-1",)}
        assert time.monotonic() - began < 1.6


def _bound(hole: socket.socket, port: int) -> bool:
    try:
        hole.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def test_a_stranger_is_neither_asked_nor_answered(tills: list[Till]) -> None:
    one, two, _ = tills
    two.holds("A-1")
    del one.journal.neighbours["T2"]
    assert one.neighbours.idle(SHOW, 3.0).result(5)["T2"] == ()
    one.knows(two)
    del two.journal.neighbours["T1"]
    assert one.neighbours.ask(SHOW, {"T2": Wanted(("A-1",))}, 3.0).result(5) == []
    two.journal.neighbours["T1"] = (Hand("T1", 2), one.keys.public)
    assert one.neighbours.ask(SHOW, {"T2": Wanted(("A-1",))}, 3.0).result(5) == []
    assert two.journal.asked == []


def test_an_answer_by_another_key_does_not_count(tills: list[Till]) -> None:
    one, two, three = tills
    two.holds("A-1")
    one.journal.neighbours["T2"] = (Hand("T2", 1), three.keys.public)
    assert one.neighbours.idle(SHOW, 3.0).result(5)["T2"] == ()


def test_what_is_no_certificate_is_dropped(tills: list[Till]) -> None:
    one, two, _ = tills

    class Liar(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = b'{"certificates": [{"giver": "T2"}, 7]}'
            signed = wire.signed_answer(self.headers[wire.H_REQUEST], 200, body)
            self.send_response(200)
            self.send_header(wire.H_SIGNATURE, base64.b64encode(two.keys.sign(signed)).decode())
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Liar) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        caller = Caller("T1", one.keys, lambda: 1)
        asking = Neighbours(one.journal, caller, Clock(), {"T2": f"127.0.0.1:{server.server_port}"}, None)
        assert asking.ask(SHOW, {"T2": Wanted(("A-1",))}, 3.0).result(5) == []
        asking.stop()


# ---- who is there ----------------------------------------------------------------------------


OFF, ON = LinkState("offline", "no_office"), LinkState("online")


def test_a_till_knows_who_is_there(tills: list[Till], monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked every few seconds while the office is away; who does not answer is gone, and comes back."""
    one, two, three = tills
    monkeypatch.setattr(presence, "AWAY_S", 0.05)
    one.neighbours.link_changed(ON)
    one.neighbours.link_changed(OFF)
    first = soon(lambda: len(one.neighbours.present()) == 2 and one.neighbours.present())
    assert datetime.fromisoformat(first["T2"]) <= datetime.now(UTC)
    soon(lambda: one.neighbours.present()["T2"] > first["T2"])
    two.neighbours.stop()
    soon(lambda: list(one.neighbours.present()) == ["T3"])
    del three.journal.neighbours["T1"]
    soon(lambda: one.neighbours.present() == {})
    three.knows(one)
    soon(lambda: list(one.neighbours.present()) == ["T3"])


def test_with_the_office_there_nobody_is_asked_often_and_at_once_when_it_goes() -> None:
    rounds: list[int] = []
    watch = presence.Presence(lambda: rounds.append(1) or ["T2"], Clock())
    watch.start()
    soon(lambda: watch.now())
    watch.office_is(away=False)
    soon(lambda: len(rounds) == 1)
    watch._wake.set()  # as if the pause of an outage had just ended
    soon(lambda: len(rounds) == 2)
    watch.office_is(away=False)
    time.sleep(0.1)
    assert len(rounds) == 2
    watch.office_is(away=True)
    soon(lambda: len(rounds) == 3)
    watch.stop()


def test_one_lost_greeting_is_not_yet_a_till_that_is_gone() -> None:
    watch = presence.Presence(list, Clock())
    watch._note(["T2"])
    watch._note([])
    assert list(watch.now()) == ["T2"]
    watch._note(["T2"])
    watch._note([])
    assert list(watch.now()) == ["T2"], "one after the other"
    watch._note([])
    assert watch.now() == {}


def test_greetings_do_not_crowd_out_what_must_not_be_heard_again(
    tills: list[Till], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbour_window, "REMEMBERED", 2)
    one, two, _ = tills
    assert request(one, two, "/v1/neighbour/pass", passing("T2"), name="r1").status_code == 200
    hello = lanwire.HelloRequest(to="T2", to_incarnation=1).model_dump_json().encode()
    for name in ("a", "b", "c"):
        assert request(one, two, "/v1/neighbour/hello", hello, name=name).status_code == 200
    assert request(one, two, "/v1/neighbour/pass", passing("T2"), name="r1").status_code == 409
    wrong = lanwire.HelloRequest(to="T3", to_incarnation=1).model_dump_json().encode()
    assert request(one, two, "/v1/neighbour/hello", wrong).status_code == 403


# ---- requests as bytes -----------------------------------------------------------------------


def request(asker: Till, to: Till, path: str, body: bytes, *, signed_path: str = "", name: str = "") -> httpx2.Response:
    hand, name = asker.journal.hand, name or secrets.token_hex(16)
    message = wire.signed_request("POST", signed_path or path, body, *hand, name)
    headers = {
        wire.H_TILL: hand.till,
        wire.H_INCARNATION: str(hand.incarnation),
        wire.H_REQUEST: name,
        wire.H_SIGNATURE: base64.b64encode(asker.keys.sign(message)).decode(),
    }
    return httpx2.post(f"http://{to.address}{path}", content=body, headers=headers, trust_env=False, timeout=5)


def passing(to: str, incarnation: int = 1) -> bytes:
    asked = lanwire.PassRequest(to=to, to_incarnation=incarnation, show=SHOW, places=["A-1"])
    return asked.model_dump_json().encode()


def test_a_request_counts_only_as_its_till_signed_it(tills: list[Till]) -> None:
    one, two, three = tills
    two.holds("A-1")
    good = passing("T2")
    assert request(one, two, "/v1/neighbour/pass", good, signed_path="/v1/neighbour/idle").status_code == 401
    one.keys, keys = three.keys, one.keys
    assert request(one, two, "/v1/neighbour/pass", good).status_code == 401
    one.keys = keys
    assert request(one, two, "/v1/neighbour/pass", passing("T3")).status_code == 403, "it is for another till"
    assert request(one, two, "/v1/neighbour/pass", passing("T2", 2)).status_code == 403
    assert request(one, two, "/v1/neighbour/pass", b"{}").status_code == 422
    assert request(one, two, "/v1/neighbour/steal", good).status_code == 404
    two.knows(two)
    assert request(two, two, "/v1/neighbour/pass", good).status_code == 401, "nobody asks himself"
    assert two.journal.asked == []
    answer = request(one, two, "/v1/neighbour/pass", good)
    assert answer.status_code == 200
    assert len(answer.json()["certificates"]) == 1
    assert answer.headers[wire.H_SIGNATURE]


def test_a_request_that_was_overheard_is_carried_out_once(tills: list[Till]) -> None:
    """Repeated, a wish for more would take half of what is idle each time. Whoever asks again signs anew."""
    one, two, three = tills
    asked = lanwire.PassRequest(to="T2", to_incarnation=1, show=SHOW, places=[], more=["A-1", "A-2"])
    body = asked.model_dump_json().encode()
    assert request(one, two, "/v1/neighbour/pass", body, name="r1").status_code == 200
    for _ in range(2):
        assert request(one, two, "/v1/neighbour/pass", body, name="r1").status_code == 409
    assert len(two.journal.asked) == 1
    assert request(three, two, "/v1/neighbour/pass", body, name="r1").status_code == 200, "each asker names his own"
    assert request(one, two, "/v1/neighbour/pass", body, name="r2").status_code == 200
    assert len(two.journal.asked) == 3


def test_what_was_heard_is_remembered_up_to_a_bound(tills: list[Till], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbour_window, "REMEMBERED", 2)
    one, two, _ = tills
    body = passing("T2")
    found = [request(one, two, "/v1/neighbour/pass", body, name=name).status_code for name in ("a", "b", "a", "c", "b")]
    assert found == [200, 200, 409, 200, 409]
    assert request(one, two, "/v1/neighbour/pass", body, name="a").status_code == 200, "forgotten: the oldest"


def test_nonsense_is_turned_away(tills: list[Till]) -> None:
    url = f"http://{tills[1].address}/v1/neighbour/idle"
    assert httpx2.get(url, trust_env=False).status_code == 404
    assert httpx2.post(url, content=b"", trust_env=False).status_code == 401
    assert httpx2.post(url, content=b"x" * (MAX_BODY + 1), trust_env=False).status_code == 413
    with closing(socket.create_connection(("127.0.0.1", int(url.split(":")[2].split("/", maxsplit=1)[0])))) as raw:
        raw.sendall(b"\x16\x03\x01 this is TLS\r\n\r\n")
        assert b"400" in raw.recv(1000)


def test_many_at_once_are_bounded(tills: list[Till], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes too many is hung up on; those who wait are let go in time, and then there is room again."""
    monkeypatch.setattr(neighbour_window, "READ_S", 1.0)
    monkeypatch.setattr(neighbour_window._Handler, "timeout", 1.0)
    one, two, _ = tills
    two.holds("A-1")
    port = int(two.address.rpartition(":")[2])
    idlers = [socket.create_connection(("127.0.0.1", port)) for _ in range(neighbour_window.AT_ONCE)]
    time.sleep(0.3)
    with closing(socket.create_connection(("127.0.0.1", port))) as late:
        late.settimeout(5)
        assert late.recv(10) == b""
    soon(lambda: one.neighbours.idle(SHOW, 2.0).result(5)["T2"] == ("A-1",))
    for idler in idlers:
        idler.close()


def test_a_till_that_cannot_listen_says_so_and_tries_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(neighbour_window, "AGAIN_S", 0.1)
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = int(other.getsockname()[1])
        till = Till("T1", port, {})
        till.neighbours.start()
        state = soon(lambda: till.neighbours.states()["neighbours"]["state"] == "failed" and till.window.state)
        assert "cannot listen on 127.0.0.1:" in state["text"]
        time.sleep(0.3)
    assert caplog.text.count("cannot listen on") == 1, "said once"
    soon(lambda: till.neighbours.states() == {"neighbours": {"state": "ready", "text": ""}})
    till.neighbours.stop()


def test_it_ends_at_once(tills: list[Till]) -> None:
    began = time.monotonic()
    for till in tills:
        till.neighbours.stop()
    assert time.monotonic() - began < 2.0
    assert tills[0].neighbours.idle(SHOW, 1.0).result(2) == {}


# ---- the guards, taken out -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "old", "new"),
    [
        ("_asker", ".verify(signature, signed)", ".public_bytes_raw()"),
        ("_asker", 'wire.signed_request(method, path, body, *hand, headers.get(wire.H_REQUEST, ""))', 'b""'),
        ("_asker", " if till != self._till else None", ""),
        ("_read", "if (asked.to, asked.to_incarnation) != (self._till, self._ledger.incarnation)", "if False"),
    ],
)
def test_without_its_check_a_wrong_request_counts(
    tills: list[Till], monkeypatch: pytest.MonkeyPatch, check: str, old: str, new: str
) -> None:
    mutate(monkeypatch, NeighbourWindow, check, old, new)
    with pytest.raises(AssertionError):
        test_a_request_counts_only_as_its_till_signed_it(tills)
