"""What must be true of any office database that a power loss leaves. None of the program's code."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.powerloss.disk import Image
from tests.powerloss.recording import SOCKET, Op

DATABASE = "office.db"


def said(op: Op) -> set[str]:
    """What an answer has promised a till: facts applied up to a number, and rights granted."""
    body = op.data.rpartition(b"\r\n\r\n")[2]  # the head may be a write of its own
    if op.name != SOCKET or not body.startswith(b"{"):
        return set()
    answer = json.loads(body)
    promised = {f"fact {number}" for number in range(1, answer.get("applied", 0) + 1)}
    return promised | {f"right {grant['place']} {grant['epoch']}" for grant in answer.get("granted", ())}


def wrongs(image: Image, folder: Path, promised: set[str]) -> list[str]:
    """Open the image as an office of one till would, and say what is wrong with it."""
    for old in folder.iterdir():
        old.unlink()
    for name, content in image.items():
        (folder / name).write_bytes(content)
    try:
        with closing(sqlite3.connect(folder / DATABASE)) as db:
            db.execute("PRAGMA synchronous=OFF")
            return list(_look(db, promised))
    except sqlite3.DatabaseError as error:
        return [f"it cannot be read: {error}"]


def _look(db: sqlite3.Connection, promised: set[str]) -> Iterator[str]:
    (sound,) = db.execute("PRAGMA integrity_check").fetchone()
    if sound != "ok":
        yield f"damaged: {sound}"
        return
    facts = [json.loads(row[0]) for row in db.execute("SELECT envelope FROM fact ORDER BY number")]
    rights = {row[0]: row[1:] for row in db.execute("SELECT place, epoch, state, holder FROM place_right")}
    kept = {f"fact {fact['number']}" for fact in facts}
    kept |= {f"right {place} {epoch}" for place, (epoch, _, holder) in rights.items() if holder}
    yield from (f"{one} was promised, and is gone" for one in sorted(promised - kept))
    yield from _chain(db, facts)
    yield from _whole(db, facts, rights)
    head, count, last = (
        db.execute(query).fetchone()[0]
        for query in (
            "SELECT position FROM change_head",
            "SELECT count(*) FROM change_log",
            "SELECT coalesce(max(position), 0) FROM change_log",
        )
    )
    if not head == count == last:
        yield f"the change log has {count} entries up to {last}, its head says {head}"


def _chain(db: sqlite3.Connection, facts: list[dict[str, Any]]) -> Iterator[str]:
    previous = "0" * 64
    for row, fact in zip(db.execute("SELECT hash, envelope FROM fact ORDER BY number"), facts, strict=True):
        if hashlib.sha256(row[1].encode()).hexdigest() != row[0] or fact["prev"] != previous:
            yield f"the chain breaks at fact {fact['number']}"
        previous = row[0]
    known = db.execute("SELECT applied, head_hash FROM till WHERE applied > 0").fetchall()
    if known != ([(len(facts), previous)] if facts else []):
        yield f"the till's row says {known}, there are {len(facts)} facts"


def _whole(db: sqlite3.Connection, facts: list[dict[str, Any]], rights: dict[str, Any]) -> Iterator[str]:
    """A fact is its row, its postings, its sale, its tickets and its places: all or none."""
    sales = [fact["body"]["sale"] for fact in facts if fact["kind"] == "TicketsSold"]
    money = [posting for fact in facts for posting in fact["money"]]
    tickets = [(t["id"], t["unit"]) for sale in sales for t in sale["tickets"]]
    sold = {place for place, (_, state, _) in rights.items() if state == "SOLD"}
    for name, there, said_there in (
        ("sales", Counter(db.execute("SELECT id FROM sale")), Counter((sale["id"],) for sale in sales)),
        ("tickets", Counter(db.execute("SELECT id, unit FROM ticket")), Counter(tickets)),
        ("money", Counter(db.execute("SELECT account, minor FROM posting")), Counter((a, m) for a, m, _ in money)),
        ("seats", Counter(sold), Counter(unit for _, unit in tickets)),
    ):
        if there != said_there:
            yield f"{name}: in the tables only {there - said_there}, in the facts only {said_there - there}"
