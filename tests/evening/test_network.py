"""Tills on machines of their own, and the network between them and the office really down."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.evening.house import House, Window
from tests.evening.season import SHOW, season
from tests.peers.network import Machine, Network, NoNetwork
from tests.peers.small_season import hall

pytestmark = pytest.mark.timeout(240)

NOTICED_S = 20.0  # a line that is silently dead shows; ten seconds on a quiet machine
AGREES_S = 20.0


@dataclass
class Town:
    """A house whose office and windows are each on a machine of their own, and what has been sold there."""

    house: House
    office: Machine
    left: Window
    right: Window
    sold: list[dict[str, Any]] = field(default_factory=list)

    def sell(self, window: Window) -> dict[str, Any]:
        """A seat that this window has in hand."""
        sale = window.sell(window.seats("here")[0])
        self.sold.append(sale)
        return sale

    def arrived(self) -> bool:
        return self.house.sales() == {sale["id"] for sale in self.sold}

    def settle(self) -> None:
        self.house.wait(self.arrived, AGREES_S, "all sales at the office")
        self.house.audit(self.sold)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    try:
        network = Network()
    except NoNetwork as reason:
        pytest.skip(str(reason))
    folder = tmp_path_factory.mktemp("town")
    office, *machines = (network.machine(name) for name in ("office", "T1", "T2"))
    rights = season(seats_kept=20)
    with network, House(folder, f"sqlite:///{folder / 'office.db'}", rights, plan=hall(8, 12), machine=office) as house:
        with ThreadPoolExecutor(2) as pool:
            left, right = pool.map(lambda machine: house.window(machine.name, machine=machine), machines)
        left.open("anna")
        right.open("boris")
        for window in (left, right):
            window.till.ok("sync")
        yield Town(house, office, left, right)
        house.kill_office()  # requests that a black hole has swallowed by half would hold it up


def _offline(window: Window, after: int, cause: str) -> None:
    window.till.wait_event("link", state="offline", cause=cause, after=after, seconds=NOTICED_S)


def _online(window: Window, after: int) -> None:
    window.till.wait_event("link", state="online", after=after, seconds=NOTICED_S)


def _holder(window: Window, place: str) -> str:
    """Who has the right that this window is refused."""
    refused = window.till.refused("add", show=SHOW, places=[place], price_type="adult")
    assert refused["code"] == "right_elsewhere", refused
    holder: str = refused["holder"]
    return holder


def test_a_cable_is_pulled_out(town: Town) -> None:
    mark = town.left.till.heard()
    town.left.cable.cut()
    town.sell(town.left)
    town.sell(town.right)
    _offline(town.left, mark, "no_network")
    town.sell(town.left)
    town.sell(town.right)
    assert _holder(town.left, town.left.seats("free")[0]) == "office"
    assert _holder(town.left, town.right.seats("here")[0]) == "T2"
    town.left.cable.mend()
    _online(town.left, mark)
    town.settle()


def test_the_office_hears_and_is_not_heard(town: Town) -> None:
    """What a till asks is done, and its answer is lost: nothing is done twice, nothing granted is lost."""
    machine, place = town.left.cable, town.left.seats("free")[0]
    assert isinstance(machine, Machine)
    mark = town.left.till.heard()
    town.office.lose_what_goes_to(machine)
    town.sell(town.left)
    assert _holder(town.left, place) == "office"
    _offline(town.left, mark, "no_office")
    town.house.wait(town.arrived, AGREES_S, "the sale at the office, though the till does not know")
    assert town.left.till.ok("status")["unsent"] > 0
    assert town.house.ask("SELECT holder FROM place_right WHERE show_id = :s AND place = :p", s=SHOW, p=place) == [
        ("T1",)
    ]
    town.office.find_again(machine)
    _online(town.left, mark)
    town.sold.append(town.left.sell(place))
    town.settle()


def test_the_office_does_not_hear_one_till(town: Town) -> None:
    machine, place = town.left.cable, town.left.seats("free")[0]
    assert isinstance(machine, Machine)
    mark = town.left.till.heard()
    machine.lose_what_goes_to(town.office)
    sale = town.sell(town.left)
    assert _holder(town.left, place) == "office"
    _offline(town.left, mark, "no_office")
    assert sale["id"] not in town.house.sales()
    town.sold.append(town.right.sell(place))
    machine.find_again(town.office)
    _online(town.left, mark)
    town.left.wait_place(place, "sold", AGREES_S)
    town.settle()


def test_only_small_packets_pass(town: Town) -> None:
    """Polls get through and facts do not: the queue stands, and the till says so though the line looks well."""
    machine = town.left.cable
    assert isinstance(machine, Machine)
    mark = town.left.till.heard()
    machine.narrow()
    sale = town.sell(town.left)
    town.left.till.wait_event("link", state="offline", after=mark, seconds=60)
    town.sell(town.left)
    assert sale["id"] not in town.house.sales()
    machine.mend()
    _online(town.left, mark)
    town.settle()
