"""What copies of a till's journal say of it when it is gone: its open shift and its sales.

Only facts that the till has signed are believed, and of a shift only a whole chain of them: a copy may come from a
stick that anybody had in hands.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pos.domain.books import drawer
from pos.domain.certificate import Hand
from pos.domain.facts import FIRST_HASH, Fact, Kind, SignedFact
from pos.domain.journaltext import NoCopy, read_fact, read_header
from pos.domain.money import Money
from pos.domain.rights import OfficeState
from pos.store.copyfile import SUFFIX, CopyFile, copy_name, facts_in

KeyOf = Callable[[Hand], bytes | None]
# What ends a ticket, and how that is said.
_ENDS: Final = {
    Kind.TICKETS_REFUNDED: "refunded",
    Kind.REFUND_CLAIMED: "refunded",
    Kind.TICKETS_EXCHANGED: "exchanged",
    Kind.TICKETS_VOIDED: "void",
}


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that lies here. `number` is its last fact, `at` when it was written last, in seconds since 1970."""

    path: Path
    hand: Hand
    number: int
    at: float


@dataclass(frozen=True, slots=True)
class LeftByCopy:
    """A shift that is open in a copy, as `LeftDrawer` has it; `number` is the last fact that the copy knows."""

    hand: Hand
    shift: str
    user: str
    since: str
    expected: Money
    number: int


def copies_in(folders: Iterable[Path], till: str = "") -> list[Copy]:
    """The copies in these folders, of one till or of all; of one journal the one that goes furthest. What cannot be
    read is left out."""
    found: dict[Hand, Copy] = {}
    for folder in folders:
        for path in sorted(folder.glob(f"housefull-*{SUFFIX}")) if folder.is_dir() else ():
            copy = _look(path)
            if copy is not None and till in ("", copy.hand.till):
                known = found.get(copy.hand)
                found[copy.hand] = copy if known is None or copy.number > known.number else known
    return [found[hand] for hand in sorted(found)]


def _look(path: Path) -> Copy | None:
    """None for what is no copy, or was put aside."""
    try:
        with path.open("rb") as file:
            hand = read_header(file.readline())
        if path.name != copy_name(hand):
            return None
        number, _ = CopyFile(path.parent, hand).look()
        return Copy(path, hand, number, path.stat().st_mtime) if number else None
    except (OSError, ValueError, NoCopy):
        return None


def left_shift(copies: Iterable[Copy], key_of: KeyOf) -> LeftByCopy | None:
    """The open shift of the newest copy that has one, unless one of the copies says that it was counted out.

    Raises NoCopy for a copy that is damaged, or of a till that is not known."""
    counted: set[str] = set()
    left: LeftByCopy | None = None
    for copy in copies:
        opened: Fact | None = None
        cash: dict[str, int] = {}
        for fact in _chain(copy, key_of):
            if fact.kind == Kind.DRAWER_TAKEN_OVER:
                counted.add(str(fact.body["shift"]))
            elif fact.kind in (Kind.SHIFT_OPENED, Kind.SHIFT_CLOSED):
                opened = fact if fact.kind == Kind.SHIFT_OPENED else None
            for posting in fact.postings:
                if posting.account == drawer(copy.hand.till):
                    cash[posting.amount.currency] = cash.get(posting.amount.currency, 0) + posting.amount.minor
        if opened is not None and cash:
            currency, minor = next(iter(cash.items()))
            shift, user = str(opened.body["shift"]), str(opened.body["user"])
            left = LeftByCopy(copy.hand, shift, user, opened.at, Money(minor, currency), copy.number)
    return left if left is not None and left.shift not in counted else None


def _chain(copy: Copy, key_of: KeyOf) -> Iterator[Fact]:
    """The facts of a copy, each signed by its till and on the one before. Raises NoCopy."""
    key = key_of(copy.hand)
    if key is None:
        raise NoCopy("is of a till that is not known here")
    public, last = Ed25519PublicKey.from_public_bytes(key), FIRST_HASH
    try:
        for signed in facts_in(copy.path):
            fact = _genuine(signed, copy.hand, public)
            if fact is None or fact.prev_hash != last:
                raise NoCopy("is damaged")
            last = signed.hash
            yield fact
    except (OSError, ValueError) as error:
        raise NoCopy("is damaged") from error


def _genuine(signed: SignedFact, hand: Hand, public: Ed25519PublicKey) -> Fact | None:
    fact = Fact.from_bytes(signed.envelope)
    try:
        public.verify(signed.signature, signed.hash.encode())
    except InvalidSignature:
        return None
    return fact if (fact.till, fact.incarnation, fact.number) == (*hand, signed.number) else None


def sales_with(copies: Iterable[Copy], word: str, key_of: KeyOf) -> list[dict[str, Any]]:
    """Sales in these copies that have `word` for their id, or for a ticket's id or code; each ticket with its `state`,
    as far as the copy knows."""
    needle = json.dumps(json.dumps(word))[1:-1].encode()  # as it stands in an envelope within a line
    found: dict[str, dict[str, Any]] = {}
    for copy in copies:
        key = key_of(copy.hand)
        if key is None:
            continue
        public = Ed25519PublicKey.from_public_bytes(key)
        for fact in _facts_with(copy, needle, public):
            if fact.kind in (Kind.TICKETS_SOLD, Kind.TICKETS_EXCHANGED):
                sale = fact.body["sale"]
                if word == sale["id"] or any(word in (one["id"], one["code"]) for one in sale["tickets"]):
                    found[sale["id"]] = json.loads(json.dumps(sale))
        for sale in found.values():
            if sale["till"] == copy.hand.till:
                _say_states(sale, copy, public)
    return list(found.values())


def _say_states(sale: dict[str, Any], copy: Copy, public: Ed25519PublicKey) -> None:
    for ticket in sale["tickets"]:
        for fact in _facts_with(copy, json.dumps(json.dumps(ticket["id"]))[1:-1].encode(), public):
            ended = {effect.ticket for effect in fact.effects if effect.before == OfficeState.SOLD}
            ended |= {one["id"] for one in fact.body.get("refund", {}).get("tickets", ())}
            if fact.kind in _ENDS and ticket["id"] in ended:
                ticket["state"] = _ENDS[Kind(fact.kind)]


def _facts_with(copy: Copy, needle: bytes, public: Ed25519PublicKey) -> Iterator[Fact]:
    """Looked for as text first: reading every line closer would take a hundred times as long."""
    try:
        with copy.path.open("rb") as file:
            for line in file:
                if needle in line and line.endswith(b"\n"):
                    fact = _genuine(read_fact(line), copy.hand, public)
                    if fact is not None:
                        yield fact
    except (OSError, ValueError):
        return
