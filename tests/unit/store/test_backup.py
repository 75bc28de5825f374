"""Backups of a data folder: whole, taken while the till sells, and put back so that nothing is sold twice."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import pos.store.backup as backup
import pos.store.restore as restoring
from pos.store.backup import CannotBackUp, Made, backups, make
from pos.store.identity import FolderInUse, FolderLock, MarkFile
from pos.store.restore import CannotRestore, Restored, restore
from tests.mutate import mutate
from tests.unit.till.counter import Counter

AT = "2027-03-01T18:00:{:02d}+01:00"


@pytest.fixture
def to(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def made(counter: Counter, to: Path, second: int = 0, keep: int = 96) -> Made:
    (counter.folder / "till.toml").write_text('[till]\nid = "T1"\n', "utf-8")
    return make(counter.folder, to, AT.format(second), keep)


def test_a_running_till_is_backed_up_to_its_last_fact(counter: Counter, to: Path) -> None:
    counter.sell("A-1")
    (counter.folder / "layouts").mkdir()
    (counter.folder / "layouts" / "own.toml").write_text("x = 1\n", "utf-8")
    done = made(counter, to)
    assert done.file == to / "housefull-T1-20270301180000.zip"
    assert (done.manifest.number, done.manifest.hash) == (counter.desk.number, counter.desk.hash)
    with zipfile.ZipFile(done.file) as archive:
        assert sorted(archive.namelist()) == [
            "backup.json", "identity.json", "layouts/own.toml", "ledger.db", "till.toml",
        ]  # fmt: skip
    counter.sell("A-2")
    assert [path.name for path in to.iterdir()] == [done.file.name], "nothing half-made is left"


def test_neither_key_nor_mark_is_in_it(counter: Counter, to: Path) -> None:
    counter.sell("A-1")
    done = made(counter, to)
    with zipfile.ZipFile(done.file) as archive:
        inside = b"".join(archive.read(name) for name in archive.namelist())
    state = counter.identity.state_folder
    assert (state / "till.key").read_bytes() not in inside
    assert (state / "mark").read_bytes() not in inside


def test_what_is_sold_between_two_steps_does_not_disturb_it(
    counter: Counter, to: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The picture is that of the beginning: the copy does not begin anew whenever something is sold."""
    monkeypatch.setattr(backup, "PAGES", 1)
    sold: list[str] = []

    def sell() -> None:
        if len(sold) < 5:
            sold.append(counter.sell(f"A-{len(sold) + 1}")["id"])

    number = counter.desk.number
    done = make(counter.folder, to, AT.format(0), 96, sell)
    assert len(sold) == 5
    assert done.manifest.number == number
    assert counter.desk.number == number + 5


def test_that_its_transaction_is_needed(counter: Counter, to: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch, backup, "copy_ledger", 'source.execute("BEGIN")', "pass")
    with pytest.raises(AssertionError):
        test_what_is_sold_between_two_steps_does_not_disturb_it(counter, to, monkeypatch)


def test_the_newest_stay(counter: Counter, to: Path) -> None:
    to.mkdir()
    for name in ("housefull-T2-20270301170000.zip", "housefull-T1-notes.zip", "mine.txt"):
        (to / name).write_text("")
    removed = [made(counter, to, second, keep=2).removed for second in range(4)]
    assert removed == [0, 0, 1, 1]
    assert [file.name[-6:-4] for file in backups(to, "T1")] == ["02", "03"]
    assert len(list(to.iterdir())) == 5, "only its own backups are removed"


def test_a_damaged_ledger_is_no_backup_and_removes_none(counter: Counter, to: Path) -> None:
    before = made(counter, to)
    counter.sell("A-1")
    counter.stop()
    counter.write("UPDATE journal SET envelope = x'7b7d' WHERE number = 2")
    with pytest.raises(CannotBackUp, match="fact 2 is not what its hash says"):
        made(counter, to, 1, keep=1)
    assert backups(to, "T1") == [before.file]
    assert list(to.iterdir()) == [before.file]


def test_what_cannot_be_backed_up_says_why(counter: Counter, to: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotBackUp, match="lies in the data folder itself"):
        make(counter.folder, counter.folder / "backups", AT.format(0), 1)
    with pytest.raises(CannotBackUp, match="is not the data folder of a till"):
        make(tmp_path, to, AT.format(0), 1)
    to.write_text("a file")
    with pytest.raises(CannotBackUp, match=r"no backup of .* in .*backups"):
        made(counter, to)


# ---- restoring --------------------------------------------------------------------------------


def begun_again(counter: Counter, back: Restored) -> None:
    """The restored till starts, and has its replica from the office again."""
    assert back.aside is not None
    for file in back.aside.glob("replica.db*"):
        shutil.copy(file, counter.folder)
    counter._start()


def test_nothing_done_since_and_the_till_sells_on(counter: Counter, to: Path) -> None:
    counter.sell("A-1")
    done = made(counter, to)
    counter.stop()
    back = restore(counter.folder, done.file, force=True)
    assert (back.missing, back.last) == ("", done.manifest.number)
    assert back.aside is not None
    assert (back.aside / "ledger.db").exists()
    assert not (counter.folder / "replica.db").exists()
    assert not list(counter.folder.glob(".restore-*"))
    begun_again(counter, back)
    assert counter.ask("status")["fenced"] is None
    assert counter.desk.number == done.manifest.number


