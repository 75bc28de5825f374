"""What the lists of the orders screen are made of: rows to paint, and what can be done about one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pos.domain.lookup import alike, last4_of, plain

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """One ticket of an order, to be chosen for handing out. `open` says that it can be."""

    id: str
    text: str
    state: str
    open: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list. `sign` is a shape that says the state beside its word; `facts` are for the panel."""

    id: str
    title: str
    detail: str
    side: str
    state: str
    sign: str
    strong: bool
    facts: tuple[tuple[str, str], ...]
    doc: Document
    items: tuple[Item, ...] = ()
    name: str = ""
    contact: str = ""

    def fits(self, text: str) -> bool:
        """Whether it is what somebody looks for: its number, the name or how it sounds, digits of the telephone."""
        wanted = text.strip()
        if not wanted:
            return True
        if plain(wanted) in plain(f"{self.id} {self.title} {self.name} {self.contact}"):
            return True
        return wanted in last4_of({"contact": self.contact}) or alike(wanted, self.name)


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do: under which F-key, what it is called, and the verb's fields; `run` None where it cannot be."""

    key: int
    label: str
    run: Callable[[], None] | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What a list offers for the marked row: the main action under Enter, and others."""

    primary: str = ""
    run: Callable[[], None] | None = None
    actions: tuple[Action, ...] = field(default_factory=tuple)
