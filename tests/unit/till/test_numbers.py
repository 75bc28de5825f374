"""Numbers of a till's own documents: one after the other, whatever fails, and no id twice after another enrolment."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pos.till.counter.numbers import SALES, Series, next_id, take, upcoming
from tests.unit.till.counter import Counter

Make = Callable[..., Counter]
LISTS = Series("lists", "L")


def asked(counter: Counter, series: Series) -> tuple[str, int]:
    return counter.desk.submit(lambda: upcoming(counter.desk, series)).result(10)


def taken(counter: Counter, *series: Series, fail: bool = False) -> None:
    def step() -> None:
        with counter.desk.unit():
            for one in series:
                take(counter.desk, one)
            if fail:
                raise KeyError("something else in the transaction went wrong")

    counter.desk.submit(step).result(10)


@pytest.mark.parametrize(("incarnation", "till"), [(1, "T1"), (2, "T1.2")])
def test_every_kind_has_a_count_of_its_own(make_counter: Make, incarnation: int, till: str) -> None:
    counter = make_counter(incarnation=incarnation)
    counter.open()
    sales = [counter.sell("A-1"), counter.sell("A-2"), counter.sell("A-3")]
    assert [sale["id"] for sale in sales] == [f"{till}-00001", f"{till}-00002", f"{till}-00003"]
    first, second = (sale["tickets"][0]["id"] for sale in sales[:2])
    assert counter.ask("refund", tickets=[first], reason="ill")["refund"]["id"] == f"{till}-R00001"
    wish = {"show": "aida", "places": ["A-5"], "price_type": "adult", "tenders": []}
    assert counter.ask("exchange", tickets=[second], **wish)["exchange"]["id"] == f"{till}-X00001"
    assert counter.ask("void", sale=sales[2]["id"], surrendered=True)["void"]["id"] == f"{till}-V00001"
    cases = [counter.ask("case", kind="request")["case"]["id"] for _ in range(2)]
    assert cases == [f"{till}-C00001", f"{till}-C00002"]
    assert counter.ask("customer", name="Ida")["customer"]["id"] == f"{till}-K00001"
    wish = {"show": "aida", "type": "kill", "places": ["A-9"], "approver": {"user": "sam", "pin": "1111"}}
    assert counter.ask("hold", **wish)["hold"]["id"] == f"{till}-H00001"
    counter.add("A-10")
    assert counter.ask("reserve", buyer={"name": "Ida"})["order"]["code"] == f"{till}-O00001"
    assert counter.ask("issue_paper", show="aida", places=["A-11"])["pack"]["id"] == f"{till}-P00001"
    assert counter.ask("join_standby", show="aida")["entry"]["id"] == f"{till}-W00001"
    invoice = counter.ask("invoice", sale=sales[1]["id"], buyer={"name": "Ida"})["invoice"]
    assert (invoice["id"], invoice["number"]) == (f"{till}-N00001", 1)


def test_a_number_is_used_with_its_transaction_or_not_at_all(counter: Counter) -> None:
    taken(counter, LISTS)
    with pytest.raises(KeyError):
        taken(counter, LISTS, SALES, fail=True)
    assert asked(counter, LISTS) == ("T1-L00002", 2)
    assert counter.sell("A-1")["id"] == "T1-00001"


def test_looking_takes_none_and_a_restart_forgets_none(counter: Counter) -> None:
    assert asked(counter, LISTS) == asked(counter, LISTS) == ("T1-L00001", 1)
    taken(counter, LISTS, LISTS)
    counter.restart()
    assert asked(counter, LISTS) == ("T1-L00003", 3)
    assert counter.desk.submit(lambda: next_id(counter.desk, LISTS)).result(10) == "T1-L00003"


def test_kinds_that_share_a_letter_do_not_share_a_count(counter: Counter) -> None:
    taken(counter, Series("packs", "P"), Series("packs", "P"))
    assert asked(counter, Series("packages_back", "P")) == ("T1-P00001", 1)


def test_five_digits_are_the_least(counter: Counter) -> None:
    counter.desk.submit(lambda: counter.desk.ledger.put_meta("lists", "99999")).result(10)
    assert asked(counter, LISTS) == ("T1-L100000", 100_000)
