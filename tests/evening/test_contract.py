"""The headless face, held against its contract line by line (docs/headless.md)."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.evening.house import PINS, House, Window
from tests.evening.season import AREA, SHOW, season
from tests.evening.till_process import TillProcess, housefull
from tests.peers.small_season import hall

BOOKED = """
[[hold]]
show = "matinee"
type = "house"
places = ["F-11", "F-12"]
[[order]]
code = "WEB-1"
name = "Ivan Франко"
show = "matinee"
state = "paid"
lines = [{ price_type = "adult", places = ["E-1", "E-2"] }]
"""


@pytest.fixture(scope="module")
def the_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("contract")
    with House(folder, f"sqlite:///{folder / 'office.db'}", season(extra=BOOKED, tills=4), plan=hall(6, 12)) as house:
        yield house


@pytest.fixture(scope="module")
def the_window(the_house: House) -> Window:
    return the_house.window("T1", printers=False)


@pytest.fixture
def window(the_window: Window) -> Window:
    """Anna's, with a shift and an empty basket."""
    the_window.till.ok("sign_in", user="anna", pin=PINS["anna"])
    if the_window.till.ok("status")["shift"] is None:
        the_window.till.ok("open_shift", float="100.00")
    the_window.till.ok("clear")
    return the_window


@pytest.fixture
def till(window: Window) -> TillProcess:
    return window.till


def _add(window: Window, *places: str, show: str = SHOW, price_type: str = "adult", **more: Any) -> dict[str, Any]:
    answer = window.till.ok("add", show=show, places=list(places), price_type=price_type, **more)
    basket: dict[str, Any] = answer["basket"]
    return basket


def _cash(amount: str, **more: str) -> list[dict[str, str]]:
    return [{"kind": "cash", "amount": amount, **more}]


# ---- lines -------------------------------------------------------------------------------


def test_the_first_line_says_ready(the_window: Window) -> None:
    first = json.loads(the_window.till.lines[0])
    assert (first["event"], first["till"]) == ("ready", "T1")
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", first["version"])


def test_answers_come_in_order_and_carry_the_id_as_it_was(till: TillProcess) -> None:
    idents: list[Any] = [1001, "one", None, 2.5, ["list"], {"a": 1}]
    mark = len(till.lines)
    for ident in idents:
        till.write(json.dumps({"id": ident, "do": "status"}).encode())
    till.write(b'{"do": "status"}')
    till.ok("status")
    for ident in (*idents, None):
        assert till.answer(ident)["ok"]["till"] == "T1"
    answers = [json.loads(line) for line in till.lines[mark:]]
    assert [answer["id"] for answer in answers if "event" not in answer][:-1] == [*idents, None]


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"nonsense",
        b"[1, 2]",
        b"42",
        b'"text"',
        b"\xff\xfe",
        b'{"id": NaN, "do": "status"}',
        b'{"id": "\\ud800", "do": "status"}',
        b"[" * 200_000,
        b'{"id": 1' + b"0" * 5000 + b', "do": "status"}',
        b'{"id": 1} {"id": 2}',
        b"\0",
    ],
    ids=["cut", "word", "list", "number", "text", "bytes", "nan", "surrogate", "deep", "long", "two", "nul"],
)
def test_what_cannot_be_parsed_is_answered_with_no_id(till: TillProcess, line: bytes) -> None:
    till.write(line)
    answer = till.answer(None)
    assert answer["id"] is None
    assert answer["refused"]["code"] == "bad_request"
    assert answer["refused"]["text"]
    till.ok("status")


def test_blank_lines_are_nothing(till: TillProcess) -> None:
    mark = len(till.lines)
    till.write(b"")
    till.write(b"   ")
    till.ok("status")
    assert len([line for line in till.lines[mark:] if "event" not in json.loads(line)]) == 1


@pytest.mark.parametrize("verb", ["dance", "", None, 7, ["status"]])
def test_an_unknown_verb_is_refused_by_its_id(till: TillProcess, verb: object) -> None:
    till.write(json.dumps({"id": "v", "do": verb}).encode())
    assert till.answer("v")["refused"]["code"] == "bad_request"
    till.write(b'{"id": "v"}')
    assert till.answer("v")["refused"]["code"] == "bad_request"


