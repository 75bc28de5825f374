"""The office over TCP: who may ask, what is answered, and that garbage gets an error, never a traceback."""

from __future__ import annotations

import base64
import json
import socket
from urllib.parse import urlsplit

import httpx2
import pytest

from pos.domain.plan import Plan
from sync import wire
from sync.office import gatefiles
from sync.office.store.engine import open_database
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.wire.office.conftest import Served, code_for, join

NOTHING = {"number": 2, "envelope": "", "hash": "", "signature": ""}


def raw(served: Served, *parts: bytes) -> bytes:
    """What the office says to these exact bytes."""
    at = urlsplit(served.office.url)
    with socket.create_connection((at.hostname, at.port), timeout=10) as line:
        for part in parts:
            line.sendall(part)
        line.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := line.recv(65_536):
            answer += piece
    return answer


def test_a_stranger_is_refused(served: Served) -> None:
    stranger = TillClient(served.office.url)
    stranger.till, stranger.incarnation, stranger.office_key = "T1", 7, served.one.office_key
    with stranger:
        answer = stranger.ask("pull", cursor=0)
        assert (answer.status, answer.body["code"]) == (401, "unknown_till")
        stranger.incarnation = 1
        answer = stranger.ask("pull", cursor=0)
        assert (answer.status, answer.body["code"]) == (401, "bad_signature")


def test_an_unsigned_request_is_refused(served: Served) -> None:
    for headers in (
        {},
        {wire.H_TILL: "T1"},
        {wire.H_TILL: "T1", wire.H_INCARNATION: "one"},
        {wire.H_TILL: "T1", wire.H_INCARNATION: "1", wire.H_SIGNATURE: "%%%"},
        {wire.H_TILL: "T1", wire.H_INCARNATION: "9" * 400},
    ):
        answer = served.one.http.post("/v1/pull", content=b"{}", headers=headers)
        assert answer.status_code == 401
        assert set(answer.json()) == {"error", "code"}


@pytest.mark.parametrize("tampered", ["path", "body", "request", "incarnation"])
def test_a_signature_covers_path_body_request_and_incarnation(served: Served, tampered: str) -> None:
    body = json.dumps({"cursor": 0}).encode()
    headers = served.one.headers("POST", "/v1/pull", body)
    path = "/v1/pull"
    if tampered == "path":
        path = "/v1/snapshot"
    elif tampered == "body":
        body = b'{"cursor":1}'
    elif tampered == "request":
        headers[wire.H_REQUEST] = "another"
    else:
        headers[wire.H_INCARNATION] = "2"
    assert served.one.http.post(path, content=body, headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("claim", b""),
        ("claim", b"{"),
        ("claim", b"[]"),
        ("claim", b'{"show": 5, "places": "A-1"}'),
        ("claim", json.dumps({"show": SHOW, "places": ["A-1"] * 5001}).encode()),
        ("claim", b'{"show": "\xff", "places": []}'),
        ("pull", b'{"cursor": "many"}'),
        ("pull", b"\x00" * 100),
        ("push", b'{"facts": [{"number": 0, "envelope": "", "hash": "", "signature": ""}]}'),
        ("push", b'{"facts": [{"number": 1}]}'),
        ("push", json.dumps({"facts": [NOTHING, NOTHING]}).encode()),
        ("places", b"{}"),
        ("decline", b'{"items": 1}'),
        ("pull", b'{"cursor": 0, "head": 1000000000000000000000000000000, "stopped": true}'),
        ("pull", b'{"cursor": 0, "head": -2}'),
        ("pull", b'{"cursor": -1000000000000000000000000000000}'),
        ("pull", b'{"cursor": 0, "wait_s": NaN}'),
        ("push", json.dumps({"facts": [NOTHING | {"number": 2**63}]}).encode()),
        ("forward", json.dumps({"till": "T1", "incarnation": 2**31, "facts": []}).encode()),
        ("hand", json.dumps({"number": 1, "rights": [[SHOW, "A-1", 10**30, 0, "LEASED", ""]]}).encode()),
        ("decline", json.dumps({"items": [{"show": SHOW, "place": "A-1", "epoch": 10**30, "hop": 0}]}).encode()),
        ("claim", json.dumps({"show": SHOW, "places": [], "whole": False, "short": {"Stalls": 10**30}}).encode()),
    ],
)  # fmt: skip
def test_garbage_is_named(served: Served, name: str, body: bytes) -> None:
    answer = served.one.send("POST", f"/v1/{name}", body)
    assert answer.status_code == 422
    assert answer.json()["code"] == "bad_request"
    assert "Traceback" not in answer.text


