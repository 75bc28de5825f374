"""The protocol is safe in every state that the model can reach, and without any one of its guards it is not."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.model.rights import Bounds, Model, Rules, start
from tests.model.search import Found, TooLarge, explore

AT_MOST = 300_000  # states; more would not be a quick test


def search(rules: Rules, bounds: Bounds, invariant: str) -> Found[object]:
    model = Model(rules, bounds)
    return explore(start(bounds), model.steps, getattr(model, invariant), at_most=AT_MOST)


@pytest.mark.parametrize(
    ("bounds", "at_least"),
    [
        (Bounds(epochs=5, facts=6), 1_000),
        (Bounds(tills=3, epochs=4, facts=4), 2_000),
        (Bounds(seats=2, epochs=2, facts=2), 10_000),
        (Bounds(restore=True), 4_000),
        (Bounds(tills=1, seats=2, epochs=2, facts=2, restore=True), 5_000),
        (Bounds(replace=True, epochs=4, facts=4), 400),
        (Bounds(replace=True, restore=True, epochs=2), 2_000),
    ],
    ids=str,
)
def test_no_seat_is_sold_twice_and_no_sale_lost(bounds: Bounds, at_least: int) -> None:
    found = search(Rules(), bounds, "broken")
    assert not found.violation, str(found)
    # A model that cannot move is safe, too.
    assert found.states >= at_least, f"only {found.states} states: something is switched off"


@dataclass(frozen=True)
class Mutation:
    """One guard taken away, and the violation that this must lead to."""

    rules: Rules
    bounds: Bounds
    violation: str
    invariant: str = "sold_twice"


MUTATIONS = {
    "a late grant is accepted again": Mutation(Rules(max_token=False), Bounds(), "sold 2 times"),
    "a till tells before it lets go": Mutation(Rules(let_go_first=False), Bounds(), "sold 2 times"),
    "a grant comes after its return": Mutation(Rules(return_raises_guard=False), Bounds(), "sold 2 times"),
    "the office takes rights back by its clock": Mutation(Rules(office_clock_reclaims=True), Bounds(), "sold 2 times"),
    "facts are applied out of order": Mutation(Rules(in_number_order=False), Bounds(), "disputed", "broken"),
    "facts are applied again": Mutation(Rules(once_per_number=False), Bounds(web=False), "disputed", "broken"),
    "a replaced till's rights go to the pool": Mutation(Rules(quarantine=False), Bounds(replace=True), "sold 2 times"),
    "an old folder sells": Mutation(Rules(amnesia=False), Bounds(restore=True), "sold 2 times"),
    "rival facts pass for repetitions": Mutation(
        Rules(amnesia=False, rivals_by_hash=False), Bounds(restore=True), "nobody notices", "unnoticed"
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_every_guard_is_needed(name: str) -> None:
    mutation = MUTATIONS[name]
    found = search(mutation.rules, mutation.bounds, mutation.invariant)
    assert mutation.violation in found.violation, str(found)
    assert found.trace
    print(f"{name}: {found}")


def test_an_old_folder_that_sold_is_noticed() -> None:
    """The honest limit: where the amnesia guard is blind, the forked history is at least seen."""
    found = search(Rules(amnesia=False), Bounds(restore=True, epochs=2), "unnoticed")
    assert not found.violation, str(found)


def test_a_search_without_an_end_proves_nothing() -> None:
    with pytest.raises(TooLarge):
        explore(0, lambda n: [("on", n + 1)], lambda n: "", at_most=100)
