"""What becomes of money taken through a payment terminal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class CardOutcome:
    """What became of a card payment. `state` unknown: it may or may not have been charged.

    `text` is a sentence or the terminal's own words. `receipt` names the payment: trace, terminal,
    card (masked), card_name, approval, at …; strings only. `lines` are receipt lines that the
    terminal asked us to print.
    """

    state: Literal["approved", "declined", "unknown"]
    text: str
    receipt: dict[str, str] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
