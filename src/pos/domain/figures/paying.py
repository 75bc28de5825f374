"""What was paid for by what: the tenders of a sale or refund, split over its parts.

Like a ticket's share in how it was paid (`pos.domain.refund.shares`), parts take in their order from what was not
cash first. Tenders keep their own kinds here, foreign cash too, so that these rows add up to the tenders' to the cent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pos.domain.sale import FOREIGN

_LAST = ("cash", FOREIGN)
CARRIED = "exchange"  # what the old tickets of an exchange are worth, which pays for the new ones


@dataclass(frozen=True, slots=True)
class Part:
    """What is paid for: `item` ticket, fee, article, …; amounts in minor units. `kept` of it does not go back, of
    what comes back: it is the fee that the house keeps."""

    item: str
    minor: int
    show: str = ""
    price_type: str = ""
    kept: int = 0


def split(parts: Iterable[Part], tenders: Sequence[tuple[str, int]], rest: str) -> Iterator[tuple[Part, str, int]]:
    """(part, tender, minor) for what each part takes of each tender. What no part takes (the rounding, change for
    foreign cash, what an exchange pays out) is of a part named `rest`."""
    pool = sorted(((kind, minor) for kind, minor in tenders if minor), key=lambda one: one[0] in _LAST)
    for part in parts:
        wanted, last = part.minor - part.kept, ""
        for at, (kind, minor) in enumerate(pool):
            taken = min(max(minor, 0), wanted)
            if taken:
                pool[at] = kind, minor - taken
                wanted, last = wanted - taken, kind
                yield part, kind, taken
        if wanted:
            # The tenders fall short by the rounding of cash; or there are none, and nothing was paid.
            last = last or (pool[-1][0] if pool else "")
            yield part, last, wanted
            _owe(pool, last, wanted)
        if part.kept:
            last = last or (pool[-1][0] if pool else "")
            yield part, last, part.kept
            yield Part("fee", -part.kept, part.show, part.price_type), last, -part.kept
    yield from ((Part(rest, minor), kind, minor) for kind, minor in pool if minor)


def _owe(pool: list[tuple[str, int]], kind: str, minor: int) -> None:
    """What was taken beyond the tenders, so that the rest makes up for it."""
    for at, (name, left) in enumerate(pool):
        if name == kind:
            pool[at] = name, left - minor
            return
    pool.append((kind, -minor))
