"""Reports: which there are for whoever is signed in, made, shown, printed and written to files.

A report is made of the office's figures, or of this till's own facts while the office is away, and then says so. The
last ones are kept as they were made: what is printed or written later is what was shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from pos.data import resource
from pos.domain.errors import Refused
from pos.domain.report import Report
from pos.domain.reports import REPORTS
from pos.domain.reports.kinds import About, ReportKind
from pos.domain.reports.standing import silent, told
from pos.domain.season import name_in
from pos.paper.reports.receipt import as_receipt
from pos.paper.reports.words import ReportWords, Writer, keys_of
from pos.store import records
from pos.till.counter import issue
from pos.till.counter.gathering import Gathered, gather
from pos.till.desk import Desk, Verb
from pos.till.making import FORMATS, LANGUAGES, Form, ReportFiles, Step, Work
from pos.till.ports import LineDown

_TENTHS: Final = 10  # progress is told in so many steps of a thousand


@lru_cache(1)
def report_words() -> ReportWords:
    """The words that ship."""
    return ReportWords(resource("reports", "words.toml").read_text(encoding="utf-8"))


def reports(desk: Desk, *, language: str = "") -> dict[str, Any]:
    """What this person may see, with its parameters; and what these may be: shows, tills, cashiers, promoters."""
    user, season = desk.signed_in(), desk.season()
    write = Writer(language or desk.outside.locale, report_words())
    listed = [
        {
            "name": kind.name,
            "title": write.say(kind.name),
            "needs": list(kind.needs),
            "takes": [name for name in kind.takes if name != "cashier" or user.role in kind.roles],
        }
        for kind in REPORTS.values()
        if kind.allows(user.role)
    ]
    shows = sorted(season.shows.values(), key=lambda show: show.starts)
    return {
        "reports": listed,
        "formats": list(FORMATS),
        "languages": list(LANGUAGES),
        "shows": [
            {
                "id": show.id,
                "title": name_in(show.titles, write.language) or show.production,
                "starts": show.starts.isoformat(),
            }
            for show in shows
        ],
        "tills": [{"id": id_, "name": name} for id_, name in season.tills.items()],
        "cashiers": [{"id": id_, "name": one.name} for id_, one in season.users.items()],
        "promoters": [{"id": id_, "name": one.name} for id_, one in season.promoters.items()],
    }


def report(
    desk: Desk,
    *,
    name: str,
    language: str = "",
    format: str = "",
    to: str = "",
    replace: bool = False,
    separator: str = ",",
    decimal_comma: bool = False,
    bom: bool = False,
    **asked: str,
) -> Verb[dict[str, Any]]:
    """Make a report. `made` is its number for `print_report` and `export_report`, `words` what its keys say.

    With `format` and `to` it is written, too. Tells how far it is by the event "report". Raises Refused:
    bad_request not_allowed unknown_show stopped device_absent.
    """
    user, season = desk.signed_in(), desk.season()
    kind = _kind(name)
    if not kind.allows(user.role):
        raise Refused("not_allowed", what=name, role=user.role, reason=f"{name} is not for a {user.role}")
    if user.role not in kind.roles and asked.setdefault("cashier", user.id) != user.id:
        raise Refused(
            "not_allowed", what=name, role=user.role, reason=f"{name} of somebody else is not for a {user.role}"
        )
    if bool(format) != bool(to):
        raise Refused("bad_request", field="to", reason="format and to go together")
    form = _form(desk, format or FORMATS[0], language, separator, decimal_comma, bom)
    checked = kind.check(asked, season)
    with _under_way(desk, name) as work:
        gathered = yield from gather(desk, kind.query(checked, season), lambda share: _tell(desk, work, share))
        looks = {} if gathered.own_only else (yield from _looks(desk, kind))
        about = About(
            season, _now(desk), _late(desk, gathered), gathered.own_only, user.id, form.language, gathered.tills, looks,
            _records(desk, kind),
        )  # fmt: skip
        made = told(kind.build(gathered.figures, checked, about), about)
    answer = shown(desk, user.id, made, form.language)
    if to:
        answer["file"] = yield from _write(desk, made, form, to, replace)
    return answer


def cancel_report(desk: Desk) -> dict[str, Any]:
    """Stop what is being made or written. `stopped` are its names; the verb that waits is refused by "stopped"."""
    desk.signed_in()
    for work in desk.making.works:
        work.stopped = True
    return {"stopped": [work.name for work in desk.making.works]}


def export_report(
    desk: Desk,
    *,
    made: int,
    format: str,
    to: str,
    language: str = "",
    replace: bool = False,
    separator: str = ",",
    decimal_comma: bool = False,
    bom: bool = False,
) -> Verb[dict[str, Any]]:
    """Write a report as it was made. Into a folder it goes under a name of its own. Raises Refused:
    bad_request stopped device_absent."""
    kept = _kept(desk, made)
    form = _form(desk, format, language, separator, decimal_comma, bom)
    file = yield from _write(desk, kept, form, to, replace)
    return {"file": file}


def print_report(desk: Desk, *, made: int, language: str = "") -> dict[str, Any]:
    """Print a report as it was made, at the receipt printer. Raises Refused: bad_request device_absent
    storage_failed."""
    kept, till = _kept(desk, made), desk.outside.till
    write = Writer(language or desk.outside.locale, report_words())
    content = as_receipt(kept, write, desk.season().tills.get(till, till))
    issue.check_present(desk, "receipt")
    with desk.unit() as unit:
        job = desk.ledger.add_job("receipt", "list", kept.name, [], content)
        answer = unit.answers({"job": job.id})
    issue.send(desk, job)
    return answer


# ---- inside ------------------------------------------------------------------------------


def _kind(name: str) -> ReportKind:
    kind = REPORTS.get(name)
    if kind is None:
        have = ", ".join(sorted(REPORTS)) or "none"
        raise Refused("bad_request", field="name", reason=f"there is no report {name!r}; there are: {have}")
    return kind


def _kept(desk: Desk, made: int) -> Report:
    kept = desk.making.kept(desk.signed_in().id, made)
    if kept is None:
        raise Refused("bad_request", field="made", reason=f"report {made} is not kept here (any more): make it again")
    return kept


def _form(desk: Desk, format: str, language: str, separator: str, decimal_comma: bool, bom: bool) -> Form:
    if format not in FORMATS:
        raise Refused("bad_request", field="format", reason=f"{format!r} is none of {', '.join(FORMATS)}")
    if decimal_comma and separator == ",":
        raise Refused("bad_request", field="separator", reason="must not be a comma where decimals have one")
    return Form(format, language or desk.outside.locale, separator, decimal_comma, bom)


def _write(desk: Desk, report: Report, form: Form, to: str, replace: bool) -> Verb[str]:
    def begin(files: ReportFiles, path: Path, step: Step) -> Future[str]:
        return files.write(report, form, path, replace, step)

    written: str = yield from write_file(desk, report.name, to, begin)
    return written


def write_file(desk: Desk, name: str, to: str, begin: Callable[[ReportFiles, Path, Step], Future[str]]) -> Verb[str]:
    """Have a file written, telling how far it is by the event "report". Raises Refused: bad_request stopped
    device_absent."""
    if desk.outside.reports is None:
        raise Refused("device_absent", device="reports")
    path = Path(to).expanduser()
    if not path.is_absolute():
        raise Refused("bad_request", field="to", reason=f"{to!r} does not say where: give the whole path")
    with _under_way(desk, name) as work:
        told = {"share": -1}

        def step(done: int, of: int) -> bool:
            share = done * 1000 // of if of else 1000
            if share // _TENTHS != told["share"] // _TENTHS:
                told["share"] = share
                desk.post(lambda: desk.emit("report", name=name, share=share, stage="writing"))
            return not work.stopped

        written: str = yield begin(desk.outside.reports, path, step)
    return written


@contextmanager
def _under_way(desk: Desk, name: str) -> Iterator[Work]:
    work = Work(name)
    desk.making.works.append(work)
    try:
        yield work
    finally:
        desk.making.works.remove(work)


def _looks(desk: Desk, kind: ReportKind) -> Verb[dict[str, Any]]:
    """What else only the office knows; nothing of it once the line is down."""
    found: dict[str, Any] = {}
    try:
        for what in kind.looks:
            found[what] = yield desk.outside.office.look(what, {})
    except LineDown:
        return {}
    return found


def _records(desk: Desk, kind: ReportKind) -> tuple[dict[str, Any], ...]:
    """The records that it reads, in the order of their ids."""
    if not kind.reads:
        return ()
    known = desk.replica.records(kind.reads) | records.own(desk.ledger.connection, kind.reads)
    return tuple(known[id_] for id_ in sorted(known))


def _tell(desk: Desk, work: Work, share: int) -> bool:
    """Tell how far it is, of 1000; whether to go on."""
    desk.emit("report", name=work.name, share=share, stage="adding")
    return not work.stopped


def _late(desk: Desk, gathered: Gathered) -> tuple[str, ...]:
    """Names of tills that may still have facts to send: those of which nothing is heard while their shift is open,
    and this one while it has some."""
    names, own = desk.season().tills, desk.outside.till
    late = [till for till in silent(gathered.tills, desk.clock.now()) if till != own]
    if not gathered.own_only and desk.number > desk.acknowledged():
        late.append(own)
    return tuple(names.get(till, till) for till in dict.fromkeys(late))


def shown(desk: Desk, user: str, made: Report, language: str = "") -> dict[str, Any]:
    """A report as it is shown, kept to be printed and written as it is."""
    write = Writer(language or desk.outside.locale, report_words())
    extra = ("total", "provisional", "not_here", "made_at")
    return {
        "report": made.to_json(),
        "made": desk.making.keep(user, made),
        "standing": write.standing(made),
        "words": {key: write.say(key) for key in (*keys_of(made), *extra)},
    }


def _now(desk: Desk) -> str:
    """On the venue's clock, whatever this machine's is."""
    return desk.clock.now().astimezone(ZoneInfo(desk.season().venue.timezone)).isoformat(timespec="seconds")
