"""Houses for the evenings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.evening.house import House


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An evening takes half a minute, and is played on one of the databases, by turns within its file, unless it names
    them: that every rule holds on both is for the tests of the office."""
    evenings = [name for name in vars(request.module) if name.startswith("test_")]
    by_turns = ("sqlite", "postgresql")[evenings.index(request.function.__name__) % 2]
    if getattr(request, "param", by_turns) == "sqlite":
        return f"sqlite:///{tmp_path / 'office.db'}"
    new_database: Callable[[], str] = request.getfixturevalue("postgres")
    return new_database()


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    """The usual season, its office on SQLite or on PostgreSQL."""
    with House(tmp_path / "house", database_url) as house:
        yield house
