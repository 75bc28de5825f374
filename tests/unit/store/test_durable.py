"""What a till is known by outlives the power: in which order it is written, synced and given its name."""

from __future__ import annotations

import base64
import errno
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import pos.store.durable as durable
from pos.store import aside, identity
from pos.store.aside import leftovers, set_aside
from pos.store.durable import make_folder, sync_folder, write_durable
from pos.store.identity import Identity, new_identity, write_identity
from tests.mutate import mutate
from tests.unit.till.counter import OFFICE_KEY, Counter


class Disk:
    """What is done to names and syncs, in order: "sync NAME" with what was in it, "NAME is NAME"."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.done: list[str] = []
        self._synced, self._renamed = os.fsync, Path.rename
        self._replaced = Path.replace
        patch.setattr(os, "fsync", self._fsync)
        patch.setattr(Path, "rename", lambda path, to: self._name(self._renamed, path, to))
        patch.setattr(Path, "replace", lambda path, to: self._name(self._replaced, path, to))

    def _fsync(self, handle: int) -> None:
        path = Path(f"/proc/self/fd/{handle}").readlink()
        empty = " empty" if path.is_file() and not path.stat().st_size else ""
        self.done.append(f"sync {path.name}{empty}")
        self._synced(handle)

    def _name(self, move: Callable[[Path, Path], Path], path: Path, to: Path) -> Path:
        self.done.append(f"{path.name} is {to.name}")
        return move(path, to)


def key_first(folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        disk = Disk(patch)
        made = new_identity(folder / "data")
    state = made.state_folder
    assert disk.done[-6:] == [
        "sync till.key.new", "till.key.new is till.key", f"sync {state.name}",
        "sync identity.json.new", "identity.json.new is identity.json", "sync data",
    ]  # fmt: skip
    assert {f"sync {folder.name}", f"sync {state.parent.name}"} <= set(disk.done[:-6]), "the folders' own names"
    assert stat.S_IMODE((state / "till.key").stat().st_mode) == 0o600


def test_the_key_is_on_the_disk_before_the_identity_that_names_it(tmp_path: Path) -> None:
    key_first(tmp_path)


def enrolled_again(folder: Path) -> tuple[Counter, Identity]:
    """A till that has sold, and who it is after another enrolment, with the key it had."""
    counter = Counter(folder / "T1")
    counter.open()
    counter.sell("A-1")
    counter.stop()
    return counter, replace(counter.identity, incarnation=2)


def ledger_first(folder: Path) -> None:
    counter, now = enrolled_again(folder)
    with pytest.MonkeyPatch.context() as patch:
        disk = Disk(patch)
        set_aside(counter.folder, counter.identity)
        write_identity(counter.folder, now)
    assert disk.done == [
        "sync ledger-T1-1.json.new", "ledger-T1-1.json.new is ledger-T1-1.json", "sync T1",
        "ledger.db is ledger-T1-1.db", "sync T1",
        "sync identity.json.new", "identity.json.new is identity.json", "sync T1",
    ]  # fmt: skip


def test_whose_a_ledger_was_is_on_the_disk_before_it_is_moved_and_that_before_who_comes_next(tmp_path: Path) -> None:
    ledger_first(tmp_path)


@pytest.mark.parametrize(
    ("owner", "name", "old", "new", "seen"),
    [
        (durable, "write_durable", "os.fsync(out.fileno())", "pass", key_first),
        (durable, "write_durable", "sync_folder(file.parent)", "pass", key_first),
        (durable, "write_durable", "out.flush()", "pass", key_first),
        (durable, "make_folder", "sync_folder(one.parent)", "pass", key_first),
        (identity, "new_identity", "write_durable(_key_file(identity), secret)",
         "_key_file(identity).write_text(secret)", key_first),
        (aside, "set_aside", "sync_folder(folder)", "pass", ledger_first),
        (aside, "set_aside", "write_durable(aside.with_suffix('.json'), ".replace("'", '"'),
         'Path.write_text(aside.with_suffix(".json"), ', ledger_first),
    ],
)  # fmt: skip
def test_each_of_that_matters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: object, name: str, old: str, new: str,
    seen: Callable[[Path], None],
) -> None:  # fmt: skip
    mutate(monkeypatch, owner, name, old, new)
    with pytest.raises(AssertionError):
        seen(tmp_path)


def test_a_half_written_one_of_before_is_no_hindrance(tmp_path: Path) -> None:
    file, half = tmp_path / "a", tmp_path / "a.new"
    half.write_text("half of it, for all to read")
    half.chmod(0o644)
    file.write_text("old")
    write_durable(file, "new")
    assert (file.read_text(), half.exists(), stat.S_IMODE(file.stat().st_mode)) == ("new", False, 0o600)


def test_a_disk_that_does_not_take_it_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a"
    file.write_text("old")
    monkeypatch.setattr(os, "fsync", fails(errno.EIO))
    with pytest.raises(OSError, match="no"):
        write_durable(file, "new")
    assert file.read_text() == "old"


def test_a_folder_that_cannot_be_synced_at_all_need_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", fails(errno.EINVAL))
    make_folder(tmp_path / "a" / "b")
    monkeypatch.setattr(os, "fsync", fails(errno.EIO))
    with pytest.raises(OSError, match="no"):
        sync_folder(tmp_path)


def fails(code: int) -> Callable[[int], None]:
    def fail(handle: int) -> None:
        raise OSError(code, "no")

    return fail


# ---- what a power loss left before -----------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "{", '{"install": '])
def test_a_ledger_whose_manifest_is_damaged_is_sent_as_its_facts_say(tmp_path: Path, text: str) -> None:
    counter, now = enrolled_again(tmp_path)
    set_aside(counter.folder, counter.identity)
    write_identity(counter.folder, now)
    (counter.folder / "ledger-T1-1.json").write_text(text)
    (left,) = leftovers(counter.folder, OFFICE_KEY)
    assert (left.till, left.incarnation, left.unsent, left.hindrance) == ("T1", 1, counter.desk.number, "")
    assert left.keys.public() == identity.TillKeys(counter.identity).public()


def another_key(was: Identity, folder: Path) -> Identity:
    return replace(was, install=new_identity(folder / "other").install)


@pytest.mark.parametrize(
    "change",
    [
        another_key,
        lambda now, _: replace(now, incarnation=1),
        lambda now, _: replace(now, till="T2"),
        lambda now, _: replace(now, install="nowhere"),
    ],
)
def test_unless_it_is_not_this_tills_of_before(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, change: Callable[[Identity, Path], Identity]
) -> None:
    counter, now = enrolled_again(tmp_path)
    set_aside(counter.folder, counter.identity)
    write_identity(counter.folder, change(now, tmp_path))
    (counter.folder / "ledger-T1-1.json").write_text("")
    assert leftovers(counter.folder, OFFICE_KEY) == []
    assert "ledger-T1-1.db is left alone" in caplog.text


@pytest.mark.parametrize("text", ["", "\x00" * 44, "nonsense", base64.b64encode(b"short").decode(), "ключ"])
def test_a_key_that_is_damaged_is_a_lost_one(tmp_path: Path, text: str) -> None:
    made = new_identity(tmp_path)
    (made.state_folder / "till.key").write_text(text)
    with pytest.raises(identity.IdentityLost, match="is damaged; enrol this till again"):
        identity.TillKeys(made).public()
