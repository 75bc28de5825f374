"""`housefull-office ledger`: the books of a period as a file for the bookkeeper."""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO
from zoneinfo import ZoneInfo

from pos.domain.errors import Unreadable
from pos.filing import write_whole

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from pos.domain.calendar import Calendar
    from sync.office.ledger.accounts import AccountMap
    from sync.office.store.engine import Database

DONE, FAILED, USAGE, STOPPED = 0, 1, 2, 130
_PATIENCE_S: Final = 1.0  # before, and between, two words of how far it is
FORMATS: Final = ("datev", "csv", "json")


def add_ledger(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    command = commands.add_parser("ledger", help="write the books of a period for the bookkeeper")
    command.add_argument("--from", dest="since", type=day, required=True, metavar="DAY", help="first day, 2027-12-01")
    command.add_argument("--to", dest="until", type=day, required=True, metavar="DAY", help="last day, included")
    command.add_argument("--map", type=Path, required=True, metavar="FILE", help="which account goes to which number")
    command.add_argument("--format", choices=FORMATS, default="datev", help="(default: %(default)s)")
    command.add_argument("--out", type=Path, required=True, metavar="FILE", help="where to write it")
    command.add_argument("--replace", action="store_true", help="write over a file that is there")
    command.set_defaults(command=ledger)
    return command


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day like 2027-12-01") from error


def complain(text: str, code: int) -> int:
    sys.stderr.write(f"housefull-office: {text}\n")
    return code


class Progress:
    """Says how far something is, once it takes long: over the same line of a terminal, else a line each time."""

    def __init__(self, stream: TextIO, what: str) -> None:
        self._stream, self._what = stream, what
        self._next_s = time.monotonic() + _PATIENCE_S
        self._said = False

    def __call__(self, done: int, of: int) -> None:
        if time.monotonic() < self._next_s:
            return
        self._next_s = time.monotonic() + _PATIENCE_S
        self._said = True
        line = f"{done} of {of} {self._what}"
        self._stream.write(f"\r{line}" if self._stream.isatty() else f"{line}\n")
        self._stream.flush()

    def end(self) -> None:
        if self._said and self._stream.isatty():
            self._stream.write("\n")


def ledger(options: argparse.Namespace, database: Database) -> int:
    """Exit codes: 0 written, 1 refused, 2 a file or a period that makes no sense, 130 stopped."""
    from sync.office.ledger.accounts import read_accounts
    from sync.office.ledger.entries import CannotExport

    if options.until < options.since:
        return complain(f"--to {options.until} is before --from {options.since}", USAGE)
    try:
        accounts = read_accounts(options.map.read_text(encoding="utf-8"), options.map.name)
    except (OSError, Unreadable, UnicodeDecodeError) as error:
        return complain(str(error), USAGE)
    progress = Progress(sys.stderr, "facts read")
    try:
        with database.read() as connection:
            data, count = _written(connection, options, accounts, progress)
        write_whole(options.out, data, replace=options.replace)
    except KeyboardInterrupt:
        progress.end()
        return complain("stopped; nothing was written", STOPPED)
    except (CannotExport, OSError) as error:
        progress.end()
        return complain(str(error), FAILED)
    progress.end()
    sys.stdout.write(f"{options.out}: {count} entries from {options.since} to {options.until}\n")
    return DONE


def _written(
    connection: Connection, options: argparse.Namespace, accounts: AccountMap, progress: Progress
) -> tuple[bytes, int]:
    from sync.office.ledger import datev, files
    from sync.office.ledger.entries import check_mapped, read_entries

    calendar, currency = venue_of(connection)

    def day_of(at: datetime) -> tuple[datetime, date]:
        return calendar.local(at), calendar.day_of(at)

    entries = read_entries(connection, options.since, options.until, day_of, progress)
    left = accounts.datev.leave_out if options.format == "datev" and accounts.datev is not None else frozenset()
    check_mapped(entries, accounts, left)
    if options.format == "csv":
        data = files.as_csv(entries, accounts)
    elif options.format == "json":
        data = files.as_json(entries, accounts, options.since, options.until)
    else:
        data = datev.as_datev(entries, accounts, options.since, options.until, currency)
    return data, len(entries)


def venue_of(connection: Connection) -> tuple[Calendar, str]:
    """The venue's calendar and its currency. Raises CannotExport before a season is imported."""
    from sqlalchemy import select

    from pos.domain.calendar import MIDNIGHT, Calendar, parse_day_ends
    from sync.office.ledger.entries import CannotExport
    from sync.office.store.tables import DOCUMENT

    body = connection.execute(select(DOCUMENT.c.body).where(DOCUMENT.c.family == "venue")).scalar_one_or_none()
    if body is None:
        raise CannotExport("no season is imported yet")
    venue = json.loads(body)
    calendar = Calendar(ZoneInfo(venue["timezone"]), parse_day_ends(venue.get("day_ends", MIDNIGHT)))
    return calendar, venue["currency"]
