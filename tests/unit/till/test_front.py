"""The front's table of verbs, and the headless face on it: whatever comes in gets an answer."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from pos.domain.errors import CODES
from pos.headless import Headless
from pos.till.front import VERBS
from tests.unit.till.counter import Counter

Make = Callable[..., Counter]


def talk(counter: Counter, *lines: bytes | dict[str, Any]) -> list[dict[str, Any]]:
    """What the headless face answers to these lines."""
    sent = b"".join(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines)
    out = io.BytesIO()
    Headless(counter.front, "T1", io.BytesIO(sent), out).serve()
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_an_evening_in_json_lines(make_counter: Make) -> None:
    said = talk(
        make_counter(),
        {"id": 1, "do": "sign_in", "user": "anna", "pin": "2468"},
        {"id": 2, "do": "open_shift", "float": "100.00"},
        {"id": 3, "do": "add", "show": "aida", "places": ["A-1"], "price_type": "adult"},
        {"id": 4, "do": "pay", "tenders": [{"kind": "cash", "amount": "59.00", "given": "60.00"}]},
        {"id": 5, "do": "quit"},
        {"id": 6, "do": "status"},
    )
    assert (said[0]["event"], said[0]["till"]) == ("ready", "T1")
    assert [line["id"] for line in said[1:]] == [1, 2, 3, 4, 5]
    assert said[4]["ok"]["sale"]["change"] == "1.00"


@pytest.mark.parametrize(
    "garbage",
    [b"hello\n", b"\xff\xfe\n", b"[1,2]\n", b"{\n", b"null\n", b'"add"\n', b"1e999999\n", b'{"do": "add"\n'],
)
def test_garbage_on_the_line_is_answered_and_survived(make_counter: Make, garbage: bytes) -> None:
    said = talk(make_counter(), garbage, {"id": 2, "do": "status"})
    assert said[1]["id"] is None
    assert said[1]["refused"]["code"] == "bad_request"
    assert said[2]["ok"]["user"] is None


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({"do": "sing"}, "do"),
        ({"do": 7}, "do"),
        ({}, "do"),
        ({"do": "sign_in", "user": "anna"}, "pin"),
        ({"do": "sign_in", "user": "anna", "pin": 2468}, "pin"),
        ({"do": "sign_in", "user": "anna", "pin": "2468", "please": True}, "please"),
        ({"do": "remove", "line": True}, "line"),
        ({"do": "remove", "line": "1"}, "line"),
        ({"do": "add", "show": "aida", "places": "A-1", "price_type": "adult"}, "places"),
        ({"do": "add", "show": "aida", "places": [1], "price_type": "adult"}, "places"),
        ({"do": "pay", "tenders": 5}, "tenders"),
        ({"do": "close_shift", "counted": [1]}, "counted"),
        ({"do": "clear", "key": 5}, "key"),
    ],
)
def test_a_malformed_request_names_its_field(make_counter: Make, request_: dict[str, Any], field: str) -> None:
    said = talk(make_counter(), {"id": "x", **request_})
    assert said[1]["id"] == "x"
    assert (said[1]["refused"]["code"], said[1]["refused"]["field"]) == ("bad_request", field)
    assert said[1]["refused"]["text"]


@pytest.mark.parametrize("name", ["self", "desk", "verb", "work"])
def test_a_field_named_like_the_tills_own_words_is_only_a_wrong_field(make_counter: Make, name: str) -> None:
    said = talk(make_counter(), {"id": 1, "do": "status", name: "x"}, {"id": 2, "do": "status"})
    assert said[1]["refused"]["code"] == "bad_request"
    assert "ok" in said[2]


def test_every_refusal_has_its_sentence(counter: Counter) -> None:
    refused = counter.refusal("add", show="aida", places=["Z-1"], price_type="adult")
    assert counter.front.sentence(refused) == "There is no place Z-1 in this show."
    assert {"bad_request", "storage_failed"} <= CODES


@pytest.mark.expect_log("users failed", "work on the ledger thread failed")
def test_a_fault_in_the_till_is_answered_too(make_counter: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = make_counter()

    def broken() -> None:
        raise RuntimeError("out of cheese")

    monkeypatch.setattr(counter.desk, "season", broken)
    said = talk(counter, {"id": 1, "do": "users"}, {"id": 2, "do": "jobs"})
    assert (said[1]["id"], said[1]["refused"]["code"]) == (1, "bad_request")
    assert said[2]["refused"]["code"] == "not_signed_in"


def test_before_the_first_snapshot_a_till_says_so(make_counter: Make) -> None:
    counter = make_counter()
    counter.writer.close()

    def lose() -> None:
        for file in counter.folder.glob("replica.db*"):
            file.unlink()

    counter.restart(lose)
    assert counter.refusal("users").code == "offline"
    assert counter.refusal("sign_in", user="anna", pin="2468").code == "offline"
    assert counter.ask("status")["venue"] is None


def test_changing_verbs_are_named_as_such() -> None:
    """A verb that changes something and is not marked would forget its key."""
    looking = {
        "users",
        "sign_in",
        "sign_out",
        "shift",
        "shifts",
        "shows",
        "show",
        "places",
        "place",
        "best",
        "basket",
        "parked",
        "range",
    }
    looking |= {"find", "jobs", "disputes", "payments", "paper", "worklist", "status", "sync", "scan", "purse"}
    looking |= {"copies", "line", "terminal_status", "abort_payment", "devices", "device_find", "device_test"}
    looking |= {"window", "layouts", "layout", "layout_preview"}
    looking |= {"ask_payment", "range", "quote", "holds", "orders", "pending", "gate_list", "letter"}
    looking |= {"customers", "customer_history", "export_customer"}
    looking |= {
        "cases",
        "commissions",
        "statements",
        "customer_history",
        "customers",
        "export_customer",
        "history",
        "invoice_sheet",
        "guest_lists",
        "groups",
        "open_order",
        "outbox",
        "packages",
        "invoices",
        "pickups",
        "products",
        "standby",
    }
    looking |= {"reports", "report", "cancel_report", "export_report", "house_chart"}
    looking |= {"account", "pending", "tenders", "audit_items", "my_figures", "people_figures"}
    looking |= {"settlements", "settlement", "card_totals", "paper_pack", "make_paper_pack"}
    looking |= {"safe", "bags", "transfers", "change_orders", "deposits", "deposit_sheet", "cash_trail"}
    looking |= {"ticket_paper", "stock", "contingency", "keyed_paper", "evacuation"}
    looking |= {"write_plan", "frozen_places"}
    looking |= {"drills", "drill_said", "outages", "incident_report"}
    looking |= {"link", "diagnostics", "keep_diagnostics"}  # a cable, a file, paper, and nothing in the ledger
    assert {name for name, spec in VERBS.items() if not spec.changes} == looking


def test_sync_pushes_and_pulls_or_says_why_not(counter: Counter) -> None:
    counter.sell("A-1")
    assert counter.ask("sync")["unsent"] == 0
    counter.line.cut()
    refused = counter.refusal("sync")
    assert (refused.code, refused.fields["cause"]) == ("offline", "no_office")


def test_find_looks_here_and_at_what_others_sold(counter: Counter) -> None:
    sale = counter.sell("A-1")
    code = sale["tickets"][0]["code"]
    for asked in ({"code": code}, {"code": "T1-00001-1"}, {"sale": "T1-00001"}):
        found = counter.ask("find", **asked)["sales"]
        assert [(s["id"], s["till"], s["tickets"][0]["state"]) for s in found] == [("T1-00001", "T1", "live")]
    assert counter.ask("find", sale="T9-00001") == {"sales": []}
    assert counter.refusal("find").code == "bad_request"
    assert counter.refusal("find", code="x", sale="y").code == "bad_request"


def test_the_house_is_counted_as_the_contract_says(counter: Counter) -> None:
    counter.line.give("aida", "B-1", "SOLD")
    counter.line.give("aida", "B-2", "HELD", "press")
    counter.line.give("aida", "B-3", "LEASED", "T2")
    counter.settle()
    counter.add("A-1")
    (row,) = counter.ask("shows")["shows"]
    assert (row["free"], row["held_here"], row["capacity"]) == (32, 1, 34)
    places = {item["place"]: item for item in counter.ask("places", show="aida")["places"]}
    assert [places[p]["state"] for p in ("B-1", "B-2", "B-3", "A-1", "A-2")] == [
        "sold", "held", "elsewhere", "here", "free",
    ]  # fmt: skip
    assert places["Foyer"] == {
        "place": "Foyer", "category": "Foyer", "capacity": 10, "free": 10, "here": 0, "elsewhere": 0, "held": 0,
        "sold": 0,
    }  # fmt: skip
    assert counter.refusal("places", show="x").code == "unknown_show"
