"""`housefull verify` finds each kind of damage, and nothing where nothing is wrong."""

from __future__ import annotations

import ast
import io
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

import pos.store.verify as package
from pos.domain.rights import Token
from pos.store.replica.schema import RECORD
from pos.store.verify import report
from pos.till.ports import Recall
from tests.unit.store.evening import Evening, sql, verify, violations
from tests.unit.till.counter import Counter, show_document


def test_an_evening_without_fault_is_clean(evening: Evening) -> None:
    assert verify(evening) == (
        0,
        ["till T1.1: no violation in 14 facts, 2 shifts, 3 sales, 5 tickets"],
    )


def test_it_may_run_while_the_till_is_open_and_facts_not_sent_are_pending(counter: Counter) -> None:
    counter.sell("A-1")
    counter.line.drain()
    counter.line.cut()
    counter.ask("move_cash", kind="paid_in", amount="1.00", reason="change")
    code, lines = verify(counter)
    assert (code, lines[0]) == (0, "1 facts pending")
    counter.ask("move_cash", kind="paid_in", amount="1.00", reason="the till goes on")


def test_a_till_that_was_cut_off_all_evening_is_clean(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter([show_document("aida", allotment={"Stalls": 6})])
    counter.open()
    seats = counter.line.claims[0].places
    counter.line.drain()
    counter.line.cut()
    counter.sell(*seats[:2])
    counter.sell(seats[2])
    counter.ask("close_shift", counted={"total": "277.00"})
    code, lines = verify(counter)
    assert (code, lines[0]) == (0, "4 facts pending")


def test_recalls_and_late_grants_are_clean(counter: Counter) -> None:
    counter.sell("A-1")
    counter.add("A-2")
    counter.ask("clear")
    counter.line.recall(("aida", "A-1"), ("aida", "A-2"))
    counter.line.side.recall([Recall("aida", "A-3", Token(4, 0))]).result(5)
    counter.line.records["aida", "A-3"] = type(counter.line.records["aida", "A-1"])("LEASED", "T1", 4)
    counter.line.drain()
    counter.add("A-2")
    counter.pay()
    counter.line.drain()
    assert violations(counter) == []


def test_a_replica_that_is_behind_is_no_violation(counter: Counter) -> None:
    """The office has the facts; its word on them had not come back when the program ended."""
    counter.sell("A-1")
    counter.line.drain()
    counter.sell("A-2")
    counter.line.side.acknowledge(3).result(5)
    assert verify(counter) == (
        0,
        [
            "note: aida: 1 places that the replica has not heard back about yet",
            "till T1.1: no violation in 3 facts, 1 shifts, 2 sales, 2 tickets",
        ],
    )


# ---- the replica -------------------------------------------------------------------------


def _replica(counter: Evening, place: str, **values: int) -> None:
    """Overwrite a place's record in the replica."""
    seats = [f"{row}-{number}" for row in "AB" for number in range(1, 13)]
    ix = seats.index(place)
    with closing(sqlite3.connect(counter.folder / "replica.db")) as db:
        (raw,) = db.execute("SELECT records FROM place_block WHERE show = 'aida' AND block = 0").fetchone()
        records = np.frombuffer(raw, RECORD).copy()
        for name, value in values.items():
            records[ix][name] = value
        db.execute("UPDATE place_block SET records = ? WHERE show = 'aida' AND block = 0", (records.tobytes(),))
        db.commit()


@pytest.mark.parametrize(
    ("place", "values"),
    [
        ("B-1", {"state": ord("P")}),  # sold here, in the pool there
        ("B-1", {"state": ord("S"), "holder": 1}),  # sold here, the right to refund elsewhere
        ("B-1", {"epoch": 5}),  # sold here, granted to somebody since
        ("A-1", {"state": ord("L")}),  # a fact that was acknowledged and overtaken by a later one
        ("B-2", {"state": ord("P")}),  # in hand here, in the pool there
        ("B-2", {"state": ord("L"), "holder": 1}),  # in hand here, with the office there
        ("B-2", {"epoch": 3}),  # in hand here, passed on there
    ],
)
def test_a_replica_that_says_otherwise_is_found(evening: Evening, place: str, values: dict[str, int]) -> None:
    _replica(evening, place, **values)
    (found,) = violations(evening)
    assert found.startswith(f"I8 aida {place}:")


def test_a_quarantined_place_is_the_offices_to_resolve(evening: Evening) -> None:
    _replica(evening, "B-1", state=ord("Q"), epoch=5)
    assert violations(evening) == []


def test_places_missing_from_the_replica_are_found(evening: Evening) -> None:
    sql(evening, "UPDATE place_block SET records = substr(records, 1, 100)", file="replica.db")
    assert violations(evening) == ["I8 aida: the replica has 5 of 34 places"]


# ---- what cannot be judged ---------------------------------------------------------------


@pytest.mark.parametrize("file", ["ledger.db", "replica.db", "identity.json"])
def test_a_missing_file_is_named(evening: Evening, file: str) -> None:
    for part in evening.folder.glob(f"{file}*"):
        part.unlink()
    code, lines = verify(evening)
    assert code == 2
    assert str(evening.folder) in lines[-1]
    assert "cannot be checked" in lines[-1]


@pytest.mark.parametrize("file", ["ledger.db", "replica.db", "identity.json"])
def test_a_damaged_file_is_named(evening: Evening, file: str) -> None:
    for part in evening.folder.glob(f"{file}-*"):
        part.unlink()
    (evening.folder / file).write_bytes(b"not at all what should be here" * 300)
    code, lines = verify(evening)
    assert code == 2
    assert file in lines[-1]


def test_violations_count_for_more_than_a_missing_replica(evening: Evening) -> None:
    sql(evening, "DELETE FROM journal WHERE number = 3")
    (evening.folder / "replica.db").unlink()
    assert verify(evening)[0] == 1


def test_a_folder_that_is_none_is_named(evening: Evening) -> None:
    out = io.StringIO()
    assert report(evening.folder / "nowhere", out) == 2
    assert "is not a folder" in out.getvalue()


def test_a_folder_on_another_machine_is_judged_without_its_key(evening: Evening) -> None:
    (evening.identity.state_folder / "till.key").unlink()
    (evening.identity.state_folder / "mark").unlink()
    code, lines = verify(evening)
    assert code == 0
    assert [line.split(":")[1].split()[0] for line in lines if line.startswith("note")] == ["signatures", "the"]


def test_looking_changes_nothing(evening: Evening) -> None:
    before = (evening.folder / "ledger.db").read_bytes()
    verify(evening)
    assert (evening.folder / "ledger.db").read_bytes() == before


def test_the_judge_shares_no_code_with_what_it_judges() -> None:
    for file in Path(package.__file__).parent.glob("*.py"):
        tree = ast.parse(file.read_text())
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
        foreign = {name for name in imported if name.split(".")[0] in ("pos", "sync")}
        allowed = {"pos.store", "pos.store.identity"} if file.name == "__init__.py" else set()
        assert {name for name in foreign if not name.startswith("pos.store.verify")} <= allowed


# ---- disputes in the replica -------------------------------------------------------------


def _dispute(evening: Evening, change: str) -> None:
    sql(evening, f"UPDATE document SET body = {change} WHERE family = 'dispute'", file="replica.db")


def test_what_the_office_tells_of_this_tills_decisions_is_what_was_decided(evening: Evening) -> None:
    _dispute(evening, "json_set(body, '$.history[1].way', 'refund')")
    assert violations(evening) == ["I10 dispute T1.1.7-1: the office tells of fact 14 what this till did not do"]


def test_an_earlier_decision_shows_where_a_later_one_does(evening: Evening) -> None:
    _dispute(evening, "json_remove(body, '$.history[0]')")
    assert violations(evening) == ["I10 fact 13: the office's history of the dispute does not have it"]


def test_decisions_that_the_office_has_not_told_back_are_no_violation(evening: Evening) -> None:
    _dispute(evening, "json_set(body, '$.history', json('[]'))")
    assert violations(evening) == []


@pytest.mark.parametrize(("state", "differs"), [("open", True), ("resolved", False)])
def test_a_place_that_a_person_has_settled_is_a_note(evening: Evening, state: str, differs: bool) -> None:
    _replica(evening, "B-1", epoch=5)
    _dispute(evening, f"json_set(body, '$.state', '{state}', '$.places[0].place', 'B-1')")
    code, lines = verify(evening)
    assert (code == 1, any(line.startswith("I8 aida B-1") for line in lines)) == (differs, differs)
    assert any("aida B-1: a person has settled" in line for line in lines) is not differs
