"""What must be true of any ledger that a power loss leaves. Reads SQLite's tables, none of the program's code.

The journal is the measure: everything else in the ledger is built up anew from its facts, and compared.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.powerloss.disk import Image

_Fact = dict[str, Any]
_Place = tuple[str, str]
# (state after an effect, whether a till holds it) -> what the till has written beside the place.
_OWN: Final = {
    ("SOLD", True): "SOLD", ("LEASED", True): "LEASED", ("POOL", False): "RETURNED", ("SOLD", False): "SOLD_RETURNED"
}  # fmt: skip


def wrongs(image: Image, folder: Path, acknowledged: set[str]) -> list[str]:
    """Open the image as the till would, and say what is wrong with it.

    `acknowledged` are the sales, refunds, exchanges and copies that somebody was told of.
    """
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


def documents(body: dict[str, Any]) -> Iterator[str]:
    """What a fact's body or an answer says was sold, refunded, exchanged or printed again."""
    for name in ("sale", "refund", "exchange"):
        if isinstance(body.get(name), dict):
            yield body[name]["id"]
    if "copy" in body:
        yield f"{body['ticket']}/{body['copy']}"
    elif isinstance(body.get("ticket"), dict):
        yield f"{body['ticket']['id']}/{body['ticket']['copy']}"


def _look(db: sqlite3.Connection, acknowledged: set[str]) -> Iterator[str]:
    (sound,) = db.execute("PRAGMA integrity_check").fetchone()
    if sound != "ok":
        yield f"damaged: {sound}"
        return
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'journal'").fetchone():
        if acknowledged:
            yield f"there is no journal, and {len(acknowledged)} things were acknowledged"
        return
    found = list(_journal(db))
    yield from (wrong for wrong in found if isinstance(wrong, str))
    told = _Told()
    for fact in found:
        if not isinstance(fact, str):
            told.take(fact)
    for missing in sorted(acknowledged - told.documents):
        yield f"{missing} was acknowledged, and is gone"
    for name, (there, said) in _both(db, told).items():
        if there != said:
            yield f"{name}: in the tables only {_shown(there - said)}, in the facts only {_shown(said - there)}"


def _shown(counted: Counter[Any]) -> str:
    return ", ".join(map(str, counted.elements())) or "nothing"


def _journal(db: sqlite3.Connection) -> Iterator[_Fact | str]:
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


@dataclass
class _Told:
    """What the facts say, all taken together."""

    documents: set[str] = field(default_factory=set)
    sales: Counter[str] = field(default_factory=Counter)
    refunds: Counter[str] = field(default_factory=Counter)
    tickets: dict[str, tuple[str, str, str, str]] = field(default_factory=dict)  # sale, show, place, state
    places: dict[_Place, tuple[int, int, str]] = field(default_factory=dict)  # token, own state
    copies: Counter[str] = field(default_factory=Counter)
    cash: Counter[tuple[str, int]] = field(default_factory=Counter)  # for which document, how much
    to_print: Counter[tuple[str, str]] = field(default_factory=Counter)  # kind, sale

    def take(self, fact: _Fact) -> None:
        kind, body = fact["kind"], fact["body"]
        reported = kind == "PrintReported"  # it tells of papers, and makes none
        made = {} if reported else body
        self.documents |= set(documents(made))
        sale, refund = made.get("sale", {}), made.get("refund", {})
        if sale:
            self._sold(sale)
        if refund:
            self.refunds[refund["id"]] += 1
        for name, state in ((refund.get("tickets", ()), "refunded"), (sale.get("exchanged", ()), "exchanged")):
            for ticket in name:
                self.tickets[ticket["id"]] = (*self.tickets[ticket["id"]][:3], state)
        if kind == "CopyIssued":
            self.copies[body["ticket"]] += 1
            self.to_print["copy", self.tickets[body["ticket"]][0]] += 1
        for show, place, epoch, hop, _, after, holder, _ in fact["effects"]:
            self.places[show, place] = (epoch, hop, _OWN[after, bool(holder)])
        drawer = sum(minor for account, minor, _ in fact["money"] if account.startswith("drawer:"))
        if drawer and kind != "ShiftClosed":
            self.cash[sale.get("id") or refund.get("id") or "", drawer] += 1

    def _sold(self, sale: dict[str, Any]) -> None:
        self.sales[sale["id"]] += 1
        self.to_print["ticket", sale["id"]] += 1
        for ticket in sale["tickets"]:
            self.tickets[ticket["id"]] = (sale["id"], ticket["show"], ticket["unit"], "live")


def _both(db: sqlite3.Connection, told: _Told) -> dict[str, tuple[Counter[Any], Counter[Any]]]:
    """What is in the tables, and what should be. A right that was granted anew since is not in any fact."""
    rights = {(r[0], r[1]): r[2:] for r in db.execute("SELECT show, place, epoch, hop, state FROM own_right")}
    regranted = {place for place, said in told.places.items() if rights.get(place, said)[:2] > said[:2]}
    sold = {place: right for place, right in rights.items() if place in told.places or right[2].startswith("SOLD")}
    live = {(show, place) for _, show, place, state in told.tickets.values() if state == "live"}
    in_basket = set(db.execute("SELECT show, place FROM basket_line"))
    cash = "SELECT CASE WHEN kind IN ('sale', 'refund', 'exchange') THEN reason ELSE '' END, minor FROM cash_move"
    return {
        "sales": (Counter(r[0] for r in db.execute("SELECT id FROM sale")), told.sales),
        "refunds": (Counter(r[0] for r in db.execute("SELECT id FROM refund")), told.refunds),
        "tickets": (
            Counter(db.execute("SELECT id, sale, show, place, state FROM ticket")),
            Counter((id, *ticket) for id, ticket in told.tickets.items()),
        ),
        "rights": (
            Counter((place, tuple(right)) for place, right in sold.items() if place not in regranted),
            Counter((place, said) for place, said in told.places.items() if place not in regranted),
        ),
        "copies": (Counter(dict(db.execute("SELECT ticket, copies FROM ticket_copy"))), told.copies),
        "cash": (Counter(db.execute(cash)), told.cash),
        "print jobs": (
            Counter(db.execute("SELECT kind, sale FROM print_job WHERE kind IN ('ticket', 'copy')")), told.to_print
        ),
        "sold, and in the basket still": (Counter(in_basket & live), Counter()),
    }  # fmt: skip
