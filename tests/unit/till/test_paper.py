"""Paper packs: what is on paper is nobody's until its numbered ticket comes back, is re-keyed or is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from pos.till.ports import Wanted
from tests.unit.store.evening import violations
from tests.unit.till.counter import NOW, PINS, Counter, show_document
from tests.unit.till.test_neighbours import TWO, hold

Make = Callable[..., Counter]


@pytest.fixture
def counter(make_counter: Make) -> Iterator[Counter]:
    """A till with a shift open; whatever happens, its ledger agrees with its facts afterwards."""
    made = make_counter()
    made.open()
    yield made
    assert violations(made) == []


def pack_of(counter: Counter, *places: str, **more: Any) -> list[dict[str, Any]]:
    """The tickets of a new pack, printed: each with the code that is read off its paper."""
    fields: dict[str, Any] = {"show": "aida", "places": list(places)} if places else {"show": "aida"}
    tickets: list[dict[str, Any]] = counter.ask("issue_paper", **fields, **more)["pack"]["tickets"]
    counter.printers.run()
    return [ticket | {"code": code} for ticket, code in zip(tickets, on_paper(counter), strict=True)]


def on_paper(counter: Counter) -> list[str]:
    """The codes on the last pack that was printed, in its order."""
    _, content = counter.printers.paper[-1]
    return [ticket["code"] for ticket in content["tickets"]]


def cash(amount: str) -> list[dict[str, str]]:
    return [{"kind": "cash", "amount": amount}]


def states(counter: Counter) -> dict[str, str]:
    return {ticket["id"]: ticket["state"] for pack in counter.ask("paper")["packs"] for ticket in pack["tickets"]}


# ---- going out -------------------------------------------------------------------------------


def test_a_pack_goes_out_printed_numbered_and_out_of_reach(counter: Counter) -> None:
    answer = counter.ask("issue_paper", show="aida", places=["A-1", "A-2", "Foyer"])
    pack = answer["pack"]
    assert (pack["id"], pack["out"]) == ("T1-P00001", 3)
    assert [(t["id"], t["number"], t["place"], t["state"]) for t in pack["tickets"]] == [
        ("T1-P00001-1", 1, "A-1", "out"),
        ("T1-P00001-2", 2, "A-2", "out"),
        ("T1-P00001-3", 3, "Foyer", "out"),
    ]
    assert counter.token("A-1") == ("PAPER", 1, 1)
    assert counter.state_of("A-1") == "elsewhere"
    assert counter.printers.run() == [str(answer["job"])]
    ((role, content),) = counter.printers.paper
    assert role == "ticket"
    first = content["tickets"][0]
    assert (first["price"], first["price_type"]) == ("", "No. 1 of 3")
    assert len(set(on_paper(counter))) == 3
    assert (first["zone"], first["row"], first["number"]) == ("Stalls", "A", "1")
    (fact,) = counter.bodies("PaperIssued")
    assert [(t["id"], t["unit"], t["code"]) for t in fact["tickets"]] == [
        (t["id"], "Foyer#1" if t["place"] == "Foyer" else t["place"], code)
        for t, code in zip(pack["tickets"], on_paper(counter), strict=True)
    ]
    counter.line.drain()
    assert counter.line.disputes == []
    record = counter.line.records["aida", "A-1"]
    assert (record.state, record.holder, record.epoch, record.hop) == ("PAPER", "T1", 1, 1)


def test_so_many_of_a_category_are_neighbours_in_hand_first(counter: Counter) -> None:
    hold(counter, "B-3", "B-4")
    places = [t["place"] for t in pack_of(counter, category="Stalls", count=4)]
    assert places[:2] == ["B-3", "B-4"]
    assert len(set(places)) == 4
    assert [t["place"] for t in pack_of(counter, category="Foyer", count=2)] == ["Foyer", "Foyer"]


def test_with_the_line_down_only_what_is_in_hand_goes_on_paper(counter: Counter) -> None:
    hold(counter, "B-3", "B-4")
    counter.line.cut()
    refused = counter.refusal("issue_paper", show="aida", category="Stalls", count=3)
    assert (refused.code, refused.fields["free"]) == ("right_elsewhere", 2)
    assert counter.refusal("issue_paper", show="aida", places=["A-1"]).code == "right_elsewhere"
    assert len(pack_of(counter, category="Stalls", count=2)) == 2


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "bad_request"),
        ({"places": ["A-1"], "category": "Stalls", "count": 1}, "bad_request"),
        ({"places": ["A-1"], "count": 1}, "bad_request"),
        ({"category": "Stalls"}, "bad_request"),
        ({"category": "Stalls", "count": 501}, "bad_request"),
        ({"places": []}, "bad_request"),
        ({"places": ["A-1", "A-1"]}, "bad_request"),
        ({"places": ["Z-9"]}, "unknown_place"),
        ({"places": ["Foyer#1"]}, "unknown_place"),
        ({"category": "Balcony", "count": 1}, "unknown_place"),
    ],
)
def test_what_makes_no_pack_is_refused(counter: Counter, fields: dict[str, Any], code: str) -> None:
    assert counter.refusal("issue_paper", show="aida", **fields).code == code
    assert counter.kinds() == ["ShiftOpened"]


def test_what_is_being_sold_does_not_go_on_paper(counter: Counter) -> None:
    counter.add("A-1")
    assert counter.refusal("issue_paper", show="aida", places=["A-1"]).code == "not_allowed"
    counter.pay()
    counter.printers.run()
    assert counter.refusal("issue_paper", show="aida", places=["A-1"]).code == "sold"


def test_paper_needs_a_shift_and_a_printer(make_counter: Make) -> None:
    without = make_counter(roles=("receipt",))
    without.open()
    assert without.refusal("issue_paper", show="aida", places=["A-1"]).code == "device_absent"
    closed = make_counter()
    closed.sign_in()
    for verb, fields in (
        ("issue_paper", {"show": "aida", "places": ["A-1"]}),
        ("return_paper", {"tickets": ["x"]}),
        ("rekey_paper", {"tickets": ["x"], "price_type": "adult", "tenders": []}),
        ("lose_paper", {"pack": "x", "reason": "y"}),
    ):
        assert closed.refusal(verb, **fields).code == "no_shift"


# ---- while it is out -------------------------------------------------------------------------


def test_nobody_sells_what_is_on_paper(counter: Counter) -> None:
    pack_of(counter, "A-1")
    counter.line.cut()
    refused = counter.refusal("add", show="aida", places=["A-1"], price_type="adult")
    assert refused.code == "right_elsewhere"
    assert counter.refusal("issue_paper", show="aida", places=["A-1"]).code == "right_elsewhere"


def test_a_recall_of_what_is_on_paper_is_declined(counter: Counter) -> None:
    hold(counter, "A-1")
    record = counter.line.records["aida", "A-1"]
    before = (record.epoch, record.hop)
    pack_of(counter, "A-1")
    for hop in (0, 1):  # as the office has it before it hears of the pack, and after
        record.hop = hop
        assert [ask.place for ask in counter.line.recall(("aida", "A-1"))] == ["A-1"]
    record.epoch, record.hop = before
    assert counter.token("A-1") == ("PAPER", 1, 1)


def test_paper_stays_out_over_the_end_of_a_shift(counter: Counter) -> None:
    first, second = pack_of(counter, "A-1", "A-2")
    counter.ask("close_shift", counted={"total": "100.00"})
    counter.printers.run()
    assert counter.token("A-1") == ("PAPER", 1, 1)
    counter.open("beth", "50.00")
    counter.restart()
    counter.sign_in("beth")
    counter.ask("return_paper", tickets=[first["code"]])
    counter.ask("rekey_paper", tickets=[second["id"]], price_type="adult", tenders=cash("59.00"))
    assert states(counter) == {first["id"]: "returned", second["id"]: "sold"}


def test_paper_is_not_passed_on_to_another_till(counter: Counter, make_counter: Make) -> None:
    other = make_counter(till="T2")
    counter.meet(other)
    pack_of(counter, "A-1")
    counter.line.cut()
    assert counter.line.side.idle(TWO, "aida").result(5) == ()
    assert counter.line.side.pass_on(TWO, "aida", Wanted(("A-1",))).result(5) == ()


# ---- coming back -----------------------------------------------------------------------------


def test_paper_that_comes_back_is_in_hand_again_once(counter: Counter) -> None:
    first, second = pack_of(counter, "A-1", "A-2")
    assert counter.ask("return_paper", tickets=[first["code"], second["code"]])["tickets"][0]["state"] == "returned"
    assert counter.token("A-1") == ("LEASED", 1, 1)
    assert counter.state_of("A-1") == "here"
    refused = counter.refusal("return_paper", tickets=[first["code"]])
    assert (refused.code, refused.fields["state"]) == ("not_allowed", "returned")
    assert counter.refusal("return_paper", tickets=["CODE99999999"]).code == "unknown_ticket"
    sale = counter.sell("A-1")
    assert sale["tickets"][0]["code"] != first["code"], "the paper that came back is worth nothing"
    counter.line.drain()
    assert counter.line.disputes == []


def test_a_cashier_brings_paper_back_by_what_is_on_it_and_by_nothing_else(counter: Counter) -> None:
    """Ids can be counted out: the slips may be sold by then, their cash in somebody's pocket."""
    first, second, third = pack_of(counter, "A-1", "A-2", "A-3")
    for tickets in ([first["id"]], [second["code"], first["id"]]):
        refused = counter.refusal("return_paper", tickets=tickets)
        assert (refused.code, refused.fields["ticket"]) == ("approval_needed", first["id"])
    for approver, code in (
        ({"user": "sam", "pin": "0000"}, "wrong_pin"),
        ({"user": "beth", "pin": PINS["beth"]}, "not_allowed"),
    ):
        assert counter.refusal("return_paper", tickets=[first["id"]], approver=approver).code == code
    assert set(states(counter).values()) == {"out"}
    assert counter.token("A-1") == ("PAPER", 1, 1)
    counter.ask("return_paper", tickets=[first["id"]], approver={"user": "sam", "pin": PINS["sam"]})
    counter.ask("return_paper", tickets=[second["code"]])
    counter.sign_in("sam")
    counter.ask("return_paper", tickets=[third["id"]])
    assert set(states(counter).values()) == {"returned"}
    assert [body.get("approver") for body in counter.bodies("PaperReturned")] == ["sam", None, None]