GOOD: dict[str, dict[str, Any]] = {
    "sign_in": {"user": "anna", "pin": "2468"},
    "open_shift": {"float": "100.00"},
    "places": {"show": SHOW},
    "best": {"show": SHOW, "category": "Stalls", "count": 2},
    "add": {"show": SHOW, "places": ["A-1"], "price_type": "adult"},
    "remove": {"line": 1},
    "pay": {"tenders": [{"kind": "cash", "amount": "1.00"}]},
    "find": {"code": "X"},
    "move_cash": {"kind": "drop", "amount": "1.00", "reason": "safe"},
    "close_shift": {"counted": {"total": "1.00"}},
    "printed": {"job": 1, "came_out": True},
}
BAD: dict[str, list[Any]] = {
    "user": [None, 7, ["anna"]],
    "pin": [2468, None],
    "float": [100, 100.0, "a lot", "1,50", "", None, "1e3", "-1.00"],
    "show": [None, 7],
    "category": [3],
    "count": ["2", 2.0, True, 0, -1, None],
    "places": ["A-1", [], [7], None, [["A-1"]]],
    "price_type": [None, 1],
    "line": ["1", 1.5, True],
    "tenders": [
        None,
        "cash",
        ["cash"],
        [{}],
        [{"kind": "cash"}],
        [{"kind": "gold", "amount": "1.00"}],
        [{"kind": "cash", "amount": 1}],
        [{"kind": "cash", "amount": "-1.00"}],
        [{"kind": "cash", "amount": "1.00", "given": 5}],
        [{"kind": "cash", "amount": "1.00", "givn": "5.00"}],
    ],
    "code": [7],
    "kind": ["steal", None, 1],
    "amount": ["0.00", "-1.00", 1, "1.001"],
    "reason": ["", "  ", None],
    "counted": [{}, [], None, {"total": 5}, {"50.00": "3"}, {"50.00": -1}, {"x": 1}, {"total": "1.00", "50.00": 1}],
    "job": ["1", None],
    "came_out": ["yes", 1, None],
}


@pytest.mark.parametrize("verb", GOOD)
def test_every_malformed_field_is_named(window: Window, verb: str) -> None:
    good = GOOD[verb]
    if verb in ("remove", "pay"):
        _add(window, *window.seats("here")[:1])
    for field in good:
        for value in BAD[field]:
            refused = window.till.refused(verb, **{**good, field: value})
            assert refused["code"] == "bad_request", (verb, field, value, refused)
            assert refused.get("field", "").startswith(field), (verb, field, value, refused)
        if verb != "find":
            missing = {key: value for key, value in good.items() if key != field}
            refused = window.till.refused(verb, **missing)
            assert (refused["code"], refused["field"]) == ("bad_request", field), (verb, field)
    refused = window.till.refused(verb, **good, surplus=1)
    assert (refused["code"], refused["field"]) == ("bad_request", "surplus")
    refused = window.till.refused(verb, **good, key=5)
    assert (refused["code"], refused["field"]) == ("bad_request", "key")


# ---- people ------------------------------------------------------------------------------


def test_signing_in_says_who_and_in_which_role(till: TillProcess) -> None:
    for user, role in (("vera", "supervisor"), ("otto", "auditor"), ("anna", "cashier")):
        signed = till.ok("sign_in", user=user, pin=PINS[user])
        assert (signed["user"], signed["role"]) == (user, role)
        assert till.ok("status")["user"] == user


def test_an_auditor_looks_and_does_not_touch(window: Window) -> None:
    window.till.ok("sign_in", user="otto", pin=PINS["otto"])
    window.till.ok("shows")
    window.till.ok("places", show=SHOW)
    window.till.ok("find", code="X")
    touching = {verb: fields for verb, fields in GOOD.items() if verb not in ("sign_in", "places", "find")}
    for verb, fields in touching.items():
        assert window.till.refused(verb, **fields)["code"] == "not_allowed", verb


