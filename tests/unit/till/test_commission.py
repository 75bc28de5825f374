"""Tickets on commission: paid when resold, and only then."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from pos.store.verify import report
from tests.unit.till.counter import Counter

Make = Callable[..., Counter]


@pytest.fixture
def house(make_counter: Make) -> Counter:
    made = make_counter(commission="10%")
    made.open()
    return made


def take(counter: Counter, place: str = "A-1") -> str:
    """Sell a place and take its ticket back on commission."""
    (ticket,) = counter.sell(place)["tickets"]
    return str(counter.ask("take_commission", ticket=ticket["code"], name="Ada")["commission"]["id"])


def states(counter: Counter) -> dict[str, str]:
    return {one["id"]: one["state"] for one in counter.ask("commissions", all=True)["commissions"]}


def books(counter: Counter) -> dict[str, int]:
    """What the facts have posted, by account."""
    sums: dict[str, int] = {}
    for (envelope,) in counter.rows("SELECT envelope FROM journal"):
        import json

        for account, minor, _ in json.loads(envelope)["money"]:
            sums[account] = sums.get(account, 0) + minor
    return {account: minor for account, minor in sums.items() if minor}


def test_the_place_is_for_sale_and_the_price_is_owed(house: Counter) -> None:
    one = take(house)
    assert states(house) == {one: "open"}
    assert house.state_of("A-1") == "here"
    assert books(house)["commission:T1"] == -5800
    assert "revenue:aida" not in books(house)
    refused = house.refusal("pay_commission", commission=one)
    assert (refused.code, refused.fields["state"]) == ("not_allowed", "open")


def test_what_is_sold_again_is_paid_less_the_commission(house: Counter) -> None:
    one = take(house)
    house.sell("A-1")
    assert states(house) == {one: "due"}
    before = house.ask("shift")
    record = house.ask("pay_commission", commission=one, key="k")["commission"]
    assert (record["state"], record["paid"]) == ("paid", "52.20")
    assert house.ask("pay_commission", commission=one, key="k")["commission"] == record
    assert house.refusal("pay_commission", commission=one).code == "not_allowed"
    assert "commission:T1" not in books(house)
    assert books(house)["fee:commission"] == -580
    assert books(house)["drawer:T1"] == 10000 + 2 * 5900 - 5220
    assert before is not None
    house.line.drain()
    assert house.line.disputes == []
    out = io.StringIO()
    assert report(house.folder, out) == 0, out.getvalue()


def test_a_place_that_came_back_once_more_is_not_due(house: Counter) -> None:
    one = take(house)
    (ticket,) = house.sell("A-1")["tickets"]
    house.ask("refund", tickets=[ticket["id"]], reason="ill")
    assert states(house) == {one: "open"}


def test_what_nobody_bought_lapses_with_the_show(house: Counter) -> None:
    one = take(house)
    assert house.refusal("end_commission", commission=one).code == "not_allowed"
    house.clock.wait(days=2)
    assert states(house) == {one: "lapsed"}
    assert house.refusal("end_commission", commission=one).code == "approval_needed"
    house.ask("sign_out")
    house.sign_in("sam")
    assert house.ask("end_commission", commission=one)["commission"]["state"] == "ended"
    assert "commission:T1" not in books(house)
    assert books(house)["lapsed"] == -5800


def test_the_ticket_is_worth_nothing_any_more(house: Counter) -> None:
    (ticket,) = house.sell("A-1")["tickets"]
    house.ask("take_commission", ticket=ticket["id"], name="Ada")
    assert house.refusal("refund", tickets=[ticket["id"]], reason="x").code == "already_refunded"
    assert house.refusal("take_commission", ticket=ticket["id"], name="Ada").code == "already_refunded"


def test_another_windows_commission_is_paid_there(house: Counter) -> None:
    one = take(house)
    record = house.ask("commissions")["commissions"][0] | {"id": "T2-K00001", "home": "T2", "state": "taken"}
    house.line.document("commission", record)
    house.settle()
    assert set(states(house)) == {one, "T2-K00001"}
    assert house.refusal("pay_commission", commission="T2-K00001").code == "order_open_elsewhere"


def test_a_venue_that_does_not_take_any_says_so(counter: Counter) -> None:
    (ticket,) = counter.sell("A-1")["tickets"]
    assert counter.refusal("take_commission", ticket=ticket["id"], name="Ada").code == "not_allowed"


def test_more_than_the_drawer_has_is_not_paid(house: Counter) -> None:
    one = take(house)
    house.sell("A-1")
    expected = house.ask("move_cash", kind="drop", amount="200.00", reason="safe")["drawer"]["expected"]
    assert expected == "18.00"
    assert house.refusal("pay_commission", commission=one).code == "drawer_short"
    assert states(house) == {one: "due"}
