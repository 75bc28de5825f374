"""What a kind of report is: what it asks figures for, what it is asked with, who may see it, and how it is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from pos.domain.errors import Refused
from pos.domain.figures import Figures, Query
from pos.domain.report import Report
from pos.domain.season import ROLES, Season

Asked = Mapping[str, str]  # parameters by name, checked by `ReportKind.check`
DAYS: Final = ("day", "since", "until")  # ISO 8601, business days of the venue, both ends included
PARAMETERS: Final = (*DAYS, "show", "till", "cashier", "promoter", "shift")


@dataclass(frozen=True, slots=True)
class About:
    """What a builder needs beside figures. `late` are names of tills that may still have facts to send;
    `own` says that there are only this till's own facts, the office being away. `by` asks for it, titles are in
    `language`. `tills` is what the office knows of tills (`sync.office.rules.figures.standing`), `looks` its answers
    to what the kind `looks` for, empty while it is away; `records` are those of the family that the kind `reads`."""

    season: Season
    made_at: str
    late: tuple[str, ...] = ()
    own: bool = False
    by: str = ""
    language: str = "en"
    tills: Sequence[Mapping[str, Any]] = ()
    looks: Mapping[str, Any] = field(default_factory=dict)
    records: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class ReportKind:
    """`name` is a word's key. It is asked with all of `needs` and any of `takes`, names of PARAMETERS.

    `query` says which figures it is built of; `build` adds nothing that these do not say. `roles` may see it;
    whoever else signs in sees those about themselves where it is `personal`: then `cashier` is who asks. `looks` are
    what else the office is asked (`sync.office.rules.look`), `reads` the family of records that it needs.
    """

    name: str
    query: Callable[[Asked, Season], Query]
    build: Callable[[Figures, Asked, About], Report]
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    roles: frozenset[str] = frozenset(ROLES) - {"cashier"}
    personal: bool = False
    looks: tuple[str, ...] = ()
    reads: str = ""

    def __post_init__(self) -> None:
        if self.personal and "cashier" not in (*self.needs, *self.takes):
            raise ValueError(f"{self.name} is personal, and cannot be asked of a cashier")

    def check(self, fields: Mapping[str, object], season: Season) -> Asked:
        """The parameters. Raises Refused("bad_request"), naming the field, and "unknown_show"."""
        for name in fields:
            if name not in (*self.needs, *self.takes):
                known = ", ".join((*self.needs, *self.takes)) or "none"
                raise Refused("bad_request", field=name, reason=f"{self.name} has no {name}; it has: {known}")
        asked: dict[str, str] = {}
        for name in (*self.needs, *self.takes):
            value = fields.get(name, "")
            if not isinstance(value, str) or (name in self.needs and not value):
                raise Refused("bad_request", field=name, reason=f"{self.name} needs {name}, a string")
            if value:
                _check_value(name, value, season)
                asked[name] = value
        if asked.get("since", "") > asked.get("until", asked.get("since", "")):
            raise Refused("bad_request", field="until", reason=f"{asked['until']} is before {asked['since']}")
        return asked

    def allows(self, role: str) -> bool:
        return role in self.roles or self.personal


def _check_value(name: str, value: str, season: Season) -> None:
    if name in DAYS:
        try:
            good = date.fromisoformat(value).isoformat() == value
        except ValueError:
            good = False
        if not good:
            raise Refused("bad_request", field=name, reason=f'{value!r} is not a day like "2027-12-03"')
    elif name == "show":
        season.show(value)
    elif (
        (name == "till" and value not in season.tills)
        or (name == "cashier" and value not in season.users)
        or (name == "promoter" and value not in season.promoters)
    ):
        raise Refused("bad_request", field=name, reason=f"there is no {name} {value!r}")