def test_sales_after_the_backup_fence_the_restored_till(counter: Counter, to: Path) -> None:
    """R9: else it would sell A-2 once more, whose right its old ledger still has."""
    counter.add("A-2")
    counter.ask("clear")
    done = made(counter, to)
    counter.sell("A-2")
    last = counter.desk.number
    counter.stop()
    back = restore(counter.folder, done.file, force=True)
    assert back.last == last
    assert back.missing == f"restored from a backup that ends at fact 1, but fact {last} was written here"
    begun_again(counter, back)
    assert counter.ask("status")["fenced"] == back.missing
    assert counter.token("A-2") == ("LEASED", 1, 0), "which is why"
    counter.sign_in()
    assert counter.refusal("add", show="aida", places=["A-2"], price_type="adult").code == "fenced"


def test_a_machine_that_has_lost_its_mark_fences_it_too(counter: Counter, to: Path) -> None:
    counter.add("A-2")
    counter.ask("clear")
    done = made(counter, to)
    counter.sell("A-2")
    counter.stop()
    (counter.identity.state_folder / "mark").unlink()
    back = restore(counter.folder, done.file, force=True)
    assert back.last is None
    begun_again(counter, back)
    assert "not known on this machine" in counter.ask("status")["fenced"]


def test_that_restoring_fences(counter: Counter, to: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(
        monkeypatch,
        restoring,
        "_missing",
        "if mark is None:",
        "if mark is None:\n        return '', None\n    if mark is None:",
    )
    with pytest.raises((AssertionError, TypeError)):
        test_a_machine_that_has_lost_its_mark_fences_it_too(counter, to)


def test_paper_that_may_have_come_out_since_is_a_question(counter: Counter, to: Path) -> None:
    counter.sell("A-1")
    counter.stop()
    counter.write("UPDATE print_job SET state = 'started' WHERE id = 1")
    done = made(counter, to)
    restore(counter.folder, done.file, force=True)
    assert counter.rows("SELECT state FROM print_job WHERE id = 1") == [("unknown",)]


def test_what_is_there_is_not_overwritten(counter: Counter, to: Path) -> None:
    done = made(counter, to)
    lock = FolderLock(counter.folder)
    with pytest.raises(FolderInUse):
        restore(counter.folder, done.file, force=True)
    lock.release()
    with pytest.raises(CannotRestore, match="is not empty: with --force"):
        restore(counter.folder, done.file)
    assert not list(counter.folder.glob("before-restore*"))


def test_another_tills_folder_is_left_alone(make_counter: Callable[..., Counter], to: Path) -> None:
    one, other = make_counter(), make_counter(till="T2")
    done = made(one, to)
    with pytest.raises(CannotRestore, match="is that of till T2, and the backup is of T1"):
        restore(other.folder, done.file, force=True)


def test_an_empty_folder_becomes_the_till(counter: Counter, to: Path, tmp_path: Path) -> None:
    counter.sell("A-1")
    done = made(counter, to)
    new = tmp_path / "new"
    assert restore(new, done.file).aside is None
    assert sorted(path.name for path in new.iterdir()) == ["identity.json", "ledger.db", "lock", "till.toml"]
    with closing(sqlite3.connect(new / "ledger.db")) as db:
        assert db.execute("SELECT max(number) FROM journal").fetchone() == (done.manifest.number,)


def changed(file: Path, name: str, change: Callable[[bytes], bytes | None]) -> Path:
    """A copy of a backup in which one member is another, or is not there."""
    copy = file.with_name("changed.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(copy, "w") as new:
        for member in old.namelist():
            data = change(old.read(member)) if member == name else old.read(member)
            if data is not None:
                new.writestr(member, data)
    return copy


def newer(manifest: bytes) -> bytes:
    return json.dumps(json.loads(manifest) | {"schema": "9999"}).encode()


def longer(manifest: bytes) -> bytes:
    return json.dumps(json.loads(manifest) | {"number": 99}).encode()


def broken_chain(ledger: bytes) -> bytes:
    with closing(sqlite3.connect(":memory:")) as db:
        db.deserialize(ledger)
        db.execute("UPDATE journal SET envelope = x'7b7d' WHERE number = 1")
        db.commit()
        return db.serialize()


@pytest.mark.parametrize(
    ("member", "change", "why"),
    [
        ("backup.json", lambda _: None, "is no backup of a till"),
        ("backup.json", newer, "is of a newer version"),
        ("backup.json", longer, "ends at fact 2, and it says that there are 99"),
        ("identity.json", lambda _: None, "its identity says otherwise"),
        ("ledger.db", lambda data: data[: len(data) // 2], "cannot be restored|is damaged"),
        ("ledger.db", broken_chain, "fact 1 cannot be read"),
    ],
)
def test_a_backup_that_is_not_whole_changes_nothing(
    counter: Counter, to: Path, tmp_path: Path, member: str, change: Callable[[bytes], bytes | None], why: str
) -> None:
    counter.sell("A-1")
    file = changed(made(counter, to).file, member, change)
    new = tmp_path / "new"
    with pytest.raises(CannotRestore, match=why):
        restore(new, file)
    assert not new.exists()


def test_a_file_that_is_no_backup(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_text("no")
    with pytest.raises(CannotRestore, match="cannot be restored"):
        restore(tmp_path / "new", tmp_path / "x.zip")
    with pytest.raises(CannotRestore, match="No such file"):
        restore(tmp_path / "new", tmp_path / "y.zip")


def test_the_mark_is_read_where_the_restored_identity_says(counter: Counter, to: Path) -> None:
    done = made(counter, to)
    counter.stop()
    MarkFile(counter.identity.state_folder).write(2, 1, "0" * 64)
    assert "enrolled again since" in restore(counter.folder, done.file, force=True).missing
