"""A till whose printers are real, on sockets, with its till.toml: for whoever sets devices up."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pos.app import devices
from pos.app.layouts import LayoutShelf, LayoutWork
from pos.app.setup import DeviceSetup
from pos.data import printer_data
from pos.settings import read_settings
from tests.peers.toy_printer import ToyPrinter
from tests.unit.till.counter import Counter

TICKETS, RECEIPTS = "printer.ticket", "printer.receipt"
FILE = """\
# the till by the stairs
[till]
id = "T1"
[office]
url = "http://127.0.0.1:9"

[printer.ticket]   # on the left
profile = "epson-tm-t88v"
transport = "{tickets}"
layout = "ticket-standard"

[printer.receipt]
profile = "epson-tm-t88v"
transport = "{receipts}"   # under the desk
layout = "receipt-standard"

[drawer]
via = "printer.receipt"

[terminal]
protocol = "zvt"
transport = "tcp://127.0.0.1:9"
password = "573921"
"""


class Bench:
    """A till with a ticket printer, a receipt printer with a drawer, and a spare printer beside it."""

    def __init__(self, folder: Path) -> None:
        self.tickets, self.receipts, self.spare = ToyPrinter(), ToyPrinter(), ToyPrinter()
        folder.mkdir()
        self.file = folder / "till.toml"
        self.file.write_text(FILE.format(tickets=self.tickets.url, receipts=self.receipts.url))
        settings = read_settings(folder)
        watches = devices.device_watches(settings)
        shelf = LayoutShelf(printer_data("layouts"), folder / "layouts")
        self.layouts = LayoutWork(shelf, printer_data("samples.toml"), devices.fonts)
        self.drawer: list[tuple[str, str, float]] = []
        self.printers = devices.printers(
            settings,
            shelf,
            lambda name, *_: watches[name].changed(),
            watches,
            lambda state, by, open_s: self.drawer.append((state, by, open_s)),
        )
        self.setup = DeviceSetup(
            settings,
            self.printers,
            watches,
            makers=lambda fresh: devices.printer_makers(fresh, shelf, watches),
            drawer=lambda fresh: devices.drawer_place(fresh, watches),
            check=lambda fresh: None,
            numbered=devices.numbered,
            layouts=shelf.names,
        )
        self.counter = Counter(folder.parent / "till", printers=self.printers, setup=self.setup, layouts=self.layouts)
        self.ask = self.counter.ask

    def close(self) -> None:
        self.layouts.close()
        self.printers.close()
        self.counter.stop()
        for toy in (self.tickets, self.receipts, self.spare):
            toy.close()

    def device(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = next(each for each in self.ask("devices")["devices"] if each["name"] == name)
        return found

    def wait(self, seen: Callable[[], object], seconds: float = 15.0) -> None:
        end = time.monotonic() + seconds
        while not seen():
            assert time.monotonic() < end, (self.ask("devices"), self.ask("jobs"))
            time.sleep(0.02)

    def jobs(self) -> dict[int, str]:
        return {job["job"]: job["state"] for job in self.ask("jobs")["jobs"]}
