"""The replica held against the ledger: where the office has heard this till, both say the same.

The replica follows the office's change log in order, so it may be behind but never
has gaps: once the effect of one fact shows, those of all earlier ones must show as well.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection
from typing import Final

from pos.store.verify.disputes import check_disputes
from pos.store.verify.evidence import CannotRead, Evidence, Findings, Place, Token, looking_at
from pos.store.verify.journal import Story

_FORMAT: Final = 3
_RECORD: Final = struct.Struct("<BIIII")  # state letter, holder, since, epoch, hop
# This till's state of a place -> how the office has it once it has heard: letter, whether we are the holder.
_AGREED: Final = {
    "LEASED": ("L", True),
    "SOLD": ("S", True),
    "RETURNED": ("P", False),
    "SOLD_RETURNED": ("S", False),
    "HELD": ("H", True),
    "HELD_RETURNED": ("H", False),
    "PAPER": ("A", True),
}
# This till's state of a place -> how the office may have it still, under the same token.
_EARLIER: Final = {
    "LEASED": "SAH",
    "SOLD": "LAH",
    "HELD": "LS",
    "RETURNED": "LSH",
    "SOLD_RETURNED": "LSH",
    "HELD_RETURNED": "LSH",
    "GIVEN": "LSAH",
    "PAPER": "H",
    "LOST": "A",
}
_NAMES: Final = {"P": "POOL", "H": "HELD", "L": "LEASED", "S": "SOLD", "A": "PAPER", "Q": "QUARANTINE"}


@dataclass(frozen=True)
class _Word:
    """The office's word on one place."""

    letter: str
    holder: str
    token: Token


@dataclass(frozen=True)
class _Own:
    """This till's last word on one place; `number` is the fact that says it, 0 for a plain grant."""

    state: str
    token: Token
    number: int


def check_replica(path: Path, evidence: Evidence, story: Story, found: Findings) -> None:
    """Raises CannotRead."""
    if not path.exists():
        raise CannotRead(f"{path} is not there; the till fetches it again when it has a line")
    own = _own(evidence, story)
    with looking_at(path) as db:
        stored = db.execute("PRAGMA user_version").fetchone()[0]
        if stored != _FORMAT:
            raise CannotRead(f"{path} has format {stored}, this program reads {_FORMAT}")
        meta = dict(db.execute("SELECT key, value FROM meta").fetchall())
        if meta.get("complete") != "1":
            raise CannotRead(f"{path} holds no whole snapshot of the office yet")
        try:
            words = dict(_words(db, {show for show, _ in own}, found))
            settled = check_disputes(db, evidence, story, found)
        except (ValueError, KeyError, IndexError, TypeError, struct.error, zlib.error) as error:
            raise CannotRead(f"{path} is damaged: {type(error).__name__}: {error}") from error
    for place in settled & own.keys():
        found.notes.append(f"{' '.join(place)}: a person has settled what this till and the office differed about")
        del own[place]
    _compare(evidence, own, words, found)


def _own(evidence: Evidence, story: Story) -> dict[Place, _Own]:
    own: dict[Place, _Own] = {}
    for row in evidence.tables["own_right"]:
        place, token = (row["show"], row["place"]), (row["epoch"], row["hop"])
        if row["show"].startswith("~"):
            continue  # a voucher or gift card, of which no replica is told
        steps = story.steps.get(place)
        last = steps[-1] if steps else None
        own[place] = _Own(row["state"], token, last.number if last and last.kept(evidence.till) == token else 0)
    return own


def _words(db: Connection, shows: set[str], found: Findings) -> Iterator[tuple[Place, _Word]]:
    holders = dict(db.execute("SELECT id, name FROM holder").fetchall())
    for show, layout in db.execute("SELECT show, layout FROM show_places").fetchall():
        if show not in shows:
            continue
        places = list(_numbered(db, layout))
        blocks = db.execute("SELECT records FROM place_block WHERE show = ? ORDER BY block", (show,)).fetchall()
        records = b"".join(bytes(block[0]) for block in blocks)
        if len(records) != len(places) * _RECORD.size:
            found.wrong("I8", f"{show}: the replica has {len(records) // _RECORD.size} of {len(places)} places")
            continue
        for place, (letter, holder, _, epoch, hop) in zip(places, _RECORD.iter_unpack(records), strict=True):
            yield (show, place), _Word(chr(letter), holders[holder], (epoch, hop))


def _numbered(db: Connection, layout: str) -> Iterator[str]:
    """The places of a show in the order of its records: the plan's seats, then each area's units."""
    version, areas = json.loads(layout)
    if version:
        blob = bytes(db.execute("SELECT blob FROM plan WHERE version = ?", (version,)).fetchone()[0])
        content = zlib.decompress(blob[4:])
        size = int.from_bytes(content[:4], "little")
        yield from json.loads(content[4 : 4 + size])["places"]
    for area, capacity in areas:
        yield from (f"{area}#{unit}" for unit in range(1, capacity + 1))


def _compare(evidence: Evidence, own: dict[Place, _Own], words: dict[Place, _Word], found: Findings) -> None:
    seen = max((mine.number for place, mine in own.items() if _agree(evidence, mine, words.get(place))), default=0)
    behind, unknown = Counter[str](), Counter[str]()
    for (show, place), mine in sorted(own.items()):
        word = words.get((show, place))
        if word is None:
            unknown[show] += 1
            continue
        # In quarantine: the office could not agree and has told a person, who resolves it there.
        if word.letter == "Q" or _agree(evidence, mine, word) or _passed_on(mine, word):
            continue
        here = f"{mine.state} under {mine.token} here"
        there = f"{_NAMES.get(word.letter, word.letter)} with {word.holder or 'the office'} under {word.token}"
        if _too_new(evidence, mine, word):
            found.wrong("I8", f"{show} {place}: is {here}, but {there} at the office")
        elif mine.number and mine.number <= min(seen, evidence.acknowledged):
            found.wrong("I8", f"{show} {place}: is {here} since fact {mine.number}, the replica still has it {there}")
        elif mine.number <= evidence.acknowledged:
            behind[show] += 1
    for show, count in unknown.items():
        found.notes.append(f"{show}: {count} places of this till are not in the replica (any more)")
    for show, count in behind.items():
        found.notes.append(f"{show}: {count} places that the replica has not heard back about yet")


def _agree(evidence: Evidence, mine: _Own, word: _Word | None) -> bool:
    if word is None or word.token != mine.token or mine.state not in _AGREED:
        return False
    letter, ours = _AGREED[mine.state]
    return word.letter == letter and (word.holder == evidence.till) == ours


def _passed_on(mine: _Own, word: _Word) -> bool:
    """Whether the replica has heard what became of a right after this till let go of it."""
    return mine.state in ("RETURNED", "SOLD_RETURNED", "HELD_RETURNED", "GIVEN") and word.token > mine.token


def _too_new(evidence: Evidence, mine: _Own, word: _Word) -> bool:
    """Whether the office says what cannot be a word from before this till's own."""
    if word.token > mine.token:
        # What was let go of may have been passed on; what is still in hand may not.
        return mine.state in ("LEASED", "SOLD", "HELD", "PAPER", "LOST")
    if word.token < mine.token:
        return False
    # Under one token the office has it with this till, as it was a while ago.
    return not (word.holder == evidence.till and word.letter in _EARLIER.get(mine.state, ""))
