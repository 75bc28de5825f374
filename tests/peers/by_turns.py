"""One of the office's two databases for a test that takes long: by turns, so that both are met."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


def one_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Half of a file's tests have SQLite and half PostgreSQL; one that names its databases has those."""
    tests = [name for name in vars(request.module) if name.startswith("test_")]
    by_turns = ("sqlite", "postgresql")[tests.index(request.function.__name__) % 2]
    if getattr(request, "param", by_turns) == "sqlite":
        return f"sqlite:///{tmp_path / 'office.db'}"
    new_database: Callable[[], str] = request.getfixturevalue("postgres")
    return new_database()