def test_a_stranger_and_a_wrong_pin_are_refused_alike(till: TillProcess) -> None:
    assert till.refused("sign_in", user="nobody", pin="0000")["code"] == "wrong_pin"
    assert till.refused("sign_in", user="boris", pin="0000")["code"] == "wrong_pin"
    till.ok("sign_in", user="boris", pin=PINS["boris"])


def test_wrong_pins_lock_that_person_out_also_after_a_restart(the_house: House) -> None:
    window = the_house.window("T2", printers=False)
    codes = [window.till.refused("sign_in", user="boris", pin="0000")["code"] for _ in range(5)]
    assert codes == ["wrong_pin"] * 4 + ["locked_out"]
    refused = window.till.refused("sign_in", user="boris", pin=PINS["boris"])
    assert refused["code"] == "locked_out"
    assert datetime.fromisoformat(refused["until"]).tzinfo is not None
    window.till.quit()
    window.restart()
    assert window.till.refused("sign_in", user="boris", pin=PINS["boris"])["code"] == "locked_out"
    window.till.ok("sign_in", user="anna", pin=PINS["anna"])
    window.till.quit()


# ---- the order of the checks --------------------------------------------------------------


def test_what_needs_no_sign_in_and_what_does(the_house: House) -> None:
    folder, _ = the_house.enrolled("T3")
    with TillProcess(folder, the_house.state) as till:
        till.ok("status")
        till.wait_event("link", state="online")
        till.ok("sync")
        assert till.refused("add", show=SHOW, places=[], price_type="adult")["code"] == "bad_request"
        assert till.refused("pay", tenders=[{"kind": "gold", "amount": "1"}])["code"] == "bad_request"
        assert till.refused("find")["code"] == "bad_request"
        closed = {verb: fields for verb, fields in GOOD.items() if verb != "sign_in"} | {"shows": {}, "clear": {}}
        for verb, fields in closed.items():
            assert till.refused(verb, **fields)["code"] == "not_signed_in", verb
        till.ok("sign_in", user="anna", pin=PINS["anna"])
        nowhere = {"show": "nowhere", "places": ["A-1"], "price_type": "adult"}
        for verb, fields in {**GOOD, "add": nowhere, "clear": {}}.items():
            if verb in ("add", "remove", "pay", "clear", "move_cash", "close_shift"):
                assert till.refused(verb, **fields)["code"] == "no_shift", verb
        till.quit()


def test_the_checks_of_add_run_in_the_contracts_order(window: Window, the_house: House) -> None:
    def code(*places: str, show: str = "matinee", price_type: str = "adult", **more: Any) -> str:
        refused = window.till.refused("add", show=show, places=list(places), price_type=price_type, **more)
        text: str = refused["code"]
        return text

    sold, held, nothing = "E-1", "F-12", "A-12"
    assert code("nowhere", show="nowhere", price_type="gold") == "unknown_show"
    assert code("nowhere", show="later", price_type="gold") == "unknown_place"
    assert code("A-1", "nowhere") == "unknown_place"
    assert code("Foyer#1") == "unknown_place"
    assert code(nothing, show="later", price_type="gold") == "not_on_sale"
    assert code("A-1", show="closed") == "sales_closed"
    assert code(sold, price_type="gold") == "no_price"
    assert code(nothing) == "no_price"
    assert code(AREA, price_type="student", proof=True) == "no_price"
    assert code(sold, price_type="student") == "proof_needed"
    assert code(sold, price_type="student", proof=False) == "proof_needed"
    assert code(held, sold) == "sold"
    assert code("A-1", held) == "held"
    assert code("A-1", "A-1") == "bad_request"
    refused = window.till.refused("add", show="later", places=["A-1"], price_type="adult")
    assert datetime.fromisoformat(refused["on_sale"]).tzinfo is not None


def test_several_places_are_added_all_or_none(window: Window) -> None:
    free = window.seats("free", "matinee")[0]
    window.till.refused("add", show="matinee", places=[free, "E-1"], price_type="adult")
    assert window.till.ok("basket")["basket"]["lines"] == []
    assert window.places("matinee")[free]["state"] == "free"


# ---- the house ---------------------------------------------------------------------------


