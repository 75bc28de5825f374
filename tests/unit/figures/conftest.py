"""Tills of this house, as those of tests/unit/till."""

from __future__ import annotations

from tests.unit.till.conftest import make_counter

__all__ = ["make_counter"]
