"""Passes and series at the counter: sold, used, exchanged, paid back, and never used for anything else."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from pos.store.verify import report
from tests.unit.till.counter import Counter, show_document

CODE = "flex-AAAA"
FLEX = {
    "id": "flex", "name": {"en": "Flex"}, "kind": "pass", "price": "100.00", "count": 3, "shows": ["aida", "tosca"],
    "price_types": ["adult"], "refund_fee": "10%",
}  # fmt: skip
SERIES = {"id": "two", "kind": "series", "price": "90.01", "shows": ["aida", "tosca"], "price_types": ["adult"]}


@pytest.fixture
def house(make_counter: Callable[..., Counter]) -> Counter:
    counter = make_counter([show_document("aida"), show_document("tosca")])
    counter.open()
    for body in (FLEX, SERIES):
        counter.line.document("package", body)
    counter.line.purse("package", CODE, 0)
    counter.line.found["package"] = {"code": CODE}
    return counter


def total(counter: Counter) -> str:
    return str(counter.ask("basket")["basket"]["total"])


def sold(counter: Counter) -> None:
    assert counter.ask("add_package", package="flex")["code"] == CODE
    sale = counter.pay()
    assert sale["total"] == "100.00"


def used(counter: Counter, *places: str, show: str = "aida") -> dict[str, object]:
    tender = counter.ask("redeem", code=CODE, show=show, places=list(places))["tender"]
    return dict(counter.ask("pay", tenders=[tender])["sale"])


def left(counter: Counter) -> str:
    return str(counter.ask("purse", code=CODE)["purse"]["left"])


def test_a_pass_is_sold_used_up_and_the_shares_add_up(house: Counter) -> None:
    sold(house)
    assert left(house) == "100.00"
    prices = [used(house, place)["total"] for place in ("A-1", "A-2", "A-3")]
    assert prices == ["33.33", "33.33", "33.34"]
    assert left(house) == "0.00"
    assert house.refusal("redeem", code=CODE, show="aida", places=["A-4"]).code == "limit_exceeded"
    ticket = house.bodies("TicketsSold")[-1]["sale"]["tickets"][0]
    assert (ticket["package"], ticket["price"], ticket["tax"]) == (CODE, "33.34", "3.03")
    assert report(house.folder, io.StringIO()) == 0


def test_a_visit_bears_no_fee_and_is_of_any_of_its_shows(house: Counter) -> None:
    sold(house)
    assert used(house, "A-1", "A-2", show="tosca")["total"] == "66.66"
    answer = house.ask("redeem", code=CODE, show="aida", places=["A-1"])
    assert answer["visits"] == {"left": 0, "of": 3}
    assert answer["basket"]["fees"] == "0.00"


def test_it_pays_for_nothing_else_and_nothing_else_pays_for_it(house: Counter) -> None:
    sold(house)
    house.add("A-5")
    tender = {"kind": "package", "code": CODE, "amount": total(house)}
    assert house.refusal("pay", tenders=[tender]).code == "not_allowed"
    house.ask("clear")
    due = house.ask("redeem", code=CODE, show="aida", places=["A-1"])["tender"]["amount"]
    assert house.refusal("pay", tenders=[{"kind": "cash", "amount": due}]).code == "not_allowed"
    assert left(house) == "100.00"


def test_seats_that_are_in_the_basket_become_visits(house: Counter) -> None:
    sold(house)
    house.add("A-1")
    house.add("A-2")
    house.ask("add", show="aida", places=["A-3"], price_type="student", proof=True)
    one, two, other = (line["line"] for line in house.ask("basket")["basket"]["lines"])
    assert house.refusal("redeem", code=CODE, lines=[other]).code == "not_allowed"  # not for students
    assert "passes" not in house.ask("basket")["basket"]
    answer = house.ask("redeem", code=CODE, lines=[one])
    assert answer["visits"] == {"left": 2, "of": 3}
    answer = house.ask("redeem", code=CODE, lines=[two])
    assert answer["visits"] == {"left": 1, "of": 3}
    assert answer["basket"]["passes"] == [answer["tender"]] == [{"kind": "package", "code": CODE, "amount": "66.66"}]
    assert [line["price"] for line in answer["basket"]["lines"]][:2] == ["33.33", "33.33"]
    house.ask("remove", line=other)
    assert house.ask("pay", tenders=answer["basket"]["passes"])["sale"]["total"] == "66.66"
    assert left(house) == "33.34"
    assert report(house.folder, io.StringIO()) == 0


def test_a_pass_takes_no_more_seats_of_the_basket_than_it_has_visits(house: Counter) -> None:
    sold(house)
    for place in ("A-1", "A-2", "A-3", "A-4"):
        house.add(place)
    before = house.ask("basket")["basket"]
    every = [line["line"] for line in before["lines"]]
    assert house.refusal("redeem", code=CODE, lines=every).code == "limit_exceeded"
    assert house.ask("basket")["basket"]["lines"] == before["lines"]
    assert house.refusal("redeem", code=CODE).fields["field"] == "places"
    assert house.refusal("redeem", code=CODE, show="aida", places=["A-5"], lines=every).fields["field"] == "places"
    assert house.refusal("redeem", code=CODE, lines=[99]).code == "bad_request"


def test_what_something_else_pays_for_is_no_visit(house: Counter) -> None:
    sold(house)
    places = [{"show": "aida", "place": "A-1"}, {"show": "tosca", "place": "A-1"}]
    basket = house.ask("add_package", package="two", places=places)["basket"]
    lines = [line["line"] for line in basket["lines"]]
    assert house.refusal("redeem", code=CODE, lines=lines).code == "not_allowed"
    assert house.ask("basket")["basket"]["total"] == "90.01"


def test_a_price_that_was_set_by_hand_is_forgotten_by_a_visit(house: Counter) -> None:
    sold(house)
    house.add("A-1")
    (line,) = house.ask("basket")["basket"]["lines"]
    approver = {"user": "sam", "pin": "1111"}
    house.ask("reprice", line=line["line"], price="5.00", reason="complaint", approver=approver)
    answer = house.ask("redeem", code=CODE, lines=[line["line"]])
    house.ask("pay", tenders=[answer["tender"]])
    (ticket,) = house.bodies("TicketsSold")[-1]["sale"]["tickets"]
    assert (ticket["price"], ticket["package"]) == ("33.33", CODE)
    assert not {"override", "listed", "promotion"} & set(ticket)


def test_a_pass_tells_its_visits_and_what_comes_back(house: Counter) -> None:
    sold(house)
    used(house, "A-1")
    told = house.ask("purse", code=CODE)["purse"]
    assert (told["package"], told["name"], told["visits"]) == ("flex", "Flex", {"left": 2, "of": 3})
    assert told["refund"] == {"fee": "6.67", "amount": "60.00", "rule": True}


def test_a_seat_that_was_picked_is_its_shows_ticket_of_a_series(house: Counter) -> None:
    house.add("A-1")
    places = [{"show": "aida", "place": "A-1"}, {"show": "tosca", "place": "A-1"}]
    basket = house.ask("add_package", package="two", places=places)["basket"]
    assert [(line["show"], line["price"]) for line in basket["lines"]] == [("aida", "45.00"), ("tosca", "45.01")]
    assert house.pay()["total"] == "90.01"


def test_offline_it_works_where_its_token_is_and_no_blank_can_be_got(house: Counter) -> None:
    sold(house)
    house.add("B-1")
    house.ask("clear")
    house.line.cut()
    assert used(house, "B-1")["total"] == "33.33"
    refused = house.refusal("add_package", package="flex")
    assert (refused.code, refused.fields["cause"]) == ("right_elsewhere", "no_office")
    assert house.refusal("redeem", code="flex-ZZZZ", show="aida", places=["A-1"]).code == "right_elsewhere"


def test_a_visit_is_exchanged_for_another_date_and_one_that_comes_back_is_a_visit_again(house: Counter) -> None:
    sold(house)
    sale = used(house, "A-1", "A-2")
    one, two = (ticket["id"] for ticket in sale["tickets"])  # type: ignore[attr-defined]
    house.ask("refund", tickets=[one], reason="ill", waive_fee=True, approver={"user": "sam", "pin": "1111"})
    assert left(house) == "66.67"
    assert house.ask("redeem", code=CODE, show="tosca", places=["A-7"])["visits"]["left"] == 1
    house.ask("clear")
    quote = house.refusal("exchange", tickets=[two], show="tosca", places=["A-2"], price_type="adult", tenders=[])
    assert quote.code == "underpaid"
    assert report(house.folder, io.StringIO()) == 0


def test_the_rest_is_paid_back_by_its_rule(house: Counter) -> None:
    sold(house)
    used(house, "A-1")
    back = house.ask("refund_package", code=CODE, reason="moved away")["refund"]
    assert (back["amount"], back["fee"]) == ("60.00", "6.67")
    assert left(house) == "0.00"
    assert house.refusal("refund_package", code=CODE, reason="again").code == "limit_exceeded"
    assert report(house.folder, io.StringIO()) == 0


def test_waiving_its_fee_needs_a_supervisor(house: Counter) -> None:
    sold(house)
    assert house.refusal("refund_package", code=CODE, reason="x", waive_fee=True).code == "approval_needed"
    approver = {"user": "sam", "pin": "1111"}
    back = house.ask("refund_package", code=CODE, reason="x", waive_fee=True, approver=approver)["refund"]
    assert back["amount"] == "100.00"
    assert house.bodies("PackageRefunded")[0]["approver"] == "sam"


def test_a_package_that_was_sold_is_not_undone(house: Counter) -> None:
    house.ask("add_package", package="flex")
    sale = house.pay()
    assert house.refusal("void", sale=sale["id"], surrendered=True).code == "not_allowed"


def test_a_series_is_a_ticket_for_each_show_at_the_price_of_all(house: Counter) -> None:
    places = [{"show": "aida", "place": "A-1"}, {"show": "tosca", "place": "B-2"}]
    assert house.refusal("add_package", package="two", places=places[:1]).code == "bad_request"
    assert house.ask("add_package", package="two", places=places)["basket"]["total"] == "90.01"
    sale = house.pay()
    assert [ticket["price"] for ticket in sale["tickets"]] == ["45.00", "45.01"]
    more = [{"show": "aida", "place": "A-3"}, {"show": "tosca", "place": "B-4"}]
    house.ask("add_package", package="two", places=more)
    house.ask("remove", line=house.ask("basket")["basket"]["lines"][0]["line"])
    refused = house.refusal("pay", tenders=[{"kind": "cash", "amount": total(house)}])
    assert refused.code == "not_allowed"


def test_what_there_is_can_be_listed(house: Counter) -> None:
    assert [(one["id"], one["kind"], one["count"]) for one in house.ask("packages")["packages"]] == [
        ("flex", "pass", 3), ("two", "series", 2),
    ]  # fmt: skip
    assert house.refusal("add_package", package="nope").fields["field"] == "package"