def test_shows_and_places_have_the_contracts_shape(window: Window) -> None:
    shows = {show["id"]: show for show in window.till.ok("shows")["shows"]}
    assert set(shows) == {SHOW, "matinee", "later", "closed"}
    assert shows[SHOW]["title"] == "Tosca"
    assert datetime.fromisoformat(shows[SHOW]["starts"]).tzinfo is not None
    for name in (SHOW, "matinee"):
        rows = window.places(name)
        assert rows["A-1"].keys() == {"place", "category", "state"}
        assert rows["A-1"]["category"] == "Stalls"
        area = rows[AREA]
        assert area.keys() == {"place", "category", "capacity", "free", "here", "elsewhere", "held", "sold"}
        assert (area["place"], area["category"], area["capacity"]) == (AREA, AREA, 12)
        assert sum(area[state] for state in ("free", "here", "elsewhere", "held", "sold")) == 12
        states = [row["state"] for row in rows.values() if "state" in row]
        assert len(states) == 72
        count = sum(states.count(state) + area[state] for state in ("free", "here", "elsewhere"))
        assert shows[name]["free"] == count
        assert shows[name]["held_here"] == states.count("here") + area["here"]
    states = {place: row.get("state") for place, row in window.places("matinee").items()}
    assert (states["E-1"], states["F-12"]) == ("sold", "held")
    assert window.till.ok("status")["rights_in_hand"][SHOW] == shows[SHOW]["held_here"]


def test_a_show_without_an_allotment_is_claimed_on_demand(window: Window) -> None:
    place = window.seats("free", "matinee")[3]
    began = time.monotonic()
    _add(window, place, show="matinee")
    assert time.monotonic() - began < 5
    assert window.places("matinee")[place]["state"] == "here"


def test_best_gives_neighbours_of_a_row(window: Window) -> None:
    places = window.till.ok("best", show="matinee", category="Stalls", count=4)["places"]
    rows = {place.split("-")[0] for place in places}
    numbers = [int(place.split("-")[1]) for place in places]
    assert len(rows) == 1
    assert sorted(numbers) == list(range(min(numbers), min(numbers) + 4))
    basket = _add(window, *places, show="matinee")
    assert [line["place"] for line in basket["lines"]] == places
    again = window.till.ok("best", show="matinee", category="Stalls", count=4)["places"]
    assert not set(again) & set(places)
    assert window.till.ok("best", show="matinee", category="Stalls", count=13)["places"] == []
    assert window.till.ok("best", show="matinee", category=AREA, count=3)["places"] == [AREA] * 3
    assert window.till.ok("best", show="matinee", category=AREA, count=13)["places"] == []
    assert window.till.refused("best", show="matinee", category="Box", count=1)["code"] == "unknown_place"
    assert window.till.refused("best", show="nowhere", category="Box", count=1)["code"] == "unknown_show"


# ---- the basket --------------------------------------------------------------------------


def test_the_basket_by_its_lines_fees_and_total(window: Window) -> None:
    seats = window.seats("here")[:2]
    basket = _add(window, *seats)
    assert [(line["place"], line["price_type"], line["price"]) for line in basket["lines"]] == [
        (seats[0], "adult", "58.00"),
        (seats[1], "adult", "58.00"),
    ]
    assert (basket["fees"], basket["total"]) == ("2.00", "118.00")
    assert datetime.fromisoformat(basket["expires"]).tzinfo is not None
    basket = _add(window, AREA, AREA)
    assert [line["place"] for line in basket["lines"]] == [*seats, AREA, AREA]
    assert (basket["fees"], basket["total"]) == ("4.00", "144.00")
    first = basket["lines"][0]["line"]
    basket = window.till.ok("remove", line=first)["basket"]
    assert (len(basket["lines"]), basket["total"]) == (3, "85.00")
    assert window.till.refused("remove", line=first)["code"] == "bad_request"
    basket = window.till.ok("clear")["basket"]
    assert (basket["lines"], basket["fees"], basket["total"], basket["expires"]) == ([], "0.00", "0.00", None)
    assert window.places()[seats[0]]["state"] == "here"


def test_a_place_goes_into_the_basket_once(window: Window) -> None:
    seat = window.seats("here")[0]
    _add(window, seat)
    assert window.till.refused("add", show=SHOW, places=[seat], price_type="adult")["code"] == "bad_request"


