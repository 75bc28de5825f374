"""A till that is killed in the middle of a sale: `python -m tests.unit.till.crashing FOLDER MOMENT`.

MOMENT: "before" the commit, "after" the commit and before the answer, or "printing".
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

from tests.unit.till.counter import Counter


def die() -> NoReturn:
    """As `kill -9` does, or the power."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def main(folder: Path, moment: str) -> None:
    counter = Counter(folder)
    counter.open()
    counter.add("A-1", "A-2")
    raw = counter.desk.ledger.connection.connection.driver_connection
    assert raw is not None
    if moment == "before":
        statement = "COMMIT"
        counter.desk.submit(lambda: raw.set_trace_callback(lambda sql: die() if sql == statement else None)).result(5)
    if moment == "after":
        counter.mark.write = lambda *_: die()
    counter.ask("pay", tenders=[{"kind": "cash", "amount": "118.00"}], key="the sale")
    counter.printers.begin()
    die()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