def test_only_a_supervisor_sees_the_codes_of_paper(counter: Counter) -> None:
    answer = counter.ask("issue_paper", show="aida", places=["A-1"])
    counter.printers.run()
    (code,) = on_paper(counter)
    for pack in (answer["pack"], *counter.ask("paper")["packs"]):
        assert code not in str(pack)
    assert code not in str(counter.ask("jobs"))
    counter.sign_in("sam")
    assert [t["code"] for t in counter.ask("paper")["packs"][0]["tickets"]] == [code]
    assert "code" in counter.ask("issue_paper", show="aida", places=["A-2"])["pack"]["tickets"][0]
    counter.printers.run()


def test_a_ticket_named_twice_is_one_request_too_many(counter: Counter) -> None:
    (ticket,) = pack_of(counter, "A-1")
    assert counter.refusal("return_paper", tickets=[ticket["code"], ticket["id"]]).code == "bad_request"
    assert states(counter) == {ticket["id"]: "out"}


# ---- re-keyed --------------------------------------------------------------------------------


def test_what_was_sold_on_paper_is_booked_as_that_sale(counter: Counter) -> None:
    first, second, _ = pack_of(counter, "A-1", "A-2", "A-3")
    counter.clock.wait(minutes=30)
    sold_at = (NOW + timedelta(minutes=10)).isoformat()
    answer = counter.ask(
        "rekey_paper", tickets=[first["code"], second["id"]], price_type=["adult", "student"], proof=True,
        tenders=cash("89.00"), at=sold_at,
    )["sale"]  # fmt: skip
    assert (answer["total"], answer["change"]) == ("89.00", "0.00")
    assert [(t["id"], t["code"], t["price"]) for t in answer["tickets"]] == [
        (first["id"], first["code"], "58.00"),
        (second["id"], second["code"], "29.00"),
    ]
    assert counter.printers.jobs == [], "the customer has the paper"
    assert counter.token("A-1") == ("SOLD", 1, 1)
    (body,) = counter.bodies("TicketsSold")
    assert (body["sale"]["at"], body["sale"]["keyed_at"]) == (sold_at, (NOW + timedelta(minutes=30)).isoformat())
    found = counter.ask("find", code=first["code"])["sales"]
    assert [(sale["id"], sale["at"], sale["tickets"][0]["state"]) for sale in found] == [
        (answer["id"], sold_at, "live")
    ]
    assert counter.ask("move_cash", kind="paid_in", amount="1.00", reason="x")["drawer"]["expected"] == "190.00"
    counter.line.drain()
    assert counter.line.disputes == []
    assert counter.line.sold == [("aida", "A-1", first["id"]), ("aida", "A-2", second["id"])]