def test_an_area_that_is_all_in_the_basket_has_no_more(window: Window) -> None:
    count = window.places("matinee")[AREA]["free"] + window.places("matinee")[AREA]["here"]
    _add(window, *[AREA] * count, show="matinee")
    refused = window.till.refused("add", show="matinee", places=[AREA], price_type="adult")
    assert (refused["code"], refused["holder"], bool(refused["since"])) == ("right_elsewhere", "T1", True)


def test_proof_is_recorded_with_the_ticket(window: Window, the_house: House) -> None:
    seat = window.seats("here")[0]
    refused = window.till.refused("add", show=SHOW, places=[seat], price_type="student")
    assert (refused["code"], refused["proof"]) == ("proof_needed", "student card")
    basket = _add(window, seat, price_type="student", proof=True)
    assert basket["lines"][0]["price"] == "29.00"
    sale = window.till.ok("pay", tenders=_cash("30.00"))["sale"]
    window.till.ok("sync")
    (row,) = the_house.ask("SELECT body FROM sale WHERE id = :id", id=sale["id"])
    assert json.loads(row[0])["tickets"][0]["proof"] is True


def test_a_lonely_seat_is_a_warning(window: Window) -> None:
    answer = window.till.ok("add", show="matinee", places=["D-2"], price_type="adult")
    assert answer["warnings"] == [{"code": "orphan_seat", "places": ["D-1"]}]


# ---- paying ------------------------------------------------------------------------------


def test_paying_settles_exactly(window: Window) -> None:
    assert window.till.refused("pay", tenders=_cash("59.00"))["code"] == "basket_empty"
    total = _add(window, window.seats("here")[0])["total"]
    assert total == "59.00"
    for tenders, code in (
        ([], "underpaid"),
        (_cash("58.99"), "underpaid"),
        (_cash("59.01"), "overpaid"),
        (_cash("60.00", given="60.00"), "overpaid"),
        (_cash("59.00", given="50.00"), "underpaid"),
        (_cash("59.00") + _cash("0.00"), "bad_request"),
        (_cash("59.001"), "bad_request"),
        ([{"kind": "card", "amount": "59.00"}], "device_absent"),
        ([{"kind": "voucher", "amount": "59.00", "code": "V1"}], "unknown_ticket"),
        ([{"kind": "gift_card", "amount": "59.00"}], "bad_request"),
        ([{"kind": "account", "amount": "59.00"}], "bad_request"),
    ):
        assert window.till.refused("pay", tenders=tenders)["code"] == code, tenders
    before = window.till.ok("status")["journal"]
    sale = window.till.ok("pay", tenders=_cash("59.00", given="100.00"))["sale"]
    assert (sale["total"], sale["change"], sale["rounding"]) == ("59.00", "41.00", "0.00")
    (ticket,) = sale["tickets"]
    assert {"id", "place", "code", "price"} <= ticket.keys()
    assert ticket["price"] == "58.00"
    assert window.till.ok("status")["journal"]["number"] > before["number"]
    assert window.till.ok("basket")["basket"]["lines"] == []
    assert window.places()[ticket["place"]]["state"] == "sold"
    assert window.till.refused("add", show=SHOW, places=[ticket["place"]], price_type="adult")["code"] == "sold"


def test_printed_comes_after_the_answer_also_without_a_printer(window: Window) -> None:
    total = _add(window, window.seats("free", "matinee")[0], show="matinee")["total"]
    mark, events = len(window.till.lines), window.till.heard()
    sale = window.till.ok("pay", tenders=_cash(total), key="a sale without a printer")["sale"]
    printed = window.till.wait_event("printed", after=events)
    assert (printed["outcome"], printed["tickets"]) == ("failed", [ticket["id"] for ticket in sale["tickets"]])
    lines = [json.loads(line) for line in window.till.lines[mark:]]
    kinds = ["answer" if "ok" in line else line["event"] for line in lines if line.get("event") != "link"]
    assert kinds.index("answer") < kinds.index("printed")
    assert window.till.refused("retry", job=printed["job"])["code"] == "device_absent"


