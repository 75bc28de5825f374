"""`housefull verify` finds each corruption of a ledger that is planted, one at a time."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from pos.store.identity import TillKeys
from tests.unit.store.evening import Evening, sql, violations

Planted = Callable[[Evening], None]


def _facts(counter: Evening) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(counter.folder / "ledger.db")) as db:
        rows = db.execute("SELECT envelope FROM journal ORDER BY number").fetchall()
    return [json.loads(row[0]) for row in rows]


def _rewrite(counter: Evening, change: Callable[[list[dict[str, Any]]], None]) -> None:
    """Forge the journal so well that chain, hashes and signatures are whole: what is told is false."""
    facts, keys, previous = _facts(counter), TillKeys(counter.identity), "0" * 64
    change(facts)
    with closing(sqlite3.connect(counter.folder / "ledger.db")) as db:
        for number, fact in enumerate(facts, 1):
            fact["prev"] = previous
            if fact["kind"] == "ShiftClosed" and fact["body"]["report"]["hash"] != "forged":
                fact["body"]["report"]["hash"] = previous
            envelope = json.dumps(fact, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
            previous = hashlib.sha256(envelope).hexdigest()
            signature = keys.sign(previous.encode())
            if fact["kind"] == "TicketsSold":
                sale = fact["body"]["sale"]
                db.execute("UPDATE sale SET body = ? WHERE id = ?", (json.dumps(sale), sale["id"]))
            if fact["kind"] == "ShiftClosed":
                kept = json.dumps(fact["body"]["report"])
                db.execute("UPDATE shift SET report = ? WHERE id = ?", (kept, fact["body"]["shift"]))
            db.execute(
                "UPDATE journal SET envelope = ?, hash = ?, signature = ? WHERE number = ?",
                (envelope, previous, signature, number),
            )
        db.commit()
    counter.mark.write(1, len(facts), previous)


def _told(number: int, change: Callable[[dict[str, Any]], None]) -> Planted:
    return lambda counter: _rewrite(counter, lambda facts: change(facts[number - 1]))


def _run(*statements: str) -> Planted:
    return lambda counter: sql(counter, *statements)


def _signature(counter: Evening) -> None:
    with closing(sqlite3.connect(counter.folder / "ledger.db")) as db:
        db.execute("UPDATE journal SET signature = ? WHERE number = 2", (bytes(64),))
        db.commit()


def _envelope(counter: Evening) -> None:
    """One digit of the money, the hash left as it was."""
    with closing(sqlite3.connect(counter.folder / "ledger.db")) as db:
        (envelope,) = db.execute("SELECT envelope FROM journal WHERE number = 2").fetchone()
        db.execute("UPDATE journal SET envelope = ? WHERE number = 2", (envelope.replace(b"11800", b"11900"),))
        db.commit()


def _chain(counter: Evening) -> None:
    """Fact 2 names another fact before it, under a hash and a signature of its own."""
    fact = _facts(counter)[1]
    fact["prev"] = "f" * 64
    envelope = json.dumps(fact, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    digest = hashlib.sha256(envelope).hexdigest()
    with closing(sqlite3.connect(counter.folder / "ledger.db")) as db:
        signature = TillKeys(counter.identity).sign(digest.encode())
        db.execute(
            "UPDATE journal SET envelope = ?, hash = ?, signature = ? WHERE number = 2", (envelope, digest, signature)
        )
        db.commit()


def _same_ticket(fact: dict[str, Any]) -> None:
    fact["body"]["sale"]["tickets"][1]["id"] = fact["body"]["sale"]["tickets"][0]["id"]


def _same_code(fact: dict[str, Any]) -> None:
    fact["body"]["sale"]["tickets"][1]["code"] = fact["body"]["sale"]["tickets"][0]["code"]


def _same_place(facts: list[dict[str, Any]]) -> None:
    """The last sale sells what the first one sold, under a higher token."""
    effect, ticket = facts[10]["effects"][0], facts[10]["body"]["sale"]["tickets"][0]
    effect[1], ticket["unit"], ticket["place"] = "A-1", "A-1", "A-1"
    effect[2] = 7


def _sold_twice(facts: list[dict[str, Any]]) -> None:
    """The last sale sells what the first one sold, under the same token."""
    _same_place(facts)
    facts[10]["effects"][0][2] = 1


def _closing(key: str, value: Any) -> Planted:
    return _told(9, lambda fact: fact["body"]["report"].__setitem__(key, value))


PLANTED: dict[str, tuple[Planted, str]] = {
    "a fact gone": (_run("DELETE FROM journal WHERE number = 3"), "I5 T1.1.4: fact 3 should come here"),
    "the last fact gone": (_run("DELETE FROM journal WHERE number = 14"), "an old copy of the folder"),
    "an envelope changed": (_envelope, "I5 T1.1.2: the envelope is not the one its hash was made of"),
    "a signature gone": (_signature, "I5 T1.1.2: the signature is not by this till's key"),
    "a chain broken": (_chain, "I5 T1.1.2: the chain is broken"),
    "an envelope of another till": (_told(3, lambda f: f.__setitem__("till", "T2")), "T1.1.3: the envelope is of till"),
    "an envelope of another number": (_told(3, lambda f: f.__setitem__("number", 3.5)), "says it is number 3.5"),
    "an envelope that holds no fact": (_told(3, lambda f: f.pop("effects")), "T1.1.3: the envelope cannot be read"),
    "postings that do not balance": (
        _told(4, lambda f: f["money"][0].__setitem__(1, f["money"][0][1] + 1)),
        "I4 T1.1.4: the postings sum to 1 minor",
    ),
    "cash that the postings do not have": (
        _told(4, lambda f: f["body"].__setitem__("amount", "51.00")),
        "I4 T1.1.4: tells of -5100 minor units",
    ),
    "a cash row changed": (
        _run("UPDATE cash_move SET minor = 1 WHERE kind = 'float' AND shift = 'T1-1-S0001'"),
        "float is 10000 minor",
    ),
    "a cash row gone": (_run("DELETE FROM cash_move WHERE kind = 'drop'"), "drop is -5000 minor units by the facts, 0"),
    "a cash row too many": (
        _run("INSERT INTO cash_move (shift, kind, minor, currency, reason, at) VALUES ('x', 'drop', 1, 'EUR', '', '')"),
        "cash rows for shift x",
    ),
    "tickets that do not make the total": (
        _told(2, lambda f: f["body"]["sale"]["tickets"][0].__setitem__("price", "57.00")),
        "I4 T1.1.2: what was sold and its fees",
    ),
    "tenders that do not make the total": (
        _told(2, lambda f: f["body"]["sale"].__setitem__("rounding", "0.05")),
        "minor units paid for 118.00",
    ),
    "two live tickets for a place": (lambda c: _rewrite(c, _same_place), "I1 aida A-1: more than one live ticket"),
    "a place sold twice under one token": (lambda c: _rewrite(c, _sold_twice), "I6 T1.1.11: aida A-1: was left SOLD"),
    "a ticket id twice": (_told(2, _same_ticket), "I5 T1.1.2: ticket id T1-00001-1 is not unique"),
    "a ticket code twice": (_told(2, _same_code), "I5 code CODE00000001 is on 2 tickets"),
    "a ticket without an effect": (_told(2, lambda f: f["effects"].pop()), "the tickets are not those of the place"),
    "a sale row gone": (_run("DELETE FROM sale WHERE id = 'T1-00002'"), "I3 sale T1-00002 has a fact, but no row"),
    "a sale row without a fact": (
        _run("INSERT INTO sale (id, shift, body) VALUES ('T1-00009', 'x', '{}')"),
        "I3 sale T1-00009 has a row, but no",
    ),
    "a sale row changed": (
        _run("UPDATE sale SET body = replace(body, '58.00', '59.00') WHERE id = 'T1-00001'"),
        "I3 sale T1-00001: its row is not what its fact says",
    ),
    "a ticket row gone": (
        _run("DELETE FROM ticket WHERE id = 'T1-00001-1'"),
        "I3 ticket T1-00001-1 has a fact, but no",
    ),
    "a ticket row without a fact": (
        _run("INSERT INTO ticket VALUES ('T1-00009-1', 'T1-00009', 'aida', 'B-9', 'X', 'live')"),
        "I3 ticket T1-00009-1 has a row, but no fact",
    ),
    "a ticket row of another place": (
        _run("UPDATE ticket SET place = 'A-9' WHERE id = 'T1-00001-1'"),
        "I3 ticket T1-00001-1: its row is not what",
    ),
    "a ticket row ended": (
        _run("UPDATE ticket SET state = 'refunded' WHERE id = 'T1-00001-1'"),
        "I3 ticket T1-00001-1 is refunded, which",
    ),
    "a sold right that is leased again": (
        _run("UPDATE own_right SET state = 'LEASED' WHERE place = 'B-1'"),
        "I3 aida B-1: fact 11 left it SOLD, but it is",
    ),
    "a right sold without a fact": (
        _run("UPDATE own_right SET state = 'SOLD' WHERE place = 'B-3'"),
        "I3 aida B-3: it is SOLD, and no fact says so",
    ),
    "a token lost": (_run("DELETE FROM own_right WHERE place = 'B-1'"), "I6 aida B-1: fact 11 was about it, but"),
    "a token behind": (
        _run("UPDATE own_right SET epoch = 0 WHERE place = 'B-1'"),
        "I6 aida B-1: token (0, 0) is behind (1, 0)",
    ),
    "a token ahead": (
        _run("UPDATE own_right SET epoch = 8 WHERE place = 'B-1'"),
        "I3 aida B-1: it is SOLD under (8, 0), and no fact",
    ),
    "a basket on a place given back": (
        _run("UPDATE own_right SET state = 'RETURNED' WHERE place = 'B-2'"),
        "I6 aida B-2: is in the basket, but is",
    ),
    "a shift that begins elsewhere": (
        _run("UPDATE shift SET first_number = 2 WHERE id = 'T1-1-S0001'"),
        "begins at fact 1, its row says 2",
    ),
    "a shift that ends elsewhere": (
        _run("UPDATE shift SET last_number = 8 WHERE id = 'T1-1-S0001'"),
        "ends at fact 9, its row says 8",
    ),
    "a shift row gone": (
        _run("DELETE FROM shift WHERE id = 'T1-1-S0002'"),
        "I3 shift T1-1-S0002 was opened by fact 10",
    ),
    "a shift without a fact": (
        _run("INSERT INTO shift (id, user, opened_at, first_number) VALUES ('S9', 'x', '', 1)"),
        "I3 shift S9 has a row",
    ),
    "a range sealed wrongly": (_closing("number_range", [2, 9]), "seals [2, 9], not [1, 9]"),
    "a hash sealed wrongly": (_closing("hash", "forged"), "the hash it seals is not that of its last fact"),
    "an expectation reported wrongly": (_closing("expected", "200.00"), "reports 200.00 expected, its cash facts"),
    "a difference reported wrongly": (_closing("difference", "5.00"), "the difference is not what was counted less"),
    "a report changed in its row": (
        _run("UPDATE shift SET report = json_set(report, '$.tickets', 9) WHERE id = 'T1-1-S0001'"),
        "I5 shift T1-1-S0001: the report in its row is not the one in its closing fact: tickets",
    ),
    "a count reported wrongly": (_closing("sales", 3), "I4 shift T1-1-S0001 (T1-Z0001): sales is 3 in its Z, 2 by its"),
    "a tender reported wrongly": (
        _closing("by_tender", {"cash": "144.00", "card": "1.00"}),
        "I4 shift T1-1-S0001 (T1-Z0001): by_tender card is 100 in its Z, 0 by its facts",
    ),
    "a tender left out": (_closing("by_tender", {}), "(T1-Z0001): by_tender cash is 0 in its Z, 14400 by its facts"),
    "a cashier left out": (_closing("by_cashier", {}), "(T1-Z0001): by_cashier anna sales is 0 in its Z, 2 by its"),
    "a move of the drawer reported wrongly": (
        _closing("drawer", {"float": "100.00", "sale": "144.00", "drop": "-50.00"}),
        "(T1-Z0001): drawer paid_in is 0 in its Z, 500 by its facts",
    ),
    "a figure of another kind": (_closing("sales", "two"), "I4 shift T1-1-S0001 (T1-Z0001): its figures cannot be"),
    "an acknowledgement of what never was": (
        _run("UPDATE meta SET value = '99' WHERE key = 'acknowledged'"),
        "the office has facts up to 99",
    ),
    "a mark ahead of the ledger": (
        lambda c: c.mark.write(1, 15, "a" * 64),
        "the mark is at fact 15, the journal ends at",
    ),
    "a mark of another history": (lambda c: c.mark.write(1, 14, "a" * 64), "fact 14 is not the one that the mark was"),
    "a mark of a later enrolment": (lambda c: c.mark.write(2, 1, "a" * 64), "the mark is of incarnation 2"),
    "a ticket that was never queued": (
        _run("DELETE FROM print_job WHERE sale = 'T1-00001'"),
        "I2 ticket T1-00001-1 was",
    ),
    "what was decided about a dispute is not kept": (
        _run("DELETE FROM dispute_step"),
        "settles dispute T1.1.7-1, but has no row",
    ),
    "another decision is kept than was made": (
        _run("UPDATE dispute_step SET body = replace(body, 'accept', 'refund')"),
        "fact 14: its row about dispute T1.1.7-1 is not what it says",
    ),
    "a decision is kept that nobody made": (
        _run("INSERT INTO dispute_step VALUES (1, 'T1.1.7-1', '{}')"),
        "fact 1 settles no dispute, but a row says so",
    ),
}


def test_the_forger_is_good(evening: Evening) -> None:
    """A journal written anew as it was has no fault: what the tests below find is what they planted."""
    _rewrite(evening, lambda facts: None)
    assert violations(evening) == []


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_corruption_is_found(evening: Evening, name: str) -> None:
    plant, said = PLANTED[name]
    assert violations(evening) == []
    plant(evening)
    found = violations(evening)
    assert any(said in line for line in found), found