def test_it_is_re_keyed_once(counter: Counter) -> None:
    (ticket,) = pack_of(counter, "A-1")
    fields = {"tickets": [ticket["code"]], "price_type": "adult", "tenders": cash("59.00")}
    counter.ask("rekey_paper", key="once", **fields)
    assert counter.ask("rekey_paper", key="once", **fields)["sale"]["id"] == "T1-00001", "the same answer again"
    refused = counter.refusal("rekey_paper", **fields)
    assert (refused.code, refused.fields["state"]) == ("not_allowed", "sold")
    assert counter.refusal("return_paper", tickets=[ticket["code"]]).code == "not_allowed"
    assert counter.kinds().count("TicketsSold") == 1


def test_a_basket_in_the_making_is_not_touched_by_re_keying(counter: Counter) -> None:
    (ticket,) = pack_of(counter, "A-1")
    counter.add("A-2")
    counter.ask("rekey_paper", tickets=[ticket["id"]], price_type="adult", tenders=cash("59.00"))
    assert counter.pay()["id"] == "T1-00002"
    counter.printers.run()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"price_type": "child"}, "no_price"),
        ({"price_type": "student"}, "proof_needed"),
        ({"price_type": ["adult", "adult"]}, "bad_request"),
        ({"tenders": cash("58.00")}, "underpaid"),
        ({"tenders": [{"kind": "card", "amount": "59.00"}]}, "bad_request"),
        ({"at": "yesterday"}, "bad_request"),
        ({"at": "2027-03-01T17:00:00"}, "bad_request"),
        ({"at": (NOW - timedelta(minutes=1)).isoformat()}, "bad_request"),
        ({"at": (NOW + timedelta(hours=3)).isoformat()}, "bad_request"),
    ],
)
def test_what_cannot_have_been_sold_is_refused(counter: Counter, fields: dict[str, Any], code: str) -> None:
    (ticket,) = pack_of(counter, "A-1")
    asked = {"tickets": [ticket["id"]], "price_type": "adult", "tenders": cash("59.00")} | fields
    assert counter.refusal("rekey_paper", **asked).code == code
    assert states(counter) == {ticket["id"]: "out"}


