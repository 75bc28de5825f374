"""A glance at the replica says who may sign in, and nobody when it cannot."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from pos.store.glance import people
from tests.unit.till.counter import Counter


def test_it_says_what_the_till_would_say(counter: Counter) -> None:
    assert people(counter.folder / "replica.db") == counter.ask("users")["users"]


def test_without_a_whole_replica_it_says_nobody(counter: Counter, tmp_path: Path) -> None:
    assert people(tmp_path / "nothing.db") == []
    assert not (tmp_path / "nothing.db").exists()
    (tmp_path / "rubbish.db").write_bytes(b"rubbish" * 1000)
    assert people(tmp_path / "rubbish.db") == []
    with closing(sqlite3.connect(counter.folder / "replica.db")) as db:
        db.execute("UPDATE meta SET value = '0' WHERE key = 'complete'")
        db.commit()
    assert people(counter.folder / "replica.db") == []


def test_a_person_that_cannot_be_read_is_no_reason_not_to_start(make_counter: Callable[..., Counter]) -> None:
    counter = make_counter()
    with closing(sqlite3.connect(counter.folder / "replica.db")) as db:
        db.execute("UPDATE document SET body = '{}' WHERE family = 'user' AND id = 'anna'")
        db.commit()
    assert people(counter.folder / "replica.db") == []


def test_it_loads_nothing_heavy() -> None:
    code = "import sys, pos.store.glance; print(*sorted({'sqlalchemy', 'numpy', 'pos.domain.plan'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.strip() == ""
