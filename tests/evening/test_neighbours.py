"""Evenings without an office: tills that help each other out over the local network, and paper."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from tests.evening.house import House, Window
from tests.evening.lan import Wire, free_ports
from tests.evening.season import AREA, SHOW
from tests.peers.office_process import office

NAMES = ("T1", "T2", "T3")
CLAIM_S = 5.0
AGREES_S = 10.0
LISTENS_S = 25.0  # two tries


@pytest.fixture
def wires() -> Iterator[dict[str, Wire]]:
    """Till -> the wire on which the others ask it."""
    with ExitStack() as undo:
        made = {name: Wire(port) for name, port in zip(NAMES, free_ports(3), strict=True)}
        for wire in made.values():
            undo.callback(wire.close)
        yield made


def three(house: House, wires: dict[str, Wire]) -> list[Window]:
    """Three windows that know each other, a shift open at each, and all have heard of all."""

    def window(name: str) -> Window:
        others = ", ".join(f'"{other}=127.0.0.1:{wire.port}"' for other, wire in wires.items() if other != name)
        listen = f"127.0.0.1:{wires[name]._target}"
        return house.window(name, more=f'[neighbours]\nlisten = "{listen}"\ntills = [{others}]\n')

    with ThreadPoolExecutor(3) as pool:
        windows = list(pool.map(window, NAMES))
    for window_, user in zip(windows, ("anna", "boris", "vera"), strict=True):
        window_.open(user)
    for window_ in windows:
        window_.till.ok("sync")
        # Its port was free a moment ago; when somebody took it meanwhile, the till tries again.
        house.wait(lambda window_=window_: listens(window_), LISTENS_S, f"{window_.name} listens")  # type: ignore[misc]
    return windows


def listens(window: Window) -> bool:
    return bool(window.till.ok("status")["devices"]["neighbours"] == {"state": "ready", "text": ""})


def away(*windows: Window) -> None:
    """The office is gone for all of them, and each knows."""
    for window in windows:
        window.cable.cut()
    for window in windows:
        house_knows = time.monotonic() + 20
        while window.till.ok("status")["link"]["state"] != "offline":
            assert time.monotonic() < house_knows
            time.sleep(0.05)


def sent(window: Window) -> bool:
    status = window.till.ok("status")
    return bool(status["link"]["state"] == "online" and status["unsent"] == 0)


def back(house: House, *windows: Window) -> None:
    """The office is there again, for one till after the other: each has sent everything before the next may."""
    for window in windows:
        window.cable.mend()
        house.wait(lambda window=window: sent(window), AGREES_S, f"{window.name} has sent everything")  # type: ignore[misc]


@pytest.mark.timeout(240)
@pytest.mark.parametrize("order", [(2, 0, 1), (1, 0, 2)], ids=["takers first", "giver first"])
def test_three_tills_help_each_other_out(house: House, wires: dict[str, Wire], order: tuple[int, int, int]) -> None:
    one, two, third = windows = three(house, wires)
    theirs = two.seats("here")
    away(*windows)
    sold = _sold_of_a_neighbour(one, theirs[0])
    sold += _lost_on_the_way(one, two, wires["T2"], theirs[1])
    sold += _passed_on_twice(one, third, theirs[2])
    sold += [third.sell(*[AREA] * 5), two.sell(theirs[3])]
    refused = one.till.refused("add", show=SHOW, places=[theirs[3]], price_type="adult")
    assert refused["code"] == "right_elsewhere"
    back(house, *(windows[at] for at in order))
    house.audit(sold)
    _hops(house, {theirs[0]: ("T1", 1), theirs[1]: ("T1", 1), theirs[2]: ("T3", 2), theirs[3]: ("T2", 0)})


def _sold_of_a_neighbour(window: Window, seat: str) -> list[dict[str, Any]]:
    began = time.monotonic()
    sale = window.sell(seat)
    took = time.monotonic() - began
    print(f"a seat of the next window, sold with the office away: {took:.2f} s")
    assert took < CLAIM_S
    return [sale]


def _lost_on_the_way(asker: Window, giver: Window, wire: Wire, seat: str) -> list[dict[str, Any]]:
    """The giver lets go and certifies, the answer gets lost, and the giver is killed; it starts again, offline."""
    wire.losing = True
    refused = asker.till.refused("add", show=SHOW, places=[seat], price_type="adult")
    assert refused["code"] == "right_elsewhere"
    assert wire.lost == 1
    giver.till.kill()
    wire.losing = False
    assert asker.till.refused("add", show=SHOW, places=[seat], price_type="adult")["code"] == "right_elsewhere"
    giver.restart()
    giver.till.ok("sign_in", user="boris", pin="1357")
    assert giver.places()[seat]["state"] == "elsewhere"
    assert giver.till.refused("add", show=SHOW, places=[seat], price_type="adult")["holder"] == asker.name
    return [asker.sell(seat)]


def _passed_on_twice(one: Window, third: Window, seat: str) -> list[dict[str, Any]]:
    """It is in the first window's hand for a while, then another's customer wants it."""
    one.till.ok("add", show=SHOW, places=[seat], price_type="adult")
    assert third.till.refused("add", show=SHOW, places=[seat], price_type="adult")["code"] == "right_elsewhere"
    one.till.ok("clear")
    return [third.sell(seat)]


def _hops(house: House, expected: dict[str, tuple[str, int]]) -> None:
    rows = house.ask("SELECT place, holder, hop FROM place_right WHERE show_id = :show AND state = 'SOLD'", show=SHOW)
    assert {row[0]: (row[1], row[2]) for row in rows if row[0] in expected} == expected


@pytest.mark.timeout(240)
def test_a_giver_that_never_comes_back(house: House, wires: dict[str, Wire]) -> None:
    """It passed a seat on, sold another, and its disk is gone: what the others have of it is true."""
    one, two, third = windows = three(house, wires)
    theirs = two.seats("here")
    away(*windows)
    sold = [one.sell(theirs[0])]
    sold += _passed_on_twice(one, third, theirs[1])
    two.till.kill()
    lost = house.windows.pop("T2")
    dead = office("dead", "T2", "--db", house.database)
    assert dead.returncode == 0, dead.stderr
    states = dict(house.ask("SELECT place, state FROM place_right WHERE holder = 'T2'"))
    assert (states[theirs[0]], states[theirs[2]]) == ("QUARANTINE", "QUARANTINE")
    back(house, third, one)
    house.audit(sold)
    _hops(house, {theirs[0]: ("T1", 1), theirs[1]: ("T3", 2)})
    assert dict(house.ask("SELECT place, state FROM place_right WHERE holder = 'T2'"))[theirs[2]] == "QUARANTINE"
    assert lost.till.process.poll() is not None


@pytest.mark.timeout(240)
def test_paper_over_an_outage(house: House, wires: dict[str, Wire]) -> None:
    """A pack goes out with the office away; nobody sells its seats; it comes home in every way there is."""
    one, two, _third = windows = three(house, wires)
    mine = one.seats("here")[:4]
    away(*windows)
    pack = one.till.ok("issue_paper", show=SHOW, places=mine)["pack"]
    one.till.wait_event("printed", outcome="done")
    assert house._ticket_printers
    # A cashier is not told the codes: they are read off the paper, which is all that has been printed so far.
    read = [code for printer in house._ticket_printers for code in printer.codes()]
    codes = dict(zip(mine, read, strict=True))
    for window in (one, two):
        refused = window.till.refused("add", show=SHOW, places=[mine[0]], price_type="adult")
        assert refused["code"] == "right_elsewhere"
    one.till.kill()
    one.restart()
    one.till.ok("sign_in", user="anna", pin="2468")
    tenders = [{"kind": "cash", "amount": "118.00"}]
    rekeyed = one.till.ok(
        "rekey_paper", tickets=[codes[seat] for seat in mine[:2]], price_type="adult", tenders=tenders
    )["sale"]
    assert (
        one.till.refused("rekey_paper", tickets=[codes[mine[0]]], price_type="adult", tenders=tenders)["state"]
        == "sold"
    )
    one.till.ok("return_paper", tickets=[codes[mine[2]]])
    back(house, *windows)
    assert two.till.refused("add", show=SHOW, places=[mine[3]], price_type="adult")["holder"] == "T1"
    sold = two.sell(mine[2])
    house.verify()
    assert house.sales() == {rekeyed["id"], sold["id"]}
    assert dict(house.ask("SELECT place, state FROM place_right WHERE ticket = :ticket", ticket=f"{pack['id']}-4")) == {
        mine[3]: "PAPER"
    }
    printed = sorted(code for printer in house._ticket_printers for code in printer.codes())
    assert printed == sorted([*codes.values(), sold["tickets"][0]["code"]]), "what was re-keyed was not printed again"
    one.till.ok("lose_paper", pack=pack["id"], reason="wet", approver={"user": "vera", "pin": "8642"})
    house.wait(lambda: sent(one), AGREES_S, "the loss is at the office")
    assert [row[0] for row in house.ask("SELECT cause FROM dispute")] == ["paper_lost"]
    assert office("verify", "--db", house.database).returncode == 0
