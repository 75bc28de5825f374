"""A PC's data folder and what lies outside of it, and what happens to them: full, restored, copied, broken, gone."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

from pos.store.identity import Identity, MarkFile, read_identity, write_identity
from tests.simulation.scheduler import Scheduler
from tests.simulation.threads import FULL, world

AFTER_THE_MARK: Final = "after the mark, before the answer"
_PARTS: Final = ("", "-wal", "-shm")
_ASIDE: Final = re.compile(r"ledger-\w+-(\d+)")  # as the till names a ledger of an earlier enrolment


class Mark(MarkFile):
    """The real mark, with a place to die at after it. It lies on a disk of its own, which may be full too."""

    def __init__(self, disk: Disk) -> None:
        super().__init__(disk.identity.state_folder)
        self._disk = disk

    def write(self, incarnation: int, number: int, hash: str) -> None:
        process = world().current.process
        process.check()
        if self._disk.mark_full:
            raise OSError(28, "No space left on device")
        super().write(incarnation, number, hash)
        process.point(AFTER_THE_MARK)


class Disk:
    """`name` is the till's; `doubtful` names incarnations ("T1.1") of whose history there is more than one, or none.

    `unseen`: there was a copy that has every fact, which nothing can tell from the ledger itself.
    """

    def __init__(self, world: Scheduler, name: str, folder: Path, empty_ledger: Path) -> None:
        self.world, self.name, self.folder = world, name, folder
        self.label = folder.name
        self.gone = False
        self.doubtful: set[str] = set()
        self.unseen = False
        self.clone = False  # of another machine, which goes on selling in the same name
        self.mark_full = False  # there is no room for the mark
        self._empty_ledger = empty_ledger
        self._backup: Path | None = None
        self._before: list[Path] = []  # folders of PCs that were here before
        folder.mkdir()

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.db"

    @property
    def replica(self) -> Path:
        return self.folder / "replica.db"

    @property
    def identity(self) -> Identity:
        """Who this folder is. Only of one that has joined."""
        found = read_identity(self.folder)
        assert found is not None
        return found

    @property
    def incarnation(self) -> int:
        """0 before it has joined, or when its disk is gone."""
        found = read_identity(self.folder)
        return found.incarnation if found is not None else 0

    @property
    def forked(self) -> bool:
        """Whether this ledger is not all there is of its incarnation's history."""
        return f"{self.name}.{self.incarnation}" in self.doubtful

    def has(self, number: int, hash: str) -> bool:
        """Whether this fact is in the ledger."""
        with closing(sqlite3.connect(self.ledger)) as db:
            return (
                db.execute("SELECT 1 FROM journal WHERE (number, hash) = (?, ?)", (number, hash)).fetchone() is not None
            )

    def cloned(self) -> set[tuple[str, str]]:
        """Places that a clone has ever had in hand, which the other one may have sold or passed on as well."""
        if not self.clone:
            return set()
        ledgers = self._ledgers()  # one that is enrolled anew has set the clone's own aside
        return {place for number, path in ledgers if f"{self.name}.{number}" in self.doubtful for place in _held(path)}

    def ledgers(self) -> dict[int, Path]:
        """Incarnation -> ledger, as far as there is one: those that were set aside too, and those of broken PCs."""
        return dict(self._ledgers())

    def _ledgers(self) -> Iterator[tuple[int, Path]]:
        for folder in (*self._before, self.folder):
            for path in folder.glob("ledger-*.db"):
                match = _ASIDE.match(path.name)
                assert match is not None
                yield int(match[1]), path
            identity = read_identity(folder)
            if identity is not None and (folder / "ledger.db").exists():
                yield identity.incarnation, folder / "ledger.db"

    def make_ledger(self) -> None:
        """An empty ledger, unless there is one: to make it anew takes its time."""
        if not self.ledger.exists():
            shutil.copy(self._empty_ledger, self.ledger)
        self.gone, self._backup = False, None

    def copy_template(self, folder: Path, state: Path) -> None:
        """Be what has come of an enrolment in another world."""
        shutil.copytree(folder, self.folder, dirs_exist_ok=True)
        shutil.copytree(state, self.identity.state_folder)

    # ---- trouble -------------------------------------------------------------------------

    def fill(self, *, mark: bool) -> None:
        """No commit is possible any more; or no mark can be written."""
        self.world.fault("state folder full" if mark else "disk full", f"{self.label}: {'mark' if mark else 'ledger'}")
        if mark:
            self.mark_full = True
        else:
            FULL.add(str(self.ledger))

    def make_room(self) -> None:
        self.mark_full = False
        FULL.discard(str(self.ledger))

    def back_up(self) -> None:
        """A consistent copy of the ledger, as a backup program makes it."""
        self._backup = self.folder / "backup.db"
        self._backup.unlink(missing_ok=True)
        _copy(self.ledger, self._backup)
        self.world.note(f"{self.label}: backup made")

    def restore(self) -> None:
        """Put the backup back, while the till is off; nothing happens when there is none."""
        if self._backup is None or self.gone:
            return
        if _count(self.ledger) > _count(self._backup):
            self.doubtful.add(f"{self.name}.{self.incarnation}")
        else:
            self.unseen = True
        _remove(self.ledger)
        shutil.copy(self._backup, self.ledger)
        self.world.fault("old folder restored", f"{self.label}: old folder restored")

    def lose(self) -> None:
        """Nothing of this disk can be read any more, while the till is off."""
        self.doubtful.add(f"{self.name}.{self.incarnation}")
        shutil.rmtree(self.identity.state_folder, ignore_errors=True)
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        self.gone = True
        self.world.fault("disk gone", f"{self.label}: its disk is gone")

    def replace(self) -> None:
        """Another PC with an empty disk stands here from now on."""
        old = self.folder.with_name(f"{self.label}-old{len(self._before)}")
        self.folder.rename(old)
        self._before.append(old)
        self.folder.mkdir()

    def copy_from(self, other: Disk) -> None:
        """Be the clone of another machine, key and mark and all."""
        identity = replace(other.identity, install=f"{other.identity.install}-clone")
        shutil.copytree(other.identity.state_folder, identity.state_folder)
        write_identity(self.folder, identity)
        _copy(other.ledger, self.ledger)
        _copy(other.replica, self.replica)
        self.clone = True
        for disk in (self, other):
            disk.doubtful.add(f"{self.name}.{self.incarnation}")
            disk.unseen = True
        self.world.fault("disk cloned", f"{other.label}: its disk is cloned as {self.label}")


def _held(ledger: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(ledger)) as db:
        return set(db.execute("SELECT show, place FROM own_right"))


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _remove(database: Path) -> None:
    for part in _PARTS:
        database.with_name(database.name + part).unlink(missing_ok=True)


def _count(ledger: Path) -> int:
    with closing(sqlite3.connect(ledger)) as db:
        return int(db.execute("SELECT count(*) FROM journal").fetchone()[0])
