"""What becomes of money taken through a payment terminal, and what the terminal says meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

SlipKind = Literal["merchant", "customer", "administration", ""]


@dataclass(frozen=True, slots=True)
class SlipLine:
    """A line as the terminal set it: with its own blanks, or in the middle."""

    text: str
    centred: bool = False


@dataclass(frozen=True, slots=True)
class CardSlip:
    """A paper that the terminal asked us to print; `kind` is whose it is, "" when it did not say."""

    kind: SlipKind
    lines: tuple[SlipLine, ...]


@dataclass(frozen=True, slots=True)
class CardTotal:
    """What was moved with one kind of card, in minor units."""

    card: str
    count: int
    minor: int


@dataclass(frozen=True, slots=True)
class DayTotals:
    """What a terminal handed in at the end of its day, in minor units."""

    minor: int
    cards: tuple[CardTotal, ...] = ()
    first_receipt: str = ""
    last_receipt: str = ""


@dataclass(frozen=True, slots=True)
class CardOutcome:
    """What became of an order. `state` unknown: it may or may not have been carried out.

    `text` is a sentence or the terminal's own words. `receipt` names the payment: trace, terminal,
    card (masked), card_name, approval, at …; strings only. `slips` are what it asked us to print.
    Of what moves no money (an end of day with its `totals` if it told any, a repeated receipt) approved means done.
    """

    state: Literal["approved", "declined", "unknown"]
    text: str
    receipt: dict[str, str] = field(default_factory=dict)
    slips: tuple[CardSlip, ...] = ()
    totals: DayTotals | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What the terminal shows just now: `what` names it where it is one of the usual things
    ("insert_card"), `words` are its own, in its own language."""

    what: str
    words: str