def test_a_ticket_of_an_area_has_the_areas_id(window: Window) -> None:
    basket = _add(window, AREA, AREA, show="matinee")
    sale = window.till.ok("pay", tenders=_cash(basket["total"]))["sale"]
    assert [ticket["place"] for ticket in sale["tickets"]] == [AREA, AREA]
    assert len({ticket["id"] for ticket in sale["tickets"]} | {ticket["code"] for ticket in sale["tickets"]}) == 4


def test_a_key_happens_once_and_belongs_to_its_verb(window: Window) -> None:
    seat = window.seats("free", "matinee")[0]
    fields: dict[str, Any] = {"show": "matinee", "places": [seat], "price_type": "adult", "key": "add once"}
    basket = window.till.ok("add", **fields)
    assert window.till.ok("add", **fields) == basket
    assert len(window.till.ok("basket")["basket"]["lines"]) == 1
    assert window.till.refused("pay", tenders=_cash("59.00"), key="add once")["code"] == "bad_request"
    # A refusal changed nothing, and so its key is still free.
    assert window.till.refused("pay", tenders=_cash("1.00"), key="pay once")["code"] == "underpaid"
    sale = window.till.ok("pay", tenders=_cash("59.00"), key="pay once")
    assert window.till.ok("pay", tenders=_cash("59.00"), key="pay once") == sale


# ---- finding -----------------------------------------------------------------------------


def test_sales_are_found_by_code_by_id_and_by_name(window: Window) -> None:
    basket = _add(window, window.seats("free", "matinee")[0], show="matinee")
    sale = window.till.ok("pay", tenders=_cash(basket["total"]))["sale"]
    for field, value in (("sale", sale["id"]), ("code", sale["tickets"][0]["code"])):
        (found,) = window.till.ok("find", **{field: value})["sales"]
        assert {"id", "at", "till", "total", "tickets"} <= found.keys()
        assert (found["id"], found["till"], found["total"]) == (sale["id"], "T1", basket["total"])
        assert datetime.fromisoformat(found["at"]).tzinfo is not None
        (ticket,) = found["tickets"]
        more = {"show": "matinee", "state": "live", "issued": True, "admitted": None, "handed": None}
        assert ticket == sale["tickets"][0] | more
    for name in ("Франко", "ivan"):
        (found,) = window.till.ok("find", name=name)["sales"]
        assert (found["id"], found["till"]) == ("WEB-1", "office")
        assert [ticket["place"] for ticket in found["tickets"]] == ["E-1", "E-2"]
    for field in ("code", "sale", "name"):
        assert window.till.ok("find", **{field: "no such thing"})["sales"] == []
    assert window.till.refused("find")["code"] == "bad_request"
    assert window.till.refused("find", code="X", sale="Y")["code"] == "bad_request"


# ---- the drawer --------------------------------------------------------------------------


def test_cash_moves_and_the_drawer_adds_up(window: Window) -> None:
    start = Decimal(window.till.ok("move_cash", kind="paid_in", amount="10.00", reason="coins")["drawer"]["expected"])
    drawer = window.till.ok("move_cash", kind="paid_out", amount="2.50", reason="stamps")["drawer"]
    assert Decimal(drawer["expected"]) == start - Decimal("2.50")
    drawer = window.till.ok("move_cash", kind="drop", amount="5.00", reason="safe")["drawer"]
    assert Decimal(drawer["expected"]) == start - Decimal("7.50")
    assert [move["kind"] for move in drawer["moves"][-3:]] == ["paid_in", "paid_out", "drop"]
    assert sum(Decimal(move["amount"]) for move in drawer["moves"]) == Decimal(drawer["expected"])
    refused = window.till.refused("move_cash", kind="drop", amount="1000000.00", reason="all of it")
    assert (refused["code"], refused["expected"]) == ("drawer_short", drawer["expected"])


def test_one_shift_at_a_time(window: Window) -> None:
    refused = window.till.refused("open_shift", float="5.00")
    assert (refused["code"], refused["shift"]) == ("shift_open", window.till.ok("status")["shift"])


