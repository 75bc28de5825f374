"""Training codes at a real till, and the line of a training till."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pos.app.counter import TicketCodes
from pos.app.drill.faults import Faults
from pos.domain.drills.script import Order
from pos.domain.sale import TRAINING, of_training
from pos.till.contingency.exercise import Exercise, Kit
from tests.unit.till.counter import Counter

CODE = "TRAINN0STY9N"
SAYS = "This is a ticket from training. It is valid nowhere."


class ToyCable:
    """Remembers what was done to it."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def cut(self) -> None:
        self.done.append("cut")

    def mend(self) -> None:
        self.done.append("mend")


@pytest.fixture
def cable(counter: Counter) -> ToyCable:
    """The counter is one of training from now on."""
    cable = ToyCable()
    counter.desk.outside = replace(counter.desk.outside, cable=cable)
    return cable


def test_a_real_till_says_of_a_training_code_what_it_is(counter: Counter) -> None:
    for verb, fields in (
        ("find", {"code": CODE}),
        ("find", {"code": CODE.lower() + ".1"}),
        ("admit", {"code": CODE, "show": "aida"}),
        ("refund", {"tickets": [CODE], "reason": "ill"}),
    ):
        refused = counter.refusal(verb, **fields)
        assert (refused.code, counter.front.sentence(refused)) == ("unknown_ticket", SAYS)
    counter.events.clear()
    assert counter.ask("scan", text=CODE)["scanned"]["kind"] == "training"


def test_at_a_training_till_the_same_code_is_a_code_like_any_other(counter: Counter, cable: ToyCable) -> None:
    assert counter.ask("find", code=CODE)["sales"] == []
    assert counter.ask("scan", text=CODE)["scanned"]["kind"] == "unknown"


def test_codes_of_training_are_told_from_all_others() -> None:
    training, real = TicketCodes(TRAINING), TicketCodes()
    assert all(of_training(training.code()) for _ in range(200))
    assert {len(training.code()), len(real.code())} == {12}
    # No code that is sold has an I in it.
    assert not any("I" in real.code() for _ in range(500))
    assert not any(map(of_training, ("TRAIN", "TRAIN-PASS1234", "TRAINING", "T1-00001", "XTRAINN0STY9N")))


def test_the_line_is_cut_and_mended_in_training_only(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    refused = counter.refusal("link", cut=True)
    assert refused.code == "not_allowed"
    assert "training only" in counter.front.sentence(refused)


def test_the_line_of_a_training_till(counter: Counter, cable: ToyCable) -> None:
    assert counter.ask("link", cut=True) == {"line": "cut"}
    assert counter.ask("link", mend=True) == {"line": "whole"}
    for wrong in ({}, {"cut": True, "mend": True}, {"cut": False}):
        assert counter.refusal("link", **wrong).code == "bad_request"
    assert cable.done == ["cut", "mend"]


def test_in_a_drill_nobody_mends_the_line_but_the_drill(counter: Counter, cable: ToyCable) -> None:
    order = Order("X1", "anna", "sam", "2027-1", 1, 600, "2027-03-01T18:00:00+01:00")
    drill = Exercise(Kit(order, Faults(), lambda entry: None))
    counter.desk.outside = replace(counter.desk.outside, exercise=drill)
    assert "by itself" in counter.front.sentence(counter.refusal("link", mend=True))
    assert cable.done == []
