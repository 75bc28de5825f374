"""A till's data folder as one file, taken while the till sells.

In it: a consistent picture of the ledger, who the till is (`identity.json`), till.toml, its own layouts, and
ledgers of earlier enrolments that still have unsent facts. Not in it, on purpose: the private key and the
high-water mark, which lie outside the data folder and tell an old copy from the till itself; and the replica,
which the office gives again.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import pos
from pos.domain.facts import FIRST_HASH, hash_of
from pos.store import LEDGER
from pos.store.durable import sync_folder
from pos.store.identity import FILE as IDENTITY
from pos.store.identity import IdentityLost, read_identity

MANIFEST: Final = "backup.json"
SETTINGS: Final = "till.toml"
LAYOUTS: Final = "layouts"
FORMAT: Final = 1
PAGES: Final = 64  # of 4 KB in one step, after which whoever sells goes first
_COPIED: Final = 1 << 18  # bytes in one step of packing
DRAFT: Final = ".restore-"
_NAME: Final = "housefull-{till}-{at}.zip"


class CannotBackUp(Exception):
    """There is no backup; the text says why, for a person."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. `number` and `hash` are those of the ledger's last fact, `at` is ISO 8601."""

    till: str
    incarnation: int
    office_key: str
    number: int
    hash: str
    schema: str
    at: str
    program: str = pos.__version__
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that is whole and in its place; `removed` older ones have gone."""

    file: Path
    manifest: Manifest
    removed: int


def make(folder: Path, to: Path, at: str, keep: int, pause: Callable[[], None] = lambda: None) -> Made:
    """Back up the data folder into a new file in `to`; of this till's backups there the newest `keep` stay.

    `at` is the time now, ISO 8601; `pause` is called between small steps. The ledger is only read. Raises
    CannotBackUp; then nothing has been removed, and nothing half-written is left.
    """
    try:
        identity = read_identity(folder)
        if identity is None or not identity.till:
            raise CannotBackUp(f"{folder} is not the data folder of a till")
        if to.resolve().is_relative_to(folder.resolve()):
            raise CannotBackUp(f"{to} lies in the data folder itself, and would be lost with it")
        to.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=to) as draft:
            copy = Path(draft, LEDGER)
            copy_ledger(folder / LEDGER, copy, pause)
            number, digest, schema = look(copy)
            manifest = Manifest(identity.till, identity.incarnation, identity.office_key, number, digest, schema, at)
            packed = Path(draft, "packed")
            _pack(folder, copy, manifest, packed, pause)
            file = to / _NAME.format(till=identity.till, at=re.sub(r"\D", "", at[:19]))
            packed.replace(file)
            sync_folder(to)
        return Made(file, manifest, _prune(to, identity.till, keep, file))
    except (IdentityLost, sqlite3.Error, OSError) as error:
        raise CannotBackUp(f"no backup of {folder} in {to}: {error}") from error


def backups(to: Path, till: str) -> list[Path]:
    """This till's backups in a folder, the oldest first."""
    name = re.compile(re.escape(f"housefull-{till}-") + r"\d{14}\.zip")
    return sorted(file for file in to.glob("housefull-*.zip") if name.fullmatch(file.name))


def copy_ledger(ledger: Path, copy: Path, pause: Callable[[], None] = lambda: None) -> None:
    """The ledger as it is at this moment, by SQLite's online backup, whoever writes meanwhile.

    One read transaction is held throughout: the copy need not begin anew whenever something is sold, and the
    writer, which has a write-ahead log, never waits for it. Raises CannotBackUp, sqlite3.Error, OSError.
    """
    if not ledger.exists():
        raise CannotBackUp(f"{ledger} is not there")
    with closing(sqlite3.connect(ledger, isolation_level=None)) as source, closing(sqlite3.connect(copy)) as target:
        source.execute("PRAGMA query_only = ON")
        source.execute("PRAGMA wal_autocheckpoint = 0")
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(target, pages=PAGES, progress=lambda *_: pause())
        # A single file, without a log beside it.
        target.execute("PRAGMA journal_mode = DELETE").fetchone()


