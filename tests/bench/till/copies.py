"""What copying each fact costs a sale: none, a folder on a second medium, the till next door, both.

The same sale of two tickets through the real front, from "paid" to its answer, which waits for the first copy. The
folder is on the same disk as the till (`COPIES_DIR=/media/usb` measures a real stick); the till next door is a process
of its own, asked over TCP on this machine, and syncs to the same disk.
"""

from __future__ import annotations

import base64
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos.app.copying import AtNeighbour, Copying, Folder, Medium
from pos.domain.certificate import Hand
from pos.store.identity import TillKeys, read_identity
from sync.agent.link import Till as Caller
from sync.agent.neighbour import Neighbours
from tests.bench.till.keeper import SECRET
from tests.bench.till.sale import _p, _seats, _sell
from tests.unit.till.counter import OFFICE_KEY, Counter, show_document, small_hall
from tests.wire.agent.test_neighbours import free_port
from tests.wire.agent.till import Clock, Journal, Keys

Record = dict[str, Any]

SALES = 200
WARM_UP = 30
WAIT_MS = 1000  # long enough that the cost of the copy is seen, and not the bound
GOAL = 6.0
KINDS = {"none": [], "folder": ["folder"], "neighbour": ["neighbour"], "both": ["folder", "neighbour"]}
KEEPER = "import sys; from tests.bench.till.keeper import main; main(*sys.argv[1:])"
HERE = Hand("T1", 1)
KEY = base64.b64decode(OFFICE_KEY)


def copied_sale() -> list[Record]:
    """p50 and p95 of a sale with each kind of copy, beside one without any: the tills take turns, since a virtual
    machine is fast one second and slow the next."""
    times: dict[str, list[float]] = {name: [] for name in KINDS}
    with ExitStack() as undo:
        tills = {name: undo.enter_context(_till(media)) for name, media in KINDS.items()}
        seats = {name: _seats(till) for name, till in tills.items()}
        for number in range(WARM_UP + SALES):
            for name, till in tills.items():
                took = _sell(till, next(seats[name]))
                if number >= WARM_UP:
                    times[name].append(took)
    floor = times.pop("none")
    bare, late = statistics.median(floor), _p(floor, 0.95)
    return [
        {
            "name": f"sale_copy_{name}",
            "value": statistics.median(took),
            "p99": _p(took, 0.95),  # told as p95: what lies beyond, `wait_ms` cuts off
            "unit": "ms",
            "floor_name": f"without a copy (p95 {late:.3g})",
            "floor": bare,
            "ratio": statistics.median(took) / bare,
            "goal": f"p50 <= {GOAL:g}x",
            "ok": statistics.median(took) <= GOAL * bare,
        }
        for name, took in times.items()
    ]


@contextmanager
def _till(wanted: list[str]) -> Iterator[Counter]:
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    with tempfile.TemporaryDirectory(prefix="housefull-bench-", dir=os.environ.get("BENCH_DIR")) as name:
        folder = Path(name)
        os.environ["XDG_STATE_HOME"] = str(folder / "state")
        plan = small_hall(rows=-(-2 * (SALES + WARM_UP) // 100), seats=100)
        Counter(folder / "till", [show_document("aida")], plan=plan).stop()  # for its key
        with _media(folder, wanted) as media:
            copying = Copying(media, folder / "till" / "ledger.db", WAIT_MS, lambda *_: None) if media else None
            counter = Counter(folder / "till", [show_document("aida")], plan=plan, copies=copying)
            try:
                if copying is not None:
                    copying.start()
                counter.open()
                yield counter
            finally:
                if copying is not None:
                    copying.stop()
                counter.stop()


@contextmanager
def _media(folder: Path, wanted: list[str]) -> Iterator[list[Medium]]:
    media: list[Medium] = []
    if "folder" in wanted:
        with tempfile.TemporaryDirectory(prefix="copies-", dir=os.environ.get("COPIES_DIR") or folder) as usb:
            media.append(Folder(Path(usb), folder / "till", HERE, KEY, same_disk=True))
            with _neighbour(folder, wanted, media):
                yield media
    else:
        with _neighbour(folder, wanted, media):
            yield media


@contextmanager
def _neighbour(folder: Path, wanted: list[str], media: list[Medium]) -> Iterator[None]:
    if "neighbour" not in wanted:
        yield
        return
    identity = read_identity(folder / "till")
    assert identity is not None
    own, address = TillKeys(identity), f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-c", KEEPER, address, own.public().hex(), str(folder / "next door")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as keeper:
        assert keeper.stdout is not None
        assert keeper.stdout.readline().strip() == b"ready"
        journal = Journal(Keys(), "T1")
        public = Ed25519PrivateKey.from_private_bytes(SECRET).public_key().public_bytes_raw()
        journal.neighbours["T2"] = (Hand("T2", 1), public)
        neighbours = Neighbours(journal, Caller("T1", own, lambda: 1), Clock(), {"T2": address}, None)
        media.append(AtNeighbour("T2", neighbours, KEY))
        try:
            yield
        finally:
            neighbours.stop()
            keeper.stdin.close()  # type: ignore[union-attr]
            keeper.wait(10)
