"""`housefull-office backup`, `restore` and `restored`, and backups on schedule while the office serves."""

from __future__ import annotations

import argparse
import logging
import re
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import insert, make_url, update
from sqlalchemy.exc import IntegrityError

from pos.domain.errors import Unreadable
from sync.office.clock import now_iso
from sync.office.rules import recovery
from sync.office.season.importer import import_within
from sync.office.store.backup import CannotBackUp, in_use, make, restore
from sync.office.store.engine import Database
from sync.office.store.tables import BACKUP_TURN

_LOG = logging.getLogger(__name__)
KEEP: Final = 48
RETRY_S: Final = 60.0
_LOOK_S: Final = 5.0
_PAUSE_S: Final = 0.01  # between two steps of SQLite's: whoever claims goes first
_SPAN: Final = re.compile(r"([1-9][0-9]{0,3})([mh])")


class BackupSchedule:
    """A backup every `every_s` seconds, made by one of the processes that serve on a database."""

    def __init__(self, database: Database, url: str, to: Path, every_s: int, keep: int) -> None:
        self._database, self._url, self._to = database, url, to.resolve()
        self._every_s, self._keep = every_s, keep
        self._thread = threading.Thread(target=self._run, name="backup", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                self.make_if_due(time.time())
            except Exception:  # noqa: BLE001 - logged; the office serves on
                _LOG.exception("the backup failed")
            time.sleep(_LOOK_S)

    def make_if_due(self, now: float) -> Path | None:
        """The backup that was made, if it was this process's turn. A failure is logged, and tried again in a minute."""
        if not self._take_turn(now):
            return None
        try:
            return make(self._url, self._to, _now(), self._keep, lambda: time.sleep(_PAUSE_S))
        except CannotBackUp as error:
            _LOG.warning("%s", error)
            self._set_turn(now - self._every_s + RETRY_S)
            return None

    def _take_turn(self, now: float) -> bool:
        ours = BACKUP_TURN.c.folder == str(self._to)
        due = ours & (BACKUP_TURN.c.began <= now - self._every_s)
        with self._database.write() as connection:
            if connection.execute(update(BACKUP_TURN).where(due).values(began=now)).rowcount:
                return True
        try:
            with self._database.write() as connection:
                connection.execute(insert(BACKUP_TURN).values(folder=str(self._to), began=now))
        except IntegrityError:
            return False
        return True

    def _set_turn(self, began: float) -> None:
        with self._database.write() as connection:
            connection.execute(
                update(BACKUP_TURN).where(BACKUP_TURN.c.folder == str(self._to)).values(began=began)
            )  # fmt: skip


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextmanager
def serving(url: str) -> Iterator[None]:
    """Nobody restores the database meanwhile."""
    where = make_url(url)
    if where.get_backend_name() != "sqlite" or not where.database:
        yield  # PostgreSQL knows who is connected
        return
    with in_use(Path(where.database), shared=True):
        yield


# ---- commands ----------------------------------------------------------------------------------


def add_commands(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
) -> tuple[argparse.ArgumentParser, ...]:
    """The parsers, for the options that all commands have."""
    backup = commands.add_parser("backup", help="back up the database, while the office serves, too")
    backup.add_argument("--to", type=Path, required=True, metavar="FOLDER")
    backup.add_argument("--keep", type=_count, default=KEEP, metavar="N", help="(default: %(default)s)")
    backup.set_defaults(without_database=_backup)
    back = commands.add_parser("restore", help="make a database of a backup, and wait for the tills")
    back.add_argument("--from", dest="file", type=Path, required=True, metavar="FILE")
    back.add_argument("--force", action="store_true", help="in place of what is in the database")
    back.set_defaults(without_database=_restore)
    restored = commands.add_parser(
        "restored", help="who still has to tell its rights after a restore; end it with --by"
    )
    restored.add_argument("--by", metavar="USER", help="the supervisor who ends it: rights are granted again")
    restored.add_argument(
        "--without",
        nargs="+",
        default=[],
        metavar="TILL",
        help='tills, or their enrolments ("T1.2"), of which --by attests that they sell no more',
    )
    restored.add_argument(
        "--import",
        dest="seasons",
        nargs="+",
        default=[],
        type=Path,
        metavar="FILE",
        help="with --by: import these once more, before anything is granted: whatever was imported after the backup",
    )
    restored.set_defaults(command=_restored)
    return backup, back, restored


def add_schedule(serve: argparse.ArgumentParser) -> None:
    serve.add_argument("--backup-to", type=Path, metavar="FOLDER", help="back up there on schedule")
    serve.add_argument("--backup-every", type=span, default=3600, metavar="TIME", help='like "30m"; default: "1h"')
    serve.add_argument("--backup-keep", type=_count, default=KEEP, metavar="N", help="(default: %(default)s)")


def span(text: str) -> int:
    """Seconds of "30m" or "2h"."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(f'{text!r} is not a time like "30m" or "2h"')
    return int(match[1]) * {"m": 60, "h": 3600}[match[2]]


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def _said(work: Callable[[], str]) -> int:
    try:
        sys.stdout.write(f"{work()}\n")
    except (CannotBackUp, recovery.CannotEnd, Unreadable) as error:
        sys.stderr.write(f"housefull-office: {error}\n")
        return 1
    return 0


def _backup(options: argparse.Namespace) -> int:
    return _said(lambda: f"backed up to {make(options.db, options.to, _now(), options.keep)}")


def put_back(url: str, file: Path, *, force: bool) -> Path | None:
    """Make the database what the backup says, as one that waits for its tills; what was set aside of it, if anything.
    Raises CannotBackUp."""
    named = {"generation": secrets.token_hex(8), "at": now_iso()}
    return restore(url, file, [statement.format(**named) for statement in recovery.BEGIN], force=force)


def _restore(options: argparse.Namespace) -> int:
    def work() -> str:
        aside = put_back(options.db, options.file, force=options.force)
        was = f"; what was there is {aside}" if aside is not None else ""
        return (
            f"restored from {options.file}{was}. Serve: the tills send what the office has lost, and nothing is "
            "granted until housefull-office restored --by USER, which imports once more (--import) what was since"
        )

    return _said(work)


def _restored(options: argparse.Namespace, database: Database) -> int:
    def work() -> str:
        if options.by is None:
            if options.seasons or options.without:
                raise recovery.CannotEnd("--without and --import go with --by")
            with database.read() as connection:
                if not recovery.recovering(connection):
                    return "this office waits for nobody"
                waits = ", ".join(hand.name for hand in recovery.waited_for(connection))
            return f"restored; still to tell their rights: {waits or 'nobody. End it: --by USER'}"
        with database.write() as connection:
            if not recovery.may_end(connection, options.by):
                raise recovery.CannotEnd(f"{options.by!r} is no supervisor of this season")
            gone = recovery.end(connection, options.by, options.without, int(time.time()))
            lines = [line for file in options.seasons for line in import_within(connection, file)]
        dead = "; dead: " + ", ".join(hand.name for hand in gone) if gone else ""
        return "\n".join([*lines, f"the restore has ended{dead}: rights are granted again"])

    return _said(work)
