"""The replica as a file: set aside when it cannot be used, and a full disk is said."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from pos.domain.plan import Plan
from pos.store.replica import ReplicaDamaged, ReplicaReader, ReplicaUnavailable, ReplicaWriter
from tests.unit.store_replica.words import Columns, Entry, Word, documents, show


def names(path: Path) -> list[str]:
    return sorted(found.name.split("-")[0] for found in path.parent.iterdir() if found.name.startswith("replica.db."))


def fill(writer: ReplicaWriter) -> None:
    with writer.snapshot() as begun:
        begun.documents([*documents(), show("yard", None, 300)], 3)
        begun.show(Columns("yard", "", 3, "P" * 300))


def test_a_restart_goes_on_where_it_was(path: Path) -> None:
    first = ReplicaWriter(path, "key")
    fill(first)
    first.close()
    again = ReplicaWriter(path, "key")
    assert again.complete()
    assert again.cursor() == 3
    again.close()
    assert names(path) == []


def test_another_offices_replica_is_set_aside(path: Path) -> None:
    first = ReplicaWriter(path, "key")
    fill(first)
    first.close()
    other = ReplicaWriter(path, "other key")
    assert not other.complete()
    other.close()
    assert names(path) == ["replica.db.other"]


def test_another_format_is_set_aside(path: Path) -> None:
    first = ReplicaWriter(path, "key")
    fill(first)
    first.close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 7")
    db.close()
    reader = ReplicaReader(path)
    with pytest.raises(ReplicaUnavailable, match="format 7"):
        reader.season()
    reader.close()
    again = ReplicaWriter(path, "key")
    assert not again.complete()
    again.close()
    assert names(path) == ["replica.db.format7"]


def test_damage_in_its_middle_is_found_and_set_aside(path: Path) -> None:
    first = ReplicaWriter(path, "key")
    fill(first)
    first.close()
    harm(path)
    again = ReplicaWriter(path, "key")
    assert not again.complete()
    fill(again)
    assert again.complete()
    again.close()
    assert names(path) == ["replica.db.damaged"]


def harm(path: Path) -> None:
    """Overwrite everything but the first page."""
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))


def test_damage_while_running_is_named(path: Path, plan: Plan) -> None:
    writer = ReplicaWriter(path, "key")
    fill(writer)
    with writer._using() as db:
        db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.exec_driver_sql("PRAGMA cache_size = 0")
    harm(path)
    page = [Entry(4, "places", show="yard", items=tuple(Word(f"Standing#{unit}") for unit in range(1, 301)))]
    with pytest.raises(ReplicaDamaged):
        writer.apply_page(page, 4)
    writer.start_over("damaged")
    assert not writer.complete()
    fill(writer)
    writer.close()
    assert names(path) == ["replica.db.damaged"]


def test_a_full_disk_is_said_and_nothing_is_half_stored(path: Path) -> None:
    writer = ReplicaWriter(path, "key")
    fill(writer)
    with writer._using() as db:
        pages = db.exec_driver_sql("PRAGMA page_count").scalar_one()
        db.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    sales = [Entry(4, "sale", body={"id": "S", "at": "x" * 100_000, "till": "", "tickets": []})]
    with pytest.raises(ReplicaUnavailable, match="full"):
        writer.apply_page(sales, 4)
    assert writer.cursor() == 3
    with writer._using() as db:
        db.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1000}")
    writer.apply_page(sales, 4)
    assert writer.cursor() == 4
    writer.close()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    writer = ReplicaWriter(tmp_path / "folder.db", "key")
    (tmp_path / "folder.db").mkdir()
    with pytest.raises(ReplicaUnavailable, match=r"folder\.db"):
        writer.complete()


def test_a_reader_follows_to_the_new_file(path: Path) -> None:
    writer = ReplicaWriter(path, "key")
    fill(writer)
    reader = ReplicaReader(path)
    assert reader.states("yard") == b"P" * 300
    writer.start_over("damaged")
    with pytest.raises(ReplicaUnavailable, match="not there yet"):
        reader.states("yard")
    fill(writer)
    writer.apply_page([Entry(4, "places", show="yard", items=(Word("Standing#1"),))], 4)
    assert reader.states("yard")[:2] == b"SP"
    reader.close()
    writer.close()
