"""Importing a season: what is new or different is written, in one transaction, or nothing is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Connection, delete, insert, select, text

from pos.domain.errors import Unreadable
from pos.domain.plan import Plan
from pos.domain.season import FAMILIES
from sync.office.clock import now_iso, now_s
from sync.office.rules import changes, early, outbox
from sync.office.season import seats
from sync.office.season.bookings import book
from sync.office.season.keys import TABLES
from sync.office.season.purses import fill
from sync.office.season.reader import Documents, SeasonFile, read_season
from sync.office.season.references import Season, check
from sync.office.season.work import Import
from sync.office.store.engine import Database
from sync.office.store.tables import DOCUMENT, PLAN

_IMPORT_LOCK: Final = 0x4866_0FF2  # pg_advisory_xact_lock: one import at a time
LINES_EACH: Final = 100
# What is booked once, and written with that.
_BOOKED: Final = (
    "hold",
    "order",
    "voucher",
    "gift_card",
    "account",
    "package",
)


def import_season(database: Database, path: Path) -> list[str]:
    """Import a season file; what changed, a line each. Raises Unreadable, with nothing changed."""
    while True:
        with database.read() as connection:
            base = _documents(connection)
            plans = _stored_plans(connection, base)
        # The slow part, reading plans and hashing PINs, is done before anyone is kept waiting.
        prepared = _prepare(path, base, plans)
        with database.write() as connection:
            _one_at_a_time(connection)
            if _documents(connection) == base:
                return _write(connection, prepared)


def import_within(connection: Connection, path: Path) -> list[str]:
    """Import once more what a restored office has forgotten, in the transaction that ends the restore: nobody is
    granted anything in between. Raises Unreadable."""
    _one_at_a_time(connection)
    base = _documents(connection)
    return _write(connection, _prepare(path, base, _stored_plans(connection, base)), again=True)


def _one_at_a_time(connection: Connection) -> None:
    early.keep_apart(connection)
    if connection.dialect.name == "postgresql":  # SQLite has one writer
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _IMPORT_LOCK})


def import_copy(database: Database, copied: SeasonFile) -> list[str]:
    """Fill an empty office with a season as another one has it. Raises Unreadable, with nothing changed."""
    with database.write() as connection:
        base = _documents(connection)
        if base:
            raise Unreadable(copied.source, "", "is a copy of a season, and this office has one already")
        season = Season(copied, base, copied.plans)
        check(season, datetime.now(UTC))
        return _write(connection, season)


def _documents(connection: Connection) -> Documents:
    """The season's own documents: what tills and the office write meanwhile is none of a season file's business."""
    found: Documents = {}
    for family, id, body in connection.execute(select(DOCUMENT).where(DOCUMENT.c.family.in_(["venue", *TABLES]))):
        found.setdefault(family, {})[id] = json.loads(body)
    return found


def _prepare(path: Path, base: Documents, plans: dict[str, Plan]) -> Season:
    venues = list(base.get("venue", {}).values())
    file = read_season(path, venues[0]["currency"] if venues else None)
    brought = {plan.version: plan for plan in file.plans.values()}
    season = Season(file, base, {**plans, **brought})
    for id, document in file.all("plan").items():
        file.documents["plan"][id] = {
            "id": id,
            "version": file.plans[id].version,
            "companions": document.get("companions", {}),
            **{key: document[key] for key in ("accessible", "restricted", "best") if key in document},
        }
    check(season, datetime.now(UTC))
    for document in file.all("show").values():
        if "plan" in document:
            document["plan_version"] = season.plan(document["plan"]).version
    _hash_pins(file, base)
    return season


def _stored_plans(connection: Connection, base: Documents) -> dict[str, Plan]:
    """The plans that the office has and still uses, by version."""
    used = {document["version"] for document in base.get("plan", {}).values()}
    used |= {document["plan_version"] for document in base.get("show", {}).values() if "plan" in document}
    if not used:
        return {}
    rows = connection.execute(select(PLAN).where(PLAN.c.version.in_(used))).all()
    return {row.version: Plan.from_bytes(row.blob) for row in rows}


def _hash_pins(file: SeasonFile, base: Documents) -> None:
    """PINs are stored as argon2id hashes; a hash that still fits its PIN stays as it is."""
    hasher = PasswordHasher()
    for id, document in file.all("user").items():
        pin = document.pop("pin")
        stored = base.get("user", {}).get(id, {}).get("pin_hash", "")
        document["pin_hash"] = stored if stored and _fits(hasher, stored, pin) else hasher.hash(pin)


def _fits(hasher: PasswordHasher, stored: str, pin: str) -> bool:
    try:
        return hasher.verify(stored, pin)
    except VerificationError:
        return False


def _write(connection: Connection, season: Season, *, again: bool = False) -> list[str]:
    work = Import(connection, season, int(now_s()), now_iso(), again)
    for plan in season.file.plans.values():
        if connection.execute(select(PLAN.c.version).where(PLAN.c.version == plan.version)).first() is None:
            connection.execute(insert(PLAN).values(version=plan.version, blob=plan.to_bytes()))
    for family in season.file.documents:
        if family not in _BOOKED and family != "show":
            _write_family(work, family)
    seated = seats.write(work)
    _write_family(work, "show", seated.new)
    booked = book(work)
    fill(work)
    for family in _BOOKED:
        _write_family(work, family)
    for show in sorted(seated.reload):
        work.entries.append(changes.Entry("reload", show=show))
    work.entries += changes.of_places(place for place in booked.places if place.show not in seated.reload)
    work.entries += [changes.Entry("sale", id=sale) for sale in booked.sales]
    work.entries += _notices(work)
    changes.log(connection, work.entries)
    return work.lines


def _notices(work: Import) -> list[changes.Entry]:
    """Who holds tickets of a show that was moved or cancelled is told of it."""
    entries: list[changes.Entry] = []
    before = work.season.base.get("show", {})
    for id, show in work.season.file.all("show").items():
        was = before.get(id)
        if was is not None and (was["starts"], was.get("state", "")) != (show["starts"], show.get("state", "")):
            entries += outbox.about_show(work.connection, id, "show", f"{show['starts']}{show.get('state', '')}")
    return entries


def _told(family: str, lines: list[str]) -> list[str]:
    """What a person is told of one family: a line each, or a count when there are very many."""
    return lines if len(lines) <= LINES_EACH else [f"{family}: {len(lines)} new or changed"]


def _write_family(work: Import, family: str, notes: dict[str, str] | None = None) -> None:
    """Upsert the documents of a family that are new or different."""
    before = work.season.base.get(family, {})
    rows: list[dict[str, Any]] = []
    lines: list[str] = []
    for id, document in work.season.file.all(family).items():
        if before.get(id) == document:
            continue
        rows.append({"family": family, "id": id, "body": json.dumps(document, ensure_ascii=False, sort_keys=True)})
        note = (notes or {}).get(id, "")
        what = _difference(before[id], document) if id in before else "new"
        lines.append(f"{family} {id}: {what}{note}")
        if family in FAMILIES:
            work.entries.append(changes.Entry("document", family=family, id=id, body=document))
    work.lines += _told(family, lines)
    for row in rows:
        if row["id"] in before:
            work.connection.execute(delete(DOCUMENT).where(DOCUMENT.c.family == family, DOCUMENT.c.id == row["id"]))
    if rows:
        work.connection.execute(insert(DOCUMENT), rows)


def _difference(before: dict[str, Any], after: dict[str, Any]) -> str:
    """Which keys differ, by name only: a value may be a secret's hash."""
    keys = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
    return f"changed {', '.join(keys)}"
