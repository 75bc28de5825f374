"""The command line: housefull-office serve | import | enrol | disputes | verify."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sync.office.store.engine import CannotOpen, Database, open_database

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FAILED, USAGE = 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit code: 0 done, 1 refused or violations found, 2 wrong usage or no database."""
    options = _parser().parse_args(argv)
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)
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
    serve.set_defaults(command=_serve)

    season = commands.add_parser("import", help="load or update a season")
    season.add_argument("season", type=Path, metavar="SEASON.toml")
    season.set_defaults(command=_import)

    enrol = commands.add_parser("enrol", help="print a one-time enrolment code for a till")
    enrol.add_argument("till", metavar="TILL")
    enrol.add_argument("--replace", action="store_true", help="fence the till that is enrolled under this name")
    enrol.set_defaults(command=_enrol)

    disputes = commands.add_parser("disputes", help="what a person has to decide, the oldest first")
    disputes.add_argument("--all", action="store_true", help="also those that have been resolved")
    disputes.add_argument("--json", action="store_true", help="as one JSON array, each with its text and age")
    disputes.set_defaults(command=_disputes)

    verify = commands.add_parser("verify", help="check the whole ledger; a line for each violation")
    verify.set_defaults(command=_verify)

    for command in (serve, season, enrol, disputes, verify):
        command.add_argument(
            "--db", required=True, metavar="URL", help="sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"
        )
    return parser


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port between 0 and 65535")
    return int(text)


def _serve(options: argparse.Namespace, database: Database) -> int:
    from sync.office.api.serve import CannotServe, serve
    from sync.office.store.own import office_key

    if (options.tls_cert is None) != (options.tls_key is None):
        return _complain("--tls-cert and --tls-key go together", USAGE)
    tls = (options.tls_cert, options.tls_key) if options.tls_cert is not None else None
    try:
        serve(database, office_key(database), options.host, options.port, tls, insecure=options.insecure)
    except CannotServe as error:
        return _complain(str(error), USAGE)
    return 0


def _import(options: argparse.Namespace, database: Database) -> int:
    from pos.domain.errors import Unreadable
    from sync.office.season.importer import import_season

    try:
        lines = import_season(database, options.season)
    except Unreadable as error:
        return _complain(str(error), FAILED)
    sys.stdout.writelines(f"{line}\n" for line in lines or ["nothing changed"])
    return 0


def _enrol(options: argparse.Namespace, database: Database) -> int:
    from sync.office.rules.enrolment import CannotEnrol, offer

    try:
        with database.write() as connection:
            code = offer(connection, options.till, int(time.time()), replace=options.replace)
    except CannotEnrol as error:
        return _complain(str(error), FAILED)
    sys.stdout.write(f"{code}\n")
    return 0


def _disputes(options: argparse.Namespace, database: Database) -> int:
    from sync.office.listing import as_json, as_text
    from sync.office.rules.disputes import documents

    with database.read() as connection:
        found = documents(connection, open_only=not options.all)
    write = as_json if options.json else as_text
    sys.stdout.write(write(found, datetime.now(UTC)))
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
