"""Reports of outages: one incident in full, and those of a period at all tills. Of records by value; what an incident
says of money its till has read from its own facts (`pos.till.contingency.summing`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from pos.domain.money import Money
from pos.domain.report import COUNT, MOMENT, MONEY, TEXT, WORD, Cell, Column, Report, Table
from pos.domain.reports.frame import Source, period, report, table
from pos.domain.season import Season, name_in

FAMILY: Final = "incident"  # of the records
NAME: Final = "incident"
Record = Mapping[str, Any]


# ---- one incident ----------------------------------------------------------------------------


def incident_report(
    record: Record,
    season: Season,
    made_at: str,
    language: str = "en",
    actions: Iterable[Record] = (),
    *,
    provisional: bool = False,
) -> Report:
    """All that is known of one outage of one till. `actions` are what was learned of it; a `provisional` one is on."""
    venue = season.venue
    told = _Told(season, ZoneInfo(venue.timezone), language)
    tables = (
        _levels(record, told),
        _sales(record, told),
        _tenders(record, told),
        _refused(record, told),
        _paper(record, told),
        _disputes(record, told),
        _people(record, told),
        _more(record, told),
        _actions(actions, told),
    )
    return Report(
        NAME,
        venue.name,
        venue.currency,
        told.at(made_at) or made_at,
        tuple(_facts(record, told)),
        tuple(one for one in tables if one.rows),
        provisional=provisional,
        signatures=("supervisor",),
        parameters={"incident": record["id"]},
    )


class _Told:
    """Names, and times on the venue's clock."""

    def __init__(self, season: Season, zone: ZoneInfo, language: str) -> None:
        self.season, self._zone, self._language = season, zone, language

    def at(self, iso: str) -> str | None:
        return datetime.fromisoformat(iso).astimezone(self._zone).isoformat(timespec="seconds") if iso else None

    def till(self, till: str) -> str:
        return self.season.tills.get(till, till)

    def user(self, user: str) -> str:
        known = self.season.users.get(user)
        return known.name if known is not None else user

    def show(self, show: str) -> str:
        known = self.season.shows.get(show)
        return (name_in(known.titles, self._language) or show) if known is not None else show

    def money(self, text: str) -> Money:
        return Money.parse(text, self.season.venue.currency)


def _facts(record: Record, told: _Told) -> Iterable[tuple[str, Cell]]:
    yield NAME, record["id"]
    yield "till", told.till(record["home"])
    yield "cause", _cause(record)
    yield "plan_version", record["plan"]
    for key in ("began_at", "back_at", "sent_at"):
        if (at := told.at(record[key])) is not None:
            gone = key == "back_at" and record["levels"] and record["levels"][-1]["level"] == "dead"
            yield "given_up_at" if gone else key, at
    for key in ("lasted_s", "detected_s", "recovered_s"):
        if record[key] is not None:
            yield key, _span(record[key])
    yield "entries_made", record["entries"]
    yield "printed", record["printed"]
    for key in ("misprinted", "borrowed", "lent", "restarts", "refused_more"):
        if record[key]:
            yield key, record[key]


def _cause(one: Record) -> str | None:
    return f"cause_{one['cause']}" if one["cause"] else None


