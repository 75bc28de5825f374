"""`housefull-office gate`: tokens for gates, and what they exchange with the office as files instead of a line."""

from __future__ import annotations

import csv
import io
import json
import time
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from pos.domain.errors import Refused
from sync.office.api.gates import ScanItem
from sync.office.rules import gates
from sync.office.store.engine import Database
from sync.office.store.own import office_key

COLUMNS: Final = ("id", "code", "copy", "state", "place", "category", "price_type", "used_at", "used_by")
_DAY_S: Final = 86_400


class CannotExchange(Exception):
    """The text says why, for a person; nothing was booked."""


def token(database: Database, gate: str, days: int) -> str:
    """What a gate of that name shows, for so many days from now."""
    return gates.token(office_key(database), gate, int(time.time()) + days * _DAY_S)


def codes(database: Database, show: str, *, json_: bool) -> str:
    """All of a show's tickets as a file. Raises CannotExchange."""
    try:
        with database.read() as connection:
            found = gates.whole(connection, show)
    except Refused as refused:
        raise CannotExchange(f"there is no show {show!r}") from refused
    return as_json(found) if json_ else as_csv(found)


def book(database: Database, gate: str, path: Path) -> list[str]:
    """Book a file of scans; a line for each. Raises CannotExchange."""
    try:
        scans = read_scans(path)
        with database.write() as connection:
            done = gates.take(connection, gate, scans)
    except Refused as refused:
        raise CannotExchange(f"there is no show {refused.fields['show']!r}") from refused
    except (OSError, ValueError) as error:
        raise CannotExchange(str(error)) from error
    return [f"{item['id']} {item['result']} {item['ticket']}\n" for item in done]


def as_csv(tickets: list[dict[str, Any]]) -> str:
    """A line for each ticket, under the names of the columns."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: ticket[key] if ticket[key] is not None else "" for key in COLUMNS} for ticket in tickets)
    return out.getvalue()


def as_json(tickets: list[dict[str, Any]]) -> str:
    return json.dumps(tickets, ensure_ascii=False, indent=1) + "\n"


def read_scans(path: Path) -> list[gates.Scan]:
    """The scans of a file, all or none. Raises OSError, or ValueError that names the line and the field."""
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix == ".json":
        rows = json.loads(text)
        if not isinstance(rows, list):
            raise ValueError(f"{path.name}: must be a list of scans")
    else:
        rows = [{key: value for key, value in row.items() if value} for row in csv.DictReader(io.StringIO(text))]
    found: list[gates.Scan] = []
    for number, row in enumerate(rows, 1):
        try:
            found.append(gates.Scan(**ScanItem.model_validate(row).model_dump()))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise ValueError(f"{path.name}: scan {number}: {where}: {first['msg']}") from error
    return found
