"""`housefull-office report`: a report of all that the office has, on the terminal or in a file."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from pos.domain.errors import Refused
from pos.filing import write_whole
from sync.office.exports import DONE, FAILED, STOPPED, USAGE, Progress, complain, day

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from pos.domain.figures import Figures, Query
    from pos.domain.report import Report
    from pos.domain.reports.kinds import Asked, ReportKind
    from pos.domain.season import Season
    from pos.paper.reports.words import Writer
    from sync.office.store.engine import Database

_LANGUAGES: Final = ("en", "zh_TW", "vi", "uk", "hu")
_READABLE: Final = ("text", "csv", "json")
FORMATS: Final = (*_READABLE, "pdf", "xlsx")
_PARAMETERS: Final = {  # option -> the report's parameter
    "day": "day", "from": "since", "to": "until", "show": "show", "till": "till", "cashier": "cashier",
    "promoter": "promoter", "shift": "shift",
}  # fmt: skip


def add_report(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    command = commands.add_parser("report", help="show a report, or write it to a file; without NAME, list them")
    command.add_argument("name", nargs="?", default="", metavar="NAME")
    for option, parameter in _PARAMETERS.items():
        is_day = parameter in ("day", "since", "until")
        command.add_argument(
            f"--{option}", dest=parameter, type=day if is_day else str, metavar="DAY" if is_day else "ID"
        )
    command.add_argument("--format", choices=FORMATS, default="text", help="(default: %(default)s)")
    command.add_argument("--language", choices=_LANGUAGES, default="en", help="(default: %(default)s)")
    command.add_argument("--out", type=Path, metavar="FILE", help="write it there instead of to standard output")
    command.add_argument("--replace", action="store_true", help="write over a file that is there")
    command.add_argument("--separator", choices=(",", ";", "tab"), default=",", help="of CSV (default: %(default)s)")
    command.add_argument("--decimal-comma", action="store_true", help="write 12,50 in CSV")
    command.add_argument("--bom", action="store_true", help="begin CSV with the mark by which Excel knows UTF-8")
    command.set_defaults(command=report)
    return command


def report(options: argparse.Namespace, database: Database) -> int:
    """Exit codes: 0 done, 1 refused, 2 asked for what makes no sense, 130 stopped."""
    from pos.domain.reports import REPORTS

    kind = REPORTS.get(options.name)
    if kind is None:
        return _list(options.name, REPORTS)
    if options.out is None and options.format not in _READABLE:
        return complain(f"--format {options.format} goes with --out FILE", USAGE)
    if options.decimal_comma and options.separator == ",":
        return complain("--decimal-comma goes with --separator ; or tab", USAGE)
    if options.out is not None and options.out.exists() and not options.replace:
        return complain(f"{options.out} is there already", FAILED)
    progress = Progress(sys.stderr, "parts read")
    try:
        with database.read() as connection:
            made = _made(connection, kind, options, progress)
        data = _rendered(made, options)
        if options.out is not None:
            write_whole(options.out, data, replace=options.replace)
    except KeyboardInterrupt:
        progress.end()
        return complain("stopped; nothing was written", STOPPED)
    except Refused as refused:
        progress.end()
        return complain(str(refused.fields.get("reason", refused)), USAGE)
    except (OSError, ValueError) as error:
        progress.end()
        return complain(str(error), FAILED)
    progress.end()
    if options.out is None:
        sys.stdout.write(data.decode())
    else:
        sys.stdout.write(f"{options.out}\n")
    if made.provisional:
        sys.stderr.write(f"note: provisional, not everything is here yet: {', '.join(made.late)}\n")
    return DONE


def _list(asked: str, kinds: dict[str, ReportKind]) -> int:
    names = sorted(kinds)
    if asked:
        return complain(f"there is no report {asked!r}; there are: {', '.join(names)}", USAGE)
    by_parameter = {parameter: option for option, parameter in _PARAMETERS.items()}
    for name in names:
        needs = [f"--{by_parameter[one]}" for one in kinds[name].needs]
        takes = [f"[--{by_parameter[one]}]" for one in kinds[name].takes]
        sys.stdout.write(f"{' '.join([name, *needs, *takes])}\n")
    return DONE


def _made(
    connection: Connection, kind: ReportKind, options: argparse.Namespace, progress: Callable[[int, int], None]
) -> Report:
    """Add up and build. Raises Refused for parameters that make no sense, ValueError before a season is imported."""
    from pos.domain.reports.kinds import About
    from pos.domain.reports.standing import silent, told
    from sync.office.rules.figures import standing

    season = _season(connection)
    given = {name: getattr(options, name) for name in _PARAMETERS.values()}
    asked: Asked = kind.check({name: str(value) for name, value in given.items() if value is not None}, season)
    figures = _added_up(connection, kind.query(asked, season), progress)
    tills, now = standing(connection), datetime.now(UTC)
    about = About(
        season,
        now.astimezone(ZoneInfo(season.venue.timezone)).isoformat(timespec="seconds"),
        tuple(season.tills.get(till, till) for till in silent(tills, now)),
        language=options.language,
        tills=tills,
        looks=_looks(connection, kind),
        records=_records(connection, kind.reads),
    )
    return told(kind.build(figures, asked, about), about)


def _season(connection: Connection) -> Season:
    from sqlalchemy import select

    from pos.domain.season import FAMILIES, Season
    from sync.office.store.tables import DOCUMENT

    documents: dict[str, dict[str, dict[str, Any]]] = {family: {} for family in FAMILIES}
    for row in connection.execute(select(DOCUMENT).where(DOCUMENT.c.family.in_(FAMILIES))):
        documents[row.family][row.id] = json.loads(row.body)
    if not documents["venue"]:
        raise ValueError("no season is imported yet")
    return Season.from_documents(documents)


def _added_up(connection: Connection, query: Query, progress: Callable[[int, int], None]) -> Figures:
    from sync.office.rules.figures import page

    figures, position = page(connection, query, None)
    while position is not None:
        progress(int(position.share * 1000), 1000)
        more, position = page(connection, query, position)
        figures.merge(more)
    return figures


def _looks(connection: Connection, kind: ReportKind) -> dict[str, Any]:
    from sync.office.rules.look import KINDS

    return {what: KINDS[what](connection, "", {}) for what in kind.looks}


def _records(connection: Connection, family: str) -> tuple[dict[str, Any], ...]:
    from sqlalchemy import select

    from sync.office.store.tables import DOCUMENT

    if not family:
        return ()
    rows = connection.execute(select(DOCUMENT.c.body).where(DOCUMENT.c.family == family).order_by(DOCUMENT.c.id))
    return tuple(json.loads(body) for body in rows.scalars())


def _rendered(made: Report, options: argparse.Namespace) -> bytes:
    from pos.data import resource
    from pos.paper.reports.csvfile import CsvStyle, as_csv
    from pos.paper.reports.text import as_text
    from pos.paper.reports.words import ReportWords, Writer

    words = ReportWords(resource("reports", "words.toml").read_text(encoding="utf-8"))
    write = Writer(options.language, words)
    if options.format == "json":
        return (json.dumps(made.to_json(), ensure_ascii=False, indent=1) + "\n").encode()
    if options.format == "csv":
        separator = "\t" if options.separator == "tab" else options.separator
        return as_csv(made, write, CsvStyle(separator, options.decimal_comma, options.bom))
    if options.format == "text":
        return as_text(made, write).encode()
    return _drawn(made, write, options.format)


def _drawn(made: Report, write: Writer, format_: str) -> bytes:
    from pos.data import resource
    from pos.paper.faces import FONT_FILES
    from pos.paper.pdf import pdf_face
    from pos.paper.reports.pdf import as_pdf
    from pos.paper.reports.xlsx import as_xlsx

    rows = Progress(sys.stderr, "rows written")
    if format_ == "xlsx":
        return as_xlsx(made, write, rows)
    face = pdf_face({name: resource("fonts", name).read_bytes() for name in FONT_FILES})
    return as_pdf(made, write, face, rows)
