"""What lies here of other tills' journals: only what they have signed themselves, in order, however often it comes."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import pos.store.copyshelf as copyshelf
from pos.domain.certificate import Hand
from pos.domain.facts import FIRST_HASH, Fact, SignedFact, hash_of
from pos.domain.journaltext import NoCopy, fact_line
from pos.domain.lockbox import lock, unlock
from pos.store.copyfile import facts_in
from pos.store.copyshelf import CopyShelf, packed
from tests.mutate import mutate

GIVER = Hand("T1", 1)
KEY = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
HERE = Ed25519PrivateKey.from_private_bytes(b"\x02" * 32)
FRESH = b"\x07" * 32


class Journal:
    """Facts of one till, each on the last one."""

    def __init__(self, key: Ed25519PrivateKey = KEY, hand: Hand = GIVER) -> None:
        self.key, self.hand, self.facts = key, hand, list[SignedFact]()

    def write(self, count: int = 1, text: str = "") -> list[SignedFact]:
        for _ in range(count):
            last = self.facts[-1].hash if self.facts else FIRST_HASH
            number = len(self.facts) + 1
            fact = Fact(*self.hand, number, last, "2027-03-01T18:00:00+01:00", "CashMoved", (), (), {"text": text})
            envelope = fact.to_bytes()
            digest = hash_of(envelope)
            self.facts.append(SignedFact(number, envelope, digest, self.key.sign(digest.encode())))
        return self.facts[-count:]


def box(*facts: SignedFact, to: Ed25519PrivateKey = HERE) -> str:
    lines = b"".join(fact_line(fact, b"", FRESH) for fact in facts)
    return lock(packed(lines), to.public_key().public_bytes_raw(), FRESH)


class Shelf:
    def __init__(self, folder: Path) -> None:
        self.folder = folder / "copies"
        self.shelf = CopyShelf(self.folder, lambda box: unlock(box, HERE.private_bytes_raw()))

    def keep(self, box: str, *, anew: bool = False) -> int:
        return self.shelf.keep(GIVER, KEY.public_key().public_bytes_raw(), box, anew=anew)[0]

    def numbers(self, name: str = "housefull-T1-1.journal") -> list[int]:
        return [fact.number for fact in facts_in(self.folder / name)]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_what_follows_is_kept_and_what_is_heard_again_changes_nothing(shelf: Shelf) -> None:
    journal = Journal()
    assert shelf.keep("") == 0
    assert shelf.keep(box(*journal.write(3))) == 3
    assert shelf.keep(box(*journal.facts)) == 3
    assert shelf.keep(box(*journal.facts, *journal.write(2))) == 5
    assert shelf.keep("") == 5
    assert shelf.numbers() == [1, 2, 3, 4, 5]


def test_what_did_not_reach_the_disk_is_not_said_to_be_here(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal()
    shelf.keep(box(*journal.write(2)))

    def fails(handle: int) -> None:
        raise OSError(errno.EIO, "no")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fails)
        with pytest.raises(NoCopy, match="does not take it"):
            shelf.keep(box(*journal.write(2)))
    assert shelf.keep("") == 2
    assert shelf.keep(box(*journal.facts)) == 4
    assert shelf.numbers() == [1, 2, 3, 4]


def test_another_journal_of_the_same_till_is_put_aside_on_its_word(shelf: Shelf) -> None:
    shelf.keep(box(*Journal().write(2)))
    other = Journal()
    other.write(3, "another")
    with pytest.raises(NoCopy, match="not the journal's next"):
        shelf.keep(box(*other.facts))
    assert shelf.keep("", anew=True) == 0
    assert shelf.keep(box(*other.facts)) == 3
    assert shelf.numbers("housefull-T1-1.1.journal") == [1, 2]


NOT_NEXT = [
    lambda: box(*Journal().write(3)[1:]),  # a gap
    lambda: box(*Journal(HERE).write(1)),  # signed by somebody else
    lambda: box(*Journal(hand=Hand("T9", 1)).write(1)),  # of another till
    lambda: box(*Journal().write(1), to=KEY),  # for somebody else
    lambda: lock(b"a letter", HERE.public_key().public_bytes_raw(), FRESH),
    lambda: lock(packed(b"a letter\n"), HERE.public_key().public_bytes_raw(), FRESH),
    lambda: lock(packed(bytes(5_000_000)), HERE.public_key().public_bytes_raw(), FRESH),  # a bomb
]


@pytest.mark.parametrize("sent", NOT_NEXT)
def test_what_is_not_the_journals_next_is_not_kept(shelf: Shelf, sent: object) -> None:
    with pytest.raises(NoCopy, match="was sent what is not the journal's next"):
        shelf.keep(sent())  # type: ignore[operator]
    assert not list(shelf.folder.iterdir())


def test_its_signature_is_checked(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch, copyshelf.CopyShelf, "_next", "public.verify(signed.signature, signed.hash.encode())", "pass")
    assert shelf.keep(NOT_NEXT[1]()) == 1


def test_a_disk_keeps_room_for_its_own_sales(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copyshelf, "RESERVE", 1 << 62)
    with pytest.raises(NoCopy, match="is full"):
        shelf.keep(box(*Journal().write(1)))
