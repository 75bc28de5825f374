"""Houses for the evenings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.evening.house import House


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    """The usual season, its office on SQLite and on PostgreSQL."""
    with House(tmp_path / "house", database_url) as house:
        yield house
