"""An evening that is evacuated while one window is cut off from the office, and whose show is abandoned after that."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.evening.house import PINS, House, Window
from tests.evening.lan import free_ports
from tests.evening.season import SHOW

VERA = {"user": "vera", "pin": PINS["vera"]}
LOCKS_S = 10.0


def neighbours(house: House) -> tuple[Window, Window]:
    """Two windows that know each other on the local network, a shift open at each."""
    here, there = free_ports(2)
    lan = '[neighbours]\nlisten = "127.0.0.1:{}"\ntills = ["{}=127.0.0.1:{}"]\n'
    one, two = (
        house.window("T1", more=lan.format(here, "T2", there)),
        house.window("T2", more=lan.format(there, "T1", here)),
    )
    one.open("anna")
    two.open("boris")
    for window in (one, two):
        window.till.ok("sync")
    return one, two


def refunded(window: Window, row: dict[str, Any]) -> str:
    """What is paid back for those tickets of the worklist whose right is here."""
    tickets = [ticket["id"] for ticket in row["tickets"] if ticket["here"]]
    return str(window.till.ok("refund", tickets=tickets, reason="broken off")["refund"]["amount"])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_house_is_cleared_and_its_show_abandoned(house: House) -> None:
    one, two = neighbours(house)
    mine, theirs = one.seats("here"), two.seats("here")
    sold = [one.sell(mine[0], mine[1]), two.sell(theirs[0])]
    two.till.ok("add", show=SHOW, places=[theirs[1]], price_type="adult")
    one.cut()

    began = time.monotonic()
    one.till.ok("evacuate")
    two.till.wait_event("evacuation", state="called", seconds=LOCKS_S)
    assert time.monotonic() - began < LOCKS_S
    for window in (one, two):
        assert window.till.refused("add", show=SHOW, places=[mine[2]], price_type="adult")["code"] == "evacuation"
    two.till.kill()
    two.till.start()
    two.till.wait_event("evacuation", state="called", seconds=LOCKS_S)
    two.till.ok("sign_in", user="boris", pin=PINS["boris"])
    assert two.till.refused("pay", tenders=[{"kind": "cash", "amount": "59.00"}])["code"] == "evacuation"
    two.till.ok("end_evacuation", **VERA)
    one.till.wait_event("evacuation", state="ended", seconds=LOCKS_S)
    paid = two.till.ok("pay", tenders=[{"kind": "cash", "amount": "59.00"}])  # the basket had stayed
    sold.append(paid["sale"])

    # The window that is cut off calls the show off; the other one sells on until it hears of it.
    one.till.ok("abandon_show", show=SHOW, reason="smoke on the stage", approver=VERA)
    (row,) = one.till.ok("worklist")["worklist"]
    assert (row["state"], row["reason"]) == ("abandoned", "smoke on the stage")
    back = [refunded(one, row)]
    assert one.till.refused("add", show=SHOW, places=[mine[2]], price_type="adult")["code"] == "show_cancelled"
    sold.append(two.sell(theirs[2]))
    one.mend()
    house.wait(lambda: bool(two.till.ok("worklist")["worklist"]), LOCKS_S, "T2 has heard that the show is off")
    assert two.till.refused("add", show=SHOW, places=[theirs[3]], price_type="adult")["code"] == "show_cancelled"
    (row,) = two.till.ok("worklist")["worklist"]
    assert {ticket["sale"] for ticket in row["tickets"]} >= {sold[1]["id"], sold[2]["id"], sold[3]["id"]}
    back.append(refunded(two, row))
    house.verify()
    house.wait(lambda: one.till.ok("worklist")["worklist"][0]["tickets"] == [], LOCKS_S, "nothing is owed any more")
    assert one.till.ok("worklist")["worklist"][0]["back"] == {"tickets": 5, "price": "290.00"}
    assert back == ["116.00", "174.00"]
    assert house.ask("SELECT count(*) FROM place_right WHERE state = 'SOLD'")[0][0] == 0
    in_drawers = house.ask("SELECT sum(minor) FROM posting WHERE account LIKE 'drawer:%'")[0][0]
    assert int(in_drawers) == 2 * 100_00 + 5 * 1_00, "the floats, and the fees that are not refunded"
