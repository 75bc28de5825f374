"""From the text of a season file to documents: every key known, every value of its kind."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from pos.domain.errors import Unreadable
from pos.domain.plan import Plan, read_plan
from pos.domain.price import version_id
from sync.office.season.keys import AREA, ORDER_LINE, REFUND_STEP, TABLES, VENUE, Table

# Shown to people in the order of the file: the first price type is on the first key.
_ORDERED: Final = frozenset(
    {"price_type", "fee", "user", "till", "promotion", "product", "package", "agreement", "promoter"}
)

Documents = dict[str, dict[str, dict[str, Any]]]  # family -> id -> document


@dataclass
class SeasonFile:
    """A season file, read. `at` says where each document stands, for messages: "show[2]"."""

    source: str
    documents: Documents = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    at: dict[tuple[str, str], str] = field(default_factory=dict)

    def bad(self, family: str, id: str, key: str, reason: str) -> Unreadable:
        where = self.at[family, id]
        return Unreadable(self.source, f"{where}.{key}" if key else where, reason)

    def all(self, family: str) -> dict[str, dict[str, Any]]:
        return self.documents.get(family, {})


def read_season(path: Path, currency: str | None) -> SeasonFile:
    """Read the file, and the plans it names beside it. `currency` is that of the venue the office
    has, None when it has none. Raises Unreadable naming file, key and reason."""
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(path.name, "", f"is not UTF-8 ({error})") from error
    except OSError as error:
        raise Unreadable(str(path), "", error.strerror or str(error)) from error
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(path.name, "", f"is not TOML ({error})") from error
    return _Reader(path, currency).read(content)


class _Reader:
    def __init__(self, path: Path, currency: str | None) -> None:
        self.path, self.currency = path, currency or ""
        self.file = SeasonFile(path.name)

    def bad(self, key: str, reason: str) -> Unreadable:
        return Unreadable(self.path.name, key, reason)

    def read(self, content: dict[str, Any]) -> SeasonFile:
        for name in content:
            if name != "venue" and name not in TABLES:
                raise self.bad(name, _unknown(name, ["venue", *TABLES]))
        if "venue" in content:
            self._venue(content["venue"])
        elif not self.currency:
            raise self.bad("venue", "is missing, and this office has no venue yet")
        for family, table in TABLES.items():
            for where, record in self._records(content, family):
                self._check(record, table, where)
                self._inner(family, record, where)
                self._keep(family, table, record, where)
        for plan_id, document in self.file.all("plan").items():
            self.file.plans[plan_id] = self._plan(document["file"], self.file.at["plan", plan_id])
        return self.file

    def _venue(self, venue: Any) -> None:
        if not isinstance(venue, dict):
            raise self.bad("venue", "must be one table [venue]")
        wanted = venue.get("currency")
        if self.currency and wanted != self.currency and isinstance(wanted, str):
            raise self.bad("venue.currency", f"is {wanted}, but this office keeps its books in {self.currency}")
        self.currency = wanted if isinstance(wanted, str) else ""
        self._check(venue, VENUE, "venue")
        self.file.documents["venue"] = {venue["id"]: venue}
        self.file.at["venue", venue["id"]] = "venue"

    def _records(self, content: dict[str, Any], family: str) -> Iterator[tuple[str, dict[str, Any]]]:
        records = content.get(family, [])
        if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
            raise self.bad(family, f"must be a list of tables [[{family}]]")
        for index, record in enumerate(records):
            yield f"{family}[{index}]", record

    def _check(self, record: dict[str, Any], table: Table, where: str) -> None:
        for key in table.must:
            if key not in record:
                raise self.bad(f"{where}.{key}", "is missing")
        checks = table.checks
        for key, value in record.items():
            if key not in checks:
                if not table.open:
                    raise self.bad(f"{where}.{key}", _unknown(key, list(checks)))
                self._plain(value, f"{where}.{key}")
                continue
            try:
                checks[key](value, self.currency)
            except ValueError as error:
                raise self.bad(f"{where}.{key}", str(error)) from error
            self._plain(value, f"{where}.{key}")

    def _plain(self, value: Any, where: str) -> None:
        """Only what JSON can hold, and no floats: they have lost cents already."""
        if isinstance(value, float):
            raise self.bad(where, f"{value!r} must be in quotes")
        if isinstance(value, (datetime, date, time)):
            raise self.bad(where, "must be a time in quotes")
        if isinstance(value, dict):
            for key, item in value.items():
                self._plain(item, f"{where}.{key}")
        if isinstance(value, list):
            for index, item in enumerate(value):
                self._plain(item, f"{where}[{index}]")

    def _inner(self, family: str, record: dict[str, Any], where: str) -> None:
        """Tables within a record."""
        if family == "show":
            seen: set[str] = set()
            for at, area in self._list(record, "areas", where):
                self._check(area, AREA, at)
                if area["id"] in seen:
                    raise self.bad(f"{at}.id", f"{area['id']!r} is there twice")
                if area["capacity"] < 1:
                    raise self.bad(f"{at}.capacity", "must be at least 1")
                seen.add(area["id"])
        elif family == "order":
            for at, line in self._list(record, "lines", where):
                self._check(line, ORDER_LINE, at)
            if not record["lines"]:
                raise self.bad(f"{where}.lines", "must not be empty")
        elif family == "promotion":
            self._promotion(record, where)
        elif family == "package":
            self._package(record, where)
        elif family == "product" and record.get("kind", "product") == "product" and "price" not in record:
            raise self.bad(f"{where}.price", "is missing; only a donation may leave it to the buyer")
        elif family == "terms":
            for at, step in self._list(record, "refund", where):
                self._check(step, REFUND_STEP, at)

    def _package(self, record: dict[str, Any], where: str) -> None:
        if record["kind"] == "series" and not record.get("shows"):
            raise self.bad(f"{where}.shows", "is missing: a series is of these shows")
        if record["kind"] == "pass" and not 1 <= record.get("count", 0) <= 1000:
            raise self.bad(f"{where}.count", "must be from 1 to 1000: a pass is good for so many visits")
        if record.get("stock", 0) > 100_000:
            raise self.bad(f"{where}.stock", "must be at most 100000")

    def _promotion(self, record: dict[str, Any], where: str) -> None:
        if ("off" in record) == ("free_every" in record):
            raise self.bad(where, 'needs one of off ("20%", "5.00") and free_every')
        if record.get("free_every", 2) < 2:
            raise self.bad(f"{where}.free_every", "must be at least 2")
        if record.get("min", 1) < 1:
            raise self.bad(f"{where}.min", "must be at least 1")
        if (
            "from" in record
            and "until" in record
            and datetime.fromisoformat(record["until"]) <= datetime.fromisoformat(record["from"])
        ):
            raise self.bad(f"{where}.until", "is not after its beginning")

    def _list(self, record: dict[str, Any], key: str, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
        items = record.get(key, [])
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise self.bad(f"{where}.{key}", "must be a list of tables")
        for index, item in enumerate(items):
            yield f"{where}.{key}[{index}]", item

    def _keep(self, family: str, table: Table, record: dict[str, Any], where: str) -> None:
        known = self.file.documents.setdefault(family, {})
        if family == "hold" and "id" not in record:
            record["id"] = _hold_id(record, known)
        if family == "prices" and (since := record.get("valid_from") or record.get("published")):
            # A version of the list that has this name; the plain one is in effect before all versions.
            record["list"] = record["id"]
            record["id"] = version_id(record["id"], since)
        id = record[table.key]
        if id in known:
            raise self.bad(f"{where}.{table.key}", f"{id!r} is already at {self.file.at[family, id]}")
        if family in _ORDERED:
            record["order"] = len(known)
        known[id] = record
        self.file.at[family, id] = where

    def _plan(self, name: str, where: str) -> Plan:
        try:
            data = (self.path.parent / name).read_bytes()
        except OSError as error:
            raise self.bad(f"{where}.file", f"{name}: {error.strerror or error}") from error
        return read_plan(data, name)


def _hold_id(record: dict[str, Any], known: dict[str, Any]) -> str:
    """Holds need no id of their own; those alike are numbered in the file's order."""
    base = "/".join((record["show"], record["type"], record.get("owner", "")))
    same = 1
    while (id := base if same == 1 else f"{base}/{same}") in known:
        same += 1
    return id


def _unknown(key: str, known: list[str]) -> str:
    near = get_close_matches(key, known, 1)
    return f"unknown key (did you mean {near[0]}?)" if near else f"unknown key (known: {', '.join(sorted(known))})"
