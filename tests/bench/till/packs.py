"""What making paper packs costs a sale: one after the other without a pause, where a till makes one in five minutes.

The same sale of two tickets through the real front, from "paid" to its answer, in a hall of 2,000 seats, alone and
while packs are made. The two take turns, since a virtual machine is fast one second and slow the next.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import Any

from pos.app.devices import fonts
from pos.app.packs import PackWork
from pos.paper.pdf import pdf_face
from tests.bench.till.sale import _p, _seats, _sell
from tests.unit.till.counter import NOW, Counter, show_document, small_hall

Record = dict[str, Any]

ROUNDS, SALES = 10, 20  # rounds of so many sales, alone and then beside packs
WARM_UP = 30
GOAL = 6.0


def sale_beside_packs() -> Record:
    """p50 and p95 of a sale while packs are made, beside one that is alone."""
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    alone: list[float] = []
    beside: list[float] = []
    with tempfile.TemporaryDirectory(prefix="housefull-bench-", dir=os.environ.get("BENCH_DIR")) as name:
        folder = Path(name)
        os.environ["XDG_STATE_HOME"] = str(folder / "state")
        face = pdf_face(fonts())
        show = show_document("aida", starts=NOW.replace(hour=20).isoformat(), allotment={"Stalls": 300})
        with closing(PackWork(folder / "packs", lambda: face)) as work:
            counter = Counter(folder / "till", [show], plan=small_hall(rows=20, seats=100), packs=work)
            counter.open()
            seats = _seats(counter)
            for _ in range(WARM_UP):
                _sell(counter, next(seats))
            for _ in range(ROUNDS):
                alone += [_sell(counter, next(seats)) for _ in range(SALES)]
                made = counter.front.call("make_paper_pack")
                for _ in range(SALES):
                    made = _again(counter, made)
                    beside.append(_sell(counter, next(seats)))
                made.result(60)
            counter.stop()
    bare, value = statistics.median(alone), statistics.median(beside)
    return {
        "name": "sale_beside_packs",
        "value": value,
        "p99": _p(beside, 0.95),  # told as p95: there are too few for more
        "unit": "ms",
        "floor_name": f"alone (p95 {_p(alone, 0.95):.3g})",
        "floor": bare,
        "ratio": value / bare,
        "goal": f"p50 <= {GOAL:g}x",
        "ok": value <= GOAL * bare,
    }


def _again(counter: Counter, made: Future[dict[str, Any]]) -> Future[dict[str, Any]]:
    """Begin the next pack when the last one is done."""
    return counter.front.call("make_paper_pack") if made.done() else made
