"""Days go by and clocks are wrong: rights stay where they are, and time is a label."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.evening.house import PINS, House, Window, cash
from tests.evening.season import SHOW, season
from tests.peers import machine
from tests.peers.machine import Machine
from tests.peers.small_season import hall

pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.skipif(bool(machine.cannot()), reason=machine.cannot() or "machine"),
]

PREMIERE = "premiere"
_SEASON = """
[[show]]
id = "premiere"
production = "tosca"
starts = "{starts}"
plan = "hall"
prices = "usual"
terms = "standard"
allotment = {{ Stalls = 15 }}
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Machine]:
    """The clocks of a whole house."""
    with Machine(tmp_path / "world") as found:
        yield found


@pytest.fixture
def house(world: Machine, tmp_path: Path) -> Iterator[House]:
    starts = (datetime.now(UTC) + timedelta(hours=200)).isoformat(timespec="seconds")
    text = season(extra=_SEASON.format(starts=starts))
    with House(
        tmp_path / "house", f"sqlite:///{tmp_path / 'office.db'}", text, plan=hall(4, 12), around=world.around
    ) as house:
        yield house


def _at(window: Window, sale: dict[str, Any]) -> datetime:
    """The time that the till has put on a sale."""
    (found,) = window.till.ok("find", sale=sale["id"])["sales"]
    return datetime.fromisoformat(found["at"])


def test_three_days_cut_off(house: House, world: Machine) -> None:
    """Nobody takes back what a till has in hand, however long it is away; and it knows how late it is."""
    left, right = (house.window(name, printers=False, around=world.around) for name in ("T1", "T2"))
    left.open("anna")
    right.open("boris")
    for window in (left, right):
        window.till.ok("sync")
    mine, theirs = left.seats("here", PREMIERE), right.seats("here", PREMIERE)
    sold = [left.sell(mine.pop(), show=PREMIERE), right.sell(theirs.pop(), show=PREMIERE)]
    tonight = left.seats("here")
    left.cut(silent=True)
    began = last = _at(left, sold[0])
    for day in range(1, 4):
        world.pass_time(24)
        if day == 2:
            left.till.kill()
            left.restart()
            left.till.ok("sign_in", user="anna", pin=PINS["anna"])
        sold += [left.sell(mine.pop(), show=PREMIERE), right.sell(theirs.pop(), show=PREMIERE)]
        last, before = _at(left, sold[-2]), last
        assert timedelta(hours=24) <= last - before < timedelta(hours=24, minutes=5)
        refused = left.till.refused("add", show=SHOW, places=tonight[:1], price_type="adult")
        assert refused["code"] == "sales_closed"
        refused = right.till.refused("add", show=PREMIERE, places=mine[:1], price_type="adult")
        assert (refused["code"], refused["holder"]) == ("right_elsewhere", "T1")
    assert last - began >= timedelta(hours=72)
    assert left.till.ok("status")["unsent"] >= 3
    left.mend()
    house.audit(sold)
    _close(left, sold)
    assert right.sell(mine.pop(), show=PREMIERE), "what the other has given back"


def _close(window: Window, sold: list[dict[str, Any]]) -> None:
    mine = [sale for sale in sold if sale["id"].startswith(window.name)]
    report = window.till.ok("close_shift", counted={"total": str(Decimal("100.00") + cash(mine))})["report"]
    assert (report["difference"], report["provisional"]) == ("0.00", False)


@pytest.mark.parametrize("hours", [24, -24])
def test_a_wall_clock_that_jumps_sells_nothing_wrong(house: House, tmp_path: Path, hours: int) -> None:
    """What hangs on the time of day needs a supervisor; all else goes on, under times that stay in order."""
    with Machine(tmp_path / "machine") as own:
        window = house.window("T1", printers=False, around=own.around)
        window.open("anna")
        window.till.ok("sync")
        sold = [window.sell(window.seats("here")[0])]
        own.turn_the_wall_clock(hours)
        for line in ("whole", "cut"):
            if line == "cut":
                window.cut()
            sold.append(window.sell(window.seats("here", PREMIERE)[0], show=PREMIERE))
            sold += _sell_tonight(window, hours)
        # Begun again without its office: its last fact is the latest that it knows.
        window.till.kill()
        window.restart()
        window.till.ok("sign_in", user="vera", pin=PINS["vera"])
        sold.append(window.sell(window.seats("here", PREMIERE)[0], show=PREMIERE))
        times = [_at(window, sale) for sale in sold]
        assert times == sorted(times)
        if hours < 0:
            assert times[-1] - times[0] < timedelta(hours=1)
        window.mend()
        house.audit(sold)


def _sell_tonight(window: Window, hours: int) -> list[dict[str, Any]]:
    """By the wall a day ahead tonight's show is over: a supervisor has to look."""
    seat = window.seats("here")[0]
    if hours < 0:
        return [window.sell(seat)]
    refused = window.till.refused("add", show=SHOW, places=[seat], price_type="adult")
    assert refused["code"] == "check_needed", refused
    window.till.ok("sign_in", user="vera", pin=PINS["vera"])
    sale = window.sell(seat)
    window.till.ok("sign_in", user="anna", pin=PINS["anna"])
    return [sale]
