"""The till of the till's own tests."""

from tests.unit.till.conftest import counter, make_counter

__all__ = ["counter", "make_counter"]
