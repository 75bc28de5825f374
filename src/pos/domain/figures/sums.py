"""Sums of rows: the figures themselves, merged, written down and looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

_DIGITS: Final = re.compile(r"(\d+)", re.ASCII)
_NAMED: Final = 20  # facts that are named of each kind that could not be read


class Key(NamedTuple):
    """What a row is of. Which of these a row has depends on its `what`:

    money     `item` the account (purses and deposits summed by their kind), `minor` its postings, debit positive;
              `way` debit or credit; `mark` what cash was moved for
    ticket    what was sold or came back, at its gross price with the tax in it; `mark` what is special about it
    fee       a fee charged, or kept of what came back; `item` its id
    article   a product, donation or pass; `item` its id, `mark` its kind
    tender    how money came (positive) or went, by `tender`
    paid      the same split over what it paid for: `item` ticket, fee, article, deposit, account, rounding, …
    lapsed    what was left on a voucher that could be used once, by `tender`
    off       what was taken off list prices; `item` the promotion, `mark` promotion or override
    document  one for each sale, refund, … ; `item` the reason that was given, `minor` what it came to
    copy      a ticket printed again; `item` the reason
    print     an outcome of printing (`mark`), `pieces` its tickets
    admitted  tickets let in by tills
    disputed  facts that the office booked and does not agree with
    late      sales that reached the office late; `minor` what they came to
    """

    what: str
    way: str = ""
    kind: str = ""
    day: str = ""
    hour: str = ""
    till: str = ""
    shift: str = ""
    user: str = ""
    channel: str = ""
    show: str = ""
    category: str = ""
    price_type: str = ""
    tax: str = ""
    tender: str = ""
    item: str = ""
    mark: str = ""
    currency: str = ""


DIMENSIONS: Final = Key._fields
ALWAYS: Final = ("what", "way", "currency")
SOLD, BACK = "sold", "back"
DEBIT, CREDIT = "debit", "credit"  # the ways of money


class Sum(NamedTuple):
    """`minor` units, gross; the `tax` in them; how many `pieces`."""

    minor: int = 0
    tax: int = 0
    pieces: int = 0

    def plus(self, other: Sum) -> Sum:
        return Sum(self.minor + other.minor, self.tax + other.tax, self.pieces + other.pieces)


Row = tuple[Key, Sum]


class Numbers(NamedTuple):
    """Whose numbers a range is of."""

    show: str
    price_type: str
    till: str


@dataclass
class Figures:
    """Sums by key. `numbers` are the first and last ticket sold of a show and price type at a till, where a query keeps
    these apart; `unread` is, by kind of fact, how many could not be read, and which (the first few by name); `heads`
    the last fact of each till and incarnation ("T1.1") that is in here."""

    sums: dict[Key, Sum] = field(default_factory=dict)
    numbers: dict[Numbers, tuple[str, str]] = field(default_factory=dict)
    unread: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    heads: dict[str, int] = field(default_factory=dict)

    def add(self, rows: Iterable[Row]) -> None:
        for key, measured in rows:
            self._put(key, measured)

    def _put(self, key: Key, measured: Sum) -> None:
        known = self.sums.get(key)
        self.sums[key] = measured if known is None else known.plus(measured)

    def sold(self, key: Numbers, ticket: str) -> None:
        """A ticket with this number was sold."""
        self._range(key, ticket, ticket)

    def _range(self, key: Numbers, first: str, last: str) -> None:
        known = self.numbers.get(key, (first, last))
        self.numbers[key] = min(known[0], first, key=in_order), max(known[1], last, key=in_order)

    def unreadable(self, kind: str, facts: Iterable[str], count: int = 1) -> None:
        """Facts whose figures could not be read."""
        known, named = self.unread.get(kind, (0, ()))
        self.unread[kind] = known + count, tuple(sorted({*named, *facts}, key=in_order))[:_NAMED]

    def reached(self, ledger: str, number: int) -> None:
        """The facts of this till and incarnation are in here up to this one."""
        self.heads[ledger] = max(number, self.heads.get(ledger, 0))

    def merge(self, other: Figures) -> Figures:
        """Take the other's sums in; itself. Parts may be merged in any order."""
        for key, measured in other.sums.items():
            self._put(key, measured)
        for numbers, (first, last) in other.numbers.items():
            self._range(numbers, first, last)
        for kind, (count, facts) in other.unread.items():
            self.unreadable(kind, facts, count)
        for ledger, number in other.heads.items():
            self.reached(ledger, number)
        return self

    # ---- looked at ---------------------------------------------------------------------

    def rows(self, what: str, where: Callable[[Key], bool] | None = None) -> Iterator[tuple[Key, Sum]]:
        """The rows of one `what`, in order."""
        for key in sorted(key for key in self.sums if key.what == what):
            if where is None or where(key):
                yield key, self.sums[key]

    def by(self, what: str, *names: str, where: Callable[[Key], bool] | None = None) -> dict[tuple[str, ...], Sum]:
        """The sums of one `what` by these dimensions, in their order."""
        found: dict[tuple[str, ...], Sum] = {}
        for key, measured in self.rows(what, where):
            group = tuple(getattr(key, name) for name in names)
            found[group] = found.get(group, Sum()).plus(measured)
        return dict(sorted(found.items()))

    def total(self, what: str, where: Callable[[Key], bool] | None = None) -> Sum:
        found = Sum()
        for _, measured in self.rows(what, where):
            found = found.plus(measured)
        return found

    # ---- written down ------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """Rows as lists, without the columns that all of them leave blank."""
        used = [at for at in range(len(DIMENSIONS)) if any(key[at] for key in self.sums)]
        return {
            "columns": [DIMENSIONS[at] for at in used],
            "rows": [[*(key[at] for at in used), *measured] for key, measured in sorted(self.sums.items())],
            "numbers": [[*key, *ends] for key, ends in sorted(self.numbers.items())],
            "unread": {kind: [count, list(facts)] for kind, (count, facts) in sorted(self.unread.items())},
            "heads": dict(sorted(self.heads.items())),
        }

    @classmethod
    def from_json(cls, doc: Mapping[str, Any]) -> Figures:
        """Raises ValueError or KeyError for anything that is none."""
        columns = doc["columns"]
        if unknown := set(columns) - set(DIMENSIONS):
            raise ValueError(f"{min(unknown)!r} is no dimension of figures")
        made = cls()
        for row in doc["rows"]:
            *values, minor, tax, count = row
            made._put(Key(**dict(zip(columns, values, strict=True))), Sum(minor, tax, count))
        for show, price_type, till, first, last in doc["numbers"]:
            made._range(Numbers(show, price_type, till), first, last)
        for kind, (count, facts) in doc["unread"].items():
            made.unreadable(kind, facts, count)
        for ledger, number in doc["heads"].items():
            made.reached(ledger, number)
        return made


def in_order(name: str) -> tuple[tuple[tuple[int, str], ...], str]:
    """To sort numbers in names as numbers: T1-00009-2 before T1-00010-1."""
    parts = _DIGITS.split(name)
    return tuple((int(part), "") if at % 2 else (-1, part) for at, part in enumerate(parts)), name
