"""The office's database: opened, migrated, refused."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from pos.domain.certificate import Hand, read_key
from pos.domain.disputes import in_words
from sync.office.rules import changes, disputes, snapshot
from sync.office.rules.recovery import Standing, standing
from sync.office.store.engine import SCHEMA_HEAD, CannotOpen, Database, open_database
from sync.office.store.migrations import config, upgrade
from sync.office.store.own import office_key
from sync.office.store.tables import METADATA


def test_the_migrations_make_exactly_the_tables(database_url: str) -> None:
    migrated = Database(create_engine(database_url))
    with migrated.write() as connection:
        upgrade(connection, SCHEMA_HEAD)
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        assert connection.execute(text("SELECT id, position, signal FROM change_head")).all() == [(1, 0, 0)]
    migrated.close()


def test_a_new_database_is_as_if_it_had_been_migrated(database: Database) -> None:
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        assert connection.execute(text("SELECT id, position, signal FROM change_head")).all() == [(1, 0, 0)]
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [SCHEMA_HEAD]


def test_the_newest_migration_is_the_one_that_commands_look_for() -> None:
    assert ScriptDirectory.from_config(config()).get_current_head() == SCHEMA_HEAD


def test_neither_the_first_start_nor_another_loads_alembic(database_url: str) -> None:
    code = (
        "import sys\nfrom sync.office.store.engine import open_database\n"
        f"open_database({database_url!r}).close()\nsys.exit('alembic' in sys.modules)"
    )
    for _ in range(2):
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_many_first_starts_at_once_do_not_collide(database_url: str) -> None:
    code = f"from sync.office.store.engine import open_database\nopen_database({database_url!r}).close()"
    started = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True) for _ in range(4)]
    assert [process.communicate()[1] for process in started] == [""] * 4
    opened = open_database(database_url)
    with opened.read() as connection:
        assert connection.execute(text("SELECT position FROM change_head")).all() == [(0,)]
    opened.close()


def test_a_database_of_a_newer_program_is_refused(database: Database, database_url: str) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CannotOpen, match="version 9999, which this program does not know"):
        open_database(database_url)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("nonsense", "not a database URL"),
        ("mysql://localhost/x", "sqlite or postgresql"),
        ("sqlite:////no/such/folder/office.db", "unable to open database file"),
        ("postgresql+psycopg://nobody:secret@127.0.0.1:1/none", "127.0.0.1"),
    ],
)
def test_a_database_that_cannot_be_used_is_named(url: str, why: str) -> None:
    with pytest.raises(CannotOpen) as caught:
        open_database(url)
    assert why in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "office.db").write_text("this is not a database, but long enough to look at" * 20)
    with pytest.raises(CannotOpen, match="not a database"):
        open_database(f"sqlite:///{tmp_path / 'office.db'}")


def test_the_offices_key_is_made_once(database: Database, database_url: str) -> None:
    keys = []

    def read() -> None:
        own = open_database(database_url)
        keys.append(office_key(own).private_bytes_raw())
        own.close()

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 4
    assert len(set(keys)) == 1


def test_positions_have_no_gaps_even_when_writers_fail(database: Database) -> None:
    def write(fail: bool) -> None:
        with database.write() as connection:
            changes.log(connection, [changes.Entry("reload", show="x"), changes.Entry("reload", show="y")])
            if fail:
                raise ZeroDivisionError

    def many(n: int) -> None:
        for turn in range(10):
            if (turn + n) % 3:
                write(fail=False)
            else:
                with pytest.raises(ZeroDivisionError):
                    write(fail=True)

    threads = [threading.Thread(target=many, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        positions = connection.execute(text("SELECT position FROM change_log ORDER BY position")).scalars().all()
    assert positions == list(range(1, len(positions) + 1))
    assert len(positions) > 40


def test_what_a_reader_has_seen_never_grows_a_gap(database: Database) -> None:
    """A position is visible only when all lower ones are: a reader that pulls by cursor loses none."""
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            with database.write() as connection:
                changes.log(connection, [changes.Entry("reload", show="x")])

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    seen: list[int] = []
    while len(seen) < 150:
        with database.read() as connection:
            seen += [change.position for change in changes.after(connection, seen[-1] if seen else 0, 50)]
    stop.set()
    for writer in writers:
        writer.join()
    assert seen == list(range(1, len(seen) + 1))


def test_many_changes_of_one_show_become_a_reload(database: Database) -> None:
    def entries(count: int) -> list[str]:
        from pos.domain.rights import OfficeState
        from sync.office.rules.places import Place

        made = [Place("x", f"p{n}", n, OfficeState.POOL, "", 0, 0, 0, 0, "") for n in range(count)]
        return [entry.kind for entry in changes.of_places(made)]

    assert entries(1_200) == ["places"] * 3
    assert entries(2_001) == ["reload"]


def test_disputes_of_the_first_version_are_kept_and_told(database_url: str) -> None:
    """What was in dispute before disputes were documents."""
    first = Database(create_engine(database_url))
    envelope = '{"kind": "TicketsSold", "at": "x", "effects": [["s", "A-1", 1, 0, "LEASED", "SOLD", "T1", "S-1"]]}'
    with first.write() as connection:
        upgrade(connection, "0001")
        connection.execute(
            text("INSERT INTO fact VALUES ('T1', 1, 7, 'T1.1.7', 'h', 'k', :envelope, 's', 'disputed', 'now')"),
            {"envelope": envelope},
        )
        for id, fact, cause in ((1, "T1.1.7", "place"), (2, "T1.1.7", "role"), (3, "T1.1.8", "unreadable")):
            connection.execute(
                text("INSERT INTO dispute VALUES (:id, :fact, :cause, 'why', 'office', 'then', NULL)"),
                {"id": id, "fact": fact, "cause": cause},
            )
        connection.execute(text("UPDATE change_head SET position = 5"))
    first.close()
    opened = open_database(database_url)
    with opened.read() as connection:
        place, role, unreadable = disputes.documents(connection)
        log = changes.after(connection, 5, 10)
    opened.close()
    assert [one["id"] for one in (place, role, unreadable)] == ["T1.1.7-1", "T1.1.7-2", "T1.1.8-1"]
    assert (place["tickets"], place["ways"]) == (["S-1"], ["reseat", "refund", "accept"])
    assert in_words(place) == "A-1 was sold at T1, but the office has it otherwise: there is no such place."
    assert (unreadable["places"], unreadable["ways"]) == ([], ["accept"])
    assert [(change.position, change.body) for change in log] == [(6, place), (7, role), (8, unreadable)]


def test_tills_that_are_enrolled_already_are_introduced_to_each_other(database_url: str) -> None:
    first = Database(create_engine(database_url))
    with first.write() as connection:
        upgrade(connection, "0004")
        for incarnation, key in ((1, b"a" * 32), (2, b"b" * 32)):
            connection.execute(
                text("INSERT INTO till VALUES ('T1', :incarnation, :key, 0, '', :state, 'then', 0)"),
                {"incarnation": incarnation, "key": key, "state": "FENCED" if incarnation == 1 else "ACTIVE"},
            )
        connection.execute(text("UPDATE change_head SET position = 5"))
    first.close()
    opened = open_database(database_url)
    with opened.read() as connection:
        known = snapshot.documents(connection)
        log = changes.after(connection, 5, 10)
    opened.close()
    assert [read_key(document.body) for document in known.documents] == [
        (Hand("T1", 1), b"a" * 32),
        (Hand("T1", 2), b"b" * 32),
    ]
    assert [(change.position, change.id) for change in log] == [(6, "T1.1"), (7, "T1.2")]
    assert known.cursor == 7


def test_holds_that_were_imported_before_can_be_claimed(database_url: str) -> None:
    """They named their owner or their order where the till stands that has a right."""
    first = Database(create_engine(database_url))
    hold = '{"show": "tosca", "type": "press", "owner": "Herald", "places": ["A-1", "Foyer"], "home": "T1"}'
    order = '{"show": "tosca", "name": "Bela", "state": "reserved", "lines": [{"places": ["A-2"]}]}'
    with first.write() as connection:
        upgrade(connection, "0014")
        for family, id, body in (("hold", "H1", hold), ("order", "WEB1", order)):
            connection.execute(
                text(f"INSERT INTO document VALUES ('{family}', '{id}', '{body.replace(':', chr(92) + ':')}')")
            )
        for ix, (place, holder) in enumerate((("A-1", "Herald"), ("A-2", "WEB1"), ("Foyer#1", "Herald"), ("A-3", ""))):
            state = "HELD" if holder else "POOL"
            connection.execute(
                text(
                    f"INSERT INTO place_right VALUES ('tosca', '{place}', {ix}, '{state}', '{holder}', 0, 1, 0, 0, '')"
                )
            )
    first.close()
    opened = open_database(database_url)
    with opened.read() as connection:
        held = {row.place: (row.holder, row.ticket) for row in connection.execute(text("SELECT * FROM place_right"))}
        told = {change.id: change.body for change in changes.after(connection, 0, 10) if change.kind == "document"}
    opened.close()
    assert held == {"A-1": ("", "H1"), "Foyer#1": ("", "H1"), "A-2": ("", "WEB1"), "A-3": ("", "")}
    assert told["H1"] is not None
    assert (told["H1"]["places"], told["H1"]["home"]) == (["A-1", "Foyer#1"], "T1")
    assert told["WEB1"] is not None
    assert (told["WEB1"]["type"], told["WEB1"]["owner"], told["WEB1"]["order"]) == ("reservation", "Bela", "")


@pytest.mark.parametrize(("ended", "waits"), [("", [("T1", 2)]), ("then", [])])
def test_an_office_that_is_recovering_waits_for_who_is_active(
    database_url: str, ended: str, waits: list[tuple[str, int]]
) -> None:
    first = Database(create_engine(database_url))
    with first.write() as connection:
        upgrade(connection, "0021")
        for incarnation, state in ((1, "FENCED"), (2, "ACTIVE")):
            connection.execute(
                text("INSERT INTO till VALUES ('T1', :incarnation, :key, 0, '', :state, 'then', 0)"),
                {"incarnation": incarnation, "key": b"a" * 32, "state": state},
            )
        connection.execute(text("INSERT INTO restored VALUES ('g', 'then', :ended, '')"), {"ended": ended})
    first.close()
    opened = open_database(database_url)
    with opened.read() as connection:
        assert [tuple(row) for row in connection.execute(text("SELECT * FROM awaited"))] == waits
        assert standing(connection) == Standing("g", recovering=not ended)
    opened.close()