def test_a_shift_closes_without_a_basket_and_seals_its_numbers(window: Window) -> None:
    _add(window, window.seats("here")[0])
    refused = window.till.refused("close_shift", counted={"total": "0.00"})
    assert (refused["code"], len(refused["basket"]["lines"])) == ("not_allowed", 1)
    window.till.ok("clear")
    counted = {"50.00": 2, "0.50": 3, "0.01": 0}
    report = window.till.ok("close_shift", counted=counted)["report"]
    assert {"expected", "counted", "difference", "by_tender", "number_range", "provisional"} <= report.keys()
    assert report["counted"] == "101.50"
    assert Decimal(report["difference"]) == Decimal("101.50") - Decimal(report["expected"])
    assert report["provisional"] is False
    status = window.till.ok("status")
    assert (status["shift"], status["rights_in_hand"], status["unsent"]) == (None, {}, 0)
    assert report["number_range"][1] == status["journal"]["number"] == status["applied"]
    assert window.till.refused("close_shift", counted=counted)["code"] == "no_shift"

    # Without a sale it closes with zeros, and its numbers follow on.
    window.till.ok("open_shift", float="0.00")
    empty = window.till.ok("close_shift", counted={"total": "0.00"})["report"]
    assert (empty["expected"], empty["counted"], empty["difference"], empty["by_tender"]) == (
        "0.00", "0.00", "0.00", {}
    )  # fmt: skip
    assert empty["number_range"][0] == report["number_range"][1] + 1


# ---- begin and end -----------------------------------------------------------------------


def test_a_restart_keeps_shift_and_basket(window: Window) -> None:
    basket = _add(window, window.seats("here")[0])
    shift = window.till.ok("status")["shift"]
    assert window.till.end_input() == 0
    window.restart()
    status = window.till.ok("status")
    assert (status["shift"], status["user"]) == (shift, None)
    assert window.till.refused("pay", tenders=_cash("59.00"))["code"] == "not_signed_in"
    window.till.ok("sign_in", user="anna", pin=PINS["anna"])
    paid = window.till.ok("pay", tenders=_cash(basket["total"]))["sale"]
    assert [ticket["place"] for ticket in paid["tickets"]] == [line["place"] for line in basket["lines"]]
    window.till.wait_event("link", state="online")


def test_the_end_of_input_finishes_the_verb_under_way(window: Window) -> None:
    window.till.send("sync")
    ident = window.till.send("status")
    assert window.till.end_input() == 0
    assert "ok" in window.till.answer(ident)
    window.restart()
    window.till.wait_event("link", state="online")


@pytest.mark.parametrize("line", ["whole", "cut", "hole"])
def test_quit_ends_within_five_seconds(window: Window, line: str) -> None:
    if line != "whole":
        window.cable.cut(silent=line == "hole")
    try:
        assert window.till.quit() < 5
        assert not (window.till.folder / "ledger.db-wal").exists(), "the WAL was not written back"
    finally:
        window.cable.mend()
        window.restart()
    window.till.wait_event("link", state="online")


def test_nothing_waits_long_for_an_office_that_has_just_fallen_silent(the_house: House) -> None:
    """Before the till has noticed: every verb still answers in its time, and says what it could not have."""
    window = the_house.window("T4", printers=False)
    window.till.ok("sign_in", user="boris", pin=PINS["boris"])

    place = window.seats("free", "matinee")[-1]

    def within(seconds: float, verb: str, **fields: Any) -> dict[str, Any]:
        began = time.monotonic()
        answer = window.till.do(verb, **fields)
        assert time.monotonic() - began < seconds, (verb, answer)
        return answer

    window.cable.cut(silent=True)
    assert within(5, "open_shift", float="20.00")["ok"]["shift"]
    refused = within(5, "add", show="matinee", places=[place], price_type="adult")["refused"]
    assert (refused["code"], refused["place"]) == ("right_elsewhere", place)
    assert within(10, "sync")["refused"]["code"] == "offline"
    assert within(5, "close_shift", counted={"total": "20.00"})["ok"]["report"]["provisional"] is True
    mark = window.till.heard()
    window.cable.mend()
    window.till.wait_event("link", state="online", after=mark)
    window.till.quit()


