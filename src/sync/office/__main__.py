"""The command line of the office: `housefull-office COMMAND`; the commands are in `_parser`."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sync.office.auditlist import add_audit
from sync.office.backups import BackupSchedule, add_schedule, serving
from sync.office.backups import add_commands as add_backups
from sync.office.exports import add_ledger
from sync.office.reporting import add_report
from sync.office.stocklist import add_stock
from sync.office.store.engine import CannotOpen, Database, open_database

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sync.office.mail import Relay

FAILED, USAGE = 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit code: 0 done, 1 refused or violations found, 2 wrong usage or no database."""
    options = _parser().parse_args(argv)
    without_database: Callable[[argparse.Namespace], int] | None = getattr(options, "without_database", None)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    if without_database is not None:  # it makes the database, or must not change it
        return without_database(options)
    command: Callable[[argparse.Namespace, Database], int] = options.command
    try:
        database = open_database(options.db)
    except CannotOpen as error:
        return _complain(str(error), USAGE)
    try:
        return command(options, database)
    finally:
        database.close()


def _complain(text: str, code: int) -> int:
    sys.stderr.write(f"housefull-office: {text}\n")
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="housefull-office", description="The central office of Housefull.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="answer the tills until told to end")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    serve.add_argument("--port", type=_port, default=8443, help="0 picks a free one (default: %(default)s)")
    serve.add_argument("--tls-cert", type=Path, metavar="FILE", help="PEM certificate chain")
    serve.add_argument("--tls-key", type=Path, metavar="FILE", help="PEM private key")
    serve.add_argument("--insecure", action="store_true", help="plain HTTP also beyond loopback")
    _mail_options(serve)
    add_schedule(serve)
    serve.set_defaults(command=_serve)

    remind = commands.add_parser("remind", help="queue a reminder for the buyers of a show who agreed to be written to")
    remind.add_argument("show", metavar="SHOW")
    remind.set_defaults(command=_remind)

    season = commands.add_parser("import", help="load or update a season")
    season.add_argument("season", type=Path, metavar="SEASON.toml")
    season.set_defaults(command=_import)

    copied = commands.add_parser("import-copy", help="fill an empty office with another one's season, for training")
    copied.add_argument("season", type=Path, metavar="SEASON.json", help="as housefull --training writes it")
    copied.set_defaults(command=_import_copy)

    enrol = commands.add_parser("enrol", help="print a one-time enrolment code for a till")
    enrol.add_argument("till", metavar="TILL")
    enrol.add_argument("--replace", action="store_true", help="fence the till that is enrolled under this name")
    enrol.set_defaults(command=_enrol)

    dead = commands.add_parser("dead", help="declare a till dead: its rights go into quarantine")
    dead.add_argument("till", metavar="TILL")
    dead.set_defaults(command=_dead)

    absorb = commands.add_parser("absorb", help="take in the journal of a sealed or lost till")
    absorb.add_argument("file", type=Path, metavar="FILE", help="from housefull seal or housefull journal")
    absorb.set_defaults(command=_absorb)

    release = _release_command(commands)

    disputes = commands.add_parser("disputes", help="what a person has to decide, the oldest first")
    disputes.add_argument("--all", action="store_true", help="also those that have been resolved")
    disputes.add_argument("--json", action="store_true", help="as one JSON array, each with its text and age")
    disputes.set_defaults(command=_disputes)

    verify = commands.add_parser("verify", help="check the whole ledger; a line for each violation")
    verify.set_defaults(command=_verify)

    others = (_gate_command(commands), *(add(commands) for add in (add_audit, add_ledger, add_report, add_stock)))
    for command in (
        serve,
        season,
        copied,
        enrol,
        dead,
        absorb,
        release,
        disputes,
        verify,
        remind,
        *others,
        *add_backups(commands),
    ):
        command.add_argument(
            "--db", required=True, metavar="URL", help="sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"
        )
    return parser


def _release_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    release = commands.add_parser("release", help="free what a dead till held, on a supervisor's word")
    release.add_argument("till", metavar="TILL")
    which = release.add_mutually_exclusive_group(required=True)
    which.add_argument("--all", action="store_true", help="everything that it held")
    which.add_argument("--places", nargs="+", metavar="PLACE", help="these places of --show")
    release.add_argument("--show", metavar="SHOW")
    release.add_argument("--by", required=True, metavar="USER", help="the supervisor who attests it")
    release.add_argument("--reason", required=True, metavar="TEXT", help="why no ticket can be out for these places")
    release.add_argument(
        "--with", dest="attested", nargs="+", default=[], metavar="TILL",
        help="other fenced or dead tills of which the same is attested; TILL.N of one that was enrolled several times",
    )  # fmt: skip
    release.set_defaults(command=_release)
    return release


