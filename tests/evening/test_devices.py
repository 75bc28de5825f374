"""`housefull devices list` and `test`: real processes, printers and a terminal on sockets."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.evening.house import House
from tests.evening.season import SHOW
from tests.evening.till_process import housefull
from tests.peers.toy_printer import ToyPrinter
from tests.peers.toy_terminal import ToyTerminal

FILE = """\
[till]
id = "T1"
[office]
url = "http://127.0.0.1:9"
[printer.ticket]
profile = "epson-tm-t88v"
transport = "{tickets}"
layout = "ticket-standard"
[printer.receipt]
profile = "epson-tm-t88v"
transport = "tcp://127.0.0.1:1"
layout = "receipt-standard"
[drawer]
via = "printer.ticket"
[terminal]
protocol = "zvt"
transport = "{terminal}"
password = "573921"
"""


class Bench:
    """A till's folder with a printer that works, one that is not there, and a terminal."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.state = folder / "till", folder / "state"
        self.tickets, self.terminal = ToyPrinter(), ToyTerminal()
        self.folder.mkdir()
        text = FILE.format(tickets=self.tickets.url, terminal=self.terminal.url)
        (self.folder / "till.toml").write_text(text, encoding="utf-8")

    def run(self, *words: str) -> tuple[int, str, str]:
        done = housefull("devices", *words, "--data", str(self.folder), state=self.state, timeout_s=60)
        assert "573921" not in done.stdout + done.stderr
        return done.returncode, done.stdout, done.stderr


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path / "house", f"sqlite:///{tmp_path / 'office.db'}") as house:
        yield house


def test_a_running_till_tells_of_its_devices_and_sets_them_up(house: House) -> None:
    with ToyTerminal() as terminal, ToyPrinter() as spare:
        window = house.window("T1", terminal=terminal)
        till = window.till
        assert window.receipts is not None
        assert window.tickets is not None
        window.open("vera")
        mark = till.heard()
        window.receipts.open_drawer()
        assert till.wait_event("drawer", state="open", after=mark)["by"] == "hand"
        window.receipts.shut_drawer()
        till.wait_event("drawer", state="shut", after=mark)
        window.tickets.set("cover_open")
        assert till.wait_event("device", state="cover_open", after=mark)["name"] == "printer.ticket"
        till.ok("device_put", device="printer.ticket", values={"transport": spare.url})
        till.wait_event("device", state="ready", after=mark)
        assert till.ok("device_test", device="printer.ticket")["outcome"] == "done"
        assert spare.codes() == ["TEST"]
        asked = till.ok("device_test", device="terminal")
        assert (asked["outcome"], asked["text"]) == ("done", "ready")
        place = window.seats("here")[0]
        basket = till.ok("add", show=SHOW, places=[place], price_type="adult")["basket"]
        sale = till.ok("pay", tenders=[{"kind": "card", "amount": basket["total"]}])["sale"]
        spare.wait_for(2)
        assert spare.codes()[1:] == [sale["tickets"][0]["code"]]
        rows = {row["name"]: row for row in till.ok("devices")["devices"]}
        assert rows["drawer"]["did"] == "shut, opened by hand"
        assert rows["terminal"]["did"].startswith("approved")
        assert any("authorisation" in line for line in rows["terminal"]["sent"])
        refused = till.refused("device_put", device="scanner", values={"transport": "nowhere"})
        assert "is neither" in refused["reason"]
        assert not till.ok("device_put", device="scanner", values={"transport": "keyboard"})["now"]
        said = "\n".join(till.lines) + (till.folder / "housefull.log").read_text("utf-8")
        assert "123456" not in said, "the terminal's password"
        till.quit()
        window.restart()
        assert till.ok("status")["devices"]["scanner"]["text"] == "types like a keyboard"
        assert spare.url in (till.folder / "till.toml").read_text("utf-8")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.tickets.close()
    bench.terminal.close()


def test_each_device_is_listed_as_it_is_now_and_what_else_is_there(bench: Bench) -> None:
    code, out, _ = bench.run("list", "--address", f"127.0.0.1:{bench.tickets.port}", "--address", "127.0.0.1:1")
    lines = {line.split(": ", 1)[0]: line for line in out.splitlines()}
    assert code == 0
    assert lines["printer.ticket"].startswith("printer.ticket: ready (ready): profile epson-tm-t88v, transport tcp://")
    assert lines["printer.receipt"].startswith("printer.receipt: offline (127.0.0.1:1: connection refused)")
    assert lines["drawer"].startswith("drawer: ready (shut)")
    assert lines["terminal"].startswith("terminal: ready (ready): protocol zvt")
    assert "connection refused" in next(
        line for line in out.splitlines() if line.startswith("found: tcp://127.0.0.1:1 ")
    )
    assert bench.tickets.papers == []
    assert bench.tickets.kicks == 0


def test_each_device_is_tried_out_and_the_exit_code_says_whether_it_works(bench: Bench) -> None:
    assert bench.run("test", "printer.ticket")[:2] == (0, "printer.ticket: done: printed\n")
    assert bench.tickets.codes() == ["TEST"]
    code, out, _ = bench.run("test", "printer.receipt")
    assert (code, out) == (1, "printer.receipt: failed: 127.0.0.1:1: connection refused\n")
    assert bench.run("test", "drawer")[:2] == (0, "drawer: done: the drawer was told to open; open\n")
    assert bench.tickets.kicks == 1
    assert bench.run("test", "terminal")[:2] == (0, "terminal: done: ready\n")
    assert bench.terminal.charged == []
    bench.tickets.set("paper_out")
    assert bench.run("test", "printer.ticket")[:2] == (1, "printer.ticket: failed: there is no paper\n")
    code, out, _ = bench.run("test", "scanner")
    assert (code, "names no scanner" in out) == (2, True)


def test_a_device_that_a_running_till_has_in_hand_is_left_alone(bench: Bench) -> None:
    from pos.store.identity import FolderLock

    lock = FolderLock(bench.folder)
    try:
        code, out, _ = bench.run("test", "printer.ticket")
        assert (code, "is already using" in out) == (2, True)
        code, out, _ = bench.run("list")
        assert (code, "printer.ticket: in use" in out) == (0, True)
    finally:
        lock.release()
    assert bench.tickets.papers == []


def test_a_folder_without_settings_or_with_wrong_ones_says_so(bench: Bench) -> None:
    file = bench.folder / "till.toml"
    file.write_text(file.read_text().replace("epson-tm-t88v", "no-such", 1))
    code, _, error = bench.run("list")
    assert (code, "there is no printer profile 'no-such'" in error) == (2, True)
    file.unlink()
    code, _, error = bench.run("list")
    assert (code, "has no till.toml" in error) == (2, True)


def test_threads_of_a_test_end_with_it(bench: Bench) -> None:
    from pos.app.workbench import test_device
    from pos.settings import read_settings

    before = threading.active_count()
    said: list[str] = []
    assert test_device(read_settings(bench.folder), "printer.ticket", said.append) == 0
    assert said == ["printer.ticket: done: printed"]
    assert threading.active_count() == before
