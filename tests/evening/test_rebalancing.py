"""A window that sells well gets seats from one that does not, before anybody asks for one; for an outage, too."""

from __future__ import annotations

import time
from pathlib import Path

from tests.evening.house import House, Window
from tests.evening.season import season
from tests.peers.small_season import hall

HELPED_S = 8.0  # a till is helped once in five seconds


def _filled(window: Window) -> bool:
    """Whether what it sold comes from the other window. Raises AssertionError when it has nothing left to sell."""
    until = time.monotonic() + HELPED_S
    while time.monotonic() < until:
        if len(window.seats("here")) >= 6:
            return True
        time.sleep(0.1)
    assert window.seats("here"), f"nothing came\n{window.till.story()}"
    return False


def test_a_hand_that_runs_low_is_filled_from_another_that_is_full(tmp_path: Path) -> None:
    """The pool is empty: 23 seats, and each window keeps twelve of them."""
    text = season(seats_kept=12, tills=2)
    with House(tmp_path / "house", f"sqlite:///{tmp_path / 'office.db'}", text, plan=hall(2, 12)) as house:
        right, left = house.window("T2", printers=False), house.window("T1", printers=False)
        right.open("boris")
        left.open("anna")
        assert [len(window.seats("here")) for window in (right, left)] == [12, 11]
        assert left.seats("free") == []

        sold = [left.sell(*left.seats("here")[:7])]
        while not _filled(left):
            # It asks after each sale; where the other one was too slow to answer, the next customer brings it on.
            sold.append(left.sell(left.seats("here")[0]))
        assert len(right.seats("here")) >= 6, "nobody is asked below half of what it should keep"

        for window in (left, right):
            window.cut()
        # Cut off, it sells on what it was helped out with.
        sold += [left.sell(seat) for seat in left.seats("here")] + [right.sell(right.seats("here")[0])]
        for window in (left, right):
            window.mend()
        house.audit(sold)
