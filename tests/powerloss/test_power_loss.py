"""The power goes at any moment of a real till's life: no acknowledged sale is missing, and none is there by half."""

from __future__ import annotations

import itertools
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.evening.house import PINS, House, Window
from tests.evening.season import AREA, SHOW, season
from tests.peers.around import Around
from tests.powerloss import recording
from tests.powerloss.cuts import losses
from tests.powerloss.disk import Disk, Image
from tests.powerloss.remains import documents, wrongs
from tests.powerloss.weaker import weaker

pytestmark = pytest.mark.timeout(240)

SALES = 30  # enough for SQLite to take the WAL into the database by itself
# The syncs of the ledger's thread that fail, one after another from the first sales on: so many that verbs meet
# some whatever else writes between them (what became of prints, what the office acknowledged).
FAILING = range(30, 50)
TRIES = 2 * len(FAILING)  # one verb may meet all of them


@pytest.fixture(scope="module")
def house(recorder: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    text = season(capacity=300, units_kept=2 * SALES, tills=4)
    with House(folder, f"sqlite:///{folder / 'office.db'}", text) as house:
        yield house


def recorded(log: Path, failing: str = "") -> Around:
    return Around(tuple(recording.command(log, failing)))


class Day:
    """A whole short day at a till: a shift, cash moved, sales and what comes back of them, the shift closed, the end.

    `told` is everything that was answered. What the disk refuses is asked for again, under the same key.
    """

    def __init__(self, window: Window, sales: int) -> None:
        self.window, self.told, self.refused, self._keys = window, set[str](), 0, itertools.count()
        window.till.ok("sign_in", user="anna", pin=PINS["anna"])
        self._do("open_shift", float="900.00")
        self._do("move_cash", kind="drop", amount="5.00", reason="change")
        for number in range(sales):
            self._sell()
            if number % 6 == 3:
                self._returned()
        self._do("close_shift", counted={"total": "0.00"})  # the money is not what this is about
        window.till.quit()

    def _do(self, verb: str, **fields: Any) -> dict[str, Any]:
        key = f"day {next(self._keys)}"
        for _ in range(TRIES):
            answer = self.window.till.do(verb, **fields, key=key)
            if "ok" in answer:
                self.told |= set(documents(answer["ok"]))
                return dict(answer["ok"])
            assert answer["refused"]["code"] == "storage_failed", answer
            self.refused += 1
        raise AssertionError(f"the disk never took {verb}\n{self.window.till.story()}")

    def _sell(self, show: str = SHOW) -> str:
        """A ticket of the area; its id."""
        basket = self._do("add", show=show, places=[AREA], price_type="adult")["basket"]
        paid = self._do("pay", tenders=[{"kind": "cash", "amount": basket["total"]}])
        return str(paid["sale"]["tickets"][0]["id"])

    def _returned(self) -> None:
        """Of two tickets for a day that is far enough one is paid back, the other exchanged and printed again."""
        back, other = self._sell("matinee"), self._sell("matinee")
        self._do("refund", tickets=[back], reason="ill")
        new = {"show": "matinee", "places": [AREA], "price_type": "adult", "tenders": []}
        done = self._do("exchange", tickets=[other], **new)["exchange"]
        self._do("reprint", ticket=done["tickets"][0]["id"], reason="lost")


def record(house: House, name: str, around: Around, sales: int) -> tuple[Day, list[recording.Op]]:
    """Such a day, and what it did to the disk. The printers are off, so that nothing waits for paper."""
    window = house.window(name, around=around)
    assert window.tickets is not None
    assert window.receipts is not None
    window.tickets.set("off")
    window.receipts.set("off")
    day = Day(window, sales)
    return day, recording.read(Path(around.before[-1]), window.till.folder)


def acknowledged(op: recording.Op) -> set[str]:
    """What a till's output answers with."""
    if op.name != recording.STDOUT:
        return set()
    lines = [json.loads(line) for line in op.data.decode().splitlines() if line.strip()]
    answers = [line["ok"] for line in lines if isinstance(line.get("ok"), dict)]
    return {document for answer in answers for document in documents(answer)}


def _losses(ops: list[recording.Op], space: Path, stop_at: int) -> tuple[int, list[str]]:
    return losses(ops, space, acknowledged, wrongs, stop_at=stop_at)


def test_no_acknowledged_sale_is_missing_and_none_is_half(house: House, tmp_path: Path, space: Path) -> None:
    day, ops = record(house, "T1", recorded(tmp_path / "strace.txt"), SALES)
    said = {document for op in ops if op.kind == "said" for document in acknowledged(op)}
    assert said == day.told
    kinds = {"sale": f"T1-{SALES:05d}", "refund": "T1-R00001", "exchange": "T1-X00001", "copy": "T1-X00001-1/1"}
    assert said >= set(kinds.values())
    assert any(op.kind == "write" and op.name == "ledger.db" for op in ops[: len(ops) * 9 // 10]), "no checkpoint"
    disks, found = _losses(ops, space, stop_at=10)
    print(f"{len(ops)} operations, {disks} disks")
    assert not found, "\n".join(found)
    assert disks > 500
    _half_of_anything_is_noticed(day.window.till.folder / "ledger.db", space, day.told)


HALVES = (
    "DELETE FROM sale WHERE id LIKE 'T1-X%'",
    "DELETE FROM refund",
    "DELETE FROM ticket WHERE state = 'exchanged'",
    "UPDATE ticket SET state = 'refunded' WHERE state = 'exchanged'",
    "UPDATE own_right SET state = 'SOLD' WHERE state = 'RETURNED'",
    "UPDATE own_right SET hop = hop - 1 WHERE state = 'SOLD_RETURNED'",
    "DELETE FROM ticket_copy",
    "UPDATE cash_move SET minor = minor + 1 WHERE kind = 'refund'",
    "DELETE FROM print_job WHERE kind = 'copy'",
    "INSERT INTO basket_line SELECT 0, 1, show, place, '', '', 0, '', 0, '{}' FROM ticket WHERE state = 'live' LIMIT 1",
    "DELETE FROM journal WHERE number = 7",
)


def _whole(ledger: Path, space: Path) -> bytes:
    """The ledger with what is in its WAL still: how much of it SQLite has taken over by then is by chance."""
    for old in space.iterdir():
        old.unlink()
    for file in ledger.parent.glob("ledger.db*"):
        if not file.name.endswith("-shm"):
            shutil.copy(file, space)
    with closing(sqlite3.connect(space / ledger.name)) as db:
        assert db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    return (space / ledger.name).read_bytes()


def _half_of_anything_is_noticed(ledger: Path, space: Path, told: set[str]) -> None:
    """The look itself: what is taken from one table only is missed."""
    whole = _whole(ledger, space)
    assert wrongs({"ledger.db": whole}, space, told) == []
    for half in HALVES:
        (space / "ledger.db").write_bytes(whole)
        with closing(sqlite3.connect(space / "ledger.db")) as db, db:
            assert db.execute(half).rowcount > 0, half
        assert wrongs({"ledger.db": (space / "ledger.db").read_bytes()}, space, set()), half


def test_a_sync_that_failed_once_is_not_trusted_the_next_time(house: House, tmp_path: Path, space: Path) -> None:
    """The system forgets what it failed to write, and the next sync succeeds: nothing may hang on those pages."""
    day, ops = record(house, "T4", recorded(tmp_path / "strace.txt", failing=f"{FAILING[0]}..{FAILING[-1]}"), 12)
    assert day.refused, "no verb met a failing sync"
    failed = [number for number, op in enumerate(ops) if op.kind == "unsynced"]
    assert {ops[number].name for number in failed} == {"ledger.db-wal"}
    assert any(op.kind == "said" and acknowledged(op) for op in ops[failed[-1] :]), "nothing was sold afterwards"
    disks, found = _losses(ops, space, stop_at=10)
    print(f"{len(ops)} operations, {len(failed)} syncs that failed, {day.refused} verbs refused, {disks} disks")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("name", "mode"), [("T2", "NORMAL"), ("T3", "OFF")])
def test_a_ledger_that_promises_less_loses_sales(
    house: House, tmp_path: Path, space: Path, name: str, mode: str
) -> None:
    """The mutation: with anything less than synchronous=FULL this finds acknowledged sales gone."""
    _, ops = record(house, name, weaker(tmp_path, mode) + recorded(tmp_path / "strace.txt"), 4)
    _, found = _losses(ops, space, stop_at=5)
    assert any("acknowledged" in wrong for wrong in found), found


def test_the_disk_forgets_what_was_not_synced() -> None:
    """The disk itself: what was synced is in every image, what was not is in some."""
    disk = Disk()
    for op in (
        recording.Op("write", "a", 0, b"x" * 1024), recording.Op("sync", "a"), recording.Op("write", "a", 512, b"y"),
    ):  # fmt: skip
        disk.take(op)
    images: list[Image] = list(disk.images())
    assert [image["a"][512:513] for image in images[:2]] == [b"x", b"y"]
    assert all(len(image["a"]) == 1024 for image in images)


def test_the_disk_forgets_what_a_failed_sync_has_not_written() -> None:
    """And no later sync brings it back; only writing it anew does."""
    disk = Disk()
    for op in (
        recording.Op("write", "a", 0, b"x"), recording.Op("sync", "a"), recording.Op("write", "a", 0, b"y"),
        recording.Op("unsynced", "a"), recording.Op("write", "a", 1, b"z"), recording.Op("sync", "a"),
    ):  # fmt: skip
        disk.take(op)
    assert [image["a"] for image in disk.images()][:2] == [b"xz", b"yz"]
    disk.take(recording.Op("write", "a", 0, b"w"))
    disk.take(recording.Op("sync", "a"))
    assert {image["a"] for image in disk.images()} == {b"wz"}
