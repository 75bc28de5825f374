"""The protocol is safe in every state that the model can reach, and without any one of its guards it is not.

`pytest -s` shows the shortest way to each violation; `python -m tests.model --large` searches further.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from tests.model.configurations import MUTATIONS, QUICK, UNREADABLE, search
from tests.model.rights import Model
from tests.model.rules import Bounds, Rules
from tests.model.search import TooLarge, explore
from tests.model.words import State, start

AT_MOST = 300_000  # states; more would not be a quick test


@pytest.mark.parametrize("name", QUICK)
def test_no_seat_is_sold_twice_and_no_sale_lost(name: str) -> None:
    safe = QUICK[name]
    found = search(safe.rules, safe.bounds, "broken", AT_MOST)
    assert not found.violation, str(found)
    # A model that cannot move is safe, too.
    missing = [what for what in safe.happens if not any(what in step for step in found.steps)]
    assert not missing, f"never happened in {found.states} states: {missing}"
    print(f"{name}: {found}")


@pytest.mark.parametrize("name", MUTATIONS)
def test_every_guard_is_needed(name: str) -> None:
    mutation = MUTATIONS[name]
    rules = dataclasses.replace(mutation.rules, **dict.fromkeys(mutation.without, False))
    found = search(rules, mutation.bounds, mutation.invariant, AT_MOST)
    assert mutation.violation in found.violation, str(found)
    print(f"{name}: {found}")


def test_every_rule_is_taken_away_somewhere() -> None:
    assert {rule for mutation in MUTATIONS.values() for rule in mutation.without} == set(vars(Rules()))


def test_an_old_folder_that_sold_is_noticed() -> None:
    """The honest limit: where the amnesia guard is blind, the forked history is at least seen."""
    found = search(Rules(amnesia=False), Bounds(restore=True, epochs=2), "unnoticed", AT_MOST)
    assert not found.violation, str(found)


TRANSFERS = Bounds(epochs=2, hops=2, transfers=True, refunds=True)
THREE = Bounds(tills=3, epochs=1, hops=2, facts=2, given=True, transfers=True)


@pytest.mark.parametrize(
    ("what", "rules", "bounds"),
    [
        (lambda state: state.office.parked, UNREADABLE, TRANSFERS),
        (lambda state: len({due.till for due in state.office.past}) > 1, Rules(), THREE),
        (
            lambda state: any(due.token[0] < state.office.records[0].token[0] for due in state.office.past),
            Rules(),
            TRANSFERS,
        ),
    ],
    ids=["an effect is parked", "two givers are behind", "a giver is behind a later grant"],
)
def test_the_model_gets_there(what: Callable[[State], object], rules: Rules, bounds: Bounds) -> None:
    model = Model(rules, bounds)
    found = explore(start(bounds), model.steps, lambda state: "there" if what(state) else "", at_most=AT_MOST)
    assert found.violation == "there"


def test_nothing_is_parked_where_certificates_can_be_read() -> None:
    bounds = QUICK["transfers"].bounds
    model = Model(Rules(), bounds)
    found = explore(start(bounds), model.steps, lambda state: "parked" if state.office.parked else "", at_most=AT_MOST)
    assert not found.violation, str(found)


def test_a_search_without_an_end_proves_nothing() -> None:
    with pytest.raises(TooLarge):
        explore(0, lambda n: [("on", n + 1)], lambda n: "", at_most=100)
