"""What is asked of figures: which rows, and which of their dimensions are kept apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from pos.domain.figures.sums import ALWAYS, DIMENSIONS, Key, Row


@dataclass(frozen=True, slots=True)
class Query:
    """`by`: the dimensions that are kept apart, beside those that always are (`sums.ALWAYS`). The others choose rows:
    business days from `since` to `until`, both included and "" for open; any of the named, all for none. Where `shows`
    are named, rows of no show are left out."""

    by: tuple[str, ...] = ()
    what: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    shows: tuple[str, ...] = ()
    tills: tuple[str, ...] = ()
    shifts: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    _kept: tuple[bool, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if unknown := set(self.by) - set(DIMENSIONS):
            raise ValueError(f"{min(unknown)!r} is no dimension of figures")
        object.__setattr__(self, "_kept", tuple(name in self.by or name in ALWAYS for name in DIMENSIONS))

    def pick(self, rows: Iterable[Row]) -> list[Row]:
        """What is asked for of these rows, as it is kept apart."""
        return [(self.narrow(key), measured) for key, measured in rows if self.chooses(key)]

    def chooses(self, key: Key) -> bool:
        """Whether a row is asked for. What stood before the first day belongs to every period that is open before."""
        return (
            (not self.what or key.what in self.what)
            and (not self.since or key.day >= self.since)
            and (not self.until or key.day <= self.until)
            and (not self.shows or key.show in self.shows)
            and (not self.tills or key.till in self.tills)
            and (not self.shifts or key.shift in self.shifts)
            and (not self.users or key.user in self.users)
        )

    def narrow(self, key: Key) -> Key:
        """The key with what is not kept apart left blank."""
        return Key(*[value if kept else "" for value, kept in zip(key, self._kept, strict=True)])

    def to_json(self) -> dict[str, Any]:
        asked = {one.name: getattr(self, one.name) for one in fields(self) if one.init}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asked.items() if value}

    @classmethod
    def from_json(cls, doc: Mapping[str, Any]) -> Query:
        """Raises ValueError for keys or values that are none."""
        if not isinstance(doc, Mapping):
            raise ValueError(f"{doc!r} is nothing that figures are asked by")
        made: dict[str, Any] = {}
        for one in (one for one in fields(cls) if one.init):
            value = doc.get(one.name, one.default)
            if isinstance(one.default, str):
                good = isinstance(value, str)
            else:
                good = isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
            if not good:
                raise ValueError(f"{one.name}: {value!r} is not what figures are asked by")
            made[one.name] = value if isinstance(one.default, str) else tuple(value)
        if unknown := doc.keys() - made.keys():
            raise ValueError(f"{min(unknown)!r} is nothing that figures are asked by")
        return cls(**made)
