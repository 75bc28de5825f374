"""A PC's data folder and its high-water mark, and what happens to them: full, backed up, restored, copied, gone."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from pos.store.identity import MarkFile
from tests.simulation.scheduler import Scheduler
from tests.simulation.threads import FULL, world

AFTER_THE_MARK: Final = "after the mark, before the answer"
_PARTS: Final = ("", "-wal", "-shm")


class Mark(MarkFile):
    """The real mark, with a place to die at after it. It lies on a disk of its own, which may be full too."""

    full = False

    def write(self, incarnation: int, number: int, hash: str) -> None:
        process = world().current.process
        process.check()
        if self.full:
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
        self.incarnation = 0
        self.gone = False
        self.doubtful: set[str] = set()
        self.unseen = False
        self.cloned: set[tuple[str, str]] = set()  # places in hand when there came to be two of it
        self._empty_ledger = empty_ledger
        self._backup: Path | None = None
        folder.mkdir()
        self._state = folder.with_name(f"{folder.name}-state")
        self.mark = Mark(self._state)

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.db"

    @property
    def replica(self) -> Path:
        return self.folder / "replica.db"

    @property
    def forked(self) -> bool:
        """Whether this ledger is not all there is of its incarnation's history."""
        return f"{self.name}.{self.incarnation}" in self.doubtful

    def ledgers(self) -> dict[int, Path]:
        """Incarnation -> ledger, those that were set aside too."""
        if not self.incarnation:
            return {}
        aside = {int(path.suffix[1:]): path for path in self.folder.glob("ledger.db.[0-9]*")}
        return aside if self.gone else {**aside, self.incarnation: self.ledger}

    def begin(self, incarnation: int) -> None:
        """An empty ledger for a new incarnation; the one before is set aside."""
        for part in _PARTS:
            old = self.ledger.with_name(f"ledger.db{part}")
            if old.exists() and self.incarnation:
                old.rename(old.with_name(f"ledger.db.{self.incarnation}{part}"))
        shutil.copy(self._empty_ledger, self.ledger)
        self.incarnation, self.gone, self._backup = incarnation, False, None

    # ---- trouble -------------------------------------------------------------------------

    def fill(self, *, mark: bool) -> None:
        """No commit is possible any more; or no mark can be written."""
        self.world.fault("state folder full" if mark else "disk full", f"{self.label}: {'mark' if mark else 'ledger'}")
        if mark:
            self.mark.full = True
        else:
            FULL.add(str(self.ledger))

    def make_room(self) -> None:
        self.mark.full = False
        FULL.discard(str(self.ledger))

    def back_up(self) -> None:
        """A consistent copy of the ledger, as a backup program makes it."""
        copy = self.folder / "backup.db"
        copy.unlink(missing_ok=True)
        with sqlite3.connect(self.ledger) as source, sqlite3.connect(copy) as target:
            source.backup(target)
        source.close()
        target.close()
        self._backup = copy
        self.world.note(f"{self.label}: backup made")

    def restore(self) -> None:
        """Put the backup back, while the till is off; nothing happens when there is none."""
        if self._backup is None or self.gone:
            return
        if self._count(self.ledger) > self._count(self._backup):
            self.doubtful.add(f"{self.name}.{self.incarnation}")
        else:
            self.unseen = True
        self._remove()
        shutil.copy(self._backup, self.ledger)
        self.world.fault("old folder restored", f"{self.label}: old folder restored")

    def lose(self) -> None:
        """Nothing of this disk can be read any more, while the till is off."""
        self.doubtful.add(f"{self.name}.{self.incarnation}")
        self.gone = True
        self._remove()
        self.replica.unlink(missing_ok=True)
        shutil.rmtree(self._state, ignore_errors=True)
        self.world.fault("disk gone", f"{self.label}: its disk is gone")

    def copy_from(self, other: Disk) -> None:
        """Be the clone of another disk, mark and all; while that till is off, or from a snapshot."""
        for source, target in ((other.ledger, self.ledger), (other.replica, self.replica)):
            with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
                old.backup(new)
            old.close()
            new.close()
        if other._state.exists():  # it has written a fact
            shutil.copytree(other._state, self._state)
        self.incarnation = other.incarnation
        with closing(sqlite3.connect(self.ledger)) as db:
            self.cloned |= set(db.execute("SELECT show, place FROM own_right WHERE state IN ('LEASED', 'SOLD')"))
        for disk in (self, other):
            disk.doubtful.add(f"{self.name}.{self.incarnation}")
            disk.unseen = True
        self.world.fault("disk cloned", f"{other.label}: its disk is cloned as {self.label}")

    def _remove(self) -> None:
        for part in _PARTS:
            self.ledger.with_name(f"ledger.db{part}").unlink(missing_ok=True)

    def _count(self, ledger: Path) -> int:
        with closing(sqlite3.connect(ledger)) as db:
            return int(db.execute("SELECT count(*) FROM journal").fetchone()[0])
