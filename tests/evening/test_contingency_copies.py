"""An evening in which a disk dies while the office is away: what its till sold is in its copies, and all is booked."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from pos.store.copyfile import facts_in
from tests.evening.house import House, Window
from tests.evening.lan import free_ports
from tests.evening.season import SHOW
from tests.peers.office_process import office

COPIED_S = 10.0
BROUGHT_S = 25.0  # a copy that has been still for ten seconds is brought
GONE_S = 15.0  # the other till is greeted every three seconds, and is missed when it does not answer
BROUGHT_S = 40.0  # a copy has to rest for ten seconds
VERA = {"user": "vera", "pin": "8642"}
FILE = "housefull-T1-1.journal"


def neighbours(house: House, usb: Path) -> tuple[Window, Window]:
    """T1, which copies each fact to a stick and to T2; a shift open at both, and each knows the other."""
    here, there = free_ports(2)
    lan = '[neighbours]\nlisten = "127.0.0.1:{}"\ntills = ["{}=127.0.0.1:{}"]\n'
    copies = f'[copies]\nto = "{usb.as_posix()}"\nneighbours = true\nwait_ms = 1000\nsame_disk = true\n'
    two = house.window("T2", more=lan.format(there, "T1", here))
    one = house.window("T1", more=lan.format(here, "T2", there) + copies)
    two.open("boris")
    one.open("anna")
    two.till.ok("sync")
    one.till.ok("sync")
    house.wait(lambda: all(copy["behind"] == 0 for copy in made(one)), COPIED_S, "both copies have everything")
    return one, two


def made(window: Window) -> list[dict[str, Any]]:
    copies: list[dict[str, Any]] = window.till.ok("copies")["made"]
    return copies


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_disk_that_dies_in_an_outage_loses_nothing(house: House, tmp_path: Path) -> None:
    usb = tmp_path / "usb"
    usb.mkdir()
    one, two = neighbours(house, usb)
    mine, others = one.seats("here"), two.seats("here")
    two.cut()
    one.cut()
    sold = [one.sell(mine[0], mine[1]), one.sell(mine[2])]
    copies = (two.till.folder / "copies" / FILE, usb / FILE)
    assert any(has(path, sold[1]["id"]) for path in copies), "the answer has waited for one of them"
    assert one.tickets is not None
    one.tickets.wait_for(3)
    house.wait(lambda: all(has(path, sold[1]["id"]) for path in copies), COPIED_S, "the other one has it, too")
    one.till.kill()
    shutil.rmtree(one.till.folder)
    del house.windows["T1"]

    (copy,) = two.till.ok("copies")["kept"]
    assert (copy["till"], copy["number"]) == ("T1", list(facts_in(copies[0]))[-1].number)
    (found,) = two.till.ok("find", code=sold[0]["tickets"][1]["code"])["sales"]
    assert (found["id"], found["till"], found["copied"]) == (sold[0]["id"], "T1", True)
    taken: list[dict[str, Any]] = []
    house.wait(lambda: took_over(two, taken), GONE_S, "T1 is not there any more, and its drawer is counted")
    assert (taken[0]["shift"], taken[0]["expected"], taken[0]["difference"]) == ("T1-1-S0001", "277.00", "-1.00")
    sold.append(two.sell(others[0]))
    assert two.till.refused("add", show=SHOW, places=[mine[3]], price_type="adult")["holder"] == "T1"

    two.mend()
    command(house, "dead", "T1")
    last = list(facts_in(copies[0]))[-1].number
    house.wait(lambda: applied(house) == last, BROUGHT_S, "T2 has brought the office what T1 could not send")
    command(house, "absorb", str(usb / FILE))  # once more, from the stick: nothing is booked twice
    assert applied(house) == last
    house.audit(sold)
    drawers = house.ask("SELECT sum(minor) FROM posting WHERE account = 'drawer:T1'")
    assert drawers[0][0] == 0, "what was in it was counted out"
    two.till.ok("sync")
    (found,) = two.till.ok("find", code=sold[0]["tickets"][1]["code"])["sales"]
    assert "copied" not in found, "the office knows it now"
    command(house, "release", "T1", "--show", SHOW, "--places", mine[3], "--by", "vera", "--reason", "counted")


def applied(house: House) -> int:
    return int(house.ask("SELECT applied FROM till WHERE id = 'T1'")[0][0])


def has(copy: Path, sale: str) -> bool:
    return any(f'"{sale}"'.encode() in fact.envelope for fact in facts_in(copy))


def took_over(window: Window, taken: list[dict[str, Any]]) -> bool:
    """Refused as long as that till is taken to be there."""
    answer = window.till.do("take_over", till="T1", counted={"total": "276.00"}, approver=VERA)
    if "refused" in answer:
        assert "answers on the local network" in answer["refused"]["text"], answer
        return False
    taken.append(answer["ok"]["taken_over"])
    return True


def command(house: House, *words: str) -> None:
    done = office(*words, "--db", house.database)
    assert done.returncode == 0, done.stderr
