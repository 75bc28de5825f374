"""Taking in a journal's file, as if its till had pushed it.

Every fact is signed and counted once, whoever brings it and however often. A file that is
not whole, or not by a till of this office, is refused before anything of it is booked.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from pos.domain.facts import FIRST_HASH
from pos.domain.lockbox import unlock
from sync.office.clock import now_s
from sync.office.rules import tills
from sync.office.rules.facts import accept
from sync.office.rules.reading import Arrived, BadChain, read
from sync.office.store.own import office_key
from sync.wire import MAX_FACTS, FactItem, JournalHeader

if TYPE_CHECKING:
    from sync.office.store.engine import Database

log = logging.getLogger(__name__)


class CannotAbsorb(Exception):
    """The file is not a whole journal of a till of this office; the text names line and reason."""


@dataclass(frozen=True, slots=True)
class Absorbed:
    """What a file brought. `disputed` counts facts of it that the office does not agree with."""

    till: str
    incarnation: int
    facts: int
    new: int
    disputed: int
    state: str


def absorb(database: Database, path: Path) -> Absorbed:
    """Book what is new in a journal's file. Raises CannotAbsorb, OSError; nothing is booked then."""
    header = _header(path)
    secret = office_key(database).private_bytes_raw()
    with database.read() as connection:
        key = tills.public_key(connection, header.till, header.incarnation)
        if key is None:
            raise CannotAbsorb(f"{path}: no till {header.till}.{header.incarnation} is enrolled here")
        before, *_ = tills.standing(connection, header.till, header.incarnation)
    try:
        last_hash, facts = FIRST_HASH, 0
        for page in _pages(path, header):
            facts += len(page)
            last_hash = _chained(read(page, header.till, header.incarnation, key), last_hash)
        disputed = 0
        for page in _pages(path, header):
            arrived = read([unlocked(item, secret) for item in page], header.till, header.incarnation, key)
            with database.write() as connection:
                answer = accept(connection, header.till, header.incarnation, arrived, int(now_s()))
            disputed += sum(result.verdict == "disputed" for result in answer.results)
    except BadChain as error:
        raise CannotAbsorb(f"{path}: {error}") from error
    with database.read() as connection:
        after, _, state = tills.standing(connection, header.till, header.incarnation)
    return Absorbed(header.till, header.incarnation, facts, after - before, disputed, state)


def unlocked(item: FactItem, secret: bytes) -> FactItem:
    """A fact of a copy with what is personal of it, where this office's key opens that; else it is booked without."""
    if not item.locked:
        return item
    try:
        return item.model_copy(update={"beside": unlock(item.locked, secret).decode(), "locked": ""})
    except ValueError as error:
        log.warning("what is personal of fact %d cannot be read: %s", item.number, error)
        return item


def _chained(arrived: list[Arrived], last_hash: str) -> str:
    """The hash of the last of these facts. Raises BadChain unless each follows the one before it."""
    for one in arrived:
        if one.fact is not None and one.fact.prev_hash != last_hash:
            raise BadChain(f"fact {one.item.number}: it does not follow the one before it")
        last_hash = one.item.hash
    return last_hash


def _header(path: Path) -> JournalHeader:
    with path.open(encoding="utf-8", errors="replace") as file:
        line = file.readline()
    try:
        return JournalHeader.model_validate_json(line)
    except ValidationError as error:
        raise CannotAbsorb(f"{path}: line 1 is not that of a journal's file") from error


def _pages(path: Path, header: JournalHeader) -> Iterator[list[FactItem]]:
    """The facts, as many at a time as one push may have. Raises CannotAbsorb unless they are all there."""
    page: list[FactItem] = []
    number = 0
    with path.open(encoding="utf-8", errors="replace") as file:
        file.readline()
        for at, line in enumerate(file, 1):
            if header.growing and not line.endswith("\n"):
                break
            number = at
            try:
                item = FactItem.model_validate_json(line)
            except ValidationError as error:
                raise CannotAbsorb(f"{path}: line {number + 1} is not a fact") from error
            if item.number != number:
                raise CannotAbsorb(f"{path}: line {number + 1} has fact {item.number}, not {number}")
            page.append(item)
            if len(page) == MAX_FACTS:
                yield page
                page = []
    if number != header.facts and not header.growing:
        raise CannotAbsorb(f"{path}: it ends after {number} of {header.facts} facts")
    if page:
        yield page
