"""What the till tells of its line, of what the office lacks, and of who waits at a locked window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from pos.till.ports import Changed, LinkState
from tests.unit.till.counter import NOW, Counter

Make = Callable[..., Counter]


def link(counter: Counter, state: LinkState) -> None:
    counter.line.side.link_changed(state)
    counter.settle()


def test_what_the_office_lacks_is_told_by_kind_with_the_time_of_the_first(make_counter: Make) -> None:
    counter = make_counter()
    counter.open()
    opened_at = counter.clock.now()
    counter.clock.wait(seconds=90)
    counter.sell("A-1")
    counter.sell("A-2")
    told = {one["kind"]: one for one in counter.ask("line")["unsent"]}
    assert told["TicketsSold"]["count"] == 2
    assert told["TicketsSold"]["since"] >= (opened_at + timedelta(seconds=90)).isoformat()
    assert sum(one["count"] for one in told.values()) == counter.ask("status")["unsent"]
    counter.line.side.acknowledge(counter.desk.number).result(10)
    assert counter.ask("line")["unsent"] == []
    assert counter.ask("line")["sent_at"]


def test_the_line_remembers_each_change_of_state_or_cause_once(make_counter: Make) -> None:
    counter = make_counter()
    away = LinkState("offline", "no_network", "no route to host", NOW.isoformat())
    link(counter, LinkState("online"))
    link(counter, away)
    link(counter, replace(away, detail="still no route to host"))
    link(counter, replace(away, cause="office_refuses"))
    link(counter, LinkState("online"))
    told = counter.ask("line")
    assert [(one["state"], one["cause"]) for one in told["changes"]] == [
        ("online", ""),
        ("offline", "no_network"),
        ("offline", "office_refuses"),
        ("online", ""),
    ]
    assert told["changes"][1]["detail"] == "no route to host"
    assert told["received_at"] is None
    counter.line.side.changed(Changed())
    counter.settle()
    assert counter.ask("line")["received_at"]


def test_a_basket_in_front_is_told_of_without_a_sign_in(make_counter: Make) -> None:
    counter = make_counter()
    counter.open()
    assert counter.ask("status")["basket"] is None
    counter.add("A-1", "A-2")
    counter.ask("sign_out")
    told = counter.ask("status")["basket"]
    assert (told["owner"], told["tickets"], told["articles"]) == ("anna", 2, 0)
    assert told["expires"] > counter.clock.now().isoformat()


def test_whom_wrong_pins_keep_out_is_told_until_it_is_over(make_counter: Make) -> None:
    counter = make_counter()
    for _ in range(5):
        counter.refusal("sign_in", user="anna", pin="0000")
    counter.restart()
    people = {one["user"]: one for one in counter.ask("users")["users"]}
    assert people["anna"]["locked_until"] == (NOW + timedelta(minutes=1)).isoformat()
    assert [user for user, one in people.items() if "locked_until" in one] == ["anna"]
    counter.clock.wait(seconds=61)
    assert not any("locked_until" in one for one in counter.ask("users")["users"])
