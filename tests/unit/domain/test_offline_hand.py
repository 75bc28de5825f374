"""How often a till that is cut off must refuse what is free: without rights in hand, with some, with enough.

A plain pattern of sales, four windows over an hour's outage, on the opera's plan; the printed rates are measured.
`tests/simulation` measures the same over whole evenings.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping

import pytest

from pos.data import resource
from pos.domain.best import Field, together
from pos.domain.choice import block
from pos.domain.plan import Plan, read_plan

TILLS = 4
CUSTOMERS = 40  # at each window while the line is down
SIZES = {1: 0.25, 2: 0.55, 3: 0.1, 4: 0.1}  # of parties; they want to sit together


@pytest.fixture(scope="module")
def opera() -> Plan:
    return read_plan(resource("plans", "opera.json").read_bytes(), "opera.json")


def demand(plan: Plan, chance: random.Random) -> list[tuple[str, int]]:
    """What a window's customers ask for: a category as large as it is, and so many seats together."""
    sizes = Counter(plan.categories[category].name for category in plan.category)
    names = [name for name, seats in sizes.items() if seats >= 100]
    wanted = chance.choices(names, [sizes[name] for name in names], k=CUSTOMERS)
    return [(name, chance.choices(list(SIZES), list(SIZES.values()))[0]) for name in wanted]


def sized(plan: Plan) -> dict[str, int]:
    """An allotment for what an hour may bring: what is expected of a category, three deviations, and a party more."""
    expected: Counter[str] = Counter()
    for name, party in demand(plan, random.Random(0)):
        expected[name] += party
    variance = sum(size**2 * share for size, share in SIZES.items()) / sum(s * share for s, share in SIZES.items())
    return {name: int(seats + 3 * (variance * seats) ** 0.5 + max(SIZES)) for name, seats in expected.items()}


def refused_offline(plan: Plan, allotment: Mapping[str, int], seed: int) -> float:
    """The share of customers who are refused though what they want is free at the office."""
    chance = random.Random(seed)
    free = set(range(len(plan)))
    hands: list[set[int]] = []
    for till in range(TILLS):
        hand: set[int] = set()
        for name, ceiling in allotment.items():
            hand.update(block(plan, name, ceiling, free.__contains__, till / TILLS))
        free -= hand
        hands.append(hand)
    refused = asked = 0
    for hand in hands:
        for name, party in demand(plan, chance):
            asked += 1
            found = together(Field.of(plan, name, hand.__contains__), party)
            if found is not None:
                hand.difference_update(found.seats)
            elif together(Field.of(plan, name, free.union(*hands).__contains__), party) is not None:
                refused += 1
    return refused / asked


def rate(plan: Plan, allotment: Mapping[str, int]) -> float:
    return sum(refused_offline(plan, allotment, seed) for seed in range(1, 4)) / 3


def test_an_allotment_sized_for_the_outage_refuses_hardly_anybody(opera: Plan) -> None:
    enough = sized(opera)
    few = {name: max(2, ceiling // 4) for name, ceiling in enough.items()}
    without, with_few, with_enough = (rate(opera, allotment) for allotment in ({}, few, enough))
    print(f"refused offline: {without:.1%} without rights, {with_few:.1%} with a quarter, {with_enough:.1%} sized")
    assert without > 0.95, "but for parties for whom nobody has so many together"
    assert with_enough <= 0.02 < with_few < without


def test_rights_in_hand_are_in_blocks_that_parties_can_be_sold(opera: Plan) -> None:
    """As many rights, but scattered, refuse parties that blocks can seat."""
    name, ceiling = max(sized(opera).items(), key=lambda item: item[1])
    chance = random.Random(3)
    seats = [ix for ix, category in enumerate(opera.category) if opera.categories[category].name == name]
    scattered = set(chance.sample(seats, ceiling))
    in_blocks = set(block(opera, name, ceiling, lambda ix: True))

    def pairs(hand: set[int]) -> int:
        sold = 0
        while (found := together(Field.of(opera, name, hand.__contains__), 2)) is not None:
            hand.difference_update(found.seats)
            sold += 1
        return sold

    assert pairs(set(in_blocks)) >= 0.8 * (ceiling // 2)
    assert pairs(set(scattered)) < 0.5 * pairs(set(in_blocks))
