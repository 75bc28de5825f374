"""A copy of a journal grows fact by fact, outlives a torn line, and is never written over."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

import pos.store.copyfile as copyfile
from pos.domain.certificate import Hand
from pos.domain.facts import FIRST_HASH, Fact, SignedFact, hash_of
from pos.domain.journaltext import NoCopy, fact_line
from pos.store.copyfile import CopyFile, facts_in
from tests.mutate import mutate

HAND = Hand("T1", 1)
KEY = bytes(range(32))


def fact(number: int, text: str = "") -> SignedFact:
    body = {"text": text}
    envelope = Fact("T1", 1, number, FIRST_HASH, "2027-03-01T18:00:00+01:00", "CashMoved", (), (), body).to_bytes()
    return SignedFact(number, envelope, hash_of(envelope), b"signed", "personal" if text else "")


def lines(*facts: SignedFact) -> bytes:
    return b"".join(fact_line(one, KEY, b"\x07" * 32) for one in facts)


def begun(folder: Path, *numbers: int) -> CopyFile:
    file = CopyFile(folder, HAND)
    assert file.end() == (0, FIRST_HASH)
    file.add(lines(*map(fact, numbers)))
    return file


def test_it_goes_on_from_where_it_ends(tmp_path: Path) -> None:
    begun(tmp_path, 1, 2)
    again = CopyFile(tmp_path, HAND)
    assert again.end() == (2, fact(2).hash)
    again.add(lines(fact(3)))
    again.add(lines(fact(4, "x" * 200_000)))
    assert CopyFile(tmp_path, HAND).end() == (4, fact(4, "x" * 200_000).hash), "also behind a line of many blocks"
    assert [one.number for one in facts_in(again.path)] == [1, 2, 3, 4]


def test_what_is_personal_is_not_to_be_read_in_it(tmp_path: Path) -> None:
    file = begun(tmp_path)
    file.add(lines(fact(1, "x")))
    assert b"personal" not in file.path.read_bytes()
    assert [one.beside for one in facts_in(file.path)] == [""]


def torn(tmp_path: Path) -> None:
    file = begun(tmp_path, 1, 2)
    with file.path.open("ab") as more:
        more.write(lines(fact(3))[:-20])
    assert [one.number for one in facts_in(file.path)] == [1, 2]
    again = CopyFile(tmp_path, HAND)
    assert again.end() == (2, fact(2).hash)
    again.add(lines(fact(3)))
    assert [one.number for one in facts_in(file.path)] == [1, 2, 3]


def test_a_torn_line_is_cut_off_before_the_next_one(tmp_path: Path) -> None:
    torn(tmp_path)


def test_that_cut_matters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch, copyfile.CopyFile, "add", "file.truncate(self._whole)", "self._whole = seen")
    with pytest.raises(ValueError, match="fact"):
        torn(tmp_path)


def test_one_that_was_torn_in_its_first_line_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "housefull-T1-1.journal").write_bytes(b'{"housefull":"jour')
    file = begun(tmp_path, 1)
    assert [one.number for one in facts_in(file.path)] == [1]


def test_a_file_that_was_exchanged_meanwhile_is_looked_at_again(tmp_path: Path) -> None:
    file = begun(tmp_path, 1, 2)
    file.path.unlink()
    with pytest.raises(NoCopy, match="was exchanged"):
        file.add(lines(fact(3)))
    assert file.end() == (0, FIRST_HASH)


def test_another_journal_is_put_aside_and_kept(tmp_path: Path) -> None:
    file = begun(tmp_path, 1, 2)
    file.put_aside()
    begun(tmp_path, 1)
    CopyFile(tmp_path, HAND).put_aside()
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["housefull-T1-1.1.journal", "housefull-T1-1.2.journal"]


def test_what_is_no_journal_of_this_till_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "housefull-T1-1.journal"
    path.write_bytes(b"a letter\n")
    with pytest.raises(NoCopy, match="is no journal of this till"):
        CopyFile(tmp_path, HAND).end()
    assert path.read_bytes() == b"a letter\n"


def test_a_medium_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NoCopy, match="is not there"):
        CopyFile(tmp_path / "usb", HAND).end()
    (tmp_path / "usb").mkdir()
    file = begun(tmp_path / "usb", 1)
    file.path.unlink()
    (tmp_path / "usb").rmdir()
    with pytest.raises(NoCopy, match="is not there"):
        file.add(lines(fact(2)))


@pytest.mark.parametrize(("code", "why"), [(errno.ENOSPC, "is full"), (errno.EROFS, "cannot be written")])
def test_a_medium_that_takes_nothing_is_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, why: str
) -> None:
    file = begun(tmp_path, 1)
    monkeypatch.setattr(os, "fsync", fails(code))
    with pytest.raises(NoCopy, match=why):
        file.add(lines(fact(2)))
    monkeypatch.undo()
    number, _ = file.end()
    file.add(lines(*(fact(at) for at in range(number + 1, 4))))
    assert [one.number for one in facts_in(file.path)] == [1, 2, 3]


def fails(code: int) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise OSError(code, "no")

    return fail


def sync_fails(file: CopyFile, *more: SignedFact, cut: bool = True) -> None:
    """These facts are written, and their sync fails; if not `cut`, the file does not let itself be cut either."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", fails(errno.EIO))
        if not cut:
            patch.setattr(os, "truncate", fails(errno.EIO))
        with pytest.raises(NoCopy, match="does not take it"):
            file.add(lines(*more))


