"""Ledgers of earlier enrolments: set aside whole, never deleted, and sent to their office to the end.

Beside each lies who the till was then. Nobody writes into such a ledger any more, but for
how far the office has its facts.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy.exc import DBAPIError

from pos.domain.facts import Fact, SignedFact, hash_of
from pos.domain.money import Money
from pos.domain.shift import expected
from pos.store import LEDGER
from pos.store.durable import sync_folder, write_durable
from pos.store.identity import Identity, IdentityLost, TillKeys, read_identity
from pos.store.journal import JournalUnreadable, check_ledger, reading
from pos.store.ledger import Ledger
from pos.store.shiftbook import ShiftRow

log = logging.getLogger(__name__)

COUNTED: Final = "counted:"  # and a shift, among a ledger's small values: its drawer was counted out by this till
_LOG_FILES: Final = ("-wal", "-shm", "-journal")


def set_aside(folder: Path, was: Identity | None) -> Path | None:
    """Move the ledger of an identity that ends out of the way; where it is now, None when there was none.

    Of an identity that is lost, the ledger's own facts say whose it was. The ledger must not be
    open. Raises OSError.
    """
    ledger = folder / LEDGER
    if not ledger.exists():
        return None
    if was is None or not was.till:
        was = Identity("", "file", *_owner(ledger))
    try:
        check_ledger(ledger)
        _fold(ledger)
    except (JournalUnreadable, sqlite3.DatabaseError) as error:
        log.warning("%s; it is set aside as it lies there", error)
    aside = _free_name(folder, was)
    # Who it was comes first: without it, nobody could send what is in there.
    write_durable(aside.with_suffix(".json"), json.dumps(asdict(was), indent=1))
    for suffix in _LOG_FILES:  # of a ledger that is damaged, and could not be folded
        beside = ledger.with_name(LEDGER + suffix)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + suffix))
    ledger.rename(aside)
    # And the ledger is out of the way before another identity is written: it would go on with it.
    sync_folder(folder)
    return aside


def _owner(ledger: Path) -> tuple[str, int]:
    """Till and incarnation, as the first fact names them; ("unknown", 0) when there is none to be read."""
    try:
        with reading(ledger) as journal:
            facts = journal.facts_after(0, 1)
        fact = Fact.from_bytes(facts[0].envelope)
    except (JournalUnreadable, IndexError, ValueError):
        return "unknown", 0
    return fact.till, fact.incarnation


def _fold(ledger: Path) -> None:
    """Bring all that is in the write-ahead log into the file, so that it is moved in one step."""
    with closing(sqlite3.connect(ledger, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = DELETE").fetchone()


def _free_name(folder: Path, was: Identity) -> Path:
    name = f"ledger-{quote(was.till, safe='')}-{was.incarnation}"
    path, count = folder / f"{name}.db", 1
    while path.exists() or path.with_suffix(".json").exists():
        count += 1
        path = folder / f"{name}-{count}.db"
    return path


@dataclass(frozen=True, slots=True)
class LeftShift:
    """A shift that was open when its till was enrolled again: its money still lies in the drawer."""

    shift: ShiftRow
    expected: Money


class Leftover:
    """One ledger that was set aside. Belongs to no thread; one at a time may send from it.

    `hindrance` says why its facts cannot be sent to the office with that key, "" when they can. `counted` are the
    shifts, of tills that had ended before, whose drawer was counted out under this enrolment.
    """

    def __init__(self, ledger: Path, was: Identity, office_key: str) -> None:
        self.ledger, self._was = ledger, was
        self.keys = TillKeys(was)
        self.hindrance = self._hindrance(office_key)
        with reading(ledger) as journal:
            self._last, _ = journal.head()
        with closing(Ledger(ledger)) as opened:
            self._acknowledged = int(opened.meta("acknowledged") or 0)
            self.counted = frozenset(key.removeprefix(COUNTED) for key in opened.meta_keys(COUNTED))
            shift = opened.open_shift()
            moves = opened.moves(shift.id) if shift is not None else []
        self.shift = LeftShift(shift, expected(moves, moves[0].amount.currency)) if shift and moves else None

    @property
    def till(self) -> str:
        return self._was.till

    @property
    def incarnation(self) -> int:
        return self._was.incarnation

    @property
    def unsent(self) -> int:
        """How many facts the office is not known to have."""
        return max(0, self._last - self._acknowledged)

    def _hindrance(self, office_key: str) -> str:
        if office_key != self._was.office_key:
            return f"{self.ledger.name} belongs to another office"
        try:
            self.keys.public()
        except IdentityLost:
            return f"the key of {self.ledger.name} is lost"
        return ""

    def facts_after(self, number: int, limit: int) -> Sequence[SignedFact]:
        with reading(self.ledger) as journal:
            return journal.facts_after(number, limit)

    def acknowledged(self) -> int:
        return self._acknowledged

    def acknowledge(self, number: int) -> None:
        """The office has everything up to `number`; kept, so that a restart need not send it again."""
        with closing(Ledger(self.ledger)) as opened, opened.transaction():
            opened.put_meta("acknowledged", str(number))
        self._acknowledged = number


def leftovers(folder: Path, office_key: str) -> list[Leftover]:
    """The ledgers that were set aside in a data folder, the oldest first.

    One that is damaged is left alone: its journal has to be copied by hand (`housefull journal`). Where only what
    lies beside it is, its own facts say whose it was, if they are signed with the key that the folder still has.
    """
    found: list[Leftover] = []
    for manifest in sorted(folder.glob("ledger-*.json"), key=lambda path: path.stat().st_mtime_ns):
        ledger = manifest.with_suffix(".db")
        if not ledger.exists():
            continue
        try:
            found.append(Leftover(ledger, _was(manifest, office_key), office_key))
        except (DBAPIError, JournalUnreadable, RuntimeError, ValueError, TypeError) as error:
            log.warning("%s is left alone: %s", ledger.name, error)
    return found


def _was(manifest: Path, office_key: str) -> Identity:
    """Who the till was. Raises ValueError, TypeError for a manifest that is damaged, unless its ledger tells."""
    try:
        return Identity(**json.loads(manifest.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        now = _told_by_key(manifest.parent, manifest.with_suffix(".db"))
        if now is None:
            raise
        till, incarnation = _owner(manifest.with_suffix(".db"))
        return replace(now, till=till, incarnation=incarnation, office_key=office_key)


def _told_by_key(folder: Path, ledger: Path) -> Identity | None:
    """The folder's identity of today, if its key has signed the ledger as the same till under an earlier enrolment:
    then its office is the same, too."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        now = read_identity(folder)
        with reading(ledger) as journal:
            (fact,) = journal.facts_after(0, 1)
        till, incarnation = _owner(ledger)
        if now is None or till != now.till or incarnation >= now.incarnation:
            return None
        public = Ed25519PublicKey.from_public_bytes(TillKeys(now).public())
        public.verify(fact.signature, hash_of(fact.envelope).encode())
    except (IdentityLost, JournalUnreadable, InvalidSignature, ValueError):
        return None
    return now