def test_a_re_keyed_ticket_is_refunded_like_any_other(counter: Counter) -> None:
    (ticket,) = pack_of(counter, "A-1")
    counter.ask("rekey_paper", tickets=[ticket["id"]], price_type="adult", tenders=cash("59.00"))
    counter.line.drain()
    counter.ask("refund", tickets=[ticket["code"]], reason="ill")
    assert counter.token("A-1") == ("LEASED", 1, 1)
    counter.printers.run()


def test_paper_sold_before_the_show_is_re_keyed_after_it(make_counter: Make) -> None:
    counter = make_counter([show_document("aida", starts=(NOW + timedelta(hours=1)).isoformat())])
    counter.open()
    (ticket,) = pack_of(counter, "A-1")
    counter.clock.wait(hours=3)
    assert counter.refusal("add", show="aida", places=["A-2"], price_type="adult").code == "sales_closed"
    counter.ask("rekey_paper", tickets=[ticket["id"]], price_type="adult", tenders=cash("59.00"))
    assert violations(counter) == []


# ---- lost ------------------------------------------------------------------------------------


def test_a_lost_pack_is_a_supervisors_word_and_its_places_are_frozen(counter: Counter) -> None:
    first, second = pack_of(counter, "A-1", "A-2")
    counter.ask("return_paper", tickets=[second["code"]])
    asked = {"pack": "T1-P00001", "reason": "left in the tram"}
    assert counter.refusal("lose_paper", **asked).code == "approval_needed"
    wrong = {"user": "sam", "pin": "0000"}
    assert counter.refusal("lose_paper", approver=wrong, **asked).code == "wrong_pin"
    counter.ask("lose_paper", approver={"user": "sam", "pin": PINS["sam"]}, **asked)
    assert states(counter) == {first["id"]: "lost", second["id"]: "returned"}
    assert counter.token("A-1") == ("LOST", 1, 1)
    assert counter.state_of("A-1") == "elsewhere"
    assert counter.refusal("lose_paper", **asked).code == "bad_request"
    for verb, more in (("return_paper", {}), ("rekey_paper", {"price_type": "adult", "tenders": cash("59.00")})):
        assert counter.refusal(verb, tickets=[first["code"]], **more).code == "not_allowed"
    (fact,) = counter.bodies("PaperLost")
    assert (fact["reason"], fact["approver"], fact["tickets"]) == ("left in the tram", "sam", [first["id"]])
    counter.line.drain()
    assert counter.line.disputes == []
    assert counter.line.records["aida", "A-1"].state == "QUARANTINE"