def _gate_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    gate = commands.add_parser("gate", help="codes for the gate, and its scans")
    what = gate.add_mutually_exclusive_group(required=True)
    what.add_argument("--token", metavar="GATE", help="print a token for the gate of that name")
    what.add_argument("--list", metavar="SHOW", help="write a show's codes to standard output, as CSV")
    what.add_argument("--scans", type=Path, metavar="FILE", help="book scans: CSV or JSON with id, show, code, at")
    gate.add_argument("--days", type=int, default=30, help="how long a token is good (default: %(default)s)")
    gate.add_argument("--json", action="store_true", help="the list as JSON")
    gate.add_argument("--name", default="file", metavar="GATE", help="whose scans the file has (default: %(default)s)")
    gate.set_defaults(command=_gate)
    return gate


def _mail_options(serve: argparse.ArgumentParser) -> None:
    """Where notices are handed in; without these they wait."""
    serve.add_argument("--smtp", metavar="HOST[:PORT]", help="hand notices to this mail server")
    serve.add_argument("--smtp-tls", choices=("starttls", "tls", "none"), default="starttls")
    serve.add_argument("--smtp-user", default="", metavar="USER")
    serve.add_argument("--smtp-password-file", type=Path, metavar="FILE", help="its first line is the password")
    serve.add_argument("--mail-from", metavar="ADDRESS", help="whom notices are from")


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port between 0 and 65535")
    return int(text)


def _serve(options: argparse.Namespace, database: Database) -> int:
    from sync.office.api.serve import CannotServe, serve
    from sync.office.store.own import office_key
    from sync.office.watcher import Watcher

    if (options.tls_cert is None) != (options.tls_key is None):
        return _complain("--tls-cert and --tls-key go together", USAGE)
    tls = (options.tls_cert, options.tls_key) if options.tls_cert is not None else None
    try:
        relay = _relay(options)
    except (OSError, ValueError) as error:
        return _complain(str(error), USAGE)
    if relay is not None:
        from sync.office.mail import Sender

        Sender(database, relay).start()
    Watcher(database).start()
    if options.backup_to is not None:
        BackupSchedule(database, options.db, options.backup_to, options.backup_every, options.backup_keep).start()
    try:
        with serving(options.db):
            serve(database, office_key(database), options.host, options.port, tls, insecure=options.insecure)
    except CannotServe as error:
        return _complain(str(error), USAGE)
    return 0


def _relay(options: argparse.Namespace) -> Relay | None:
    """The mail server, None for none. Raises ValueError, or OSError for a password that cannot be read."""
    from sync.office.mail import Relay

    if not options.smtp:
        return None
    if "@" not in (options.mail_from or ""):
        raise ValueError("--smtp needs --mail-from ADDRESS")
    host, _, port = options.smtp.partition(":")
    if port and not port.isdigit():
        raise ValueError(f"--smtp: {port!r} is not a port")
    usual = {"starttls": 587, "tls": 465, "none": 25}[options.smtp_tls]
    path = options.smtp_password_file
    password = path.read_text(encoding="utf-8").splitlines()[0].strip() if path is not None else ""
    return Relay(host, int(port or usual), options.mail_from, options.smtp_tls, options.smtp_user, password)


def _remind(options: argparse.Namespace, database: Database) -> int:
    from sqlalchemy.exc import NoResultFound

    from sync.office.rules import changes
    from sync.office.rules.outbox import about_show

    try:
        with database.write() as connection:
            told = about_show(connection, options.show, "reminder", "")
            changes.log(connection, told)
    except NoResultFound:
        return _complain(f"there is no show {options.show!r}", FAILED)
    sys.stdout.write(f"{len(told)} reminders are queued\n")
    return 0


def _import(options: argparse.Namespace, database: Database) -> int:
    from pos.domain.errors import Unreadable
    from sync.office.rules.recovery import recovering
    from sync.office.season.importer import import_season

    with database.read() as connection:
        if recovering(connection):
            why = (
                "the office was restored from a backup: import in the step that ends that "
                "(housefull-office restored --by USER --import FILE)"
            )
            return _complain(why, FAILED)
    try:
        lines = import_season(database, options.season)
    except Unreadable as error:
        return _complain(str(error), FAILED)
    sys.stdout.writelines(f"{line}\n" for line in lines or ["nothing changed"])
    return 0