def test_what_is_not_there(served: Served) -> None:
    for method, path, status in (
        ("GET", "/", 404),
        ("POST", "/v1/nothing", 404),
        ("GET", "/v1/claim", 405),
        ("POST", "/v1/plan/x", 405),
        ("GET", "/v1/plan/nothing", 404),
        ("POST", "/v1/pull/", 404),
    ):
        answer = served.one.send(method, path)
        assert (answer.status_code, set(answer.json())) == (status, {"error", "code"})
    assert served.one.ask("places", show="nothing").status == 404


def test_a_body_that_is_too_large_is_not_even_read(served: Served) -> None:
    head = b"POST /v1/push HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n"
    assert raw(served, head).startswith(b"HTTP/1.1 413")
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    chunked = b"POST /v1/push HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert raw(served, chunked, *[chunk] * 16).startswith(b"HTTP/1.1 413")


def test_noise_on_the_line_leaves_the_office_standing(served: Served) -> None:
    assert raw(served, b"\x16\x03\x01 this is not HTTP\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert raw(served, b"POST /v1/push HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{half") == b""
    assert served.one.ask("snapshot").status == 200


def test_the_snapshot_is_whole(served: Served) -> None:
    answer = wire.SnapshotAnswer.model_validate(served.one.ask("snapshot").body)
    assert {document.family for document in answer.documents} >= {"venue", "show", "user", "plan", "tax"}
    assert answer.cursor >= 1
    places = wire.PlacesAnswer.model_validate(served.one.ask("places", show=SHOW).body)
    columns = (places.states, places.holder, places.since, places.epoch, places.hop)
    assert {len(column) for column in columns} == {34}
    plan = Plan.from_bytes(served.one.send("GET", f"/v1/plan/{places.plan_version}").content)
    assert plan.version == places.plan_version
    assert len(plan) == 24


def test_places_are_columns_in_seating_order(served: Served) -> None:
    grants = served.three.claim(SHOW, "B-12", "Foyer#10").granted
    answer = wire.PlacesAnswer.model_validate(served.one.ask("places", show=SHOW).body)
    for ix in (23, 33):  # the plan's last seat, the area's last unit
        assert answer.states[ix] == "L"
        assert answer.holders[answer.holder[ix]] == "T3"
        assert (answer.epoch[ix], answer.hop[ix]) == (grants[0].epoch, 0)
    served.three.give_back(SHOW, *grants)
    assert served.three.push().status == 200


def test_pulls_come_in_pages(served: Served) -> None:
    cursor, positions = 0, []
    while (page := served.one.pull(cursor, limit=3)).changes:
        assert len(page.changes) <= 3
        positions += [change.position for change in page.changes]
        cursor = page.cursor
    assert positions == list(range(1, page.latest + 1))
    assert (page.state, page.applied) == ("ACTIVE", len(served.one.journal))


def test_sales_come_in_pages_in_order(served: Served) -> None:
    for n, seat in enumerate(("A-10", "A-11")):
        served.one.sell(SHOW, *served.one.claim(SHOW, seat).granted, sale=f"page-{n}")
    assert served.one.push().status == 200
    first = wire.SalesAnswer.model_validate(served.two.ask("sales", after="page", limit=1).body)
    assert ([sale["id"] for sale in first.sales], first.more) == (["page-0"], True)
    rest = wire.SalesAnswer.model_validate(served.two.ask("sales", after="page-0", limit=5).body)
    assert rest.sales[0]["id"] == "page-1"
    assert rest.sales[0]["tickets"][0]["state"] == "live"


def test_disputes_come_in_pages_open_or_all(served: Served) -> None:
    for seat in ("B-1", "B-2"):
        (grant,) = served.one.claim(SHOW, seat).granted
        served.one.give_back(SHOW, grant)
        served.one.sell(SHOW, grant)
    assert served.one.push().status == 200
    first = wire.DisputesAnswer.model_validate(served.two.ask("disputes", limit=1).body)
    assert (len(first.disputes), first.more) == (1, True)
    rest = wire.DisputesAnswer.model_validate(served.two.ask("disputes", after=first.disputes[0]["id"]).body)
    both = [*first.disputes, *rest.disputes]
    assert ([one["places"][0]["label"] for one in both], rest.more) == (["Stalls B 1", "Stalls B 2"], False)
    served.two.resolve(both[0]["id"], "reseat")
    assert served.two.push().status == 200
    assert [one["id"] for one in served.one.ask("disputes").body["disputes"]] == [both[1]["id"]]
    everything = served.one.ask("disputes", state="all").body["disputes"]
    assert [one["state"] for one in everything] == ["resolved", "open"]
    answer = served.two.ask("disputes", state="lost")
    assert (answer.status, answer.body["code"]) == (422, "bad_request")


def test_a_chain_that_does_not_hold_is_refused_and_nothing_is_booked(served: Served) -> None:
    applied = served.two.pull(0).applied
    wrong = served.two.drop(prev_hash="0" * 63 + "1")
    served.two.journal.pop()
    answer = served.two.push(wrong)
    assert (answer.status, answer.body["code"]) == (400, "bad_chain")
    assert served.two.pull(0).applied == applied


def test_enrolment_over_the_wire(served: Served) -> None:
    with TillClient(served.office.url) as newcomer:
        assert newcomer.enrol("WRONG-CODE").body["code"] == "bad_code"
        body = json.dumps({"code": "x", "public_key": base64.b64encode(b"short").decode()})
        assert newcomer.http.post("/v1/enrol", content=body).status_code == 422
        assert newcomer.http.post("/v1/enrol", content=b"<html>").status_code == 422
        code = code_for(served.database, "T3", replace=True)
        first, again = newcomer.enrol(code), newcomer.enrol(code)
        assert first == again
        assert first.body["incarnation"] == 2
        assert newcomer.pull(0).state == "ACTIVE"
    # The machine that was T3 hears that it is none any more, but what it sold is booked.
    old = served.three
    assert (old.ask("pull", cursor=0).status, old.ask("claim", show=SHOW, places=["A-1"]).status) == (403, 403)
    assert old.ask("pull", cursor=0).body["code"] == "fenced"
    old.drop()
    assert old.push().body["applied"] == len(old.journal)
    old.http.close()
    served.three = join(served.office.url, served.database, "T3", replace=True)


def test_an_answer_is_signed_for_one_request_only(served: Served) -> None:
    response = served.one.send("POST", "/v1/snapshot", b"{}")
    with pytest.raises(AssertionError, match="not signed by this office"):
        served.one._check("another request", response)
    with pytest.raises(AssertionError, match="not signed by this office"):
        served.one._check("x", httpx2.Response(200, content=b"<html>Please log in to the hotel's network</html>"))


def test_a_gate_follows_the_codes_and_tells_its_scans(served: Served) -> None:
    database = open_database(served.database)
    token = gatefiles.token(database, "north", 1)
    database.close()
    http, shown = served.one.http, {"Authorization": f"Bearer {token}"}
    for headers in ({}, {"Authorization": "Bearer " + token[:-6] + "AAAAAA"}):
        assert http.get("/gate/tickets", params={"show": SHOW}, headers=headers).status_code == 401
    assert http.get("/gate/tickets", params={"show": "nowhere"}, headers=shown).status_code == 404
    assert http.get("/gate/tickets", params={"show": SHOW, "after": "-1"}, headers=shown).status_code == 422
    told = http.get("/gate/tickets", params={"show": SHOW}, headers=shown).json()
    assert told["more"] is False
    scan = {"id": "1", "show": SHOW, "code": "NOBODYHASIT", "at": "2026-11-22T19:05:00+01:00"}
    for _ in range(2):
        answer = http.post("/gate/scans", json={"scans": [scan]}, headers=shown)
        assert answer.json()["scans"][0]["result"] == "unknown_ticket"
    assert http.post("/gate/scans", json={"scans": [scan | {"at": "today"}]}, headers=shown).status_code == 422