def look(copy: Path) -> tuple[int, str, str]:
    """Number and hash of the last fact and the schema's version of a ledger that nobody has open.

    Raises CannotBackUp when the file is damaged or its journal does not end as it says.
    """
    with closing(sqlite3.connect(f"{copy.as_uri()}?mode=ro", uri=True)) as db:
        (said,) = db.execute("PRAGMA quick_check(1)").fetchone()
        if said != "ok":
            raise CannotBackUp(f"the ledger is damaged: {said}")
        (schema,) = db.execute("SELECT version_num FROM alembic_version").fetchone()
        facts, highest = db.execute("SELECT count(*), coalesce(max(number), 0) FROM journal").fetchone()
        last = db.execute("SELECT hash, envelope FROM journal WHERE number = ?", (highest,)).fetchone()
    if facts != highest:
        raise CannotBackUp(f"the journal has {facts} facts, and its last is number {highest}")
    if last is not None and hash_of(last[1]) != last[0]:
        raise CannotBackUp(f"fact {highest} is not what its hash says")
    return highest, last[0] if last is not None else FIRST_HASH, schema


def _pack(folder: Path, ledger: Path, manifest: Manifest, packed: Path, pause: Callable[[], None]) -> None:
    """Write all members into `packed`, durable and read back. Raises CannotBackUp, OSError."""
    with packed.open("wb") as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1, sort_keys=True))
            _add(archive, LEDGER, ledger, pause)
            _add(archive, IDENTITY, folder / IDENTITY, pause)
            if (folder / SETTINGS).exists():
                _add(archive, SETTINGS, folder / SETTINGS, pause)
            for file in sorted((folder / LAYOUTS).rglob("*")):
                if file.is_file() and not file.is_symlink():
                    _add(archive, file.relative_to(folder).as_posix(), file, pause)
            for aside, copy in _unsent(folder, packed.parent, pause):
                _add(archive, aside.name, copy, pause)
                _add(archive, aside.with_suffix(".json").name, aside.with_suffix(".json"), pause)
        out.flush()
        os.fsync(out.fileno())
    with zipfile.ZipFile(packed) as archive:
        for info in archive.infolist():
            with archive.open(info) as member:  # reading it to its end holds it against its checksum
                while member.read(_COPIED):
                    pause()


def _add(archive: zipfile.ZipFile, name: str, file: Path, pause: Callable[[], None]) -> None:
    with file.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
        while piece := source.read(_COPIED):
            target.write(piece)
            pause()


def _unsent(folder: Path, draft: Path, pause: Callable[[], None]) -> Iterator[tuple[Path, Path]]:
    """(ledger, copy) of each earlier enrolment whose office may still lack facts of it."""
    for about in sorted(folder.glob("ledger-*.json")):
        ledger = about.with_suffix(".db")
        copy = draft / ledger.name
        try:
            copy_ledger(ledger, copy, pause)
            with closing(sqlite3.connect(copy)) as db:
                (last,) = db.execute("SELECT coalesce(max(number), 0) FROM journal").fetchone()
                sent = db.execute("SELECT value FROM meta WHERE key = 'acknowledged'").fetchone()
        except (CannotBackUp, sqlite3.Error):
            continue  # it is damaged, and was when it was set aside: the till goes on without it, too
        if last > int(sent[0] if sent else 0):
            yield ledger, copy


def _prune(to: Path, till: str, keep: int, newest: Path) -> int:
    old = [file for file in backups(to, till) if file != newest]
    gone = old[: max(len(old) - (keep - 1), 0)]
    for file in gone:
        file.unlink(missing_ok=True)
    return len(gone)


@contextmanager
def unpacked(file: Path, beside: Path) -> Iterator[Path]:
    """The members of a backup in a new folder in `beside`, which goes at the end. Raises BadZipFile, OSError."""
    draft = Path(tempfile.mkdtemp(prefix=DRAFT, dir=beside))
    try:
        with zipfile.ZipFile(file) as archive:
            for info in archive.infolist():
                if info.filename.startswith(("/", "\\")) or ".." in Path(info.filename).parts or ":" in info.filename:
                    raise zipfile.BadZipFile(f"{info.filename!r} is no name of a file in a data folder")
                archive.extract(info, draft)
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)
