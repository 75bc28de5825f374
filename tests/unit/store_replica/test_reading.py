"""Reading: nothing before the snapshot is whole, the same object until something changed, and no writing."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from pos.domain.errors import Unreadable
from pos.domain.plan import Plan
from pos.domain.rights import OfficeState
from pos.store.replica import PlanCache, ReplicaReader, ReplicaUnavailable, ReplicaWriter
from pos.store.replica.schema import LETTERS, PER_BLOCK
from sync.wire import STATE_LETTERS
from tests.unit.store_replica.words import Columns, Entry, Word, documents, sale, show


def change(writer: ReplicaWriter, *items: Word, of: str = "hall") -> None:
    at = writer.cursor() + 1
    writer.apply_page([Entry(at, "places", show=of, items=items)], at)


def test_the_letters_are_those_of_the_wire() -> None:
    assert {letter: state.value for state, letter in LETTERS.items()} == STATE_LETTERS


def test_without_a_file_there_is_no_replica(reader: ReplicaReader) -> None:
    assert not reader.complete()
    for call in (reader.season, reader.documents, reader.cursor, lambda: reader.states("hall")):
        with pytest.raises(ReplicaUnavailable, match="not there yet"):
            call()


def test_before_the_first_snapshot_is_whole_there_is_no_season(writer: ReplicaWriter, reader: ReplicaReader) -> None:
    with contextlib.suppress(RuntimeError), writer.snapshot() as begun:
        begun.documents(documents(), 3)
        raise RuntimeError
    assert not reader.complete()
    with pytest.raises(ReplicaUnavailable, match="snapshot"):
        reader.season()


def test_garbage_is_named_and_does_not_stick(path: Path, reader: ReplicaReader, plan: Plan) -> None:
    path.write_bytes(b"garbage" * 2000)
    assert not reader.complete()
    with pytest.raises(ReplicaUnavailable, match=r"replica\.db cannot be read"):
        reader.season()
    writer = ReplicaWriter(path, "key")
    assert not writer.complete()
    with writer.snapshot() as begun:
        begun.documents([*documents(), show("yard", None, 3)], 3)
        begun.show(Columns("yard", "", 3, "PPP"))
    assert reader.states("yard") == b"PPP"
    assert [aside.read_bytes()[:7] for aside in path.parent.glob("replica.db.damaged-*")] == [b"garbage"]
    writer.close()


def test_the_season_is_read_again_only_when_a_document_changed(filled: ReplicaWriter, reader: ReplicaReader) -> None:
    season = reader.season()
    change(filled, Word("1-1"))
    assert reader.season() is season
    seating = reader.seating("hall")
    at = filled.cursor() + 1
    filled.apply_page([Entry(at, "document", "user", "anna", None)], at)
    assert reader.season() is not season
    assert reader.season().users == {}
    assert reader.seating("hall") is seating


def test_tally_counts_by_state_and_holder(filled: ReplicaWriter, reader: ReplicaReader) -> None:
    change(filled, Word("1-1", "LEASED", "T1"), Word("1-2", "LEASED", "T2"), Word("Standing#1", "LEASED", "T1"))
    assert reader.tally("hall") == {
        (OfficeState.POOL, ""): 12,
        (OfficeState.LEASED, "T1"): 2,
        (OfficeState.LEASED, "T2"): 1,
    }
    assert reader.tally("hall", within=range(12, 15)) == {(OfficeState.POOL, ""): 2, (OfficeState.LEASED, "T1"): 1}
    reader.tally("hall").clear()
    assert sum(reader.tally("hall").values()) == 15
    change(filled, Word("1-1", "POOL", ""))
    assert reader.tally("hall")[OfficeState.LEASED, "T1"] == 1


def test_places_beyond_one_block(filled: ReplicaWriter, reader: ReplicaReader) -> None:
    change(filled, Word(f"Standing#{PER_BLOCK}"), Word(f"Standing#{PER_BLOCK + 1}", "HELD"), of="yard")
    assert reader.right("yard", PER_BLOCK - 1).state is OfficeState.SOLD
    assert reader.right("yard", PER_BLOCK).state is OfficeState.HELD
    states = reader.states("yard")
    assert len(states) == 300
    assert states[PER_BLOCK - 1 : PER_BLOCK + 1] == b"SH"


def test_a_right_is_the_same_from_a_point_read_and_from_the_columns(
    filled: ReplicaWriter, reader: ReplicaReader
) -> None:
    change(filled, Word("2-1", "LEASED", "T7", epoch=9))
    single = reader.rights("hall", range(15))
    reader.states("hall")
    assert reader.rights("hall", range(15)) == single


@pytest.mark.parametrize("warm", [False, True])
def test_an_index_that_is_none(filled: ReplicaWriter, reader: ReplicaReader, warm: bool) -> None:
    if warm:
        reader.states("hall")
    for ix in (-1, 15, 100_000):
        with pytest.raises(IndexError):
            reader.right("hall", ix)
    with pytest.raises(KeyError):
        reader.right("nowhere", 0)
    with pytest.raises(KeyError):
        reader.plan("no version")


def test_columns_cannot_be_written_to(filled: ReplicaWriter, reader: ReplicaReader) -> None:
    with pytest.raises(ValueError, match="read-only"):
        reader.columns("hall").epoch[0] = 5


def test_sales_newest_first_and_at_most_fifty(filled: ReplicaWriter, reader: ReplicaReader) -> None:
    bodies = [
        sale(f"S{n:03}", f"C{n}", at=f"2026-11-22T10:{n:02}:00", buyer="Müller-Lüdenscheidt, Eva") for n in range(60)
    ]
    filled.apply_page([Entry(11 + n, "sale", body=body) for n, body in enumerate(bodies)], 70)
    found = reader.find_sales(name="EVA müller")
    assert [body["id"] for body in found] == [f"S{n:03}" for n in range(59, 9, -1)]
    assert reader.find_sales(name="eva", code="C7") == [bodies[7]]
    assert reader.find_sales(name="100%") == []
    changed = sale("S007", "C7", state="refunded")
    filled.apply_page([Entry(71, "sale", body=changed)], 71)
    assert reader.find_sales(ticket_id="S007.1") == [changed]


def test_a_reader_cannot_write(filled: ReplicaWriter, reader: ReplicaReader) -> None:
    with reader._reading() as db:
        assert db.exec_driver_sql("PRAGMA query_only").scalar_one() == 1
        assert db.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar_one() == 0
        with pytest.raises(DBAPIError, match="readonly"):
            db.exec_driver_sql("DELETE FROM meta")


def test_the_last_reader_to_close_does_not_checkpoint(filled: ReplicaWriter, path: Path, tmp_path: Path) -> None:
    """As after a crash of the writer: its WAL lies there, and a reader comes and goes."""
    change(filled, Word("1-1"))
    copy = tmp_path / "crashed" / "replica.db"
    copy.parent.mkdir()
    for suffix in ("", "-wal"):
        shutil.copy(f"{path}{suffix}", f"{copy}{suffix}")
    before = copy.read_bytes(), Path(f"{copy}-wal").read_bytes()
    reader = ReplicaReader(copy)
    assert reader.states("hall")[:2] == b"SP"
    reader.close()
    assert (copy.read_bytes(), Path(f"{copy}-wal").read_bytes()) == before


def test_no_read_stays_open(filled: ReplicaWriter, reader: ReplicaReader, path: Path) -> None:
    """An open read would keep the WAL from being emptied."""
    reader.states("hall")
    with pytest.raises(KeyError):
        reader.states("nowhere")
    change(filled, Word("1-1"))
    raw = sqlite3.connect(path)
    busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    raw.close()
    assert busy == 0


def test_readers_in_threads_while_pages_are_applied(filled: ReplicaWriter, path: Path) -> None:
    """Every look is of one moment: seat 1-1 and seat 1-2 always change together."""
    stop, torn, looks = threading.Event(), [], [0, 0]
    plans = PlanCache()

    def look(number: int) -> None:
        reader = ReplicaReader(path, plans)
        while not stop.is_set():
            one, two = reader.rights("hall", (0, 1))
            states = reader.states("hall")
            if one.token != two.token or states[0] != states[1]:
                torn.append((one, two, states))
            looks[number] += 1
        reader.close()

    threads = [threading.Thread(target=look, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for epoch in range(1, 201):
        state = "LEASED" if epoch % 2 else "POOL"
        change(filled, Word("1-1", state, epoch=epoch), Word("1-2", state, epoch=epoch))
    stop.set()
    for thread in threads:
        thread.join()
    assert torn == []
    assert min(looks) > 0


def test_indexes_are_read_by_the_numbering_that_they_are_in(
    filled: ReplicaWriter, reader: ReplicaReader, plan: Plan
) -> None:
    """Who began with one numbering goes on with it: here two places of a bar come before the standing ones, of
    which there is one less."""
    before = reader.seating("hall")
    anew = show("hall", plan, 2)
    anew.body["areas"].insert(0, {"id": "Bar", "capacity": 2})
    news = Entry(11, "document", family="show", id="hall", body=anew.body)
    columns = Columns("hall", plan.version, 11, "P" * 11 + "S" + "HH" + "LL", ["", "T2"], [0] * 14 + [1, 1])
    filled.apply_page([news], 11, shows=[columns])
    assert reader.states("hall") == reader.states("hall", reader.seating("hall")) == b"P" * 11 + b"SHHLL"
    assert reader.states("hall", before) == b"P" * 11 + b"S" + b"LL" + b"Q"
    found = reader.rights("hall", (0, 11, 12, 14), before)
    assert [(right.state.value, right.holder) for right in found] == [
        ("POOL", ""), ("SOLD", ""), ("LEASED", "T2"), ("QUARANTINE", ""),
    ]  # fmt: skip


def test_a_plan_is_read_once_for_all_threads(plan: Plan) -> None:
    cache, asked = PlanCache(size=1), []

    def blob() -> bytes:
        asked.append(1)
        return plan.to_bytes()

    assert cache.get("a", blob) is cache.get("a", blob)
    cache.get("b", blob)
    cache.get("a", blob)
    assert len(asked) == 3
    with pytest.raises(Unreadable):
        cache.get("c", lambda: b"nonsense")