def written_again(folder: Path, *, cut: bool = True) -> None:
    file = begun(folder, 1, 2)
    sync_fails(file, fact(3), fact(4), cut=cut)
    assert (4 in [one.number for one in facts_in(file.path)]) != cut, "what was not cut is there for who reads"
    for again in (file, CopyFile(folder, HAND)) if cut else (file,):
        assert again.end() == (2, fact(2).hash), "no more than that is on the medium"
    sync_fails(file, fact(3), cut=cut)
    assert file.end() == (2, fact(2).hash)
    file.add(lines(fact(3), fact(4)))
    assert file.end() == (4, fact(4).hash)
    assert [one.number for one in facts_in(file.path)] == [1, 2, 3, 4]
    assert len(list(folder.iterdir())) == 1, "it was not begun anew for that"


@pytest.mark.parametrize("cut", [True, False])
def test_what_was_not_synced_is_written_again(tmp_path: Path, cut: bool) -> None:
    written_again(tmp_path, cut=cut)


@pytest.mark.parametrize(
    ("name", "old", "new", "cut"),
    [
        ("add", "not _cut(self.path, self._whole)", "False", True),
        ("add", "not _cut(self.path, self._whole)", "False", False),
        ("end", "self._synced if self._doubtful else None", "None", False),
    ],
)
def test_each_of_that_matters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, old: str, new: str, cut: bool
) -> None:
    mutate(monkeypatch, CopyFile, name, old, new)
    with pytest.raises(AssertionError):
        written_again(tmp_path, cut=cut)


def test_where_nothing_was_synced_yet_it_is_begun_anew(tmp_path: Path) -> None:
    file = CopyFile(tmp_path, HAND)
    assert file.end() == (0, FIRST_HASH)
    sync_fails(file, fact(1), cut=False)
    assert file.end() == (0, FIRST_HASH)
    file.add(lines(fact(1)))
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["housefull-T1-1.1.journal", "housefull-T1-1.journal"]


