"""Ledgers of earlier enrolments: whole, under a name of their own, and sent from where they had got to."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pos.store.aside import Leftover, leftovers, set_aside
from pos.store.identity import Identity, IdentityLost, put_away, read_identity
from tests.unit.till.counter import OFFICE_KEY, Counter


@pytest.fixture
def ended(tmp_path: Path) -> Counter:
    """A till that has sold and was switched off with its shift open."""
    counter = Counter(tmp_path / "T1")
    counter.open()
    counter.sell("A-1")
    number = counter.desk.number
    counter.desk.submit(lambda: counter.desk.acknowledge(number - 1)).result(5)
    counter.stop()
    return counter


def only(folder: Path) -> Leftover:
    (found,) = leftovers(folder, OFFICE_KEY)
    return found


def test_a_ledger_is_set_aside_whole(ended: Counter) -> None:
    facts = ended.rows("SELECT number, hash FROM journal")
    aside = set_aside(ended.folder, ended.identity)
    assert aside == ended.folder / "ledger-T1-1.db"
    assert not list(ended.folder.glob("ledger.db*"))
    with closing(sqlite3.connect(aside)) as db:
        assert db.execute("SELECT number, hash FROM journal").fetchall() == facts


def test_what_lies_only_in_the_write_ahead_log_is_not_lost(ended: Counter, tmp_path: Path) -> None:
    """A till that was killed leaves its last sales there."""
    with closing(sqlite3.connect(ended.folder / "ledger.db", isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA wal_autocheckpoint = 0")
        db.execute("INSERT INTO meta VALUES ('late', 'yes')")
        killed = tmp_path / "killed"
        killed.mkdir()
        for file in ended.folder.glob("ledger.db*"):
            (killed / file.name).write_bytes(file.read_bytes())
    assert (killed / "ledger.db-wal").stat().st_size > 0
    aside = set_aside(killed, ended.identity)
    assert aside is not None
    assert [path.name for path in killed.glob("*wal")] == []
    with closing(sqlite3.connect(aside)) as db:
        assert db.execute("SELECT value FROM meta WHERE key = 'late'").fetchall() == [("yes",)]


def test_a_second_ledger_of_one_name_does_not_replace_the_first(ended: Counter) -> None:
    set_aside(ended.folder, ended.identity)
    (ended.folder / "ledger.db").write_bytes((ended.folder / "ledger-T1-1.db").read_bytes())
    assert set_aside(ended.folder, ended.identity) == ended.folder / "ledger-T1-1-2.db"
    assert len(leftovers(ended.folder, OFFICE_KEY)) == 2


def test_a_damaged_ledger_is_kept_with_its_log_and_left_alone(ended: Counter, caplog: pytest.LogCaptureFixture) -> None:
    (ended.folder / "ledger.db").write_bytes(b"not a database" * 100)
    (ended.folder / "ledger.db-wal").write_bytes(b"its log")
    aside = set_aside(ended.folder, ended.identity)
    assert aside is not None
    assert aside.with_name("ledger-T1-1.db-wal").read_bytes() == b"its log"
    assert leftovers(ended.folder, OFFICE_KEY) == []
    assert "ledger-T1-1.db is left alone" in caplog.text


def test_nothing_is_set_aside_where_there_is_nothing(tmp_path: Path) -> None:
    assert set_aside(tmp_path, None) is None
    assert leftovers(tmp_path, OFFICE_KEY) == []


def test_a_ledger_of_a_lost_identity_says_itself_whose_it_was(ended: Counter) -> None:
    aside = set_aside(ended.folder, None)
    assert aside is not None
    assert aside.name == "ledger-T1-1.db"
    assert json.loads(aside.with_suffix(".json").read_text())["till"] == "T1"
    assert "another office" in only(ended.folder).hindrance


def test_what_is_unsent_is_counted_from_where_the_office_is(ended: Counter) -> None:
    set_aside(ended.folder, ended.identity)
    left = only(ended.folder)
    assert (left.till, left.incarnation, left.unsent, left.hindrance) == ("T1", 1, 1, "")
    assert [fact.number for fact in left.facts_after(left.acknowledged(), 10)] == [2]
    left.acknowledge(2)
    assert left.unsent == 0
    assert only(ended.folder).unsent == 0


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda was: replace(was, office_key="other"), "belongs to another office"),
        (lambda was: replace(was, install="elsewhere"), "the key of ledger-T1-1.db is lost"),
    ],
)
def test_facts_that_cannot_be_sent_say_why(ended: Counter, change: Callable[[Identity], Identity], why: str) -> None:
    set_aside(ended.folder, change(ended.identity))
    assert why in only(ended.folder).hindrance


def test_the_shift_that_was_open_is_known_with_what_its_drawer_should_hold(ended: Counter) -> None:
    set_aside(ended.folder, ended.identity)
    left = only(ended.folder).shift
    assert left is not None
    assert (left.shift.id, left.shift.user, str(left.expected)) == ("T1-1-S0001", "anna", "159.00")


def test_an_identity_that_cannot_be_read_is_kept(tmp_path: Path) -> None:
    (tmp_path / "identity.json").write_text("{damaged")
    with pytest.raises(IdentityLost):
        read_identity(tmp_path)
    put_away(tmp_path)
    assert read_identity(tmp_path) is None
    assert (tmp_path / "identity.json.damaged").read_text() == "{damaged"
