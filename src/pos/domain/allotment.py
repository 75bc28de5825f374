"""How many rights to a category a till keeps in hand, and how many it can do without.

`ceiling` is the show's allotment of the category: as many as a till should have, where there
are enough. Below half of it, the low-water mark, a till asks for more; above it, it may be asked
for what another lacks, so that both come out even. Fewer than an eighth of the ceiling are not
worth a passing: tills that are nearly even leave each other alone.
"""

from __future__ import annotations


def low_water(ceiling: int) -> int:
    """What a till keeps for itself, whoever asks."""
    return -(-ceiling // 2)


def is_low(held: int, ceiling: int) -> bool:
    return held * 2 < ceiling


def worth_a_passing(ceiling: int) -> int:
    """The fewest rights for which another till is asked."""
    return max(1, ceiling // 8)


def to_pass(held: int, lacking: int, other: int, ceiling: int) -> int:
    """How many of the `held` rights should go to a till that has `other` and lacks so many of its ceiling."""
    even = -(-(held + other) // 2)
    count = min(lacking, held - max(low_water(ceiling), even))
    return count if count >= min(worth_a_passing(ceiling), lacking) and count > 0 else 0
