"""Each fact is copied while the till sells; a medium that is slow, gone or another one stops no sale."""

from __future__ import annotations

import base64
import errno
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

import pos.app.copying as copying
from pos.app.copying import Copying, Folder
from pos.domain.certificate import Hand
from pos.domain.facts import SignedFact
from pos.domain.journaltext import NoCopy
from pos.store.copyfile import facts_in
from pos.store.ledger import Ledger
from tests.mutate import mutate
from tests.unit.till.counter import OFFICE_KEY, Counter

HAND = Hand("T1", 1)
KEY = base64.b64decode(OFFICE_KEY)
SOON_S = 5.0
HANG_S = 1.0


class House:
    """A till whose journal is copied to `usb`; `told` is what it said of that."""

    def __init__(self, folder: Path, *, wait_ms: int = 1000, there: bool = True) -> None:
        self.usb = folder / "usb"
        if there:
            self.usb.mkdir()
        self.told: list[tuple[str, str, str]] = []
        self.medium = Folder(self.usb, folder / "till", HAND, KEY, same_disk=True)
        self.wait_ms = wait_ms
        (folder / "till").mkdir()
        self.folder = folder / "till"

    def open(self) -> Counter:
        self.copies = Copying(
            [self.medium], self.folder / "ledger.db", self.wait_ms, lambda *said: self.told.append(said)
        )
        self.counter = Counter(self.folder, copies=self.copies)
        self.copies.start()
        self.counter.open()
        return self.counter

    def close(self) -> None:
        self.copies.stop()
        self.counter.stop()

    @property
    def file(self) -> Path:
        return self.usb / "housefull-T1-1.journal"

    def numbers(self) -> list[int]:
        return [fact.number for fact in facts_in(self.file)]

    def wait(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SOON_S
        while not condition():
            assert time.monotonic() < deadline, self.copies.told()
            time.sleep(0.01)

    def level(self) -> bool:
        return self.copies.told()[0]["number"] == self.counter.desk.number


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "RETRY_S", 0.02)
    monkeypatch.setattr(copying, "LOOK_S", 0.05)
    monkeypatch.setattr(copying, "TICK_S", 0.05)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., House]]:
    made: list[House] = []

    def house(**options: object) -> House:
        made.append(House(tmp_path, **options))  # type: ignore[arg-type]
        made[-1].open()
        return made[-1]

    yield house
    for one in made:
        one.close()


def test_a_sale_is_on_the_medium_when_it_is_answered(make: Callable[..., House]) -> None:
    house = make()
    house.wait(lambda: house.copies.copiers[0].kept_up)
    house.counter.sell("A-1", "A-2")
    sold = house.counter.desk.number
    assert house.numbers()[-1] >= sold - 1, "a printer may have reported meanwhile"
    assert any(b"TicketsSold" in fact.envelope for fact in facts_in(house.file))
    assert house.copies.states() == {"copies": {"state": "ready", "text": ""}}


def test_nobody_waits_for_copies_that_have_ended(make: Callable[..., House]) -> None:
    """The till ends its copies before its ledger, which may still have something to answer."""
    house = make()
    house.wait(house.level)
    house.copies.stop()
    assert house.copies.copied(house.counter.desk.number + 1).done()


def test_what_a_medium_missed_it_is_given_when_it_is_back(make: Callable[..., House]) -> None:
    house = make(there=False)
    house.counter.sell("A-1")
    house.wait(lambda: ("copies", "error", "none is there") in house.told)
    assert house.copies.told()[0] == {
        "copy": "medium", "where": str(house.usb), "number": 0, "behind": house.counter.desk.number,
        "problem": "is not there",
    }  # fmt: skip
    house.usb.mkdir()
    house.wait(house.level)
    assert house.numbers() == list(range(1, house.counter.desk.number + 1))
    house.wait(lambda: house.told[-1] == ("copies", "ready", ""))


def test_a_medium_that_is_pulled_out_is_said_before_the_next_sale(make: Callable[..., House]) -> None:
    house = make()
    house.wait(house.level)
    house.usb.rename(house.usb.with_name("pocket"))
    house.wait(lambda: ("copies", "error", "none is there") in house.told)
    began = time.monotonic()
    house.counter.sell("A-1")
    assert time.monotonic() - began < 0.9, "nobody waits for what is away"
    house.usb.with_name("pocket").rename(house.usb)
    house.wait(house.level)


