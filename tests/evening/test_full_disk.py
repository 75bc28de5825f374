"""A disk that is full or fails at the commit: nothing is sold, printed or opened; all goes on once it takes data."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.evening.house import PINS, House, Window, cash
from tests.evening.season import SHOW
from tests.evening.trouble import FailingDisk, FullDisk, SizeLimit, SmallDisk, small_disk
from tests.peers import machine
from tests.peers.around import NOTHING
from tests.peers.machine import EIO, ENOSPC, Machine


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path / "house", f"sqlite:///{tmp_path / 'office.db'}") as house:
        yield house


@pytest.fixture
def on_a_small_disk(house: House) -> Iterator[Callable[[Path], SmallDisk]]:
    """Mounts a small disk at a folder."""
    with ExitStack() as undo:

        def mount(folder: Path) -> SmallDisk:
            try:
                return undo.enter_context(small_disk(folder))
            except FullDisk as reason:
                pytest.skip(str(reason))

        yield mount
        for window in house.windows.values():
            window.till.close()


# What the system says to a write, and to a sync.
FAILURES = {"no write": {"writes": EIO}, "no sync": {"syncs": EIO}}


@pytest.fixture
def failing(tmp_path: Path) -> Iterator[Machine]:
    if why := machine.cannot():
        pytest.skip(why)
    with Machine(tmp_path / "machine") as found:
        yield found


def _pay(basket: dict[str, Any]) -> dict[str, Any]:
    return {"tenders": [{"kind": "cash", "amount": basket["total"]}]}


@pytest.mark.parametrize("kind", ["no space", "size limit", *FAILURES])
def test_a_sale_that_the_disk_does_not_take_has_not_happened(
    house: House, kind: str, request: pytest.FixtureRequest
) -> None:
    disk: SmallDisk | SizeLimit | FailingDisk | None = None
    around = NOTHING
    if kind == "no space":
        disk = request.getfixturevalue("on_a_small_disk")(house.folder / "T1")
    elif kind in FAILURES:
        failing: Machine = request.getfixturevalue("failing")
        disk, around = FailingDisk(failing, house.folder / "T1", **FAILURES[kind]), failing.around
    window = house.window("T1", around=around)
    assert window.tickets is not None
    assert window.receipts is not None
    disk = disk or SizeLimit(window.till.process.pid, window.till.folder)
    window.open()
    seats = window.seats("here")
    basket = window.till.ok("add", show=SHOW, places=seats[:2], price_type="adult")["basket"]
    window.till.ok("sync")
    before = window.till.ok("status")["journal"]
    disk.fill()

    for _ in range(2):
        refused = window.till.refused("pay", **_pay(basket), key="the sale")
        assert (refused["code"], bool(refused["reason"])) == ("storage_failed", True)
    assert window.till.refused("add", show=SHOW, places=[seats[2]], price_type="adult")["code"] == "storage_failed"
    refused = window.till.refused("move_cash", kind="drop", amount="1.00", reason="safe")
    assert refused["code"] == "storage_failed"
    assert window.till.refused("close_shift", counted={"total": "100.00"})["code"] in ("storage_failed", "not_allowed")
    time.sleep(0.5)
    assert (window.tickets.papers, window.receipts.papers, window.receipts.kicks) == ([], [], 0)
    assert window.till.named("printed") == []
    assert window.till.ok("status")["journal"] == before
    assert [line["place"] for line in window.till.ok("basket")["basket"]["lines"]] == seats[:2]

    disk.free()
    sale = window.till.ok("pay", **_pay(basket), key="the sale")["sale"]
    window.till.wait_event("printed", outcome="done")
    house.wait(lambda: window.receipts is not None and window.receipts.kicks == 1, 5, "the drawer to be kicked")
    count = str(Decimal("100.00") + cash([sale]))
    assert window.till.ok("close_shift", counted={"total": count})["report"]["difference"] == "0.00"
    house.audit([sale])


def test_what_was_refused_is_not_there_after_a_crash_either(house: House, failing: Machine) -> None:
    """A commit whose sync failed stands in the file all the same: whoever opens that next would find it.

    Where space is allotted late, a sync can hear that there is none.
    """
    window = house.window("T1", around=failing.around)
    assert window.tickets is not None
    window.open()
    seats = window.seats("here")
    sold = [window.sell(seats[0])]
    window.till.wait_event("printed", outcome="done")
    window.till.ok("sync")
    before = window.till.ok("status")["journal"]
    basket = window.till.ok("add", show=SHOW, places=seats[1:3], price_type="adult")["basket"]
    disk = FailingDisk(failing, window.till.folder, syncs=ENOSPC)
    disk.fill()
    assert window.till.refused("pay", **_pay(basket))["code"] == "storage_failed"
    window.till.kill()
    disk.free()

    window.restart()
    assert window.till.ok("status")["journal"] == before
    window.till.ok("sign_in", user="anna", pin=PINS["anna"])
    assert [line["place"] for line in window.till.ok("basket")["basket"]["lines"]] == seats[1:3]
    assert {job["sale"] for job in window.till.ok("jobs")["jobs"]} == {sold[0]["id"]}
    sold.append(window.till.ok("pay", **_pay(basket))["sale"])
    window.tickets.wait_for(3)
    house.audit(sold)


def test_what_became_of_the_paper_is_recorded_once_there_is_room(
    house: House, on_a_small_disk: Callable[[Path], SmallDisk]
) -> None:
    """The disk fills up while one job prints and another waits: each ticket comes out once all the same."""
    disk = on_a_small_disk(house.folder / "T1")
    window = house.window("T1")
    assert window.tickets is not None
    window.open()
    seats = window.seats("here")
    window.tickets.hold(True)
    sold = [window.sell(seats[0]), window.sell(seats[1])]
    house.wait(lambda: _ticket_jobs(window) == ["started", "queued"], 5, "one job begun and one waiting")
    window.till.ok("sync")
    disk.fill()
    window.tickets.hold(False)
    window.tickets.wait_for(1)
    time.sleep(0.5)
    disk.free()
    first = window.till.wait_event("printed", tickets=[ticket["id"] for ticket in sold[0]["tickets"]])
    second = window.till.wait_event("printed", tickets=[ticket["id"] for ticket in sold[1]["tickets"]])
    assert (first["outcome"], second["outcome"]) == ("done", "failed")
    window.till.ok("retry", job=second["job"])
    window.till.wait_event("printed", job=second["job"], outcome="done")
    house.audit(sold)


def _ticket_jobs(window: Window) -> list[str]:
    return [job["state"] for job in window.till.ok("jobs")["jobs"] if job["kind"] == "ticket"]


def test_a_mark_that_cannot_be_written_stops_the_next_sale_not_this_one(
    house: House, on_a_small_disk: Callable[[Path], SmallDisk]
) -> None:
    """The high-water mark lies on another disk than the ledger. What is committed is answered and printed."""
    disk = on_a_small_disk(house.state)
    window = house.window("T1")
    window.open()
    seats = window.seats("here")
    window.till.ok("sync")
    disk.writable(False)
    sold = [window.sell(seats[0])]
    basket = window.till.ok("add", show=SHOW, places=[seats[1]], price_type="adult")["basket"]
    before = window.till.ok("status")["journal"]
    assert before["number"] == 2
    assert window.till.refused("pay", **_pay(basket))["code"] == "storage_failed"
    assert window.till.ok("status")["journal"] == before
    disk.writable(True)
    sold.append(window.till.ok("pay", **_pay(basket))["sale"])
    for sale in sold:
        window.till.wait_event("printed", tickets=[ticket["id"] for ticket in sale["tickets"]], outcome="done")
    window.till.kill()
    window.restart()
    assert window.till.ok("status")["fenced"] is None
    house.audit(sold)


def _device(window: Window) -> str:
    state: str = window.till.ok("status")["devices"]["printer.ticket"]["state"]
    return state


def test_a_printer_that_is_off_does_not_undo_the_sale(house: House) -> None:
    """The job fails and says so; one click prints it, once."""
    window = house.window("T1")
    assert window.tickets is not None
    window.open()
    window.tickets.set("off")
    house.wait(lambda: _device(window) == "offline", 10, "the printer to be seen off")
    sale = window.sell(window.seats("here")[0])
    printed = window.till.wait_event("printed")
    assert (printed["outcome"], printed["tickets"]) == ("failed", [ticket["id"] for ticket in sale["tickets"]])
    house.wait(lambda: house.sales() == {sale["id"]}, 5, "the sale at the office")
    (job,) = [job for job in window.till.ok("status")["unresolved"] if job["kind"] == "ticket"]
    assert (job["job"], job["state"], bool(job["text"])) == (printed["job"], "failed", True)

    mark = window.till.heard()
    window.till.ok("retry", job=job["job"])
    window.till.wait_event("printed", after=mark, job=job["job"], outcome="failed")
    window.tickets.set("online")
    mark = window.till.heard()
    window.till.ok("retry", job=job["job"], key="again")
    window.till.wait_event("printed", after=mark, job=job["job"], outcome="done")
    window.till.ok("retry", job=job["job"], key="again")
    assert window.till.refused("retry", job=job["job"])["code"] == "not_allowed"
    assert window.till.ok("status")["unresolved"] == []
    # A failed job also waits through a restart; it is not printed unasked.
    window.tickets.set("off")
    house.wait(lambda: _device(window) == "offline", 10, "the printer to be seen off")
    mark = window.till.heard()
    later = window.sell(window.seats("here")[0])
    failed = window.till.wait_event("printed", after=mark, outcome="failed")
    window.till.quit()
    window.tickets.set("online")
    window.restart()
    window.till.ok("sign_in", user="anna", pin=PINS["anna"])
    window.till.ok("retry", job=failed["job"])
    window.till.wait_event("printed", job=failed["job"], outcome="done")
    house.audit([sale, later])
