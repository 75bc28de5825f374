"""A till's data folder put back from a backup: checked whole first, and fenced unless it is known to lack nothing."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pos.domain.facts import FIRST_HASH, Fact, hash_of
from pos.store import LEDGER
from pos.store.backup import DRAFT, FORMAT, MANIFEST, CannotBackUp, Manifest, look, unpacked
from pos.store.identity import FILE as IDENTITY
from pos.store.identity import FolderLock, IdentityLost, MarkFile, read_identity
from pos.store.ledger import Ledger
from pos.store.schema import HEAD

ASIDE: Final = "before-restore"
# What a folder may have and still count as empty; it stays where it is. The office of a till that is alone has backups
# of its own.
_STAYS: Final = ("lock", "office")
_STAYS_TOO: Final = ("housefull.log", DRAFT, ASIDE)


class CannotRestore(Exception):
    """Nothing has changed; the text says why, for a person."""


@dataclass(frozen=True, slots=True)
class Restored:
    """`missing` is why the till is fenced, "" when the backup is known to lack nothing that was done here; `last` is
    the number of the last fact that was made here, None when that is not known; `aside` has what was there before."""

    manifest: Manifest
    missing: str
    last: int | None
    aside: Path | None


def restore(folder: Path, file: Path, *, force: bool = False) -> Restored:
    """Put a backup in place of a data folder.

    With `force` what is there is set aside in a folder of its own, never deleted. Raises CannotRestore, FolderInUse.
    """
    try:
        was_there = folder.is_dir()
        folder.mkdir(parents=True, exist_ok=True)
        lock = FolderLock(folder)
        try:
            there = [path for path in folder.iterdir() if not _stays(path.name)]
            if there and not force:
                raise CannotRestore(f"{folder} is not empty: with --force what is there is set aside")
            with unpacked(file, folder) as draft:
                manifest = _check(draft, file)
                _check_same(folder, manifest)
                missing, last = _missing(draft, manifest)
                _prepare(draft / LEDGER, missing)
                (draft / MANIFEST).unlink()
                return Restored(manifest, missing, last, _exchange(folder, draft, there))
        finally:
            lock.release()
            if not was_there and not (folder / IDENTITY).exists():
                shutil.rmtree(folder, ignore_errors=True)
    except (zipfile.BadZipFile, EOFError, sqlite3.Error, IdentityLost, OSError) as error:
        raise CannotRestore(f"{file} cannot be restored: {error}") from error


def _stays(name: str) -> bool:
    return name in _STAYS or name.startswith(_STAYS_TOO)


def _check(draft: Path, file: Path) -> Manifest:
    """Whether this is a whole backup of a till. Raises CannotRestore, OSError, sqlite3.Error."""
    try:
        manifest = Manifest(**json.loads((draft / MANIFEST).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError) as error:
        raise CannotRestore(f"{file} is no backup of a till: {error}") from error
    if manifest.format > FORMAT or manifest.schema > HEAD:
        raise CannotRestore(f"{file} is of a newer version ({manifest.program}) than this program")
    identity = read_identity(draft)
    told = (manifest.till, manifest.incarnation, manifest.office_key)
    if identity is None or (identity.till, identity.incarnation, identity.office_key) != told:
        raise CannotRestore(f"{file} says that it is of {manifest.till}, and its identity says otherwise")
    try:
        found = look(draft / LEDGER)
    except CannotBackUp as error:
        raise CannotRestore(f"{file}: {error}") from error
    if found != (manifest.number, manifest.hash, manifest.schema):
        raise CannotRestore(f"{file}: its ledger ends at fact {found[0]}, and it says that there are {manifest.number}")
    _check_chain(draft / LEDGER, manifest, file)
    return manifest


def _check_chain(ledger: Path, manifest: Manifest, file: Path) -> None:
    """Every fact follows the one before, by number and by hash, and is of this till. Raises CannotRestore."""
    before = FIRST_HASH
    with closing(sqlite3.connect(f"{ledger.as_uri()}?mode=ro", uri=True)) as db:
        rows = db.execute("SELECT number, hash, envelope FROM journal ORDER BY number")
        for number, (stored, digest, envelope) in enumerate(rows, 1):
            try:
                fact = Fact.from_bytes(envelope)
            except ValueError as error:
                raise CannotRestore(f"{file}: fact {number} cannot be read: {error}") from error
            whose = (fact.till, fact.incarnation, fact.number)
            if stored != number or whose != (manifest.till, manifest.incarnation, number):
                raise CannotRestore(f"{file}: fact {number} is {fact.fact_id}")
            if fact.prev_hash != before or hash_of(envelope) != digest:
                raise CannotRestore(f"{file}: fact {number} does not follow the one before it")
            before = digest


def _check_same(folder: Path, manifest: Manifest) -> None:
    """Another till's folder is not restored over. Raises CannotRestore."""
    try:
        there = read_identity(folder)
    except IdentityLost:
        return  # nobody can say whose it is; it is set aside whole
    if there is not None and there.till not in ("", manifest.till):
        raise CannotRestore(f"{folder} is that of till {there.till}, and the backup is of {manifest.till}")


def _missing(draft: Path, manifest: Manifest) -> tuple[str, int | None]:
    """Why this till may not go on as the one that it was, "" when the mark says that nothing is missing; and the
    number of its last fact, None when there is no mark."""
    identity = read_identity(draft)
    mark = None if identity is None else MarkFile(identity.state_folder).read()
    if mark == (manifest.incarnation, manifest.number, manifest.hash):
        return "", manifest.number
    ends = f"restored from a backup that ends at fact {manifest.number}"
    if mark is None:
        return f"{ends}; what was done after it is not known on this machine", None
    if mark[0] != manifest.incarnation:
        return f"{ends}; this till has been enrolled again since", None
    return f"{ends}, but fact {mark[1]} was written here", mark[1]


def _prepare(ledger: Path, missing: str) -> None:
    """Before the ledger is in its place: the fence, so that also a machine that has lost its mark does not sell from
    it; and paper of which nobody knows whether it came out after the backup is a question to a person."""
    with closing(Ledger(ledger)) as opened, opened.transaction():
        for job in opened.jobs("queued", "started", latest=None):
            opened.set_job(job.id, "unknown", "restored from a backup")
        if missing:
            opened.put_meta("fenced", missing)
            opened.put_meta("forgot", "1")
    with closing(sqlite3.connect(ledger, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = DELETE").fetchone()


def _exchange(folder: Path, draft: Path, there: list[Path]) -> Path | None:
    """What is there goes aside, then what is restored comes; who the till is comes last, so that a folder that is
    half-way is no till."""
    aside = _aside(folder) if there else None
    if aside is not None:
        identity_first = sorted(there, key=lambda path: path.name != IDENTITY)
        for path in identity_first:
            path.rename(aside / path.name)
    for path in sorted(draft.iterdir(), key=lambda path: path.name == IDENTITY):
        path.rename(folder / path.name)
    return aside


def _aside(folder: Path) -> Path:
    count = 1
    while (path := folder / f"{ASIDE}-{count}").exists():
        count += 1
    path.mkdir()
    return path