def test_what_a_failed_sync_has_lost_is_written_again_before_it_is_a_copy(
    make: Callable[..., House], monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make()
    house.wait(house.level)
    synced, sizes = os.fsync, list[int]()

    def once(handle: int) -> None:
        """What Linux does: it says so once, and takes it for written from then on."""
        sizes.append(os.fstat(handle).st_size)
        if len(sizes) == 1:
            raise OSError(errno.EIO, "no")
        synced(handle)

    cut, truncate = list[tuple[Path, int]](), os.truncate

    def noted(path: Path, size: int) -> None:
        cut.append((path, size))
        truncate(path, size)

    monkeypatch.setattr(os, "truncate", noted)
    before = house.file.stat().st_size
    monkeypatch.setattr(os, "fsync", once)
    house.counter.sell("A-1")
    house.wait(lambda: len(sizes) > 1 and house.level())
    assert cut == [(house.file, before)]
    assert sizes[1] >= sizes[0] > before, "the same facts once more"
    house.wait(lambda: house.told[-1] == ("copies", "ready", ""))
    assert house.numbers() == list(range(1, house.counter.desk.number + 1))


def test_another_stick_is_given_the_whole_journal(make: Callable[..., House]) -> None:
    house = make()
    house.counter.sell("A-1")
    house.wait(house.level)
    shutil.rmtree(house.usb)
    house.usb.mkdir()
    house.counter.sell("A-2")
    house.wait(lambda: house.file.exists() and house.level())
    assert house.numbers() == list(range(1, house.counter.desk.number + 1))


class Hanging(Folder):
    """A stick whose writes hang until somebody lets them go."""

    def __init__(self, *where: object) -> None:
        super().__init__(*where, same_disk=True)  # type: ignore[arg-type]
        self.free = threading.Event()
        self.hangs_s = HANG_S
        self.free.set()

    def add(self, facts: Sequence[SignedFact]) -> None:
        self.free.wait(self.hangs_s)
        super().add(facts)


def hangs(tmp_path: Path, wait_ms: int) -> tuple[float, House]:
    """How long a sale took while the medium hung."""
    house = House(tmp_path, wait_ms=wait_ms)
    medium = house.medium = Hanging(house.usb, house.folder, HAND, KEY)
    house.open()
    try:
        house.wait(lambda: house.copies.copiers[0].kept_up)
        house.counter.add("A-1")
        house.wait(house.level)
        medium.free.clear()
        began = time.monotonic()
        house.counter.pay()
        took = time.monotonic() - began
        medium.free.set()
        house.wait(house.level)
    finally:
        medium.free.set()
        house.close()
    return took, house


def test_a_medium_that_hangs_delays_a_sale_by_its_bound_and_no_more(tmp_path: Path) -> None:
    took, _ = hangs(tmp_path, 150)
    assert 0.15 <= took < HANG_S


def test_that_bound_bites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch, copying.Copying, "_run", "or one[1] <= now_s", "")
    took, _ = hangs(tmp_path, 150)
    assert took >= HANG_S


def test_a_medium_that_stays_behind_is_said_and_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "SILENT_S", 0.1)
    house = House(tmp_path, wait_ms=50)
    medium = house.medium = Hanging(house.usb, house.folder, HAND, KEY)
    counter = house.open()
    try:
        house.wait(house.level)
        medium.hangs_s = SOON_S
        medium.free.clear()
        counter.sell("A-1")
        house.wait(lambda: any(text.startswith("behind by ") for _, _, text in house.told))
        assert house.copies.copied(counter.desk.number).done()
    finally:
        medium.free.set()
        house.close()


def test_a_journal_of_another_till_of_that_name_is_put_aside(make: Callable[..., House], tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = House(tmp_path / "other")
    other.open()
    other.counter.sell("A-5")
    other.wait(other.level)
    other.close()
    house = House(tmp_path)
    shutil.copy(other.file, house.file)
    house.open()
    house.counter.sell("A-1")
    house.counter.sell("A-2")
    house.counter.sell("A-3")
    house.wait(house.level)
    house.close()
    assert house.numbers() == list(range(1, house.counter.desk.number + 1))
    assert [fact.hash for fact in facts_in(house.file.with_name("housefull-T1-1.1.journal"))] == [
        fact.hash for fact in facts_in(other.file)
    ]


def test_a_copy_that_knows_more_than_the_till_is_left_alone(tmp_path: Path) -> None:
    """The till's folder is old: what it has sold since is in the copy alone."""
    house = House(tmp_path)
    house.open()
    house.counter.sell("A-1")
    house.wait(house.level)
    house.close()
    before = house.file.read_bytes()
    (house.folder / "ledger.db").unlink()
    copies = Copying([house.medium], house.folder / "ledger.db", 0, lambda *said: None)
    Ledger(house.folder / "ledger.db").close()
    copies.start()
    try:
        deadline = time.monotonic() + SOON_S
        while "has more of this till" not in copies.told()[0]["problem"]:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        copies.stop()
    assert house.file.read_bytes() == before


def test_a_folder_where_a_stick_should_be_is_no_copy(tmp_path: Path) -> None:
    """The stick is out, and what is left of it is an empty folder on the till's own disk."""
    (tmp_path / "usb").mkdir()
    (tmp_path / "till").mkdir()
    with pytest.raises(NoCopy, match="is on the till's own disk"):
        Folder(tmp_path / "usb", tmp_path / "till", HAND, KEY).end()
    with pytest.raises(NoCopy, match="is not there"):
        Folder(tmp_path / "other", tmp_path / "till", HAND, KEY).end()


def test_a_folder_within_the_tills_own_is_no_copy(tmp_path: Path) -> None:
    with pytest.raises(NoCopy, match="would be lost with it"):
        Folder(tmp_path / "till" / "copies", tmp_path / "till", HAND, KEY).end()
