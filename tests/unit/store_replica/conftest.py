from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pos.domain.plan import Plan
from pos.store.replica import ReplicaReader, ReplicaWriter
from tests.unit.store_replica.words import Columns, documents, hall, show

OFFICE = "an office's key"


@pytest.fixture
def plan() -> Plan:
    """12 seats."""
    return hall()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "replica.db"


@pytest.fixture
def writer(path: Path) -> Iterator[ReplicaWriter]:
    made = ReplicaWriter(path, OFFICE)
    yield made
    made.close()


@pytest.fixture
def reader(path: Path) -> Iterator[ReplicaReader]:
    made = ReplicaReader(path)
    yield made
    made.close()


@pytest.fixture
def filled(writer: ReplicaWriter, plan: Plan) -> ReplicaWriter:
    """At cursor 10: "hall" with 12 seats and 3 standing, "yard" with 300 standing, all in the pool."""
    with writer.snapshot() as begun:
        begun.documents([*documents(), show("hall", plan, 3), show("yard", None, 300)], 10)
        begun.plan(plan.version, plan.to_bytes())
        begun.show(Columns("hall", plan.version, 10, "P" * 15))
        begun.show(Columns("yard", "", 10, "P" * 300))
    return writer
