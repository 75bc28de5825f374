"""Vouchers and gift cards at the office: what is left on each, and money that moved without a right to it.

The token of a purse is a place's record like any other (`rules.claims`, `rules.effects`). What is
left is booked with every fact, whatever else it says: the money has moved.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, tuple_, update

from pos.domain.facts import Fact
from pos.domain.money import Money
from pos.domain.purse import is_purse, purse_of
from sync.office.rules.disputes import Found
from sync.office.rules.history import Outcome
from sync.office.rules.places import Key
from sync.office.store.tables import PURSE

_AT: Final = tuple_(PURSE.c.show_id, PURSE.c.code).in_(bindparam("keys", expanding=True))
_LOCK: Final = select(PURSE).where(_AT).order_by(PURSE.c.show_id, PURSE.c.code).with_for_update()
_WRITE: Final = (
    update(PURSE)
    .where(PURSE.c.show_id == bindparam("of_show"), PURSE.c.code == bindparam("of_code"))
    .values(minor=bindparam("left"))
)


def worth(connection: Connection, keys: Collection[Key]) -> dict[Key, dict[str, Any]]:
    """What a grant of their tokens says of these purses. Their places are locked."""
    rows = connection.execute(select(PURSE).where(_AT), {"keys": sorted(keys)})
    return {(row.show_id, row.code): {"worth": row.minor, "valid_until": row.valid_until} for row in rows}


@dataclass
class Purses:
    """The purses that a page of facts moves money of, locked after the places."""

    connection: Connection
    left: dict[Key, Money] = field(default_factory=dict)

    @classmethod
    def lay(cls, connection: Connection, facts: Sequence[Fact]) -> Purses:
        keys = {key for fact in facts for key in _moved(fact)}
        rows = connection.execute(_LOCK, {"keys": sorted(keys)}) if keys else ()
        return cls(connection, {(row.show_id, row.code): Money(row.minor, row.currency) for row in rows})

    def take(self, fact: Fact, outcomes: Sequence[Outcome]) -> list[Found]:
        """Book what a fact moves; what of it was not its till's to move."""
        moved = _moved(fact)
        used = {
            (effect.show, effect.place): outcome
            for effect, outcome in zip(fact.effects, outcomes, strict=False)  # none of a fact that cannot be read
            if is_purse(effect.show) and effect.holder
        }
        found: list[Found] = []
        for key in {**moved, **used}:
            why = self._book(key, moved.get(key)) or _without_right(used.get(key))
            if why:
                found.append(Found(fact.fact_id, "purse", f"{' '.join(key)}: {why}", (key,), {"why": why}))
        return found

    def _book(self, key: Key, spent: Money | None) -> str:
        """Why it cannot be spent as the fact says, "" when it can."""
        before = self.left.get(key)
        if spent is None:
            return ""
        if before is None or before.currency != spent.currency:
            return "there is no such code"
        self.left[key] = before - spent
        return f"only {before} was left" if spent.minor > 0 and self.left[key].minor < 0 else ""

    def write(self) -> None:
        """Write back what is left."""
        rows = [{"of_show": show, "of_code": code, "left": left.minor} for (show, code), left in self.left.items()]
        if rows:
            self.connection.execute(_WRITE, rows)


def _moved(fact: Fact) -> dict[Key, Money]:
    """Purse -> what a fact takes from it; negative: puts back."""
    moved: dict[Key, Money] = {}
    for posting in fact.postings:
        key = purse_of(posting.account)
        if key is not None:
            moved[key] = moved[key] + posting.amount if key in moved else posting.amount
    return moved


def _without_right(outcome: Outcome | None) -> str:
    """Why the fact had no right to a purse, "" when it had."""
    if outcome is None:
        return "no right to it was used"
    return "" if outcome.verdict == "applied" else outcome.detail or "the right to it is not known yet"
