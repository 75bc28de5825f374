"""What must be true of any ledger that a power loss leaves. Reads SQLite's tables, none of the program's code."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.powerloss.disk import Image


def wrongs(image: Image, folder: Path, acknowledged: set[str]) -> list[str]:
    """Open the image as the till would, and say what is wrong with it. `acknowledged` are sales."""
    for old in folder.iterdir():
        old.unlink()
    for name, content in image.items():
        (folder / name).write_bytes(content)
    try:
        with closing(sqlite3.connect(folder / "ledger.db")) as db:
            db.execute("PRAGMA synchronous=OFF")
            return list(_look(db, acknowledged))
    except sqlite3.DatabaseError as error:
        return [f"it cannot be read: {error}"]


def _look(db: sqlite3.Connection, acknowledged: set[str]) -> Iterator[str]:
    (sound,) = db.execute("PRAGMA integrity_check").fetchone()
    if sound != "ok":
        yield f"damaged: {sound}"
        return
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'journal'").fetchone():
        if acknowledged:
            yield f"there is no journal, and {len(acknowledged)} sales were acknowledged"
        return
    facts = list(_journal(db))
    yield from (fact for fact in facts if isinstance(fact, str))
    sales = {
        fact["body"]["sale"]["id"]: fact for fact in facts if not isinstance(fact, str) and "tickets" in _sale(fact)
    }
    for missing in sorted(acknowledged - sales.keys()):
        yield f"sale {missing} was acknowledged, and is gone"
    yield from _whole_sales(db, sales)


def _sale(fact: dict[str, Any]) -> dict[str, Any]:
    sale = fact["body"].get("sale", {})
    return sale if isinstance(sale, dict) else {}


def _journal(db: sqlite3.Connection) -> Iterator[dict[str, Any] | str]:
    previous = "0" * 64
    for expected, row in enumerate(db.execute("SELECT number, hash, envelope FROM journal ORDER BY number"), 1):
        number, digest, envelope = row
        fact = json.loads(bytes(envelope))
        if number != expected:
            yield f"fact {number} where {expected} should be"
        if hashlib.sha256(envelope).hexdigest() != digest or fact["prev"] != previous:
            yield f"the chain breaks at fact {number}"
        previous = digest
        yield fact


def _whole_sales(db: sqlite3.Connection, sales: dict[str, dict[str, Any]]) -> Iterator[str]:
    """A sale is its fact, its row, its tickets, its rights, its cash and its print jobs: all or none."""
    rows = {row[0] for row in db.execute("SELECT id FROM sale")}
    tickets = {row[0]: row[1] for row in db.execute("SELECT id, sale FROM ticket")}
    sold = {(row[0], row[1]) for row in db.execute("SELECT show, place FROM own_right WHERE state LIKE 'SOLD%'")}
    cash = {row[0] for row in db.execute("SELECT reason FROM cash_move WHERE kind = 'sale'")}
    jobs = {row[0] for row in db.execute("SELECT sale FROM print_job WHERE kind = 'ticket'")}
    for name, found in (("row", rows), ("cash", cash), ("print job", jobs), ("tickets", set(tickets.values()))):
        if found != sales.keys():
            yield f"a {name} without its fact, or a fact without: {found ^ sales.keys()}"
    places = {(t["show"], t["unit"]) for fact in sales.values() for t in fact["body"]["sale"]["tickets"]}
    if places != sold:
        yield f"rights sold and tickets differ: {places ^ sold}"
    taken = set(db.execute("SELECT show, place FROM basket_line"))
    if taken & places:
        yield f"what is sold lies in the basket still: {taken & places}"
