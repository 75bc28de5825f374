"""The books of ticket paper: where every numbered blank is, as accounts that blanks move between.

The laws:

* Every move takes numbers from one account and puts them into another, so the accounts of a number always sum to
  nothing: no blank appears or gets lost. A blank begins in the works that printed it (or is found by a window that
  nobody gave it to), and ends used, spoiled or sent back.
* From window to window it goes in two confirmations: the giver's puts it on the way, the receiver's takes it from
  there. Both are facts of their own tills and may be cut off from each other, in either order: a receiver's that
  came first leaves its way below nothing until the giver's has come.
* Moves only add up, so the books do not depend on the order in which tills are heard, and each till can keep
  those of its own hand alone.
* A number is claimed by whoever has it in hand, and by whoever has used, spoiled or sent it back. A receiver's word
  that the giver has not confirmed yet speaks against one hand: the giver's, or, where the giver has not even told
  that it had the number, whoever's it may have come from. More claims than one are a contradiction: a person has to
  look at the paper. Anything else that does not add up yet is an open item.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

from pos.domain.facts import Kind
from pos.domain.serials import Serials, Series, ranges

WORKS: Final = "works"
_ENDS: Final = ("used", "spoiled", "sent_back")  # nothing comes back out of these


class Move(StrEnum):
    """What is done with ticket paper."""

    ISSUED = "issued"  # to another window
    TAKEN = "taken"  # from another window
    WITHDRAWN = "withdrawn"  # what was on its way to another window comes back
    FOUND = "found"  # here, and nobody is known to have given it
    SPOILED = "spoiled"
    SENT_BACK = "sent_back"  # to the works, or destroyed
    MISSING = "missing"  # not there when it was counted
    BACK = "back"  # there after all
    TAKEN_OVER = "taken_over"  # in this window's hand since before it was enrolled anew: only its own books change


def hand(till: str) -> str:
    return f"hand:{till}"


def way(giver: str, receiver: str) -> str:
    return f"way:{giver}>{receiver}"


@dataclass(frozen=True, slots=True)
class Transfer:
    """Numbers go from one account to another."""

    serials: Serials
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Open:
    """What does not add up yet. `what`: underway | unconfirmed | never_here | missing | found; `till` has it, or is
    to have it, and `other` is the window that it comes from."""

    what: str
    serials: Serials
    till: str
    other: str = ""

    def to_json(self) -> dict[str, Any]:
        return {"what": self.what, "serials": self.serials.to_json(), "till": self.till, "from": self.other}


@dataclass(frozen=True, slots=True)
class Contested:
    """Numbers that more than one account claims."""

    serials: Serials
    claims: tuple[str, ...]


def accounts_of(move: str, till: str, other: str = "") -> tuple[str, str]:
    """From which account a move takes, and into which it puts. Raises ValueError for a move that there is not."""
    here = hand(till)
    match Move(move):
        case Move.FOUND:
            return f"found:{till}", here
        case Move.ISSUED:
            return here, way(till, other)
        case Move.TAKEN:
            return way(other, till), here
        case Move.WITHDRAWN:
            return way(till, other), here
        case Move.BACK:
            return f"missing:{till}", here
        case Move.TAKEN_OVER:
            return f"earlier:{till}", here
        case ending:
            return here, f"{ending.value}:{till}"


def transfers_in(kind: str, till: str, body: Mapping[str, Any], *, own: bool = False) -> list[Transfer]:
    """What a fact of a till does with ticket paper; in its `own` books, or in those of the house.

    Raises ValueError or KeyError for a body that is none."""
    if kind == Kind.STOCK_MOVED and body["move"] == Move.TAKEN_OVER and not own:
        return []
    if kind == Kind.STOCK_MOVED:
        source, target = accounts_of(body["move"], till, body.get("other", ""))
        return [Transfer(one, source, target) for one in ranges(body["serials"])]
    if kind == Kind.STOCK_RECEIVED:
        return [Transfer(one, WORKS, hand(till)) for one in ranges(body["record"]["serials"])]
    found: list[Transfer] = []
    if kind == Kind.PRINT_REPORTED and "stock" in body:
        stock = body["stock"]
        for page in stock["used"]:
            found += [Transfer(one, hand(till), f"used:{till}") for one in ranges(page["serials"])]
        found += [Transfer(one, hand(till), f"spoiled:{till}") for one in ranges(stock["spoiled"])]
    if kind == Kind.STOCK_COUNTED and "paper" in body:
        for move in (Move.MISSING, Move.BACK, Move.FOUND):
            source, target = accounts_of(move, till)
            found += [Transfer(one, source, target) for one in ranges(body["paper"].get(move.value, []))]
    return found


Runs = list[tuple[int, int, int]]  # first, last, count; apart, in order, no count of 0


def _added(runs: Runs, first: int, last: int, count: int) -> Runs:
    """The runs with `count` more of every number from `first` to `last`."""
    ends = sorted({first, last + 1, *(a for a, _, _ in runs), *(b + 1 for _, b, _ in runs)})
    at, found = 0, Runs()
    for start, after in pairwise(ends):
        while at < len(runs) and runs[at][1] < start:
            at += 1
        here = runs[at][2] if at < len(runs) and runs[at][0] <= start else 0
        here += count if first <= start <= last else 0
        if not here:
            continue
        if found and found[-1][1] + 1 == start and found[-1][2] == here:
            found[-1] = (found[-1][0], after - 1, here)
        else:
            found.append((start, after - 1, here))
    return found


@dataclass
class Books:
    """The accounts, or those of them that one till keeps. `touched` are those that changed since it was emptied."""

    accounts: dict[tuple[str, Series], Runs] = field(default_factory=dict)
    touched: set[tuple[str, Series]] = field(default_factory=set)

    def book(self, transfer: Transfer) -> None:
        one = transfer.serials
        for account, count in ((transfer.source, -1), (transfer.target, 1)):
            key = account, one.series
            runs = _added(self.accounts.get(key, []), one.first, one.last, count)
            self.touched.add(key)
            if runs:
                self.accounts[key] = runs
            else:
                self.accounts.pop(key, None)

    def of(self, account: str, *, below: bool = False) -> list[Serials]:
        """The numbers in an account, in order; with `below` those that it lacks."""
        found = [
            Serials(series, first, last)
            for (name, series), runs in self.accounts.items()
            if name == account
            for first, last, count in runs
            if (count < 0) == below
        ]
        return sorted(found)

    def within(self, account: str, serials: Serials) -> list[Serials]:
        """Those of the numbers that are in an account."""
        runs = self.accounts.get((account, serials.series), [])
        return [
            serials.part(max(first, serials.first), min(last, serials.last))
            for first, last, count in runs
            if count > 0 and first <= serials.last and last >= serials.first
        ]

    def lacking(self, account: str, serials: Serials) -> list[Serials]:
        """Those of the numbers that are not in an account."""
        at, found = serials.first, []
        for here in self.within(account, serials):
            found += [serials.part(at, here.first - 1)] * (at < here.first)
            at = here.last + 1
        return found + [serials.part(at, serials.last)] * (at <= serials.last)

    def known(self) -> list[Serials]:
        """The numbers that are in any account."""
        return [
            Serials(series, first, last)
            for (_, series), runs in self.accounts.items()
            for first, last, count in runs
            if count > 0
        ]

    def contested(self, serials: Serials) -> list[Contested]:
        """Those of the numbers that more than one account claims, and which."""
        mine = {account: runs for (account, series), runs in self.accounts.items() if series == serials.series}
        found: list[Contested] = []
        for part, counts in _slices(mine, serials):
            claims = tuple(_claims(counts))
            if len(claims) > 1:
                if found and found[-1].claims == claims and found[-1].serials.last + 1 == part.first:
                    part = part.part(found.pop().serials.first, part.last)
                found.append(Contested(part, claims))
        return found

    def open_items(self) -> list[Open]:
        """What does not add up yet, in the order of the numbers."""
        found: list[Open] = []
        for (account, series), runs in self.accounts.items():
            for first, last, count in runs:
                what, till, other = _open(account, count)
                found += [Open(what, Serials(series, first, last), till, other)] * bool(what)
        return sorted(found, key=lambda one: (one.serials, one.what, one.till))

    def tills(self) -> set[str]:
        """Windows that have paper in hand, or on its way to them."""
        found = set()
        for account, _ in self.accounts:
            kind, _, name = account.partition(":")
            found |= {name} if kind == "hand" else {name.partition(">")[2]} if kind == "way" else set()
        return found


def _slices(accounts: Mapping[str, Runs], serials: Serials) -> Iterator[tuple[Serials, dict[str, int]]]:
    """Stretches of numbers of which each account has the same count."""
    ends = {serials.first, serials.last + 1}
    for runs in accounts.values():
        for first, last, _ in runs:
            ends |= {end for end in (first, last + 1) if serials.first < end <= serials.last}
    for start, after in pairwise(sorted(ends)):
        counts = {name: _count_at(runs, start) for name, runs in accounts.items()}
        yield serials.part(start, after - 1), {name: count for name, count in counts.items() if count}


def _count_at(runs: Runs, number: int) -> int:
    return next((count for first, last, count in runs if first <= number <= last), 0)


def _claims(counts: Mapping[str, int]) -> list[str]:
    """Who claims one number, sorted: an account that has it twice is named twice."""
    hands = {name[len("hand:") :]: count for name, count in counts.items() if name.startswith("hand:") and count > 0}
    ended = {name.partition(":")[2] for name in counts if name.partition(":")[0] in _ENDS}
    unheard = 0
    for account, count in sorted(counts.items()):
        kind, _, name = account.partition(":")
        if kind != "way" or count > 0:
            continue
        giver = name.partition(">")[0]
        explained = min(-count, hands.get(giver, 0))
        hands[giver] = hands.get(giver, 0) - explained
        # Who has used it up will never give it away.
        unheard += -count - explained if giver not in ended else 0
    held = [hand(till) for till, count in sorted(hands.items()) for _ in range(count)]
    ends = [name for name, count in sorted(counts.items()) if name.partition(":")[0] in _ENDS for _ in range(count)]
    return sorted([*held[: max(0, len(held) - unheard)], *ends])


def _open(account: str, count: int) -> tuple[str, str, str]:
    kind, _, name = account.partition(":")
    if kind == "way":
        giver, _, receiver = name.partition(">")
        return ("underway" if count > 0 else "unconfirmed"), receiver, giver
    if kind == "hand" and count < 0:
        return "never_here", name, ""
    if kind == "missing" and count > 0:
        return "missing", name, ""
    if kind == "found" and count < 0:
        return "found", name, ""
    return "", "", ""


def fold(facts: Iterable[tuple[str, str, Mapping[str, Any]]]) -> Books:
    """The books of facts, as (kind, till, body)."""
    books = Books()
    for kind, till, body in facts:
        for transfer in transfers_in(kind, till, body):
            books.book(transfer)
    return books
