"""Seat stock at a till: whatever happens to seats, the parts are the whole; and two people count blind."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from pos.domain.errors import Refused
from tests.unit.till.counter import NOW, Counter, show_document

SAM = {"user": "sam", "pin": "1111"}


def aida(counter: Counter) -> dict[str, Any]:
    (line,) = counter.ask("stock", show="aida")["shows"]
    parts = ("free", "hands", "basket", "held", "killed", "sold", "paper", "frozen")
    assert sum(line[part] for part in parts) == line["capacity"] == 34
    return line


def test_every_place_is_counted_once_whatever_became_of_it(counter: Counter) -> None:
    assert aida(counter)["free"] == 34
    counter.sell("A-1", "A-2")
    counter.add("A-3", "Foyer")
    line = aida(counter)
    assert (line["sold"], line["basket"], line["left"], line["sold_day"], line["sold_week"]) == (2, 2, 32, 2, 2)
    counter.ask("park", name="Byron")
    assert aida(counter)["basket"] == 2
    counter.ask("hold", type="kill", show="aida", places=["B-1", "B-2"], approver=SAM)
    counter.ask("hold", type="group", show="aida", places=["B-4"])
    line = aida(counter)
    assert (line["killed"], line["held"]) == (2, 1)
    counter.ask("issue_paper", show="aida", places=["B-6"])
    line = aida(counter)
    assert (line["paper"], line["share"]) == (1, 2 * 10_000 // 32)


def test_the_parts_are_the_whole_at_every_step_of_a_random_evening(counter: Counter) -> None:
    chance = random.Random(7)
    seats = [f"{row}-{n}" for row in "AB" for n in range(1, 13)] + ["Foyer"]
    done: set[str] = set()

    def refund(_: str) -> object:
        tickets = [ticket["id"] for sale in sales for ticket in sale["tickets"]]
        return counter.ask("refund", tickets=[chance.choice(tickets)], reason="ill", approver=SAM)

    sales: list[dict[str, Any]] = []
    acts = {
        "sell": lambda seat: (counter.ask("clear"), sales.append(counter.sell(seat))),
        "add": counter.add,
        "clear": lambda seat: counter.ask("clear"),
        "kill": lambda seat: counter.ask("hold", type="kill", show="aida", places=[seat], approver=SAM),
        "hold": lambda seat: counter.ask("hold", type="group", show="aida", places=[seat]),
        "park": lambda seat: counter.ask("park"),
        "paper": lambda seat: counter.ask("issue_paper", show="aida", places=[seat]),
        "refund": refund,
    }
    for _ in range(50):
        act = chance.choice(sorted(acts))
        if act == "refund" and not sales:
            continue
        try:
            acts[act](chance.choice(seats))
            done.add(act)
        except Refused:
            pass  # the seat is something else by now
        aida(counter)
    assert done == set(acts)


def test_short_shows_are_flagged_and_the_report_is_a_document(make_counter: Any) -> None:
    counter: Counter = make_counter([show_document("aida"), show_document("tosca")], stock_short=40)
    counter.open()
    answer = counter.ask("stock", report=True)
    assert [line["show"] for line in answer["shows"]] == ["aida", "tosca"]
    assert answer["report"]["report"] == "stock"
    assert answer["shows"][0]["alert"] == {"what": "short", "action": "standby_list", "count": 34, "expected": 0}
    assert counter.refusal("stock", show="none").code == "unknown_show"
    assert [show["short"] for show in counter.ask("shows")["shows"]] == [True, True]


def test_slow_shows_are_flagged_in_the_list_as_they_are_in_the_stock(make_counter: Any) -> None:
    shows = [show_document("aida"), show_document("tosca", starts=(NOW + timedelta(days=9)).isoformat())]
    counter: Counter = make_counter(shows, stock_slow=[{"days": 3, "sold": "5%"}])
    counter.open()

    def flags() -> list[bool]:
        told = [(show["alert"] or {}).get("what") == "slow" for show in counter.ask("stock")["shows"]]
        listed = [show["slow"] for show in counter.ask("shows")["shows"]]
        assert listed == told
        return listed

    assert flags() == [True, False], "nothing is expected nine days before"
    counter.sell("A-1")
    assert flags() == [True, False], "1 of 34 is less than 5 %"
    gone = [f"{row}-{seat}" for row in "AB" for seat in range(3, 13)]
    counter.ask("hold", type="kill", show="aida", places=gone, approver=SAM)
    assert flags() == [False, False], "1 of the 14 that may be sold is more"
    counter.clock.wait(days=10)
    assert [show["slow"] for show in counter.ask("shows")["shows"]] == [False, False], "they are over"


def test_a_short_show_is_not_called_slow(make_counter: Any) -> None:
    counter: Counter = make_counter(stock_short=40, stock_slow="50%")
    counter.open()
    (show,) = counter.ask("shows")["shows"]
    assert (show["short"], show["slow"]) == (True, False)


def test_two_people_count_and_only_then_are_told(counter: Counter) -> None:
    counter.sell("A-1")
    counter.ask("hold", type="group", show="aida", places=["B-4"])
    mine = {"held": 1, "sold": 2}
    assert counter.ask("stock_take", what="seats", show="aida", counted=mine) == {"waiting": True, "by": "anna"}
    assert counter.ask("stock_take", what="seats", show="aida", counted=mine | {"sold": 1})["waiting"], (
        "the same person"
    )
    counter.sign_in("beth")
    apart = counter.ask("stock_take", what="seats", show="aida", counted=mine)
    assert apart == {"agreed": False, "apart": ["sold"]}
    assert counter.bodies("StockCounted")[-1]["counts"] == [{"held": 1, "sold": 1}, {"held": 1, "sold": 2}]
    counter.ask("stock_take", what="seats", show="aida", counted=mine)
    counter.sign_in("anna")
    told = counter.ask("stock_take", what="seats", show="aida", counted=mine)
    assert (told["agreed"], told["difference"]) == (True, {"held": 0, "sold": 1})
    body = counter.bodies("StockCounted")[-1]
    assert (body["user"], body["with"], body["seats"]["counted"]) == ("anna", "beth", mine)


def test_two_people_count_the_paper(counter: Counter) -> None:
    counter.printers.numbers = ("ticket",)
    counter.ask("receive_stock", box="1", serials=["A01-A20"], approver=SAM)
    counter.ask("stock_take", what="paper", serials=["A01-A19"])
    counter.sign_in("beth")
    assert counter.ask("stock_take", what="paper", serials=["A01-A18"]) == {"agreed": False, "apart": ["paper"]}
    counter.ask("stock_take", what="paper", serials=["A01-A19"])
    counter.sign_in("anna")
    told = counter.ask("stock_take", what="paper", serials=["A01-A10", "A11-A19"], note="one is gone")
    assert (told["agreed"], told["missing"]) == (True, [["A20", "A20"]])
    assert counter.ask("ticket_paper")["missing"] == [["A20", "A20"]]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"what": "chairs"}, "what"),
        ({"what": "seats", "show": "aida"}, "counted"),
        ({"what": "seats", "show": "aida", "counted": {"free": 1}}, "counted"),
        ({"what": "seats", "show": "aida", "counted": {"sold": -1}}, "counted.sold"),
        ({"what": "paper", "counted": {"sold": 1}}, "serials"),
        ({"what": "paper", "serials": ["A1-"]}, "serials"),
    ],
)
def test_what_is_no_count_is_refused(counter: Counter, fields: dict[str, Any], field: str) -> None:
    refused = counter.refusal("stock_take", **fields)
    assert (refused.code, refused.fields["field"]) == ("bad_request", field)
