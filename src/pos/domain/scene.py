"""What a customer is to see at the window: values, for whatever shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pos.domain.money import Money


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One ticket: its place, the show and price type, its price."""

    place: str
    detail: str
    price: Money


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount and the word for it."""

    word: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture, in the customer's `language`. `heading` is the venue's name, or the thanks once it is paid.

    `due` is what it comes to; `given` and `change` are there once it was paid in cash. `code` is the text of
    a code to scan: the sale's, or the venue's address; empty for none. `note` is what the payment terminal says
    meanwhile.
    """

    kind: Literal["idle", "basket", "paid"]
    language: str
    heading: str
    lines: tuple[ShownLine, ...] = ()
    fees: tuple[Sum, ...] = ()
    due: Sum | None = None
    given: Sum | None = None
    change: Sum | None = None
    code: str = ""
    note: str = ""
