"""Sealing a data folder: the ledger's end is durable before its journal leaves it; only the till's own disk ends."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import pos.app.sealing as sealing
from pos.app.sealing import CannotSeal, JournalUnreadable, copy_journal, seal_folder
from pos.store.identity import FolderInUse, FolderLock
from tests.mutate import mutate
from tests.unit.till.counter import Counter


@pytest.fixture
def dead(tmp_path: Path) -> Counter:
    """A till that has sold a ticket and was switched off; its folder."""
    counter = Counter(tmp_path / "T1")
    counter.open()
    counter.sell("A-1")
    counter.add("A-2")
    counter.stop()
    return counter


def kinds_in(path: Path) -> list[str]:
    """The kinds of the facts in a journal's file."""
    _, *facts = path.read_text("utf-8").splitlines()
    return [json.loads(json.loads(fact)["envelope"])["kind"] for fact in facts]


def test_the_file_holds_the_whole_journal_up_to_its_last_fact(dead: Counter, tmp_path: Path) -> None:
    out = tmp_path / "T1.journal"
    copied = seal_folder(dead.folder, out)
    assert (copied.till, copied.incarnation, copied.facts, copied.sealed) == ("T1", 1, 3, True)
    assert copied.open_shift == "T1-1-S0001"
    assert kinds_in(out) == ["ShiftOpened", "TicketsSold", "Sealed"]
    header = json.loads(out.read_text("utf-8").splitlines()[0])
    assert header == {
        "housefull": "journal", "version": 1, "till": "T1", "incarnation": 1, "facts": 3, "sealed": True,
    }  # fmt: skip


def test_the_ledger_has_ended_before_anything_is_written(
    dead: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a machine that comes back would sell what the file gives to others."""

    def power_cut(*_: object, **__: object) -> None:
        raise OSError("the stick was pulled out")

    monkeypatch.setattr(sealing, "_copy", power_cut)
    out = tmp_path / "T1.journal"
    with pytest.raises(OSError, match="stick"):
        seal_folder(dead.folder, out)
    assert dead.kinds()[-1] == "Sealed"
    assert list(tmp_path.glob("T1.journal*")) == []
    monkeypatch.undo()
    assert seal_folder(dead.folder, out).facts == 3, "it is written at the next try"


def test_that_order_is_needed(dead: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch, sealing, "seal_folder", "shift = end(folder, identity)", 'shift = ""')
    with pytest.raises(AssertionError):
        test_the_file_holds_the_whole_journal_up_to_its_last_fact(dead, tmp_path)


def test_a_place_that_cannot_be_written_is_found_before_anything_is_sealed(dead: Counter, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no-such-folder"):
        seal_folder(dead.folder, tmp_path / "no-such-folder" / "out")
    assert "Sealed" not in dead.kinds()


def without_identity(folder: Path) -> None:
    (folder / "identity.json").unlink()


def without_ledger(folder: Path) -> None:
    (folder / "ledger.db").unlink()


def damaged(folder: Path) -> None:
    (folder / "ledger.db").write_bytes(b"not a database" * 99)


@pytest.mark.parametrize(
    ("spoil", "error", "why"),
    [
        (without_identity, CannotSeal, "not the data folder of a till"),
        (without_ledger, JournalUnreadable, "is not there"),
        (damaged, JournalUnreadable, "is no ledger, or is damaged"),
    ],
)
def test_what_is_no_tills_disk_is_not_sealed(
    dead: Counter, tmp_path: Path, spoil: Callable[[Path], None], error: type[Exception], why: str
) -> None:
    spoil(dead.folder)
    with pytest.raises(error, match=why):
        seal_folder(dead.folder, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(CannotSeal, match="is not a folder"):
        seal_folder(tmp_path / "nothing", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_from_another_machine_is_a_copy(dead: Counter, tmp_path: Path) -> None:
    shutil.rmtree(dead.identity.state_folder)
    with pytest.raises(CannotSeal, match="the data folder is from elsewhere"):
        seal_folder(dead.folder, tmp_path / "out")


def test_a_till_that_runs_is_not_sealed(dead: Counter, tmp_path: Path) -> None:
    lock = FolderLock(dead.folder)
    with pytest.raises(FolderInUse):
        seal_folder(dead.folder, tmp_path / "out")
    lock.release()


def test_a_journal_is_copied_without_touching_its_ledger(dead: Counter, tmp_path: Path) -> None:
    before = (dead.folder / "ledger.db").read_bytes()
    copied = copy_journal(dead.folder / "ledger.db", tmp_path / "out")
    assert (copied.facts, copied.sealed) == (2, False)
    assert kinds_in(tmp_path / "out") == ["ShiftOpened", "TicketsSold"]
    assert (dead.folder / "ledger.db").read_bytes() == before


def test_an_empty_ledger_has_no_journal_to_copy(tmp_path: Path) -> None:
    counter = Counter(tmp_path / "T1")
    counter.stop()
    with pytest.raises(JournalUnreadable, match="there are no facts"):
        copy_journal(counter.folder / "ledger.db", tmp_path / "out")
