"""Drills at a real till: who is due, who may start one, and a result that is booked once, whole or broken off."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from pos.domain.drills.script import Order
from pos.store.verify import report
from tests.unit.till.counter import NOW, PINS, Counter

Make = Callable[..., Counter]


@dataclass
class ToyDrills:
    """The folder of drills, in memory. `held`: its program runs."""

    ordered: Order | None = None
    log: list[dict[str, Any]] | None = None
    held: bool = False
    plan: str = ""

    def order(self, order: Order, plan: str) -> None:
        if self.held:
            raise FileExistsError
        self.ordered, self.log, self.plan = order, None, plan

    def over(self) -> tuple[Order, list[dict[str, Any]]] | None:
        return (self.ordered, self.log) if self.ordered and self.log is not None and not self.held else None

    def forget(self) -> None:
        self.ordered = self.log = None


LOG = [
    {"s": 0.0, "what": "began", "user": "anna"},
    {"s": 5.0, "what": "came", "customer": 1, "task": "sell"},
    {"s": 20.0, "what": "served", "customer": 1},
    {"s": 30.0, "what": "cut"},
]
WHOLE = [*LOG, {"s": 600.0, "what": "over", "why": "time"}]


@pytest.fixture
def there() -> ToyDrills:
    return ToyDrills()


@pytest.fixture
def counter(make_counter: Make, there: ToyDrills) -> Counter:
    counter = make_counter()
    counter.desk.outside = replace(counter.desk.outside, drills=there)
    counter.sign_in("sam")
    return counter


def hold(counter: Counter, there: ToyDrills, person: str = "anna", log: list[dict[str, Any]] | None = None) -> Any:
    """A drill from its order to its record."""
    counter.ask("start_drill", person=person)
    there.log = WHOLE if log is None else log
    return counter.ask("note_drill")["drill"]


def person(counter: Counter, user: str) -> dict[str, Any]:
    return next(one for one in counter.ask("drills")["people"] if one["user"] == user)


def test_a_supervisor_orders_a_drill_by_the_plan_in_force_and_its_result_is_booked_once(
    counter: Counter, there: ToyDrills
) -> None:
    order = counter.ask("start_drill", person="anna", seed=42, seconds=300)["drill"]
    assert there.ordered is not None
    assert there.ordered.to_json() == order
    plan = counter.ask("contingency")["plan"]["version"]
    assert (order["person"], order["supervisor"], order["plan"], order["seed"], order["seconds"]) == (
        "anna", "sam", plan, 42, 300,
    )  # fmt: skip
    there.held, there.log = True, LOG
    assert counter.ask("note_drill") == {"drill": None}
    there.held, there.log = False, WHOLE
    record = counter.ask("note_drill")["drill"]
    assert (record["id"], record["state"], record["points"], record["of"]) == ("T1-D00001", "done", 5, 25)
    assert record["events"] == WHOLE
    assert [mark["what"] for mark in record["marks"] if mark["state"] == "missed"] == ["recognised", "told"]
    assert counter.ask("note_drill") == {"drill": None}
    # The till dies after the fact, before the folder is emptied: it is not booked again.
    there.ordered, there.log = Order.from_json(order), WHOLE
    assert counter.ask("note_drill") == {"drill": None}
    (body,) = counter.bodies("DrillHeld")
    assert (body["user"], body["record"]) == ("sam", record)
    assert counter.ask("drills")["log"] == [record]
    assert report(counter.folder, io.StringIO()) == 0


def test_a_drill_that_was_broken_off_is_booked_when_the_till_starts_again_and_does_not_count(
    counter: Counter, there: ToyDrills
) -> None:
    counter.ask("start_drill", person="anna")
    there.log = LOG
    counter.desk.submit(lambda: None).result(10)
    from pos.till.contingency import drills

    counter.desk.submit(lambda: drills.resume(counter.desk)).result(10)
    (record,) = counter.ask("drills")["log"]
    assert record["state"] == "broken_off"
    assert (person(counter, "anna")["last"], person(counter, "anna")["overdue"]) == (None, True)


def test_who_is_due_is_told_from_the_plan_and_counts_in_what_people_see_of_themselves(
    counter: Counter, there: ToyDrills
) -> None:
    assert [one["user"] for one in counter.ask("drills")["people"]] == ["anna", "beth", "sam"]  # whoever sells
    every = counter.ask("drills")["every_days"]
    hold(counter, there)
    last = person(counter, "anna")
    assert (last["due"], last["overdue"], last["points"]) == (
        (NOW + timedelta(days=every)).date().isoformat(), False, 5,
    )  # fmt: skip
    assert [one["user"] for one in counter.ask("drills")["people"]] == ["beth", "sam", "anna"]  # overdue first
    counter.line.cut()
    figures = {one["user"]: one["drills"] for one in counter.ask("people_figures")["people"]}
    assert figures == {"anna": 1}
    counter.clock.wait(days=every + 1)
    assert person(counter, "anna")["overdue"]


def test_a_plan_that_was_issued_goes_with_the_drill(counter: Counter, there: ToyDrills) -> None:
    text = 'version = "ours-7"\nvalid_from = 2027-02-01\n[drill]\nevery_days = 30\n'
    counter.ask("start_drill", person="anna")
    assert there.plan == ""
    counter.ask("issue_plan", text=text)
    order = counter.ask("start_drill", person="anna")["drill"]
    assert (order["plan"], there.plan) == ("ours-7", text)
    there.log = WHOLE
    counter.ask("note_drill")
    assert person(counter, "anna")["due"] == (NOW + timedelta(days=30)).date().isoformat()


def test_a_cashier_sees_their_own_and_starts_one_with_a_supervisor_only(counter: Counter, there: ToyDrills) -> None:
    hold(counter, there, "anna")
    hold(counter, there, "beth")
    counter.sign_in("beth")
    seen = counter.ask("drills")
    assert [one["user"] for one in seen["people"]] == ["beth"]
    assert [one["person"] for one in seen["log"]] == ["beth"]
    assert counter.refusal("start_drill", person="beth").code == "approval_needed"
    counter.ask("start_drill", person="beth", approver={"user": "sam", "pin": PINS["sam"]})
    assert there.ordered is not None
    assert there.ordered.supervisor == "sam"


def test_what_cannot_be_started_is_refused_and_says_why(counter: Counter, there: ToyDrills) -> None:
    for wrong in ({"person": "otto"}, {"person": "nobody"}, {"person": "anna", "seconds": 5}):
        assert counter.refusal("start_drill", **wrong).code == "bad_request"
    there.held = True
    assert "already" in counter.front.sentence(counter.refusal("start_drill", person="anna"))
    counter.desk.outside = replace(counter.desk.outside, drills=None)
    assert counter.refusal("start_drill", person="anna").code == "not_allowed"
    assert counter.refusal("drill_said", what="jam_cleared").code == "not_allowed"
    assert counter.refusal("drill_said", what="nonsense").code == "bad_request"
    assert there.ordered is None


# ---- actions -----------------------------------------------------------------------------


def test_an_action_goes_from_a_drill_to_done_with_the_plan_that_settles_it(counter: Counter, there: ToyDrills) -> None:
    drill = hold(counter, there)["id"]
    made = counter.ask(
        "change_action", text="A torch at each window", owner="anna", due="2027-03-10", **{"from": f"drill:{drill}"}
    )["action"]
    assert (made["id"], made["state"], made["from"], made["overdue"]) == ("T1-A00001", "open", "drill:T1-D00001", False)
    counter.sign_in("anna")
    assert [one["id"] for one in counter.ask("drills")["actions"]] == [made["id"]]
    assert counter.refusal("change_action", action=made["id"], due="2027-04-10").code == "not_allowed"
    done = counter.ask("change_action", action=made["id"], state="done", note="hung up")["action"]
    assert (done["state"], done["note"], done["text"]) == ("done", "hung up", "A torch at each window")
    counter.sign_in("sam")
    settled = counter.ask("change_action", action=made["id"], plan="2027-2")["action"]
    assert (settled["state"], settled["plan"], len(settled["changes"])) == ("done", "2027-2", 3)
    counter.sign_in("beth")
    assert counter.ask("drills")["actions"] == []
    assert counter.refusal("change_action", text="x", owner="beth", due="2027-03-10").code == "not_allowed"
    assert report(counter.folder, io.StringIO()) == 0


def test_another_tills_action_is_changed_here_and_the_last_word_counts(counter: Counter) -> None:
    other = {
        "id": "T2-A00001", "home": "T2", "action": "T2-A00001", "user": "sam", "at": "2027-03-01T17:00:00.000+01:00",
        "text": "Call the electrician", "owner": "beth", "due": "2027-02-27", "state": "open", "from": "", "plan": "",
        "note": "",
    }  # fmt: skip
    counter.line.document("plan_action", other)
    counter.settle()
    assert counter.ask("drills")["actions"][0]["overdue"]
    counter.ask("change_action", action="T2-A00001", state="dropped", note="the house has a new one")
    (one,) = counter.ask("drills")["actions"]
    assert (one["id"], one["state"], one["text"]) == ("T2-A00001", "dropped", "Call the electrician")


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("text", {"owner": "anna", "due": "2027-03-10"}),
        ("owner", {"text": "x", "owner": "nobody", "due": "2027-03-10"}),
        ("due", {"text": "x", "owner": "anna"}),
        ("due", {"text": "x", "owner": "anna", "due": "tomorrow"}),
        ("from", {"text": "x", "owner": "anna", "due": "2027-03-10", "from": "a dream"}),
        ("state", {"text": "x", "owner": "anna", "due": "2027-03-10", "state": "maybe"}),
        ("note", {"text": "x", "owner": "anna", "due": "2027-03-10", "state": "dropped"}),
        ("action", {"action": "T1-A00099", "state": "done"}),
    ],
)
def test_an_action_that_is_not_whole_is_refused_by_its_field(
    counter: Counter, field: str, fields: dict[str, Any]
) -> None:
    refused = counter.refusal("change_action", **fields)
    assert (refused.code, refused.fields["field"]) == ("bad_request", field)
    assert counter.bodies("PlanActionChanged") == []
