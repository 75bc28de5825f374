"""The till of the till's own tests, and the data folder of an evening that is over."""

from tests.unit.store.evening import evening, template
from tests.unit.till.conftest import counter, make_counter

__all__ = ["counter", "evening", "make_counter", "template"]
