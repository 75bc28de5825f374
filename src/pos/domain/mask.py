"""Card numbers are not kept: what looks like one keeps its last four digits only.

A run of 13 to 19 digits that passes Luhn's check is taken for a card's number, wherever
it stands, also in groups ("4111 1111 1111 1111") and inside a longer run. Everything that
reads, stores, shows or logs what came from outside uses this one function.
"""

from __future__ import annotations

import re
from typing import Final

_RUN: Final = re.compile(r"[0-9](?:[ -]?[0-9]){12,}")
_SHORTEST: Final = 13
_LONGEST: Final = 19
_KEPT: Final = 4
_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def scrub(text: str) -> str:
    """The text with every card number in it masked."""
    return _RUN.sub(lambda run: _masked(run[0]), text)


def _masked(run: str) -> str:
    at = [ix for ix, letter in enumerate(run) if letter.isdigit()]
    digits = [int(run[ix]) for ix in at]
    hidden: set[int] = set()
    for start, end in _numbers(digits):
        hidden.update(at[start : end - _KEPT])
    return "".join("*" if ix in hidden else letter for ix, letter in enumerate(run))


def _numbers(digits: list[int]) -> list[tuple[int, int]]:
    """Where card numbers begin and end; those that touch are one."""
    found: list[tuple[int, int]] = []
    for start in range(len(digits) - _SHORTEST + 1):
        for size in range(_SHORTEST, min(_LONGEST, len(digits) - start) + 1):
            if _passes(digits[start : start + size]):
                if found and start < found[-1][1]:
                    found[-1] = (found[-1][0], max(found[-1][1], start + size))
                else:
                    found.append((start, start + size))
    return found


def _passes(digits: list[int]) -> bool:
    backwards = digits[::-1]
    return (sum(backwards[::2]) + sum(_DOUBLED[digit] for digit in backwards[1::2])) % 10 == 0
