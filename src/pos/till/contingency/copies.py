"""Copies of journals: those that are made of this till's, and those of other tills that lie here."""

from __future__ import annotations

from typing import Any

from pos.domain.certificate import Hand
from pos.till.desk import Desk, Verb


def copies(desk: Desk) -> Verb[dict[str, Any]]:
    """Needs no sign-in. Where each fact is copied to and how far each copy is; whose copies are here and how fresh."""
    made, kept = desk.outside.copies, desk.outside.kept_copies
    here: list[dict[str, Any]] = [] if kept is None else (yield kept.kept())
    brought = desk.outside.office.brought()
    here = [one | {"office": brought.get(Hand(one["till"], one["incarnation"]))} for one in here]
    return {"number": desk.number, "made": made.told() if made is not None else [], "kept": here}