def _import_copy(options: argparse.Namespace, database: Database) -> int:
    from pos.domain.errors import Unreadable
    from sync.office.season.copied import read_copy
    from sync.office.season.importer import import_copy

    try:
        lines = import_copy(database, read_copy(options.season))
    except Unreadable as error:
        return _complain(str(error), FAILED)
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


def _enrol(options: argparse.Namespace, database: Database) -> int:
    from sync.office.rules.enrolment import CannotEnrol, known, offer

    try:
        with database.write() as connection:
            code = offer(connection, options.till, int(time.time()), replace=options.replace)
            before = known(connection, options.till)
    except CannotEnrol as error:
        return _complain(str(error), FAILED)
    if before is not None:
        # Whoever enrols a till anew after a restore asks what the office has of it.
        sys.stderr.write(f"till {options.till}.{before[0]}: facts up to {before[1]} are here\n")
    sys.stdout.write(f"{code}\n")
    return 0


def _dead(options: argparse.Namespace, database: Database) -> int:
    from sync.office.rules.deaths import NoSuchTill, declare

    try:
        with database.write() as connection:
            death = declare(connection, options.till, int(time.time()))
    except NoSuchTill as error:
        return _complain(str(error), FAILED)
    held = ", ".join(f"{count} {state}" for state, count in sorted(death.held.items())) or "nothing"
    seen = datetime.fromtimestamp(death.last_seen, UTC).isoformat(timespec="seconds") if death.last_seen else "never"
    sys.stdout.write(
        f"till {death.hand.till}.{death.hand.incarnation} is dead (it was {death.was}): {death.facts} facts are here, "
        f"last heard {seen}, it holds {held}\n"
    )
    return 0


def _absorb(options: argparse.Namespace, database: Database) -> int:
    from sync.office.absorb import CannotAbsorb, absorb

    try:
        done = absorb(database, options.file)
    except (CannotAbsorb, OSError) as error:
        return _complain(str(error), FAILED)
    sys.stdout.write(
        f"till {done.till}.{done.incarnation}, {done.state}: {done.new} of {done.facts} facts are new, "
        f"{done.disputed} disputed\n"
    )
    return 0


def _release(options: argparse.Namespace, database: Database) -> int:
    from sync.office.rules.releasing import CannotRelease, Order, may_release, release

    if options.places and not options.show:
        return _complain("--places goes with --show", USAGE)
    places = frozenset((options.show, place) for place in options.places) if options.places else None
    order = Order(options.till, places, frozenset(options.attested), options.by, options.reason)
    try:
        with database.write() as connection:
            if not may_release(connection, options.by):
                return _complain(f"{options.by!r} is no supervisor of this season", FAILED)
            released = release(connection, order, int(time.time()))
    except CannotRelease as error:
        return _complain(str(error), FAILED)
    sys.stdout.writelines(f"released {place.show} {place.place}\n" for place in released)
    return 0


def _disputes(options: argparse.Namespace, database: Database) -> int:
    from sync.office.listing import as_json, as_text
    from sync.office.rules.disputes import documents

    with database.read() as connection:
        found = documents(connection, open_only=not options.all)
    write = as_json if options.json else as_text
    sys.stdout.write(write(found, datetime.now(UTC)))
    return 0


def _gate(options: argparse.Namespace, database: Database) -> int:
    from sync.office import gatefiles

    if options.token:
        sys.stdout.write(gatefiles.token(database, options.token, options.days) + "\n")
        return 0
    try:
        if options.list:
            sys.stdout.write(gatefiles.codes(database, options.list, json_=options.json))
        else:
            sys.stdout.writelines(gatefiles.book(database, options.name, options.scans))
    except gatefiles.CannotExchange as error:
        return _complain(str(error), FAILED)
    return 0


def _verify(_options: argparse.Namespace, database: Database) -> int:
    from sync.office.verify.check import check

    with database.read() as connection:
        found = check(connection)
    sys.stdout.writelines(f"{line}\n" for line in found.violations)
    sys.stderr.writelines(f"note: {line}\n" for line in found.notes)
    return FAILED if found.violations else 0


if __name__ == "__main__":
    sys.exit(main())
