"""The accounts file: which number of the bookkeeper's chart each of our accounts goes to.

[datev]                         # for the format datev only
consultant = 29098              # Beraternummer
client = 55003                  # Mandantennummer
fiscal_year = "2027-01-01"      # where it begins
account_length = 4              # digits of the chart's accounts
chart = "03"                    # which chart, if that matters
locked = true                   # Festschreibung: posted entries may not be changed any more
leave_out = ["USD"]             # foreign cash that is booked by hand

[[account]]                     # the first that fits counts
ours = "drawer:*"
number = "1600"
[[account]]
ours = "revenue:*"
number = "8400"
tax_key = "40"                  # BU-Schlüssel of entries against it
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from pos.domain.errors import Unreadable

_NUMBER: Final = re.compile(r"\d{1,9}", re.ASCII)
_TAX_KEY: Final = re.compile(r"\d{1,4}", re.ASCII)
_OURS: Final = re.compile(r"[^\s*]+\*?|\*")
_CONSULTANT: Final = range(1_001, 10_000_000)
_CLIENT: Final = range(1, 100_000)
_LENGTH: Final = range(4, 9)


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """An account of the chart, and the tax key of entries against it, "" for none."""

    number: str
    tax_key: str = ""


@dataclass(frozen=True, slots=True)
class Datev:
    """What the header of the format says. Numbers are those that the tax adviser gives."""

    consultant: int
    client: int
    fiscal_year: date
    account_length: int = 4
    chart: str = ""
    locked: bool = False
    leave_out: frozenset[str] = frozenset()


@dataclass(frozen=True)
class AccountMap:
    """`rows` are (ours, target), in the file's order; an `ours` that ends in * fits all that begin so."""

    where: str
    rows: tuple[tuple[str, Target], ...]
    datev: Datev | None = None

    @cached_property
    def _known(self) -> dict[str, Target | None]:
        return {}

    def target(self, account: str) -> Target | None:
        """Where one of our accounts goes, None for nowhere."""
        if account not in self._known:
            self._known[account] = next((target for ours, target in self.rows if _fits(ours, account)), None)
        return self._known[account]


def _fits(ours: str, account: str) -> bool:
    return account.startswith(ours[:-1]) if ours.endswith("*") else account == ours


def read_accounts(text: str, where: str) -> AccountMap:
    """Read an accounts file. Raises Unreadable, naming file, key and reason."""
    try:
        doc = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(where, "", str(error)) from error
    _known(doc, {"account", "datev"}, where, "")
    found = doc.get("account")
    if not isinstance(found, list) or not found:
        raise Unreadable(where, "account", "there must be at least one [[account]]")
    datev = _datev(doc["datev"], where) if "datev" in doc else None
    longest = datev.account_length + 1 if datev is not None else 9
    rows = []
    for at, row in enumerate(found):
        key = f"account[{at}]"
        _known(row, {"ours", "number", "tax_key"}, where, key)
        ours = _text(row, "ours", _OURS, where, key, 'an account like "safe", or a beginning like "drawer:*"')
        number = _text(row, "number", _NUMBER, where, key, 'digits in a string, like "1600"')
        if len(number) > longest:
            raise Unreadable(where, f"{key}.number", f"{number!r} has more than {longest} digits")
        tax_key = ""
        if "tax_key" in row:
            tax_key = _text(row, "tax_key", _TAX_KEY, where, key, 'at most four digits in a string, like "40"')
        rows.append((ours, Target(number, tax_key)))
    return AccountMap(where, tuple(rows), datev)


def _datev(doc: Any, where: str) -> Datev:
    keys = {"consultant", "client", "fiscal_year", "account_length", "chart", "locked", "leave_out"}
    _known(doc, keys, where, "datev")
    year = doc.get("fiscal_year")
    try:
        begins = year if type(year) is date else date.fromisoformat(str(year))
    except ValueError as error:
        raise Unreadable(where, "datev.fiscal_year", f'{year!r} is not a day like "2027-01-01"') from error
    chart, locked, left = doc.get("chart", ""), doc.get("locked", False), doc.get("leave_out", [])
    if not isinstance(chart, str) or not re.fullmatch(r"\d{0,4}", chart, re.ASCII):
        raise Unreadable(where, "datev.chart", f'{chart!r} is not a chart like "03"')
    if not isinstance(locked, bool):
        raise Unreadable(where, "datev.locked", f"{locked!r} is not true or false")
    if not isinstance(left, list) or not all(isinstance(one, str) for one in left):
        raise Unreadable(where, "datev.leave_out", "must be a list of currencies")
    return Datev(
        _whole(doc, "consultant", _CONSULTANT, where),
        _whole(doc, "client", _CLIENT, where),
        begins,
        _whole({"account_length": 4, **doc}, "account_length", _LENGTH, where),
        chart,
        locked,
        frozenset(left),
    )


def _known(doc: Any, keys: set[str], where: str, key: str) -> None:
    if not isinstance(doc, dict):
        raise Unreadable(where, key, "must be a table")
    for name in doc:
        if name not in keys:
            path = f"{key}.{name}" if key else name
            raise Unreadable(where, path, f"is not known here; known are: {', '.join(sorted(keys))}")


def _text(row: dict[str, Any], name: str, pattern: re.Pattern[str], where: str, key: str, be: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise Unreadable(where, f"{key}.{name}", f"{value!r} is not {be}")
    return value


def _whole(doc: dict[str, Any], name: str, allowed: range, where: str) -> int:
    value = doc.get(name)
    if type(value) is not int or value not in allowed:
        raise Unreadable(where, f"datev.{name}", f"{value!r} is not a number from {allowed[0]} to {allowed[-1]}")
    return value
