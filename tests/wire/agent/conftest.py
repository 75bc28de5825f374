"""An office with two shows, and a till that has joined it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pos.domain.plan import Plan, read_plan
from pos.domain.season import Area
from tests.peers.toy_office import ToyOffice
from tests.wire.agent.till import Till, join, season

PLANS = Path(__file__).parents[3] / "resources" / "plans"


@pytest.fixture(scope="session")
def studio() -> Plan:
    """The studio: 220 seats."""
    return read_plan((PLANS / "studio.json").read_bytes(), "studio.json")


@pytest.fixture
def office(studio: Plan) -> Iterator[ToyOffice]:
    with ToyOffice() as toy:
        season(toy)
        toy.show("tosca", studio, (Area("Standing", 20),))
        toy.show("party", None, (Area("Standing", 50),))
        yield toy


@pytest.fixture
def till(office: ToyOffice, tmp_path: Path) -> Iterator[Till]:
    """Joined and running."""
    joined = join(office, tmp_path)
    joined.agent.start()
    yield joined
    joined.agent.stop()
