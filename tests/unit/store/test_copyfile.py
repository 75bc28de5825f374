"""A copy of a journal grows fact by fact, outlives a torn line, and is never written over."""

from __future__ import annotations

import errno
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

    def fails(handle: int) -> None:
        raise OSError(code, "no")

    monkeypatch.setattr(copyfile.os, "fsync", fails)
    with pytest.raises(NoCopy, match=why):
        file.add(lines(fact(2)))
    monkeypatch.undo()
    number, _ = file.end()
    file.add(lines(*(fact(at) for at in range(number + 1, 4))))
    assert [one.number for one in facts_in(file.path)] == [1, 2, 3]


def test_a_copy_with_a_gap_is_none(tmp_path: Path) -> None:
    file = begun(tmp_path, 1, 3)
    with pytest.raises(ValueError, match="fact 3 is where fact 2 should be"):
        list(facts_in(file.path))
