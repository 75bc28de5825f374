"""Houses for the evenings: each test's own state folder, and an office on either database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.evening.house import House


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keys and high-water marks of this test's tills, and of no other's."""
    folder = tmp_path / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    return folder


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    """The usual season, on SQLite and on PostgreSQL."""
    with House(tmp_path / "house", database_url) as house:
        yield house
