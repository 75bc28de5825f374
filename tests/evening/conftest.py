"""Houses for the evenings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.evening.house import House
from tests.peers.by_turns import one_database


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An evening takes half a minute: that every rule holds on both databases is for the tests of the office."""
    return one_database(request, tmp_path)


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    """The usual season, its office on SQLite or on PostgreSQL."""
    with House(tmp_path / "house", database_url) as house:
        yield house
