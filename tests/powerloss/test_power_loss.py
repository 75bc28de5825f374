"""The power goes at any moment of a real till's life: no acknowledged sale is missing, and none is there by half."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.evening.house import House, Window
from tests.evening.season import AREA, season
from tests.peers.around import Around
from tests.powerloss import recording
from tests.powerloss.disk import Disk, Image
from tests.powerloss.remains import wrongs
from tests.simulation.runs import scratch

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's"),
    pytest.mark.skipif(bool(recording.available()), reason=recording.available() or "strace"),
    pytest.mark.timeout(240),
]

SALES = 60  # enough for SQLite to take the WAL into the database by itself
CLOSELY = 8  # of the sales at the beginning, after each of whose writes the power goes

# Put before the till's own code, this makes the ledger's promise a weaker one.
_WEAKER = """
import sqlite3
class Weaker(sqlite3.Connection):
    def execute(self, sql, *more):
        return super().execute(sql.replace("synchronous=FULL", "synchronous={mode}"), *more)
_connect = sqlite3.connect
def connect(*arguments, **options):
    return _connect(*arguments, **dict(options, factory=Weaker))
sqlite3.connect = sqlite3.dbapi2.connect = connect
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    text = season(capacity=300, units_kept=2 * SALES)
    with House(folder, f"sqlite:///{folder / 'office.db'}", text) as house:
        yield house


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory: thousands of ledgers are opened in it."""
    folder = (scratch() or tmp_path) / f"housefull-power-{os.getpid()}"
    folder.mkdir()
    yield folder
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


def recorded(log: Path, weaker: Path | None = None) -> Around:
    """A till under strace; with `weaker` the sitecustomize.py there comes before it."""
    return Around(tuple(recording.command(log)), {"PYTHONPATH": _before_all(weaker)} if weaker else {})


def _before_all(folder: Path) -> str:
    return os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH", "")]))


def record(house: House, name: str, log: Path, sales: int, weaker: Path | None = None) -> list[recording.Op]:
    """A whole short day at a till: a shift, cash moved, sales, the shift closed, the till ended."""
    window = house.window(name, printers=False, around=recorded(log, weaker))
    window.open()
    window.till.ok("move_cash", kind="drop", amount="5.00", reason="change")
    for _ in range(sales):
        window.sell(AREA)
    _close(window)
    window.till.quit()
    return recording.read(log, window.till.folder)


def _close(window: Window) -> None:
    counted = {"total": "0.00"}  # the money is not what this is about
    window.till.ok("close_shift", counted=counted, key="close")


def acknowledged(op: recording.Op) -> set[str]:
    """The sales that a till's output answers with."""
    lines = [json.loads(line) for line in op.data.decode().splitlines() if line.strip()]
    answers = [line.get("ok") for line in lines if isinstance(line.get("ok"), dict)]
    return {answer["sale"]["id"] for answer in answers if "sale" in answer}


def losses(ops: list[recording.Op], space: Path, stop_at: int = sys.maxsize) -> tuple[int, list[str]]:
    """Cut the power after each operation: how many disks that made, and what was wrong with them."""
    disk, known, found = Disk(), set[str](), list[str]()
    tried: set[int] = set()
    for number, op in enumerate(ops):
        if op.kind == "said":
            known |= acknowledged(op)
        else:
            disk.take(op)
        if not _worth_a_look(op, number, len(known)):
            continue
        for image in disk.images():
            key = hash((tuple(sorted(image.items())), len(known)))
            if key in tried:
                continue
            tried.add(key)
            found += [f"after operation {number} ({op.kind} {op.name}): {w}" for w in wrongs(image, space, known)]
        if len(found) >= stop_at:
            break
    return len(tried), found


def _worth_a_look(op: recording.Op, number: int, sales: int) -> bool:
    """Every operation of the first sales and of every checkpoint; of the rest every sync and answer."""
    return op.kind in ("sync", "said", "unlink") or sales < CLOSELY or op.name == "ledger.db" or number % 16 == 0


def test_no_acknowledged_sale_is_missing_and_none_is_half(house: House, tmp_path: Path, space: Path) -> None:
    ops = record(house, "T1", tmp_path / "strace.txt", SALES)
    sold = {sale for op in ops if op.kind == "said" for sale in acknowledged(op)}
    assert len(sold) == SALES
    assert any(op.kind == "write" and op.name == "ledger.db" for op in ops[: len(ops) * 9 // 10]), "no checkpoint"
    disks, found = losses(ops, space, stop_at=10)
    print(f"{len(ops)} operations, {disks} disks")
    assert not found, "\n".join(found)
    assert disks > 500


@pytest.mark.parametrize(("name", "mode"), [("T2", "NORMAL"), ("T3", "OFF")])
def test_a_ledger_that_promises_less_loses_sales(
    house: House, tmp_path: Path, space: Path, name: str, mode: str
) -> None:
    """The mutation: with anything less than synchronous=FULL this finds acknowledged sales gone."""
    (tmp_path / "sitecustomize.py").write_text(_WEAKER.replace("{mode}", mode), "utf-8")
    ops = record(house, name, tmp_path / "strace.txt", 4, tmp_path)
    _, found = losses(ops, space, stop_at=5)
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