def _span(seconds: int) -> str:
    """ "1:02:05", "2:05": hours, minutes and seconds."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _columns(*named: tuple[str, str]) -> tuple[Column, ...]:
    return tuple(Column(head, kind) for head, kind in named)


def _levels(record: Record, told: _Told) -> Table:
    rows = tuple(
        (f"level_{one['level']}", _cause(one), told.at(one["since"]), _span(one["seconds"])) for one in record["levels"]
    )
    return Table("levels", _columns(("level", WORD), ("cause", WORD), ("from", MOMENT), ("duration", TEXT)), rows)


def _sales(record: Record, told: _Told) -> Table:
    columns = (("level", WORD), ("sales", COUNT), ("tickets", COUNT), ("refunds", COUNT), ("amount", MONEY))
    rows = [
        (f"level_{one['level']}", one["sales"], one["tickets"], one["refunds"], told.money(one["amount"]))
        for one in record["sales"]
    ]
    return table("sales_by_level", columns, rows)


def _tenders(record: Record, told: _Told) -> Table:
    sums: dict[str, Money] = {}
    for one in record["sales"]:
        for tender, amount in one["tenders"].items():
            more = told.money(amount)
            sums[tender] = sums[tender] + more if tender in sums else more
    return table("by_tender", (("tender", WORD), ("amount", MONEY)), sorted(sums.items()))


def _refused(record: Record, told: _Told) -> Table:
    columns = (("reason", WORD), ("show", TEXT), ("place", TEXT), ("holder", TEXT), ("times", COUNT), ("first", MOMENT))
    rows = [
        (
            f"refused_{one['code']}",
            told.show(one.get("show", "")),
            one.get("place", ""),
            told.till(one.get("holder", "")),
            one["times"],
            told.at(one["at"]),
        )
        for one in record["refused"]
    ]
    return table("refused", columns, rows)


def _paper(record: Record, told: _Told) -> Table:
    states = ("tickets", "sold", "returned", "lost", "out")
    columns = (("pack", TEXT), ("show", TEXT), *((state, COUNT) for state in states))
    rows = [(one["pack"], told.show(one["show"]), *(one[state] for state in states)) for one in record["paper"]]
    return table("paper", columns, rows)


def _disputes(record: Record, told: _Told) -> Table:
    columns = _columns(
        ("dispute", TEXT), ("dispute_cause", WORD), ("places", TEXT), ("state", WORD), ("outcome", WORD), ("by", TEXT)
    )
    rows = tuple(
        (
            one["id"],
            f"dispute_{one['cause']}",
            ", ".join(one["places"]),
            f"state_{one['state']}",
            f"way_{one['way']}" if "way" in one else None,
            told.user(one.get("by", "")),
        )
        for one in record["disputes"]
    )
    return Table("disputes", columns, rows)


def _people(record: Record, told: _Told) -> Table:
    columns = _columns(("at", MOMENT), ("person", TEXT), ("by", TEXT), ("note", TEXT))
    rows = tuple((told.at(one["at"]), one["name"], told.user(one["user"]), one["text"]) for one in record["told"])
    return Table("told", columns, rows)


def _more(record: Record, told: _Told) -> Table:
    """What else was noted, in the words that it was noted with."""
    rows = tuple((told.at(one["at"]), f"note_{one['kind']}", _said(one)) for one in record["more"])
    return Table("events", _columns(("at", MOMENT), ("event", WORD), ("particulars", TEXT)), rows)


def _said(note: Record) -> str:
    said = [value for key, value in note.items() if key not in ("at", "kind") and value]
    return ", ".join(" ".join(map(str, value)) if isinstance(value, list) else str(value) for value in said)


def _actions(actions: Iterable[Record], told: _Told) -> Table:
    columns = _columns(("lesson", TEXT), ("owner", TEXT), ("due", TEXT), ("state", WORD))
    rows = tuple(
        (one["text"], told.user(one["owner"]), str(one.get("due", "")), f"state_{one['state']}") for one in actions
    )
    return Table("lessons", columns, rows)


# ---- those of a period -----------------------------------------------------------------------


def grouped(records: Iterable[Record]) -> list[list[Record]]:
    """Incidents in order of time, those that overlap together: what failed was most likely the same."""
    groups: list[list[Record]] = []
    until: datetime | None = None
    for record in sorted(records, key=lambda one: (datetime.fromisoformat(one["began_at"]), one["id"])):
        began, back = (datetime.fromisoformat(record[key]) for key in ("began_at", "back_at"))
        if until is not None and began <= until:
            groups[-1].append(record)
            until = max(until, back)
        else:
            groups.append([record])
            until = back
    return groups


def incidents(source: Source) -> Report:
    """Outages that began in the period: together where they overlap, and till by till."""
    told = _Told(source.season, ZoneInfo(source.season.venue.timezone), source.about.language)
    chosen = [record for record in source.about.records if _asked(source, record, told)]
    groups = grouped(chosen)
    return report(source, "incidents", period(source), [_outages(groups, told), _by_till(groups, told)])


def _asked(source: Source, record: Record, told: _Told) -> bool:
    day, asked = (told.at(record["began_at"]) or "")[:10], source.asked
    since = asked.get("since", asked.get("day", ""))
    until = asked.get("until", asked.get("day", "9999"))
    return since <= day <= until and asked.get("till", record["home"]) == record["home"]


_SUMS: Final = (("sales", COUNT), ("tickets", COUNT), ("amount", MONEY), ("refused", COUNT), ("disputes", COUNT))


def _outages(groups: Sequence[Sequence[Record]], told: _Told) -> Table:
    columns = (("number", TEXT), ("from", MOMENT), ("until", MOMENT), ("tills", COUNT), *_SUMS)
    rows = [
        (
            str(number),
            told.at(min((one["began_at"] for one in group), key=datetime.fromisoformat)),
            told.at(max((one["back_at"] for one in group), key=datetime.fromisoformat)),
            len({one["home"] for one in group}),
            *_sums(group, told),
        )
        for number, group in enumerate(groups, 1)
    ]
    return table("outages", columns, rows)


def _by_till(groups: Sequence[Sequence[Record]], told: _Told) -> Table:
    columns = (
        ("number", TEXT), ("incident", TEXT), ("till", TEXT), ("cause", WORD), ("level", WORD), ("from", MOMENT),
        ("duration", TEXT), ("detected_s", TEXT), ("recovered_s", TEXT), *_SUMS,
    )  # fmt: skip
    rows = [
        (
            str(number),
            one["id"],
            told.till(one["home"]),
            _cause(one),
            f"level_{one['worst']}",
            told.at(one["began_at"]),
            *(_span(one[key]) if one[key] is not None else None for key in ("lasted_s", "detected_s", "recovered_s")),
            *_sums([one], told),
        )
        for number, group in enumerate(groups, 1)
        for one in group
    ]
    return table("by_till", columns, rows)


def _sums(records: Sequence[Record], told: _Told) -> tuple[Cell, ...]:
    sales = [one for record in records for one in record["sales"]]
    amount = Money.zero(told.season.venue.currency)
    for one in sales:
        amount = amount + told.money(one["amount"])
    refused = sum(one["times"] for record in records for one in record["refused"])
    return (
        sum(one["sales"] for one in sales),
        sum(one["tickets"] for one in sales),
        amount,
        refused + sum(record["refused_more"] for record in records),
        sum(len(record["disputes"]) for record in records),
    )
