"""Gates that are no tills: codes by a feed that is followed, scans told back, each booked once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update

from sync.office import gatefiles
from sync.office.rules import changes, gates
from sync.office.store.tables import DOCUMENT
from sync.wire import FactItem, GrantItem
from tests.peers.small_season import SHOW
from tests.peers.till_client import TillClient
from tests.unit.office.conftest import House

Tills = Callable[..., list[TillClient]]
AT = "2026-11-22T19:05:00+01:00"


def sold(house: House, client: TillClient, *places: str) -> tuple[FactItem, list[GrantItem]]:
    grants = house.granted(client, *places)
    fact = client.sell(SHOW, *grants, sale="S")
    house.push(client)
    return fact, grants


def feed(house: House, after: int = 0) -> dict[str, Any]:
    with house.database.read() as connection:
        return gates.feed(connection, SHOW, after)


def scan(house: House, *scans: gates.Scan, gate: str = "north") -> list[str]:
    with house.database.write() as connection:
        return [answer["result"] for answer in gates.take(connection, gate, scans)]


def one(id: str, code: str, show: str = SHOW, **more: Any) -> gates.Scan:
    return gates.Scan(id, show, code, AT, **more)


def states(page: dict[str, Any]) -> dict[str, str]:
    """Of the sale S alone: the season has an order of its own."""
    return {ticket["id"]: ticket["state"] for ticket in page["tickets"] if ticket["id"].startswith("S-")}


def codes(house: House) -> dict[str, str]:
    return {ticket["id"]: ticket["code"] for ticket in feed(house)["tickets"]}


def test_the_feed_tells_all_once_and_then_what_has_changed(house: House, tills_at: Tills) -> None:
    (till,) = tills_at("T1")
    sale, grants = sold(house, till, "A-1", "A-2")
    first = feed(house)
    assert {(t["id"], t["state"], t["copy"]) for t in first["tickets"]} >= {("S-1", "valid", 0), ("S-2", "valid", 0)}
    assert feed(house, first["cursor"])["tickets"] == []
    till.refund(sale, grants[0])
    house.push(till)
    later = feed(house, first["cursor"])
    assert {t["id"]: t["state"] for t in later["tickets"]} == {"S-1": "void", "S-2": "valid"}
    assert later["cursor"] > first["cursor"]
    assert not later["more"]


def test_a_scan_lets_in_once_and_is_booked_once_however_often_it_is_told(house: House, tills_at: Tills) -> None:
    (till,) = tills_at("T1")
    sold(house, till, "A-1", "A-2")
    code, other = codes(house)["S-1"], codes(house)["S-2"]
    before = feed(house)["cursor"]
    assert scan(house, one("1", code)) == ["admitted"]
    assert scan(house, one("1", code), one("2", code)) == ["admitted", "already_admitted"]
    assert house.rows("SELECT ticket, till, at FROM admission") == [("S-1", "north", AT)]
    told = next(ticket for ticket in feed(house, before)["tickets"] if ticket["id"] == "S-1")
    assert (told["state"], told["used_by"], told["used_at"]) == ("used", "north", AT)
    assert scan(house, one("1", code), gate="south") == ["already_admitted"]  # its own name for another scan
    assert scan(house, one("8", other), one("9", other)) == ["admitted", "already_admitted"]  # told of together
    assert house.violations() == []


def test_a_ticket_that_a_gate_let_in_is_in_dispute_when_it_is_refunded_unknowing(house: House, tills_at: Tills) -> None:
    (till,) = tills_at("T1")
    sale, grants = sold(house, till, "A-1")
    scan(house, one("1", codes(house)["S-1"]))
    till.refund(sale, grants[0])
    house.push(till)
    assert house.rows("SELECT cause FROM dispute") == [("admitted_ended",)]
    assert house.violations() == []


def test_a_training_ticket_is_unknown_and_said_to_be_one(house: House) -> None:
    with house.database.write() as connection:
        scans = [one("1", "TRAINN0STY9N"), one("2", "7K2M9QX4TBHF")]
        training, other = gates.take(connection, "north", scans)
    assert (training["result"], training["training"]) == ("unknown_ticket", True)
    assert other["result"] == "unknown_ticket"
    assert "training" not in other


def test_what_is_void_unknown_for_another_show_or_superseded_is_let_in_by_nobody(house: House, tills_at: Tills) -> None:
    (till,) = tills_at("T1")
    sale, grants = sold(house, till, "A-1", "A-2")
    known = codes(house)
    till.copy(grants[1], SHOW, "S-2", 1)
    till.refund(sale, grants[0])
    house.push(till)
    wrong = known["S-2"][:-1] + ("0" if known["S-2"][-1] != "0" else "1")
    asked = [known["S-1"], known["S-2"], wrong, known["S-2"] + ".x", known["S-2"] + ".1"]
    answers = scan(house, *(one(str(n), code) for n, code in enumerate(asked)))
    assert answers == ["already_refunded", "superseded", "unknown_ticket", "unknown_ticket", "admitted"]
    assert house.violations() == []


def test_nobody_is_let_in_to_what_is_called_off(house: House, tills_at: Tills) -> None:
    (till,) = tills_at("T1")
    sold(house, till, "A-1", "A-2")
    known = codes(house)
    record = {"id": "T1-D00001", "home": "T1", "show": SHOW, "at": AT, "by": "sam", "reason": "water"}
    closing = record | {"what": "closed", "places": ["A-1"]}
    till.record("PlacesClosed", {"user": "sam", "record": closing})
    house.push(till)
    assert states(feed(house)) == {"S-1": "void", "S-2": "valid"}
    assert scan(house, one("1", known["S-1"]), one("2", known["S-2"])) == ["place_closed", "admitted"]
    till.record("ShowAbandoned", {"user": "sam", "record": record | {"id": "T1-D00002", "what": "abandoned"}})
    house.push(till)
    assert scan(house, one("3", known["S-2"])) == ["show_cancelled"]


def test_a_gate_that_follows_the_list_hears_of_what_is_called_off_and_put_back(house: House, tills_at: Tills) -> None:
    """No sale has changed; its tickets count no more all the same, and count again."""
    (till,) = tills_at("T1")
    sold(house, till, "A-1", "A-2", "A-3")
    before = feed(house)["cursor"]
    record = {"id": "T1-D00001", "home": "T1", "show": SHOW, "at": AT, "by": "sam", "reason": "water"}

    def told(kind: str, **more: object) -> dict[str, str]:
        nonlocal before
        till.record(kind, {"user": "sam", "record": record | more})
        house.push(till)
        page = feed(house, before)
        before = page["cursor"]
        assert feed(house, before)["tickets"] == []
        return states(page)

    closed = told("PlacesClosed", what="closed", places=["A-1"])
    assert closed["S-1"] == "void"
    opened = told("PlacesReopened", id="T1-D00002", what="reopened", of={"T1-D00001": ["A-1"]})
    assert opened["S-1"] == "valid"
    off = told("ShowAbandoned", id="T1-D00003", what="abandoned")
    assert off == {"S-1": "void", "S-2": "void", "S-3": "void"}
    back = told("PlacesReopened", id="T1-D00004", what="reopened", of={"T1-D00003": []})
    assert back == {"S-1": "valid", "S-2": "valid", "S-3": "valid"}
    other = told("PlacesClosed", id="T1-D00005", show="other", what="closed", places=["A-1"])
    assert other == {}, "of another show"


def test_a_gate_that_follows_the_list_hears_of_a_show_that_is_cancelled(house: House, tills_at: Tills) -> None:
    (till,) = tills_at("T1")
    sold(house, till, "A-1", "A-2")
    before = feed(house)["cursor"]
    ((body,),) = house.rows(f"SELECT body FROM document WHERE family = 'show' AND id = '{SHOW}'")
    for state, seen in (("cancelled", "void"), ("on_sale", "valid")):
        document = json.loads(str(body)) | {"state": state}
        with house.database.write() as connection:
            connection.execute(update(DOCUMENT).where(DOCUMENT.c.id == SHOW).values(body=json.dumps(document)))
            changes.log(connection, [changes.Entry("document", "show", SHOW, SHOW, document)])
        page = feed(house, before)
        before = page["cursor"]
        assert states(page) == {"S-1": seen, "S-2": seen}
    with house.database.write() as connection:
        changes.log(connection, [changes.Entry("document", "show", SHOW, SHOW, document | {"notice": "sold out"})])
    assert feed(house, before)["tickets"] == [], "what changes no ticket's worth is not told"


def test_a_till_that_lets_in_after_a_gate_is_in_dispute(house: House, tills_at: Tills) -> None:
    (till,) = tills_at("T1")
    sold(house, till, "A-1")
    scan(house, one("1", codes(house)["S-1"]))
    till.admit("S-1", show=SHOW)
    house.push(till)
    assert house.rows("SELECT cause FROM dispute") == [("admitted_twice",)]
    assert house.violations() == []


def test_verify_sees_an_admission_that_no_scan_and_no_fact_tells_of(house: House, tills_at: Tills) -> None:
    (till,) = tills_at("T1")
    sold(house, till, "A-1")
    scan(house, one("1", codes(house)["S-1"]))
    house.run("UPDATE admission SET fact_id = 'gate:north:9'")
    assert [violation.partition(" ")[0] for violation in house.violations()] == ["I3", "I3"]


def test_a_token_is_good_for_its_gate_until_its_time_and_of_this_office_alone() -> None:
    key, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    text = gates.token(key, "north", 1000)
    assert gates.gate_of(key.public_key(), text, 1000) == "north"
    for bad, public, now in (
        (text, key.public_key(), 1001),
        (text, other.public_key(), 0),
        (text[:-4] + "AAAA", key.public_key(), 0),
        (gates.token(other, "north", 1000).partition(".")[0] + "." + text.partition(".")[2], other.public_key(), 0),
        ("", key.public_key(), 0),
        ("a.b.c", key.public_key(), 0),
    ):
        with pytest.raises(gates.BadToken):
            gates.gate_of(public, bad, now)


def test_codes_go_out_and_scans_come_in_as_files_all_or_none(house: House, tills_at: Tills, tmp_path: Path) -> None:
    (till,) = tills_at("T1")
    sold(house, till, "A-1", "A-2")
    listed = gatefiles.codes(house.database, SHOW, json_=False).splitlines()
    assert listed[0] == ",".join(gatefiles.COLUMNS)
    by_id = {line.split(",")[0]: line.split(",")[1] for line in listed[1:]}
    assert json.loads(gatefiles.codes(house.database, SHOW, json_=True))[0].keys() >= {"code", "state"}
    good, bad = tmp_path / "scans.csv", tmp_path / "bad.csv"
    good.write_text(f"id,show,code,at,let_in\n1,{SHOW},{by_id['S-1']},{AT},true\n", encoding="utf-8")
    bad.write_text(f"id,show,code,at\n2,{SHOW},{by_id['S-2']},{AT}\n3,{SHOW},,{AT}\n", encoding="utf-8")
    assert gatefiles.book(house.database, "north", good) == ["1 admitted S-1\n"]
    with pytest.raises(gatefiles.CannotExchange, match=r"bad.csv: scan 2: code"):
        gatefiles.book(house.database, "north", bad)
    with pytest.raises(gatefiles.CannotExchange, match="no show"):
        gatefiles.codes(house.database, "nowhere", json_=True)
    assert house.rows("SELECT id FROM gate_scan") == [("1",)]
