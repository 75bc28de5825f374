"""What a line costs and why: price types and their rules, promotions, versions of lists, a price set by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.till.counter import NOW, PINS, Counter
from tests.unit.till.test_void import verified

Make = Callable[..., Counter]
SAM = {"user": "sam", "pin": PINS["sam"]}
TABLE = {
    "Stalls": {"adult": "58.00", "student": "29.00", "group": "40.00", "comp": "0.00", "friend": "45.00"},
    "Wheelchair": {"adult": "40.00"},
    "Foyer": {"adult": "12.00", "child": "6.00"},
}
TYPES: list[dict[str, Any]] = [
    {"id": "group", "name": {"en": "Group"}, "min": 3, "free_every": 4},
    {"id": "comp", "name": {"en": "Comp"}, "kind": "comp"},
    {"id": "friend", "name": {"en": "Friend"}, "kind": "member"},
    {"id": "child", "name": {"en": "Child"}, "approval": True, "max_per_sale": 2},
    {"id": "companion", "name": {"en": "Companion"}, "kind": "companion"},
]


@pytest.fixture
def house(make_counter: Make) -> Counter:
    """A till whose season has every kind of price type; Anna has a shift open."""
    made = make_counter()
    for kind in TYPES:
        made.line.document("price_type", kind)
    made.line.document("prices", {"id": "usual", "tax": "reduced", "table": TABLE})
    made.open()
    return made


def lines(counter: Counter) -> list[tuple[str, str]]:
    return [(line["price_type"], line["price"]) for line in counter.ask("basket")["basket"]["lines"]]


def ticket_of(counter: Counter, number: int = 0) -> Mapping[str, Any]:
    sale: dict[str, Any] = counter.bodies("TicketsSold")[-1]["sale"]
    ticket: dict[str, Any] = sale["tickets"][number]
    return ticket


# ---- price types ---------------------------------------------------------------------------


def test_a_group_price_is_valid_from_n_tickets_and_every_nth_is_free(house: Counter) -> None:
    house.add("A-1", "A-2", price_type="group")
    assert house.ask("basket")["basket"]["too_few"] == [{"show": "aida", "price_type": "group", "min": 3, "have": 2}]
    refused = house.refusal("pay", tenders=[{"kind": "cash", "amount": "82.00"}])
    assert (refused.code, refused.fields["min"], refused.fields["have"]) == ("not_allowed", 3, 2)
    house.add("A-3", price_type="group")
    assert [price for _, price in lines(house)] == ["40.00"] * 3
    house.add("A-4", price_type="group")
    assert sorted(price for _, price in lines(house)) == ["0.00", "40.00", "40.00", "40.00"]
    sale = house.pay()
    assert sale["total"] == "124.00"  # and a fee for each, the free one too
    assert ticket_of(house)["promotion"] == {"id": "free_every", "off": "40.00"}
    assert ticket_of(house)["listed"] == "40.00"


def test_a_complimentary_ticket_needs_a_reason_and_a_supervisor_and_says_both(house: Counter) -> None:
    asked = {"show": "aida", "places": ["A-1"], "price_type": "comp"}
    assert house.refusal("add", **asked, approver=SAM).fields["field"] == "reason"
    assert house.refusal("add", **asked, reason="press").code == "approval_needed"
    anna = {"user": "anna", "pin": PINS["anna"]}
    assert house.refusal("add", **asked, reason="press", approver=anna).code == "not_allowed"
    beth = {"user": "beth", "pin": PINS["beth"]}
    assert house.refusal("add", **asked, reason="press", approver=beth).code == "not_allowed"
    assert lines(house) == []
    house.ask("add", **asked, reason="press", approver=SAM)
    assert house.pay()["total"] == "0.00"  # a comp bears no fee
    assert ticket_of(house)["comp"] == {"reason": "press", "approver": "sam"}
    receipt = house.printers.jobs[-1].content
    assert "complimentary" in receipt["lines"][0]["detail"]


def test_a_supervisor_who_sells_approves_it_alone(house: Counter) -> None:
    house.ask("sign_out")
    house.sign_in("sam")
    house.add("A-1", price_type="comp", reason="house seats")
    house.pay()
    assert ticket_of(house)["comp"] == {"reason": "house seats", "approver": "sam"}


def test_a_members_price_needs_a_members_number_which_is_no_cards(house: Counter) -> None:
    asked = {"show": "aida", "places": ["A-1"], "price_type": "friend"}
    assert (house.refusal("add", **asked).code, house.refusal("add", **asked).fields["what"]) == (
        "proof_needed",
        "member",
    )
    refused = house.refusal("add", **asked, member="4111111111111111")
    assert (refused.code, refused.fields["field"]) == ("bad_request", "member")
    house.ask("add", **asked, member=" M-77 ")
    house.pay()
    sale = json.loads(house.rows("SELECT body FROM sale")[0][0])
    assert sale["tickets"][0]["member"] == "M-77"
    assert "member" not in ticket_of(house), "what is personal lies beside the fact"


def test_a_price_type_may_ask_for_approval_and_have_a_most(house: Counter) -> None:
    child = {"show": "aida", "places": ["Foyer", "Foyer"], "price_type": "child"}
    assert house.refusal("add", **child).code == "approval_needed"
    house.ask("add", **child, approver=SAM)
    refused = house.refusal("add", show="aida", places=["Foyer"], price_type="child", approver=SAM)
    assert (refused.code, refused.fields["limit"]) == ("limit_exceeded", 2)
    assert len(lines(house)) == 2
    house.pay()
    assert ticket_of(house)["approver"] == "sam"


# ---- companions ----------------------------------------------------------------------------


def sell_pair(counter: Counter) -> dict[str, Any]:
    counter.add("A-12")
    counter.add("A-1", price_type="companion")
    return counter.pay()


def test_a_companions_place_is_free_by_rule_and_goes_with_its_partner(house: Counter) -> None:
    assert house.refusal("add", show="aida", places=["A-1"], price_type="companion").fields["what"] == "companion"
    sale = sell_pair(house)
    assert sale["total"] == "41.00"  # one fee
    companion = ticket_of(house, 1)
    assert companion["companion_of"] == sale["tickets"][0]["id"]
    assert "comp" not in companion
    verified(house)


def test_one_partner_has_one_companion_and_takes_it_out_of_the_basket(house: Counter) -> None:
    house.add("A-12")
    house.add("A-1", price_type="companion")
    assert house.refusal("add", show="aida", places=["A-2"], price_type="companion").code == "not_allowed"
    house.ask("remove", line=1)
    assert lines(house) == []


def test_a_companion_is_refunded_with_its_partner_both_or_none(house: Counter) -> None:
    sale = sell_pair(house)
    guest, companion = (ticket["id"] for ticket in sale["tickets"])
    refused = house.refusal("refund", tickets=[companion], reason="ill")
    assert (refused.code, refused.fields["what"], refused.fields["partner"]) == ("not_allowed", "companion", guest)
    assert house.ask("refund", tickets=[guest], reason="ill")["refund"]["amount"] == "36.00"
    assert (house.state_of("A-12"), house.state_of("A-1")) == ("here", "here")
    assert house.refusal("refund", tickets=[companion], reason="ill").code == "already_refunded"
    verified(house)


# ---- a price set by hand -------------------------------------------------------------------


def test_a_supervisor_sets_a_price_and_it_is_recorded_and_flagged(house: Counter) -> None:
    house.add("A-1", "A-2")
    asked = {"line": 1, "price": "10.00", "reason": "broken seat"}
    assert house.refusal("reprice", **asked).code == "approval_needed"
    for wrong in ({"price": "10.001"}, {"price": "-1.00"}, {"reason": " "}, {"line": 9}):
        assert house.refusal("reprice", **{**asked, **wrong}, approver=SAM).code == "bad_request"
    assert lines(house) == [("adult", "58.00")] * 2
    basket = house.ask("reprice", **asked, approver=SAM)["basket"]
    told = {"was": "58.00", "reason": "broken seat", "approver": "sam"}
    assert (basket["lines"][0]["price"], basket["lines"][0]["override"]) == ("10.00", told)
    house.ask("reprice", **{**asked, "price": "12.00"}, approver=SAM)
    house.restart()
    house.sign_in()
    house.pay()
    assert ticket_of(house)["override"] == told  # by value, and what it was at first
    assert (ticket_of(house)["price"], ticket_of(house)["tax"]) == ("12.00", "1.09")
    report = house.ask("close_shift", counted={"total": "172.00"})["report"]
    assert (report["overridden"], report["overrides"], report["difference"]) == (1, "46.00", "0.00")


def test_another_price_type_ends_a_price_set_by_hand(house: Counter) -> None:
    house.add("A-1")
    house.ask("reprice", line=1, price="1.00", reason="gift", approver=SAM)
    house.ask("retype", line=1, price_type="student", proof=True)
    house.pay()
    assert "override" not in ticket_of(house)
    assert ticket_of(house)["price"] == "29.00"


# ---- promotions ----------------------------------------------------------------------------


def test_a_promotion_with_a_code_is_shown_line_by_line_and_sold_by_value(house: Counter) -> None:
    promo = {"id": "early", "name": {"en": "Early bird"}, "off": "20%", "code": "EARLY"}
    house.line.document("promotion", promo)
    house.add("A-1")
    assert house.refusal("promotion", code="EARLYY").code == "unknown_ticket"
    basket = house.ask("promotion", code="early ")["basket"]
    assert basket["lines"][0]["promotions"] == [{"id": "early", "name": "Early bird", "off": "11.60"}]
    assert (basket["total"], basket["codes"]) == ("47.40", ["EARLY"])
    house.ask("promotion", code="EARLY", remove=True)
    assert lines(house) == [("adult", "58.00")]
    house.ask("promotion", code="EARLY")
    house.add("A-2")
    house.pay()
    assert ticket_of(house, 1)["promotion"] == {"id": "early", "off": "11.60"}
    assert ticket_of(house, 1)["tax"] == "4.22"
    assert "Early bird −€11.60" in house.printers.jobs[-1].content["lines"][0]["detail"]
    assert house.ask("basket")["basket"]["lines"] == []
    house.add("A-3")
    assert lines(house) == [("adult", "58.00")]  # the next customer has no code
    verified(house)


def test_a_code_is_one_customers(house: Counter) -> None:
    """Typed first, it waits for the tickets; it goes with the last of them, and not to whoever comes later."""
    house.line.document("promotion", {"id": "early", "off": "8.00", "code": "EARLY"})
    house.ask("promotion", code="EARLY")
    house.add("A-1")
    assert lines(house) == [("adult", "50.00")]
    house.ask("remove", line=1)
    house.add("A-1")
    assert lines(house) == [("adult", "58.00")]
    house.ask("clear")
    house.ask("promotion", code="EARLY")
    house.clock.wait(minutes=11)
    house.add("A-1")
    assert lines(house) == [("adult", "58.00")]


def test_a_quoted_promotion_outlives_its_window_in_the_basket(house: Counter) -> None:
    until = (NOW + timedelta(minutes=5)).isoformat()
    house.line.document("promotion", {"id": "hour", "off": "8.00", "until": until})
    house.add("A-1")
    house.clock.wait(minutes=6)
    house.add("A-2")
    assert lines(house) == [("adult", "50.00"), ("adult", "58.00")]
    assert house.refusal("promotion", code="hour").code == "unknown_ticket"  # it has no code
    house.line.document("promotion", {"id": "late", "off": "8.00", "until": until, "code": "X"})
    refused = house.refusal("promotion", code="x")
    assert (refused.code, refused.fields["until"]) == ("outside_terms", until)


# ---- versions of price lists ---------------------------------------------------------------


def version(since: str, price: str, **more: str) -> dict[str, Any]:
    table = {**TABLE, "Stalls": {**TABLE["Stalls"], "adult": price}}
    return {"id": f"usual@{since}", "list": "usual", "tax": "reduced", "table": table, "valid_from": since} | more


def test_the_list_in_effect_at_the_moment_of_quoting_counts_and_a_basket_keeps_its_quote(house: Counter) -> None:
    at, after = NOW + timedelta(minutes=5), NOW + timedelta(minutes=9)
    house.line.document("prices", version(at.isoformat(), "70.00"))
    house.line.document("prices", version(after.isoformat(), "99.00", published=after.isoformat()))
    shown = house.ask("show", show="aida")
    assert (shown["price_list"], shown["next_prices"]["id"]) == ("usual", f"usual@{at.isoformat()}")
    house.add("A-1")
    house.clock.wait(minutes=6)
    shown = house.ask("show", show="aida")
    assert (shown["prices"]["Stalls"]["adult"], shown["next_prices"]) == ("70.00", None)  # unseen until published
    house.add("A-2")
    house.restart()
    house.sign_in()
    assert lines(house) == [("adult", "58.00"), ("adult", "70.00")]
    house.pay()
    assert [ticket_of(house, n)["prices"] for n in (0, 1)] == ["usual", f"usual@{at.isoformat()}"]
    house.clock.wait(minutes=6)
    house.add("A-3")
    assert lines(house) == [("adult", "99.00")]


def test_a_show_whose_prices_are_still_to_come_is_shown_and_not_sold(house: Counter) -> None:
    since = (NOW + timedelta(days=1)).isoformat()
    house.line.document("prices", {**version(since, "70.00"), "id": "usual"})
    assert house.ask("show", show="aida")["prices"] == {}
    assert house.refusal("add", show="aida", places=["A-1"], price_type="adult").code == "no_price"


def test_a_pair_is_added_and_exchanged_together_each_at_its_own_price_type(house: Counter) -> None:
    house.ask("add", show="aida", places=["A-12", "A-11"], price_type=["adult", "companion"])
    assert (
        house.refusal("add", show="aida", places=["A-1"], price_type=["adult", "adult"]).fields["field"] == "price_type"
    )
    sale = house.pay()
    assert sale["total"] == "41.00"
    guest, companion = (ticket["id"] for ticket in sale["tickets"])
    asked: dict[str, Any] = {"show": "aida", "tenders": [{"kind": "cash", "amount": "18.00"}]}
    for alone in (guest, companion):
        refused = house.refusal("exchange", tickets=[alone], places=["B-1"], price_type="adult", **asked)
        assert (refused.code, refused.fields["what"]) == ("not_allowed", "companion")
    pair: dict[str, Any] = {"tickets": [guest, companion], "places": ["B-1", "B-2"], **asked}
    assert house.refusal("exchange", price_type=["companion", "companion"], **pair).fields["what"] == "companion"
    new = house.ask("exchange", price_type=["adult", "companion"], **pair)["exchange"]
    first, second = house.bodies("TicketsExchanged")[0]["sale"]["tickets"]
    assert second["companion_of"] == first["id"] == new["tickets"][0]["id"]
    assert house.ask("refund", tickets=[first["id"]], reason="ill")["refund"]["amount"] == "52.20"
    verified(house)


def test_one_of_a_group_is_exchanged_at_the_groups_price_and_a_comp_needs_its_word_again(house: Counter) -> None:
    house.add("A-1", "A-2", "A-3", price_type="group")
    ticket = house.pay()["tickets"][0]["id"]
    asked = {"tickets": [ticket], "show": "aida", "places": ["B-1"]}
    assert house.refusal("exchange", price_type="comp", tenders=[], **asked).code == "bad_request"
    house.ask("exchange", price_type="group", tenders=[], **asked)
    adult = house.sell("B-5")["tickets"][0]["id"]
    refused = house.refusal("exchange", tickets=[adult], show="aida", places=["B-6"], price_type="group", tenders=[])
    assert refused.fields["what"] == "min"
    verified(house)
