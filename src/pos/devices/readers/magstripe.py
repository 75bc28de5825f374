"""The tracks of a magnetic stripe, as readers send them: %TRACK1?;TRACK2?;TRACK3? (ISO/IEC 7811).

A member card has its number in front of the first separator ("^" on track 1, "=" on the others).
A bank's card has its number there, too: such a card is told by Luhn's check, and its number, its
owner's name and everything behind it go no further than this module.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pos.domain.mask import scrub

STARTS: Final = ("%", ";")
# A longitudinal check letter may stand behind each end sentinel.
_STRIPE: Final = re.compile(r"(?:%(?P<one>[^%;?]*)\?[^%;]?)?(?:;(?P<two>[^%;?]*)\?[^%;]?)?(?:;(?P<three>[^%;?]*)\?.?)?")
_FAILED: Final = ("E", "E1", "E2", "")  # what a reader sends of a track that it could not read


class Unread(ValueError):
    """The stripe was not read whole; the message says what was wrong with it, without its contents."""


@dataclass(frozen=True, slots=True)
class Swipe:
    """A card that was swiped. `number` is masked when `bank` says that it is a payment card's."""

    number: str
    bank: bool


def is_swipe(text: str) -> bool:
    """Whether a reading begins like a stripe."""
    return text.startswith(STARTS)


def read_swipe(text: str) -> Swipe:
    """Read what a reader sent of one card. Raises Unread."""
    stripe = _STRIPE.fullmatch(text.strip())
    if stripe is None:
        raise Unread("its tracks have no end, or stand in no order")
    tracks = [stripe["two"], stripe["one"], stripe["three"]]
    numbers = [_number(track) for track in tracks if track is not None and track not in _FAILED]
    numbers = [number for number in numbers if number]
    if not numbers:
        raise Unread("no track of it could be read")
    # Whichever track says that it is a bank's card: its number is on another one in another form.
    masked = [scrub(number) for number in numbers]
    bank = [hidden for number, hidden in zip(numbers, masked, strict=True) if hidden != number]
    return Swipe(bank[0], True) if bank else Swipe(numbers[0], False)


def _number(track: str) -> str:
    number = re.split(r"[=^]", track)[0].strip()
    # Track 1 of a bank's card begins with its format, "B".
    return number[1:] if re.fullmatch(r"B[0-9 ]+", number) else number