def test_one_till_a_data_folder(window: Window) -> None:
    second = housefull("--data", str(window.till.folder), "--headless", state=window.till.state)
    assert second.returncode == 2
    assert str(window.till.folder) in second.stderr
    assert "already" in second.stderr
    assert "Traceback" not in second.stderr
    assert second.stdout == ""
    window.till.ok("status")


def test_without_a_till_toml_it_says_so(the_house: House) -> None:
    ended = housefull("--data", str(the_house.folder / "empty"), "--headless", state=the_house.state)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "till.toml" in ended.stderr
    assert not (the_house.folder / "empty").exists()


# ---- other currencies ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("currency", "rounding", "price", "total", "cash", "off"),
    [
        ("CHF", "0.05", "18.12", "36.24", "36.25", "0.01"),
        ("HUF", "5", "4502.00", "9004.00", "9005.00", "1.00"),
        ("VND", "1", "125000", "250000", "250000", "0"),
    ],
)
def test_cash_is_rounded_as_the_venue_rounds(
    house_in: Callable[[str, str, str], Window],
    currency: str,
    rounding: str,
    price: str,
    total: str,
    cash: str,
    off: str,
) -> None:
    window = house_in(currency, rounding, price)
    seats = window.seats("here")
    assert _add(window, *seats[:2])["total"] == total
    step = Decimal(rounding)
    wrong = str(Decimal(cash) + step)
    assert window.till.refused("pay", tenders=_cash(wrong))["code"] == "overpaid"
    assert window.till.refused("pay", tenders=_cash(str(Decimal(cash) - step)))["code"] == "underpaid"
    sale = window.till.ok("pay", tenders=_cash(cash, given=wrong))["sale"]
    assert (sale["total"], sale["rounding"]) == (total, off)
    assert Decimal(sale["change"]) == step

    # The exact amount is understood too; the drawer gets what coins can make.
    _add(window, *seats[2:4])
    sale = window.till.ok("pay", tenders=_cash(total))["sale"]
    assert (sale["total"], sale["rounding"], Decimal(sale["change"])) == (total, off, 0)

    # A sale that costs nothing needs no tender, and has tickets all the same.
    assert Decimal(_add(window, seats[4], price_type="companion")["total"]) == 0
    sale = window.till.ok("pay", tenders=[])["sale"]
    assert Decimal(sale["total"]) == 0
    assert len(sale["tickets"]) == 1

    count = str(2 * Decimal(cash))
    report = window.till.ok("close_shift", counted={"total": count})["report"]
    assert (Decimal(report["difference"]), report["by_tender"]) == (0, {"cash": count})


@pytest.fixture(scope="module")
def house_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, str, str], Window]]:
    """A window of a house in another currency, without fees, its shift open with nothing in the drawer."""
    windows: dict[str, Window] = {}
    with ExitStack() as undo:

        def window_in(currency: str, rounding: str, price: str) -> Window:
            if currency not in windows:
                folder = tmp_path_factory.mktemp(currency)
                text = season(
                    currency=currency, rounding=rounding, adult=price, student=price, standing=price, fee="0",
                    companion="0", seats_kept=12, orphans="refuse",
                )  # fmt: skip
                house = undo.enter_context(House(folder, f"sqlite:///{folder / 'office.db'}", text))
                window = windows[currency] = house.window("T1", printers=False)
                window.till.ok("sign_in", user="anna", pin=PINS["anna"])
                window.till.ok("open_shift", float="0")
            return windows[currency]

        yield window_in


def test_where_the_venue_refuses_them_lonely_seats_need_a_word(house_in: Callable[[str, str, str], Window]) -> None:
    window = house_in("CHF", "0.05", "18.12")
    if window.till.ok("status")["shift"] is None:
        window.till.ok("open_shift", float="0")
    lonely: dict[str, Any] = {"show": "matinee", "places": ["B-2"], "price_type": "adult"}
    refused = window.till.refused("add", **lonely)
    assert (refused["code"], refused["places"]) == ("orphan_seat", ["B-1"])
    assert window.till.refused("add", **lonely, orphan_ok=True)["code"] == "orphan_seat"
    window.till.ok("add", **lonely, orphan_ok=True, reason="a friend comes later")
