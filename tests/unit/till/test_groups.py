"""Groups: option, deposit, final number, balance, one print run, an invoice."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from pos.store.verify import report
from tests.unit.till.counter import Counter
from tests.unit.till.test_collect import papers

SCHOOL = {"name": "School No. 7", "contact": "office@school.example", "tax_number": "HU12345678"}


@pytest.fixture
def house(counter: Counter) -> Counter:
    """Schools pay 10.00 each from four pupils on, and of every five one is free."""
    counter.line.document(
        "price_type", {"id": "school", "name": {"en": "School"}, "kind": "normal", "min": 4, "free_every": 5}
    )
    table = {"Stalls": {"adult": "58.00", "school": "10.00"}}
    counter.line.document("prices", {"id": "usual", "tax": "reduced", "table": table})
    counter.settle()
    return counter


def option(counter: Counter, count: int = 10) -> str:
    """So many places are reserved for a school, without a deposit."""
    counter.add(*(f"A-{n}" for n in range(1, count + 1)), price_type="school")
    code = str(counter.ask("reserve", buyer=SCHOOL, expires="1d")["order"]["code"])
    counter.ask("open_group", order=code, final_by="1d")
    return code


def the_group(counter: Counter) -> dict[str, Any]:
    (found,) = counter.ask("groups", show="aida")["groups"]
    return dict(found)


def cash(amount: str) -> list[dict[str, str]]:
    return [{"kind": "cash", "amount": amount}]


def free(group: dict[str, Any]) -> int:
    return sum(line["price"] == "0.00" for line in group["lines"] if line["state"] == "held")


def test_a_school_from_its_option_to_one_print_run(house: Counter) -> None:
    code = option(house)
    group = the_group(house)
    assert (group["group"]["option"], group["group"]["final"], group["price"], free(group)) == (10, 0, "80.00", 2)
    house.ask("take_deposit", order=code, tenders=cash("30.00"))
    assert the_group(house)["deposit"] == {"paid": "30.00", "left": "30.00", "terms": "refund"}
    house.ask("final_number", order=code, count=7)
    group = the_group(house)
    assert (group["group"]["final"], group["group"]["held"], group["price"], free(group)) == (7, 7, "60.00", 1)
    sale = house.ask("pay_order", order=code, tenders=cash("37.00"))["sale"]
    assert sale["total"] == "67.00", "six pay 10.00, and the counter's fee is 1.00 for each of seven"
    jobs = [job for job in house.ask("jobs")["jobs"] if job["kind"] == "ticket"]
    assert [len(job["tickets"]) for job in jobs] == [7], "one run"
    assert len(papers(house)) == 7
    assert house.ask("groups")["groups"] == []
    invoice = house.ask("invoice", sale=sale["id"])["invoice"]
    assert (invoice["name"], invoice["document"]["total"]) == ("School No. 7", "67.00")
    house.line.drain()
    assert house.line.disputes == []
    out = io.StringIO()
    assert report(house.folder, out) == 0, out.getvalue()


def test_the_books_owe_the_deposit_until_it_pays(house: Counter) -> None:
    code = option(house)
    house.ask("take_deposit", order=code, tenders=cash("30.00"))

    def owed() -> int:
        rows = house.rows("SELECT envelope FROM journal")
        money = [line for (envelope,) in rows for line in json.loads(envelope)["money"]]
        return sum(int(minor) for account, minor, _ in money if account == f"deposit:{code}")

    assert owed() == -3000
    house.ask("pay_order", order=code, tenders=cash("60.00"))
    assert owed() == 0


def test_what_is_not_needed_is_for_sale_again(house: Counter) -> None:
    code = option(house)
    house.ask("final_number", order=code, count=4)
    states = [house.state_of(f"A-{n}") for n in range(1, 11)]
    assert states.count("held") == 4
    assert set(states) <= {"held", "here", "free"}
    assert free(the_group(house)) == 0


@pytest.mark.parametrize(("count", "code"), [(11, "bad_request"), (3, "not_allowed")])
def test_a_number_that_cannot_be(house: Counter, count: int, code: str) -> None:
    order = option(house)
    assert house.refusal("final_number", order=order, count=count).code == code
    assert the_group(house)["group"]["held"] == 10


def test_more_deposit_than_is_due_is_not_taken(house: Counter) -> None:
    code = option(house)
    house.ask("take_deposit", order=code, tenders=cash("70.00"))
    assert house.refusal("take_deposit", order=code, tenders=cash("20.00")).code == "overpaid"
    assert the_group(house)["deposit"]["left"] == "70.00"


def test_a_number_that_is_late_is_told(house: Counter) -> None:
    option(house)
    assert not the_group(house)["group"]["late"]
    house.clock.wait(hours=23)
    assert not the_group(house)["group"]["late"]
    house.clock.wait(hours=1, minutes=1)
    found = house.ask("groups", show="aida")["groups"]
    assert all(one["group"]["late"] for one in found)


def test_a_deposit_and_a_number_once_for_a_key(house: Counter) -> None:
    code = option(house)
    first = house.ask("take_deposit", order=code, tenders=cash("30.00"), key="d")
    assert house.ask("take_deposit", order=code, tenders=cash("30.00"), key="d") == first
    assert the_group(house)["deposit"]["left"] == "30.00"


def test_without_a_line_its_home_goes_on(house: Counter) -> None:
    code = option(house)
    house.line.cut()
    house.ask("take_deposit", order=code, tenders=cash("30.00"))
    house.ask("final_number", order=code, count=5)
    house.restart()
    house.sign_in()
    group = the_group(house)
    assert (group["group"]["final"], group["deposit"]["left"], free(group)) == (5, "30.00", 1)
