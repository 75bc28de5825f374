"""An evening through the levels of the contingency plan: each is told by the till itself, and outlives it."""

from __future__ import annotations

import time

import pytest

from pos.demo.cable import Cable
from tests.evening.house import PINS, House, Window
from tests.evening.lan import Wire, free_ports

TOLD_S = 1.0  # from what the till notices of the line until it tells its level
GONE_S = 15.0  # until two rounds of greetings to a till that is not there any more have gone unanswered
BACK_S = 8.0
PLAN = """
version = "2027-1"
valid_from = 2020-01-01
approved_by = "Vera"
[[person]]
key = "duty"
name = "Dana Duty"
telephone = "+43 1 555 01 00"
tell_at = ["away", "alone"]
"""


def window(house: House, name: str, port: int, other: str, wire: Wire, more: str = "") -> Window:
    neighbours = f'[neighbours]\nlisten = "127.0.0.1:{port}"\ntills = ["{other}=127.0.0.1:{wire.port}"]\n'
    return house.window(name, more=neighbours + more)


def becomes(window: Window, level: str, seconds: float, mark: int = 0) -> float:
    """The till tells that it is at this level; when (monotonic seconds)."""
    heard: float = window.till.wait_event("level", level=level, after=mark, seconds=seconds)["heard_s"]
    return heard


def level(window: Window) -> tuple[str, str | None]:
    sheet = window.till.ok("contingency")
    return sheet["level"], sheet["since"]


@pytest.mark.timeout(120)
def test_an_evening_through_the_levels(house: House) -> None:
    ports = free_ports(2)
    wires = [Wire(port) for port in ports]
    spare = Cable("127.0.0.1", house.port)
    backup = f'[[office.backup]]\nname = "4G"\nurl = "http://127.0.0.1:{spare.port}"\n'
    one = window(house, "T1", ports[0], "T2", wires[1], backup)
    two = window(house, "T2", ports[1], "T1", wires[0])
    try:
        one.open("vera")
        two.open("anna")
        one.till.ok("issue_plan", text=PLAN)
        house.wait(lambda: two.till.ok("contingency")["plan"]["version"] == "2027-1", BACK_S, "T2 has the plan")
        assert level(one)[0] == "normal"

        mark = one.till.heard()
        one.cable.cut()
        becomes(one, "backup", BACK_S, mark)
        assert one.till.ok("contingency")["cause"] == "backup_line"

        mark = one.till.heard()
        began = time.monotonic()
        spare.cut()
        noticed = one.till.wait_event("link", state="offline", after=mark)["heard_s"]
        assert becomes(one, "away", TOLD_S, mark) - noticed < TOLD_S
        sold = [one.sell(one.seats("here")[0])]
        assert one.till.ok("told_person", person="duty")["name"] == "Dana Duty"

        mark = one.till.heard()
        wires[1].close()
        assert becomes(one, "alone", GONE_S, mark) - began < GONE_S
        was = level(one)
        one.till.kill()
        one.restart()
        assert level(one) == was  # before anybody was asked, and after
        sheet = one.till.ok("contingency")
        assert sheet["plan"]["version"] == "2027-1"
        assert [person["told_at"] is not None for person in sheet["people"]] == [True]
        one.till.ok("sign_in", user="vera", pin=PINS["vera"])
        sold.append(one.sell(one.seats("here")[0]))

        mark = one.till.heard()
        one.mend()
        becomes(one, "normal", BACK_S, mark)

        house.drain()
        house._command("dead", "T2")
        becomes(two, "dead", BACK_S)
        assert two.till.refused("open_shift", float="1.00")["code"] in ("shift_open", "fenced")
        two.till.kill()
        del house.windows["T2"]
        house.audit(sold)
    finally:
        spare.close()
        for wire in wires:
            wire.close()