def test_the_packs_are_listed_the_newest_first(counter: Counter) -> None:
    assert counter.ask("paper") == {"packs": []}
    pack_of(counter, "A-1")
    pack_of(counter, "A-2", "A-3")
    packs = counter.ask("paper")["packs"]
    assert [(pack["id"], pack["show"], pack["user"], pack["out"]) for pack in packs] == [
        ("T1-P00002", "aida", "anna", 2),
        ("T1-P00001", "aida", "anna", 1),
    ]
    counter.ask("sign_out")
    assert counter.refusal("paper").code == "not_signed_in"


def test_of_old_packs_only_those_with_something_out_are_recent(counter: Counter) -> None:
    (first,) = pack_of(counter, "A-1")
    pack_of(counter, "A-2")
    counter.ask("return_paper", tickets=[first["code"]])
    for days, recent in ((1, ["T1-P00002", "T1-P00001"]), (2, ["T1-P00002"])):
        counter.clock.wait(days=days)
        assert [pack["id"] for pack in counter.ask("paper", recent=True)["packs"]] == recent
    assert len(counter.ask("paper")["packs"]) == 2
    ended = counter.ask("paper")["packs"][1]["tickets"][0]
    assert (ended["by"], ended["at"]) == ("anna", NOW.isoformat())


def test_what_was_printed_again_while_it_was_on_paper_is_a_copy_for_whoever_prints_next(counter: Counter) -> None:
    """The first paper may come out yet: the buyer's ticket is copy 1, and a lost one is replaced by copy 2."""
    answer = counter.ask("issue_paper", show="aida", places=["A-1", "A-2"])
    counter.printers.run("unknown")
    counter.ask("printed", job=answer["job"], came_out=False)
    counter.printers.run()
    first = answer["pack"]["tickets"][0]
    counter.ask("rekey_paper", tickets=[first["id"]], price_type="adult", tenders=cash("59.00"))
    assert counter.bodies("CopyIssued")[0]["copy"] == 1
    assert counter.ask("reprint", ticket=first["id"], reason="lost")["ticket"]["copy"] == 2
    counter.line.drain()
    assert counter.line.disputes == []
    assert len(counter.bodies("CopyIssued")) == 2, "what is out is not sold yet"
