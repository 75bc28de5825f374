"""Drills: the script of a seed, what a log comes to, when the next one is due, and actions from many tills."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pos.domain.drills.actions import actions
from pos.domain.drills.due import due
from pos.domain.drills.judging import BROKEN_OFF, DONE, EXPECTED, judge
from pos.domain.drills.script import CUSTOMERS, Order, Task, script

SEEDS = range(60)


# ---- the script --------------------------------------------------------------------------


def test_a_seed_gives_one_drill_and_seeds_give_many() -> None:
    assert script(7, 600) == script(7, 600)
    assert script(7, 600)[0].at_s == 18.0
    orders = {tuple(step.task for step in script(seed, 600)) for seed in SEEDS}
    cuts = {script(seed, 600)[1].at_s for seed in SEEDS}
    assert len(orders) > 30
    assert len(cuts) > 50
    assert {step.paid for seed in SEEDS for step in script(seed, 600) if step.task is Task.CARD} == {True, False}


@pytest.mark.parametrize("seconds", [20, 600, 3600])
def test_everything_comes_once_and_in_its_part_of_the_time(seconds: int) -> None:
    for seed in SEEDS:
        steps = script(seed, seconds)
        assert sorted(step.task for step in steps) == sorted(Task)
        assert [step.at_s for step in steps] == sorted(step.at_s for step in steps)
        assert [steps[0].task, steps[1].task, steps[-1].task] == [Task.SELL, Task.CUT, Task.MEND]
        assert 0.1 * seconds - 0.1 <= steps[1].at_s
        assert steps[-1].at_s <= 0.84 * seconds + 0.1
        assert all(1 <= step.count <= 4 for step in steps)
        assert not any(step.paid for step in steps if step.task is not Task.CARD)


def test_an_order_is_read_as_it_was_written_and_half_of_one_is_not() -> None:
    order = Order("X1", "anna", "sam", "2027-1", 42, 600, "2027-03-01T18:00:00+01:00")
    assert Order.from_json(order.to_json()) == order
    with pytest.raises(KeyError):
        Order.from_json({"id": "X1"})


# ---- judging -----------------------------------------------------------------------------


def entry(s: float, what: str, **more: Any) -> dict[str, Any]:
    return {"s": s, "what": what, **more}


def told(log: list[dict[str, Any]]) -> dict[str, tuple[str, int]]:
    return {mark.what: (mark.state, mark.points) for mark in judge(log).marks}


def test_what_can_be_expected_comes_to_a_hundred() -> None:
    assert sum(expected.points for expected in EXPECTED.values()) == 100
    assert EXPECTED.keys() - {"recognised", "told", "drained"} == set(CUSTOMERS)


def test_in_good_time_has_all_points_later_fewer_never_less_than_half() -> None:
    card = EXPECTED["card"]
    assert [card.worth(s) for s in (0, 150, 255, 360, 9999)] == [15, 15, 11, 8, 8]


def test_a_whole_drill_is_judged_by_what_was_done_when() -> None:
    log = [
        entry(0, "began"),
        entry(10, "sheet"),  # read before anything had failed: that is not how it was recognised
        entry(20, "cut"),
        entry(31, "came", customer=1, task="in_hand"),
        entry(40, "served", customer=1),
        entry(50, "came", customer=2, task="card"),
        entry(60, "wrong", customer=2, why="declined"),
        entry(61, "served", customer=2),  # too late: it had been done the wrong way
        entry(70, "came", customer=3, task="jam"),
        entry(71, "came", customer=4, task="elsewhere"),
        entry(71, "skipped", customer=4),
        entry(90, "mended"),
        entry(150, "sheet"),
        entry(200, "drained"),
        entry(300, "over", why="time"),
    ]
    result = judge(log)
    assert told(log) == {
        "recognised": ("slow", 7),
        "told": ("missed", 0),
        "in_hand": ("good", 10),
        "card": ("wrong", 0),
        "jam": ("missed", 0),
        "drained": ("slow", 8),
    }
    assert (result.state, result.points, result.of, result.seconds) == (DONE, 25, 70, 300.0)
    card = next(mark for mark in result.marks if mark.what == "card")
    assert (card.took_s, card.why) == (10.0, "declined")


def test_half_a_log_is_a_drill_that_was_broken_off_and_has_what_came_up() -> None:
    log = [
        entry(0, "began"),
        entry(5, "came", customer=1, task="sell"),
        entry(9, "served", customer=1),
        entry(20, "cut"),
    ]
    result = judge(log)
    assert (result.state, result.points, result.of) == (BROKEN_OFF, 5, 25)
    assert judge([]).state == BROKEN_OFF


def test_nobody_is_missed_where_the_plan_names_nobody_to_tell() -> None:
    assert "told" in told([entry(20, "cut", people=2)])
    assert "told" not in told([entry(20, "cut", people=0)])


# ---- due ---------------------------------------------------------------------------------


def held(at: str, state: str = DONE, person: str = "anna") -> dict[str, Any]:
    return {"person": person, "state": state, "at": at}


def test_the_next_one_is_due_so_many_days_after_the_last_that_was_held_to_its_end() -> None:
    drills = [
        held("2027-01-10T18:00:00+01:00"),
        held("2027-01-01T18:00:00+01:00"),
        held("2027-02-20T18:00:00+01:00", BROKEN_OFF),
        held("2027-02-25T18:00:00+01:00", person="beth"),
    ]
    on = date(2027, 4, 10)
    assert due("anna", drills, 90, on) == due("anna", drills[:1], 90, on)
    assert (due("anna", drills, 90, on).on, due("anna", drills, 90, on).overdue) == (on, False)
    assert due("anna", drills, 90, date(2027, 4, 11)).overdue
    assert due("carl", drills, 90, on).overdue
    assert due("carl", drills, 90, on).on is None
    assert not due("carl", drills, 0, on).overdue


# ---- actions -----------------------------------------------------------------------------


def change(id: str, at: str, action: str = "T1-A00001", **more: Any) -> dict[str, Any]:
    plain = {
        "text": "a torch",
        "owner": "anna",
        "due": "2027-03-10",
        "state": "open",
        "from": "",
        "plan": "",
        "note": "",
    }
    return {"id": id, "action": action, "at": at, "user": "sam", **plain, **more}


def test_an_action_is_what_its_last_change_says_wherever_that_was_made() -> None:
    first = change("T1-A00001", "2027-03-01T18:00:00+01:00")
    done = change("T2-A00001", "2027-03-02T10:00:00+01:00", state="done", note="bought")
    other = change("T1-A00002", "2027-03-01T19:00:00+01:00", action="T1-A00002", due="2027-03-05")
    for order in ([first, done, other], [other, done, first]):
        listed = actions(order, date(2027, 3, 6))
        assert [(one["id"], one["state"], one["overdue"]) for one in listed] == [
            ("T1-A00002", "open", True),
            ("T1-A00001", "done", False),
        ]
        assert [step["note"] for step in listed[1]["changes"]] == ["", "bought"]
    assert not actions([other], date(2027, 3, 5))[0]["overdue"]