def another_comes(
    folder: Path, lost: list[SignedFact], other: list[SignedFact], *, synced: int = 2, same_inode: bool = False
) -> None:
    """A medium is taken out while these are written to it, and another one, which is whole, is put in for it."""
    (folder / "other").mkdir()
    whole = CopyFile(folder / "other", HAND)
    whole.end()
    whole.add(lines(*other))
    content = whole.path.read_bytes()
    (folder / "usb").mkdir()
    file = CopyFile(folder / "usb", HAND)
    assert file.end() == (0, FIRST_HASH)
    if synced:
        file.add(lines(*(fact(number) for number in range(1, synced + 1))))
    sync_fails(file, *lost, cut=False)
    if same_inode:
        file.path.write_bytes(content)
    else:
        whole.path.replace(file.path)
    assert file.end() == (len(other), other[-1].hash)
    file.add(lines(fact(len(other) + 1)))
    assert file.path.read_bytes().startswith(content), "what was on it is not written over"
    assert len(list((folder / "usb").iterdir())) == 1, "nor put aside"


def pulled_in_its_first_page(folder: Path) -> None:
    another_comes(folder, [fact(1)], [fact(number) for number in range(1, 6)], synced=0)


def pulled_so_and_of_the_same_number(folder: Path) -> None:
    another_comes(folder, [fact(1)], [fact(number) for number in range(1, 6)], synced=0, same_inode=True)


def pulled_while_it_catches_up(folder: Path) -> None:
    another_comes(folder, [fact(3), fact(4)], [fact(1), fact(2), fact(3)])


def pulled_so_and_written_otherwise(folder: Path) -> None:
    another_comes(folder, [fact(3, "x" * 9_000)], [fact(1, "a"), fact(2, "b"), fact(3, "c")], same_inode=True)


@pytest.mark.parametrize(
    "pulled",
    [
        pulled_in_its_first_page,
        pulled_so_and_of_the_same_number,
        pulled_while_it_catches_up,
        pulled_so_and_written_otherwise,
    ],
)
def test_doubts_of_one_medium_are_none_of_another(tmp_path: Path, pulled: Callable[[Path], None]) -> None:
    pulled(tmp_path)


@pytest.mark.parametrize(
    ("owner", "name", "old", "new", "pulled"),
    [
        (
            CopyFile,
            "end",
            "self._synced, self._doubtful, self._which = None, False, None",
            "pass",
            pulled_in_its_first_page,
        ),
        (
            CopyFile,
            "end",
            "self._synced, self._doubtful, self._which = None, False, None",
            "pass",
            pulled_while_it_catches_up,
        ),
        (CopyFile, "_is_known", "length <= which.longest", "length", pulled_so_and_of_the_same_number),
        (copyfile._Which, "of", "status.st_ino", "0", pulled_while_it_catches_up),
        (copyfile._Which, "of", "_ending(file, synced)", 'b""', pulled_so_and_written_otherwise),
    ],
)
def test_each_mark_of_a_medium_matters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: type, name: str, old: str, new: str,
    pulled: Callable[[Path], None],
) -> None:  # fmt: skip
    mutate(monkeypatch, owner, name, old, new)
    with pytest.raises(AssertionError):
        pulled(tmp_path)


def test_one_that_another_program_wrote_is_synced_before_it_is_believed(tmp_path: Path) -> None:
    begun(tmp_path, 1, 2)
    again = CopyFile(tmp_path, HAND)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", fails(errno.EIO))
        assert again.end() == (0, FIRST_HASH), "nobody knows how much of it is on the medium"
        assert again.end() == (0, FIRST_HASH)
    again.add(lines(fact(1)))
    assert CopyFile(tmp_path, HAND).end() == (1, fact(1).hash)
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["housefull-T1-1.1.journal", "housefull-T1-1.journal"]


def test_who_only_reads_it_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun(tmp_path, 1, 2)
    monkeypatch.setattr(os, "fsync", fails(errno.EIO))
    assert CopyFile(tmp_path, HAND).look() == (2, fact(2).hash)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_copy_with_a_gap_is_none(tmp_path: Path) -> None:
    file = begun(tmp_path, 1, 3)
    with pytest.raises(ValueError, match="fact 3 is where fact 2 should be"):
        list(facts_in(file.path))
