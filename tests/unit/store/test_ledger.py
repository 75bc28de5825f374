"""The ledger: all or nothing, durable, and of one schema."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine

from pos.domain.basket import Basket, Line
from pos.domain.facts import FIRST_HASH, SignedFact
from pos.domain.money import Money
from pos.domain.rights import OwnRight, OwnState, Token
from pos.domain.shift import CashMove
from pos.store import journal, tables
from pos.store.journal import JournalReader
from pos.store.ledger import Ledger, StorageFailed
from pos.store.migrations import upgrade
from pos.store.schema import HEAD, writer_engine
from pos.store.shiftbook import ShiftRow

NOW = datetime.fromisoformat("2027-03-01T18:00:00+01:00")
BASKET = Basket("anna", (Line(1, "aida", "A-1", "Stalls", "adult", Money(5800, "EUR"), False),), NOW)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "ledger.db")
    yield opened
    opened.close()


def fact(number: int) -> SignedFact:
    return SignedFact(number, b"{}", f"{number:064}", bytes(64))


def sale(name: str, ticket: str = "t-1", place: str = "A-1", code: str = "C1") -> dict[str, object]:
    return {"id": name, "tickets": [{"id": ticket, "show": "aida", "unit": place, "code": code}]}


def test_a_transaction_that_fails_leaves_nothing(ledger: Ledger) -> None:
    class Interrupted(Exception):
        pass

    def fail() -> None:
        with ledger.transaction():
            journal.append(ledger.connection, fact(1))
            ledger.put_rights([("aida", "A-1", OwnRight(OwnState.SOLD, Token(1, 0)))])
            ledger.put_basket(BASKET)
            ledger.put_meta("sales", "1")
            ledger.put_shift(ShiftRow("S1", "anna", "now", 1))
            ledger.add_move("S1", CashMove("float", Money(100, "EUR"), "", "now"))
            ledger.add_sale("S1", sale("T1-1"))
            ledger.add_job("ticket", "ticket", "T1-1", ["t-1"], {})
            raise Interrupted

    with pytest.raises(Interrupted):
        fail()
    assert journal.head(ledger.connection) == (0, FIRST_HASH)
    assert (ledger.rights(), ledger.basket(), ledger.meta("sales"), ledger.open_shift()) == ({}, None, None, None)
    assert (ledger.moves("S1"), ledger.find_sales(sale="T1-1"), ledger.jobs()) == ([], [], [])


def test_what_is_looked_at_all_the_time_is_what_is_stored(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.transaction():
        ledger.put_basket(BASKET)
        ledger.put_meta("sales", "7")
        ledger.put_shift(ShiftRow("S1", "anna", "now", 1))
    assert (ledger.basket(), ledger.meta("sales")) == (BASKET, "7")
    with ledger.transaction():
        ledger.put_basket(None)
        ledger.close_shift("S1", "later", 2, {})
    assert (ledger.basket(), ledger.open_shift()) == (None, None)

    def fail() -> None:
        with ledger.transaction():
            ledger.put_basket(BASKET)
            ledger.put_meta("sales", "8")
            ledger.connection.exec_driver_sql("INSERT INTO sale (id) VALUES ('x')")

    with pytest.raises(StorageFailed):
        fail()
    again = Ledger(tmp_path / "ledger.db")
    assert (ledger.basket(), ledger.meta("sales")) == (again.basket(), again.meta("sales")) == (None, "7")
    again.close()


def test_a_full_disk_is_a_failure_and_then_nothing_happened(ledger: Ledger) -> None:
    def fill() -> None:
        with ledger.transaction():
            journal.append(ledger.connection, fact(1))
            ledger.add_job("ticket", "ticket", "T1-1", [], {"text": "x" * 100_000})

    pages = ledger.connection.exec_driver_sql("PRAGMA page_count").scalar()
    ledger.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageFailed, match="full"):
        fill()
    assert journal.head(ledger.connection)[0] == 0
    ledger.connection.exec_driver_sql("PRAGMA max_page_count = 100000")
    fill()
    assert journal.head(ledger.connection)[0] == 1


def test_a_ledger_locked_by_another_program_is_a_failure(ledger: Ledger, tmp_path: Path) -> None:
    ledger.connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageFailed, match="locked"), ledger.transaction():
        ledger.put_meta("sales", "1")
    other.execute("ROLLBACK")
    other.close()
    with ledger.transaction():
        ledger.put_meta("sales", "1")


def test_every_commit_reaches_the_disk(ledger: Ledger) -> None:
    """NORMAL lost acknowledged sales at power loss; FULL syncs the log at each commit."""
    assert ledger.connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    assert ledger.connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_one_live_ticket_a_place(ledger: Ledger) -> None:
    with ledger.transaction():
        ledger.add_sale("S1", sale("T1-1"))
    with pytest.raises(StorageFailed, match="UNIQUE"), ledger.transaction():
        ledger.add_sale("S1", sale("T1-2", "t-2", code="C2"))
    ledger.connection.exec_driver_sql("UPDATE ticket SET state = 'refunded'")
    with ledger.transaction():
        ledger.add_sale("S1", sale("T1-2", "t-2", code="C2"))


@pytest.mark.parametrize("other", [{"ticket": "t-1"}, {"code": "C1"}])
def test_ticket_ids_and_codes_are_unique(ledger: Ledger, other: dict[str, str]) -> None:
    with ledger.transaction():
        ledger.add_sale("S1", sale("T1-1"))
    with pytest.raises(StorageFailed, match="UNIQUE"), ledger.transaction():
        ledger.add_sale("S1", sale("T1-2", **({"ticket": "t-2", "place": "A-2", "code": "C2"} | other)))


def test_a_fact_number_is_used_once(ledger: Ledger) -> None:
    with ledger.transaction():
        journal.append(ledger.connection, fact(1))
    with pytest.raises(StorageFailed, match="UNIQUE"), ledger.transaction():
        journal.append(ledger.connection, fact(1))


def test_the_highest_token_is_kept_a_place(ledger: Ledger) -> None:
    with ledger.transaction():
        ledger.put_rights([("aida", "A-1", OwnRight(OwnState.LEASED, Token(1, 0)))])
        ledger.put_rights([("aida", "A-1", OwnRight(OwnState.RETURNED, Token(1, 0)))])
        ledger.put_rights([("aida", "A-1", OwnRight(OwnState.LEASED, Token(3, 1)))])
        ledger.put_rights([])
    assert ledger.rights() == {"aida": {"A-1": OwnRight(OwnState.LEASED, Token(3, 1))}}


def test_the_basket_comes_back_as_it_was(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.transaction():
        ledger.put_basket(BASKET)
    again = Ledger(tmp_path / "ledger.db")
    assert again.basket() == BASKET
    again.close()
    with ledger.transaction():
        ledger.put_basket(Basket("anna", (), NOW, lapsed=True))
    again = Ledger(tmp_path / "ledger.db")
    assert again.basket() == Basket("anna", (), NOW, lapsed=True)
    again.close()
    with ledger.transaction():
        ledger.put_basket(Basket("anna", (), NOW))
    assert ledger.basket() is None


def test_jobs_come_back_by_state_and_number(ledger: Ledger) -> None:
    with ledger.transaction():
        made = [ledger.add_job("ticket", "ticket", f"T1-{n}", [f"t-{n}"], {"n": n}) for n in (1, 2, 3)]
        ledger.set_job(2, "failed", "no paper")
    assert ledger.jobs("queued") == [made[0], made[2]]
    assert [(job.id, job.state, job.text) for job in ledger.jobs(job=2)] == [(2, "failed", "no paper")]
    assert [job.id for job in ledger.jobs(latest=2)] == [2, 3]


# ---- the journal ---------------------------------------------------------------------------


def test_facts_are_read_in_order_while_the_ledger_is_written(ledger: Ledger, tmp_path: Path) -> None:
    reader = JournalReader(tmp_path / "ledger.db")
    assert reader.head() == (0, FIRST_HASH)
    for number in (1, 2, 3):
        with ledger.transaction():
            journal.append(ledger.connection, fact(number))
            assert reader.head()[0] == number - 1
    assert reader.head() == (3, f"{3:064}")
    assert [f.number for f in reader.facts_after(1, 10)] == [2, 3]
    assert [f.number for f in reader.facts_after(0, 2)] == [1, 2]


def test_a_reader_can_neither_write_nor_checkpoint(ledger: Ledger, tmp_path: Path) -> None:
    connection = JournalReader(tmp_path / "ledger.db")._connection()
    assert connection.exec_driver_sql("PRAGMA query_only").scalar() == 1
    assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar() == 0


def test_readers_of_other_threads_are_closed_so_that_the_last_to_close_writes_the_wal_back(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.db")
    reader = JournalReader(tmp_path / "ledger.db")
    with ledger.transaction():
        journal.append(ledger.connection, fact(1))
    with ThreadPoolExecutor() as threads:
        assert threads.submit(reader.head).result()[0] == 1
    assert reader.head()[0] == 1
    reader.close()
    ledger.close()
    assert [file.name for file in tmp_path.glob("ledger.db*")] == ["ledger.db"]


# ---- the schema ----------------------------------------------------------------------------


def test_the_migrations_make_the_tables_that_a_new_ledger_has(ledger: Ledger) -> None:
    migrated = create_engine("sqlite://").connect()
    upgrade(migrated, HEAD)
    context = MigrationContext.configure(migrated, opts={"compare_type": True})
    assert compare_metadata(context, tables.metadata) == []
    assert migrated.exec_driver_sql("SELECT version_num FROM alembic_version").all() == [(HEAD,)]
    assert ledger.connection.exec_driver_sql("SELECT version_num FROM alembic_version").all() == [(HEAD,)]
    # What alembic does not compare: defaults, keys, and indexes over a part of the rows.
    for table in tables.metadata.tables:
        for look in (f"PRAGMA table_info({table})", f"PRAGMA index_list({table})"):
            made = {tuple(row)[1:] for row in migrated.exec_driver_sql(look)}
            assert made == {tuple(row)[1:] for row in ledger.connection.exec_driver_sql(look)}, look
    guard = "SELECT sql FROM sqlite_master WHERE name = 'one_live_ticket'"
    for drawn in (migrated, ledger.connection):
        assert "WHERE state = 'live'" in str(drawn.exec_driver_sql(guard).scalar())
    migrated.close()


def test_opening_again_changes_nothing(ledger: Ledger, tmp_path: Path) -> None:
    with ledger.transaction():
        journal.append(ledger.connection, fact(1))
    ledger.close()
    again = Ledger(tmp_path / "ledger.db")
    assert journal.head(again.connection)[0] == 1
    again.close()


def test_a_ledger_of_a_newer_program_is_left_alone(ledger: Ledger, tmp_path: Path) -> None:
    ledger.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    ledger.close()
    with pytest.raises(RuntimeError, match="newer version"):
        Ledger(tmp_path / "ledger.db")


def test_a_migration_that_breaks_off_leaves_the_old_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import op

    old = writer_engine(tmp_path / "ledger.db").connect()
    upgrade(old, "0001")
    before = old.exec_driver_sql("SELECT name, sql FROM sqlite_master ORDER BY name").all()
    old.close()
    created = op.create_table

    def breaks(name: str, *columns: object, **options: object) -> object:
        if name == "payment":
            raise RuntimeError("the power went")
        return created(name, *columns, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(op, "create_table", breaks)
    with pytest.raises(RuntimeError, match="the power went"):
        Ledger(tmp_path / "ledger.db")
    monkeypatch.undo()
    db = sqlite3.connect(tmp_path / "ledger.db")
    assert db.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall() == list(map(tuple, before))
    db.close()
    Ledger(tmp_path / "ledger.db").close()


def test_a_new_ledger_that_breaks_off_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(connection: Connection) -> None:
        tables.own_right.create(connection)
        raise RuntimeError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(tables.metadata, "create_all", breaks)
        with pytest.raises(RuntimeError, match="the power went"):
            Ledger(tmp_path / "ledger.db")
    db = sqlite3.connect(tmp_path / "ledger.db")
    assert db.execute("SELECT name FROM sqlite_master").fetchall() == []
    db.close()
    Ledger(tmp_path / "ledger.db").close()


def test_what_is_no_database_is_said_at_opening(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"this is no database at all" * 100)
    with pytest.raises(Exception, match="not a database"):
        Ledger(tmp_path / "ledger.db")
