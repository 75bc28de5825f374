"""A drill while it is held: what comes up by the clock, what counts as served, and what as a mistake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from pos.domain.drills.script import Order, Task, script
from pos.till.contingency import levels
from pos.till.contingency.exercise import HAND_S, Exercise, Kit
from tests.unit.till.counter import NOW, PINS, Counter, show_document
from tests.unit.till.toy_terminal import ScriptedTerminal

Make = Callable[..., Counter]
SEED, SECONDS = 3, 600
PLAN = """\
version = "ours"
valid_from = 2027-01-01
[[person]]
key = "duty"
name = "Dana"
telephone = "+43 1 5550100"
tell_at = ["away", "alone"]
"""
STEPS = {step.task: step for step in script(SEED, SECONDS)}


@dataclass
class ToyFaults:
    """Remembers what was made to fail."""

    counter: Counter
    terminal: ScriptedTerminal
    done: list[str] = field(default_factory=list)
    out: bool = True

    def cut(self) -> None:
        self.done.append("cut")
        self.counter.line.cut()

    def mend(self) -> None:
        self.done.append("mend")
        self.counter.line.mend()

    def jam(self) -> None:
        self.done.append("jam")

    def clear(self) -> None:
        self.done.append("clear")

    def came_out(self, job: int) -> bool:
        return self.out

    def lose_next(self, *, paid: bool) -> None:
        self.done.append(f"lose {paid}")
        self.terminal.script, self.terminal.takes, self.terminal.recovers = ["unknown"], paid, False


class Drill:
    """A drill at a toy till: its clock, and what it says."""

    def __init__(self, counter: Counter, terminal: ScriptedTerminal, person: str = "anna") -> None:
        self.counter, self.log = counter, list[dict[str, Any]]()
        self.faults = ToyFaults(counter, terminal)
        order = Order("X1", person, "sam", "2027-1", SEED, SECONDS, "2027-03-01T18:00:00+01:00")
        self.exercise = Exercise(Kit(order, self.faults, self.log.append))
        counter.desk.outside = replace(counter.desk.outside, exercise=self.exercise)
        self.exercise.begin(counter.desk, counter.front)

    def until(self, task: Task) -> dict[str, Any]:
        """Let the time pass until this comes up; the customer who came with it, if one did."""
        now = self.exercise._passed() if self.exercise._state == "running" else 0.0
        return self.wait(STEPS[task].at_s - now)

    def wait(self, seconds: float) -> dict[str, Any]:
        self.counter.clock.wait(seconds=seconds + 0.1)
        self.counter.desk.submit(self.exercise.tick).result(10)
        customers = self.told["customers"]
        return customers[-1] if customers else {}

    @property
    def told(self) -> dict[str, Any]:
        running: dict[str, Any] = self.counter.ask("drills")["running"]
        return running

    @property
    def waiting(self) -> list[str]:
        self.counter.settle()
        return [customer["task"] for customer in self.told["customers"]]

    def whats(self, *fields: str) -> list[Any]:
        self.counter.settle()
        return [tuple(entry.get(name) for name in ("what", *fields)) if fields else entry["what"] for entry in self.log]

    def sell(
        self, customer: dict[str, Any], count: int = 0, tender: str = "cash", category: str = ""
    ) -> dict[str, Any]:
        """Sell what this customer wants, seats that lie next in hand."""
        wanted = category or customer["category"]
        rows = self.counter.ask("places", show=customer["show"])["places"]
        free = [row["place"] for row in rows if row["category"] == wanted and row["state"] == "here"]
        self.counter.add(*free[: count or customer["count"]])
        total = self.counter.ask("basket")["basket"]["total"]
        sale: dict[str, Any] = self.counter.ask("pay", tenders=[{"kind": tender, "amount": total}])["sale"]
        return sale


@pytest.fixture
def drill(make_counter: Make) -> Drill:
    terminal = ScriptedTerminal()
    # Fewer of the stalls are in hand than there are, so that one can be asked for which is not.
    counter = make_counter([show_document("aida", allotment={"Stalls": 16})], terminal=terminal)
    (counter.folder / "contingency.toml").write_text(PLAN, encoding="utf-8")
    drill = Drill(counter, terminal)
    counter.open()
    counter.settle()
    return drill


def test_the_clock_starts_when_the_person_is_signed_in_with_a_shift_and_for_nobody_else(make_counter: Make) -> None:
    counter = make_counter([show_document("aida", allotment={"Stalls": 16})])
    drill = Drill(counter, ScriptedTerminal(), person="beth")
    counter.open("anna")
    counter.settle()
    assert (drill.told["state"], drill.log) == ("waiting", [])
    counter.sign_in("beth")
    counter.settle()
    assert (drill.told["state"], drill.whats("user")) == ("running", [("began", "beth")])


@pytest.mark.parametrize("comes", [True, False])
def test_the_clock_waits_a_while_for_something_in_hand(make_counter: Make, comes: bool) -> None:
    """A line that goes before the till has its allotment would leave nobody to be served."""
    counter = make_counter()
    drill = Drill(counter, ScriptedTerminal())
    counter.open()
    counter.settle()
    assert (drill.told["state"], drill.log) == ("waiting", [])
    if comes:
        counter.add("A-1")
    else:
        counter.clock.wait(seconds=HAND_S)
    counter.desk.submit(drill.exercise._start).result(10)
    assert (drill.told["state"], drill.whats("user")) == ("running", [("began", "anna")])


def test_a_customer_is_served_by_what_they_asked_for_and_by_nothing_else(drill: Drill) -> None:
    customer = drill.until(Task.SELL)
    assert (customer["task"], customer["count"], customer["tender"]) == ("sell", STEPS[Task.SELL].count, "cash")
    drill.sell(customer, count=customer["count"] + 1)
    drill.sell(customer, tender="card")
    assert drill.waiting == ["sell"]
    drill.sell(customer)
    assert drill.waiting == []
    assert drill.whats()[-1] == "served"


def test_the_line_goes_and_reading_the_sheet_and_telling_somebody_count_from_then_on(drill: Drill) -> None:
    levels.watch(drill.counter.desk)
    drill.counter.ask("contingency")
    drill.until(Task.CUT)
    assert drill.faults.done == ["cut"]
    assert "sheet" not in drill.whats()
    drill.counter.ask("contingency")
    drill.counter.ask("contingency")
    drill.counter.ask("told_person", person="duty")
    assert drill.whats()[-2:] == ["sheet", "told"]


def test_who_wants_a_seat_that_is_not_in_hand_is_turned_away_and_nobody_else(drill: Drill) -> None:
    drill.until(Task.CUT)
    for task in ("in_hand", "elsewhere"):
        drill.until(Task(task))
    customers = {customer["task"]: customer for customer in drill.told["customers"]}
    assert drill.counter.refusal(
        "add", show="aida", places=[customers["elsewhere"]["place"]], price_type="adult"
    ).code == "right_elsewhere"  # fmt: skip
    drill.counter.ask("drill_said", what="turned_away", customer=customers["elsewhere"]["customer"])
    drill.counter.ask("drill_said", what="turned_away", customer=customers["in_hand"]["customer"])
    ends = {entry["customer"]: entry["what"] for entry in drill.log if entry["what"] in ("served", "wrong")}
    assert ends[customers["elsewhere"]["customer"]] == "served"
    assert ends[customers["in_hand"]["customer"]] == "wrong"
    assert drill.counter.refusal("drill_said", what="turned_away", customer=99).code == "bad_request"


def test_who_is_offered_another_seat_of_the_same_price_is_served(drill: Drill) -> None:
    drill.until(Task.ELSEWHERE)
    customer = next(one for one in drill.told["customers"] if one["task"] == "elsewhere")
    drill.sell(customer, count=1)
    assert "elsewhere" not in drill.waiting


@pytest.mark.parametrize("out", [True, False])
def test_a_jam_is_over_when_the_tickets_really_came_out(drill: Drill, out: bool) -> None:
    drill.until(Task.JAM)
    customer = next(one for one in drill.told["customers"] if one["task"] == "jam")
    assert "jam" in drill.faults.done
    drill.faults.out = out
    drill.sell(customer)
    drill.counter.printers.run("unknown", "the paper jammed")
    assert "jam" in drill.waiting
    drill.counter.ask("drill_said", what="jam_cleared")
    assert drill.faults.done[-1] == "clear"
    job = next(one for one in drill.counter.ask("jobs")["jobs"] if one["state"] == "unknown" and one["tickets"])
    if out:
        drill.counter.ask("printed", job=job["job"], came_out=False)
        drill.counter.printers.run()
    else:
        drill.counter.ask("printed", job=job["job"], came_out=True)  # which is not true
    assert "jam" not in drill.waiting
    ends = [entry for entry in drill.log if entry["what"] in ("served", "wrong")]
    assert (ends[-1]["what"], ends[-1].get("why")) == (("served", None) if out else ("wrong", "said_printed"))


@pytest.mark.parametrize("truly", [True, False])
def test_a_lost_card_is_settled_by_what_the_terminal_shows(drill: Drill, truly: bool) -> None:
    drill.until(Task.CARD)
    customer = next(one for one in drill.told["customers"] if one["task"] == "card")
    with pytest.raises(Exception, match="payment_unknown"):
        drill.sell(customer, tender="card")
    drill.counter.settle()
    customer = next(one for one in drill.told["customers"] if one["task"] == "card")
    shown = customer["terminal"]
    assert shown == ("approved" if STEPS[Task.CARD].paid else "declined")
    other = {"approved": "declined", "declined": "approved"}[shown]
    payment = drill.counter.ask("payments")["payments"][0]["payment"]
    drill.counter.ask("settle_payment", payment=payment, outcome=shown if truly else other)
    if truly:
        total = drill.counter.ask("basket")["basket"]["total"]
        tender = "card" if shown == "approved" else "cash"
        assert "card" in drill.waiting
        drill.counter.ask("pay", tenders=[{"kind": tender, "amount": total}])
    assert "card" not in drill.waiting
    ends = [entry for entry in drill.log if entry["what"] in ("served", "wrong")]
    assert (ends[-1]["what"], ends[-1].get("why")) == (("served", None) if truly else ("wrong", f"said_{other}"))


@pytest.mark.parametrize(
    ("hours", "does", "end"),
    [
        (48, "refund", ("served", None)),
        (48, "turn away", ("wrong", "turned_away")),
        (10, "turn away", ("served", None)),
        (10, "refund", ("wrong", "against_terms")),
    ],
)
def test_a_ticket_comes_back_as_its_terms_have_it(
    make_counter: Make, hours: int, does: str, end: tuple[str, str | None]
) -> None:
    terminal = ScriptedTerminal()
    starts = (NOW + timedelta(hours=hours)).isoformat()  # a ticket comes back up to 24 hours before
    counter = make_counter([show_document("aida", allotment={"Stalls": 16}, starts=starts)], terminal=terminal)
    drill = Drill(counter, terminal)
    counter.open()
    counter.settle()
    sold = drill.sell(drill.until(Task.SELL))
    counter.settle()
    drill.until(Task.REFUND)
    customer = next(one for one in drill.told["customers"] if one["task"] == "refund")
    assert customer["code"] == sold["tickets"][0]["code"]
    if does == "refund":
        approver = {"approver": {"user": "sam", "pin": PINS["sam"]}} if hours == 10 else {}
        counter.ask("refund", tickets=[customer["code"]], reason="ill", **approver)
    else:
        counter.ask("drill_said", what="turned_away", customer=customer["customer"])
    assert "refund" not in drill.waiting
    ends = [entry for entry in drill.log if entry["what"] in ("served", "wrong")]
    assert (ends[-1]["what"], ends[-1].get("why")) == end


def test_nobody_brings_back_what_was_never_sold(drill: Drill) -> None:
    drill.until(Task.REFUND)
    assert "refund" not in drill.waiting
    assert "skipped" in drill.whats()


def test_paper_is_issued_and_one_of_it_is_keyed_in(drill: Drill) -> None:
    drill.until(Task.PAPER)
    customer = next(one for one in drill.told["customers"] if one["task"] == "paper")
    wanted = {"show": customer["show"], "category": customer["category"]}
    drill.counter.ask("issue_paper", **wanted, count=customer["count"] + 1)  # not what was asked
    pack = drill.counter.ask("issue_paper", **wanted, count=customer["count"])["pack"]
    assert "paper" in drill.waiting
    cash = [{"kind": "cash", "amount": "59.00"}]
    drill.counter.ask("rekey_paper", tickets=[pack["tickets"][0]["id"]], price_type="adult", tenders=cash)
    assert "paper" not in drill.waiting


def test_it_is_over_when_all_is_done_and_sent_and_the_result_is_told(drill: Drill) -> None:
    drill.until(Task.MEND)
    assert drill.faults.done[-1] == "mend"
    for customer in drill.told["customers"]:
        drill.counter.ask("drill_said", what="turned_away", customer=customer["customer"])
    assert drill.told["state"] == "running"
    drill.counter.ask("sync")
    drill.wait(1)
    told = drill.told
    assert (told["state"], told["result"]["state"]) == ("over", "done")
    assert told["left_s"] == 0
    states = {mark["what"]: mark["state"] for mark in told["result"]["marks"]}
    assert (states["drained"], states["sell"], states["recognised"]) == ("good", "wrong", "missed")
    assert drill.log[-1]["why"] == "done"
    assert drill.counter.refusal("drill_said", what="jam_cleared").code == "not_allowed"


def test_it_is_over_when_the_time_is_and_the_line_is_whole_again(drill: Drill) -> None:
    drill.until(Task.CUT)
    # The machine slept: all that was due meanwhile comes at once.
    drill.wait(SECONDS)
    assert drill.told["state"] == "over"
    assert drill.log[-1] == {"s": pytest.approx(SECONDS, abs=200), "what": "over", "why": "time"}
    assert drill.faults.done[-1] == "mend"


def test_a_supervisor_who_signs_in_meanwhile_does_not_stop_the_clock(drill: Drill) -> None:
    drill.counter.ask("sign_in", user="sam", pin=PINS["sam"])
    drill.until(Task.SELL)
    assert drill.waiting == ["sell"]
