"""PINs hashed at once, where what a test is about is not how slowly an office hashes them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from unittest import mock

from argon2 import PasswordHasher

QUICK: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@contextmanager
def quick_pins() -> Iterator[None]:
    """Seasons that are imported meanwhile, in this process, have PINs that are quick to check."""
    with mock.patch("sync.office.season.importer.PasswordHasher", return_value=QUICK):
        yield
