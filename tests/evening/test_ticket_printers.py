"""A whole sale at a window with a Boca or a Zebra, through the commands and the file that a venue would use."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pos.domain.sale import copy_code
from tests.evening.house import House, Window
from tests.evening.till_process import housefull
from tests.peers.carrier import Serial, Tcp
from tests.peers.toy_fgl import ToyBoca
from tests.peers.toy_printer import read_codes
from tests.peers.toy_zpl import ToyZebra


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path / "house", f"sqlite:///{tmp_path / 'office.db'}") as house:
        yield house


def opened(house: House, profile: str, url: str, layout: str) -> Window:
    table = f'[printer.ticket]\nprofile = "{profile}"\ntransport = "{url}"\nlayout = "{layout}"\n'
    window = house.window("T1", printers=False, more=table)
    wait_for(window, "ready")
    window.open()
    return window


def wait_for(window: Window, state: str) -> dict[str, str]:
    """Until the window shows its printer so."""
    end = time.monotonic() + 20
    while (shown := window.till.ok("status")["devices"]["printer.ticket"])["state"] != state:
        assert time.monotonic() < end, shown
        time.sleep(0.05)
    return dict(shown)


def sold(window: Window, count: int) -> dict[str, Any]:
    return window.sell(*window.seats("here")[:count])


def codes(papers: list[Any]) -> list[str]:
    return [code.text for paper in papers for code in read_codes(paper)]


def on_tickets(sale: dict[str, Any]) -> list[str]:
    return [ticket["code"] for ticket in sale["tickets"]]


def test_a_sale_on_boca_tickets(house: House) -> None:
    boca = ToyBoca()
    with Tcp(boca) as line:
        window = opened(house, "boca-lemur", line.url, "ticket-boca")
        sale = sold(window, 3)
        printed = window.till.wait_event("printed")
        assert (printed["outcome"], printed["text"]) == ("done", "printed")
        # The code is on the ticket and once more on its stub.
        assert set(codes(boca.tickets)) == set(on_tickets(sale))
        assert len(boca.tickets) == 3
        assert boca.not_understood == []
        window.till.quit()


def test_a_sale_on_labels_over_a_serial_line(house: House) -> None:
    zebra = ToyZebra()
    with Serial(zebra, "?baud=115200&flow=rtscts") as line:
        window = opened(house, "zebra-zd", line.url, "ticket-label")
        sale = sold(window, 2)
        assert window.till.wait_event("printed")["outcome"] == "done"
        assert set(codes(zebra.labels)) == set(on_tickets(sale))
        assert len(zebra.labels) == 2
        window.till.quit()


def test_tickets_that_run_out_in_a_sale_come_out_once(house: House) -> None:
    boca = ToyBoca()
    boca.stock = 1
    with Tcp(boca) as line:
        window = opened(house, "boca-lemur", line.url, "ticket-boca")
        sale = sold(window, 3)
        shown = wait_for(window, "paper_out")
        assert "2 of the job come out when it is loaded: do not print them again" in shown["text"]
        (job,) = window.till.ok("jobs")["jobs"]
        assert job["state"] == "started"
        # The till itself does not send them again, whatever it is asked.
        assert window.till.refused("retry", job=job["job"])["code"] == "not_allowed"
        assert window.till.refused("printed", job=job["job"], came_out=False)["code"] == "not_allowed"
        with line.lock:
            boca.load()
        assert window.till.wait_event("printed")["outcome"] == "done"
        assert sorted(set(codes(boca.tickets))) == sorted(on_tickets(sale))
        assert len(boca.tickets) == 3
        wait_for(window, "ready")
        window.till.quit()


def test_a_till_that_dies_while_tickets_wait_asks_and_prints_a_copy_only_after_them(house: House) -> None:
    boca = ToyBoca()
    boca.stock = 1
    with Tcp(boca) as line:
        window = opened(house, "boca-lemur", line.url, "ticket-boca")
        sale = sold(window, 2)
        wait_for(window, "paper_out")
        window.till.kill()
        window.restart()
        asked = window.till.wait_event("print_unknown")
        window.till.ok("sign_in", user="anna", pin="2468")
        # Out of tickets it does not answer, so nothing is sent.
        mark = window.till.heard()
        window.till.ok("printed", job=asked["job"], came_out=False)
        assert window.till.wait_event("printed", after=mark)["outcome"] == "failed"
        with line.lock:
            boca.load()
        wait_for(window, "ready")
        mark = window.till.heard()
        window.till.ok("retry", job=asked["job"])
        assert window.till.wait_event("printed", after=mark)["outcome"] == "done"
        first, second = on_tickets(sale)
        copies = [copy_code(first, 1), copy_code(second, 1)]
        assert list(dict.fromkeys(codes(boca.tickets))) == [first, second, *copies]
        assert len(boca.tickets) == 4
        window.till.quit()


def test_a_device_that_is_not_plugged_in_is_absent_and_the_till_sells(house: House) -> None:
    window = house.window(
        "T1",
        printers=False,
        more='[printer.ticket]\nprofile = "boca-lemur"\ntransport = "usb://0a43:ffff"\nlayout = "ticket-boca"\n',
    )
    assert "there is no USB printer usb://0a43:ffff; plugged in: " in wait_for(window, "absent")["text"]
    window.open()
    sold(window, 1)
    assert window.till.wait_event("printed")["outcome"] == "failed"
    window.till.quit()


def test_an_address_that_cannot_be_is_named_by_file_and_key(house: House) -> None:
    folder, _ = house.enrolled("T1")
    with (folder / "till.toml").open("a", encoding="utf-8") as file:
        file.write('[printer.ticket]\nprofile = "boca-lemur"\ntransport = "usb://boca"\nlayout = "ticket-boca"\n')
    done = housefull("--data", str(folder), "--headless", state=house.state)
    assert done.returncode == 2
    assert "till.toml: printer.ticket.transport: 'usb://boca' must look like usb://04b8:0202" in done.stderr
