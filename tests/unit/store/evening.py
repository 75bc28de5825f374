"""An evening's data folder to spoil, and what `verify` says of it."""

from __future__ import annotations

import io
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from pos.store.identity import Identity, MarkFile
from pos.store.verify import report
from tests.peers.disputes import document
from tests.unit.till.counter import Counter


def verify(counter: Counter | Evening) -> tuple[int, list[str]]:
    out = io.StringIO()
    code = report(counter.folder, out)
    return code, out.getvalue().splitlines()


def violations(counter: Counter | Evening) -> list[str]:
    code, lines = verify(counter)
    found = [line for line in lines if line.startswith("I")]
    assert code == (1 if found else 0), lines
    return found


def sql(counter: Evening, *statements: str, file: str = "ledger.db") -> None:
    """Change a database behind the till's back."""
    with closing(sqlite3.connect(counter.folder / file)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


@dataclass(frozen=True)
class Evening:
    """A till's data folder after an evening, and what lies outside of it; no program runs."""

    folder: Path
    identity: Identity

    @property
    def mark(self) -> MarkFile:
        return MarkFile(self.identity.state_folder)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    """Two shifts, three sales, all of it at the office."""
    counter = Counter(tmp_path_factory.mktemp("evening") / "till")
    counter.open()
    counter.sell("A-1", "A-2")
    counter.printers.run()
    counter.ask("move_cash", kind="drop", amount="50.00", reason="to the safe")
    counter.ask("move_cash", kind="paid_in", amount="5.00", reason="change")
    counter.sell("Foyer", "Foyer")
    counter.printers.run()
    counter.ask("close_shift", counted={"total": "199.00"})
    counter.printers.run()
    counter.open("beth", "80.00")
    counter.sell("B-1")
    counter.printers.run()
    counter.add("B-2", "B-3")
    counter.ask("remove", line=2)
    told = document()
    told["places"][0]["place"] = "A-9"  # which this till never had
    counter.line.document("dispute", told)
    counter.sign_in("sam")
    counter.ask("take_dispute", dispute="T1.1.7-1")
    resolved = counter.ask("resolve_dispute", dispute="T1.1.7-1", way="accept", note="let in")["dispute"]
    counter.line.document("dispute", {key: resolved[key] for key in told})
    counter.line.drain()
    counter.stop()
    return Evening(counter.folder, counter.identity)


@contextmanager
def copy_of(template: Evening, folder: Path) -> Iterator[Evening]:
    """A copy to spoil; what lies outside of it is put back afterwards."""
    outside = {file: file.read_bytes() for file in template.identity.state_folder.iterdir()}
    shutil.copytree(template.folder, folder)
    yield Evening(folder, template.identity)
    for file, content in outside.items():
        file.write_bytes(content)


@pytest.fixture
def evening(template: Evening, tmp_path: Path) -> Iterator[Evening]:
    """A copy to spoil."""
    with copy_of(template, tmp_path / "till") as copy:
        yield copy
