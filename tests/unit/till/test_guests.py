"""Guest lists: places of a hold given away by name, up to a quota, collected by signature, the rest released."""

from __future__ import annotations

import io
from typing import Any

import pytest

from pos.store.verify import report
from tests.unit.till.counter import Counter
from tests.unit.till.test_collect import papers

COMP = {"id": "comp", "name": {"en": "Complimentary"}, "kind": "comp"}
SAM = {"user": "sam", "pin": "1111"}
CAME = {"name": "Anna Nagy", "kind": "passport", "last4": "81A2"}


@pytest.fixture
def house(counter: Counter) -> Counter:
    """Four seats are held for the press, and there is a price type for those who pay nothing."""
    counter.line.document("price_type", COMP)
    counter.settle()
    places = ["A-5", "A-6", "A-7", "A-8"]
    counter.ask("hold", type="press", show="aida", places=places, owner="The Paper", release="30m", approver=SAM)
    return counter


def opened(counter: Counter, **more: Any) -> str:
    (hold,) = counter.ask("holds", show="aida")["holds"]
    made = counter.ask("open_guest_list", hold=hold["id"], giver="The Paper", kind="press", approver=SAM, **more)
    return str(made["list"]["id"])


def lists(counter: Counter) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = counter.ask("guest_lists", show="aida")["lists"]
    return found


def test_a_guest_gets_tickets_that_cost_nothing_and_signs(house: Counter) -> None:
    one = opened(house)
    house.ask("put_guest", list=one, name="Ada", count=2)
    answer = house.ask("collect_guest", list=one, entry=1, collected_by=CAME)
    assert answer["sale"]["total"] == "0.00"
    assert [ticket["place"] for ticket in answer["sale"]["tickets"]] == ["A-5", "A-6"]
    assert len(papers(house)) == 2
    sale = house.bodies("TicketsSold")[-1]["sale"]
    assert sale["guest_list"] == one
    assert {ticket["comp"]["reason"] for ticket in sale["tickets"]} == {"press: The Paper"}
    assert {ticket["comp"]["approver"] for ticket in sale["tickets"]} == {"sam"}
    assert (sale["fees"], sale["approver"]) == ([], "sam")
    (told,) = lists(house)
    assert (told["listed"], told["collected"], told["unclaimed"]) == (2, 2, 0)
    assert house.refusal("collect_guest", list=one, entry=1, collected_by=CAME).code == "already_collected"
    house.line.drain()
    assert house.line.disputes == []
    out = io.StringIO()
    assert report(house.folder, out) == 0, out.getvalue()


def test_names_and_signatures_are_not_in_the_envelope(house: Counter) -> None:
    one = opened(house)
    house.ask("put_guest", list=one, name="Zaphod", count=1)
    house.ask("collect_guest", list=one, entry=1, collected_by={"name": "Trillian"})
    envelopes = "".join(str(row[0]) for row in house.rows("SELECT envelope FROM journal"))
    assert "Zaphod" not in envelopes
    assert "Trillian" not in envelopes
    assert lists(house)[0]["entries"][0]["name"] == "Zaphod"


def test_no_more_is_given_away_than_the_quota(house: Counter) -> None:
    one = opened(house, quota=3)
    house.ask("put_guest", list=one, name="Ada", count=2)
    refused = house.refusal("put_guest", list=one, name="Bob", count=2)
    assert (refused.code, refused.fields["limit"]) == ("limit_exceeded", 3)
    house.ask("put_guest", list=one, name="Bob")
    house.ask("drop_guest", list=one, entry=1)
    house.ask("put_guest", list=one, name="Cy", count=2)
    assert (lists(house)[0]["listed"], lists(house)[0]["quota"]) == (3, 3)
    (hold,) = house.ask("holds", show="aida")["holds"]
    assert house.refusal("open_guest_list", hold=hold["id"], giver="x", quota=5, approver=SAM).code == "bad_request"


def test_part_of_a_party_may_come_first(house: Counter) -> None:
    one = opened(house)
    house.ask("put_guest", list=one, name="Ada", count=3)
    house.ask("collect_guest", list=one, entry=1, count=1, collected_by=CAME)
    assert house.refusal("collect_guest", list=one, entry=1, count=3, collected_by=CAME).code == "limit_exceeded"
    house.ask("collect_guest", list=one, entry=1, collected_by=CAME)
    assert lists(house)[0]["entries"][0]["state"] == "collected"
    assert house.refusal("drop_guest", list=one, entry=1).code == "bad_request"


def test_what_nobody_collected_is_for_sale_again(house: Counter) -> None:
    one = opened(house)
    house.ask("put_guest", list=one, name="Ada", count=1)
    house.ask("collect_guest", list=one, entry=1, collected_by=CAME)
    assert house.refusal("release_guests", list=one).code == "approval_needed", "a press hold is a supervisor's"
    house.ask("sign_out")
    house.sign_in("sam")
    answer = house.ask("release_guests", list=one)
    assert [place["place"] for place in answer["released"]] == ["A-6", "A-7", "A-8"]
    assert answer["list"]["state"] == "released"
    assert house.refusal("put_guest", list=one, name="late").code == "bad_request"
    assert house.state_of("A-6") in ("here", "free")


def test_givers_are_counted_and_the_list_has_lines_to_sign(house: Counter) -> None:
    one = opened(house)
    house.ask("put_guest", list=one, name="Ada", count=2)
    house.ask("put_guest", list=one, name="Bob", count=1)
    house.ask("collect_guest", list=one, entry=1, collected_by=CAME)
    answer = house.ask("guest_list_report", show="aida", printed=True)
    assert answer["givers"] == [{"giver": "The Paper", "quota": 4, "listed": 3, "collected": 2, "unclaimed": 1}]
    house.printers.run()
    house.settle()
    paper = house.printers.paper[-1][1]
    assert (paper["kind"], paper["signatures"]) == ("list", ["Bob · 1 · signature"])


def test_a_cashier_alone_opens_no_list(house: Counter) -> None:
    (hold,) = house.ask("holds", show="aida")["holds"]
    assert house.refusal("open_guest_list", hold=hold["id"], giver="x").code == "approval_needed"
    assert house.refusal("open_guest_list", hold="none", giver="x", approver=SAM).code == "unknown_hold"


def test_it_goes_on_without_a_line_and_after_a_restart(house: Counter) -> None:
    one = opened(house)
    house.ask("put_guest", list=one, name="Ada", count=2)
    house.line.cut()
    house.restart()
    house.sign_in()
    house.ask("collect_guest", list=one, entry=1, collected_by=CAME)
    assert lists(house)[0]["collected"] == 2


def test_a_season_without_such_a_price_says_so(counter: Counter) -> None:
    counter.ask("hold", type="press", show="aida", places=["A-5"], approver=SAM)
    (hold,) = counter.ask("holds", show="aida")["holds"]
    assert counter.refusal("open_guest_list", hold=hold["id"], giver="x", approver=SAM).code == "not_allowed"
