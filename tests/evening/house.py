"""A whole house in real processes: an office, its tills, a cable to each, and their printers.

The office and the tills are started with the commands that a venue would use.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol
from urllib.parse import urlsplit

from sqlalchemy import create_engine, text

from pos.demo.cable import Cable
from pos.domain.sale import copy_code
from tests.evening.imported import import_once
from tests.evening.season import SHOW, season
from tests.evening.till_process import TillProcess, housefull
from tests.peers.around import NOTHING, Around
from tests.peers.network import Machine
from tests.peers.office_process import OfficeProcess, office
from tests.peers.small_season import write_season
from tests.peers.toy_printer import ToyPrinter
from tests.peers.toy_terminal import ToyTerminal

DRAINS_S = 15.0
PINS = {"anna": "2468", "boris": "1357", "vera": "8642", "otto": "9753"}


class Address(Protocol):
    """Where tills find an office."""

    url: str


@dataclass
class Window:
    """One ticket window."""

    name: str
    till: TillProcess
    cable: Cable | Machine
    tickets: ToyPrinter | None
    receipts: ToyPrinter | None
    terminal: ToyTerminal | None = None

    def open(self, user: str = "anna", money: str = "100.00") -> str:
        """Sign in and open a shift; where there is a line, what the office hands a new shift is in hand then."""
        self.till.ok("sign_in", user=user, pin=PINS[user])
        shift: str = self.till.ok("open_shift", float=money)["shift"]
        if self.till.ok("status")["link"]["state"] == "online":
            self.till.ok("sync")
        return shift

    def places(self, show: str = SHOW) -> dict[str, dict[str, Any]]:
        return {row["place"]: row for row in self.till.ok("places", show=show)["places"]}

    def seats(self, state: str, show: str = SHOW) -> list[str]:
        """The seats with a price in this state."""
        rows = self.places(show).items()
        return [place for place, row in rows if (row["category"], row.get("state")) == ("Stalls", state)]

    def sell(self, *places: str, show: str = SHOW, price_type: str = "adult", key: str | None = None) -> dict[str, Any]:
        """Into an empty basket and paid in cash, to the cent; the sale."""
        basket = self.till.ok("add", show=show, places=list(places), price_type=price_type)["basket"]
        more = {"key": key} if key else {}
        paid = self.till.ok("pay", tenders=[{"kind": "cash", "amount": basket["total"]}], **more)
        sale: dict[str, Any] = paid["sale"]
        return sale

    def wait_place(self, place: str, state: str, seconds: float, show: str = SHOW) -> float:
        """How long until this till shows the place so; AssertionError when it takes longer."""
        began = time.monotonic()
        while True:
            now = self.places(show)[place]["state"]
            waited = time.monotonic() - began
            if now == state:
                return waited
            assert waited < seconds, f"{place} is {now}, not {state}, after {seconds} s\n{self.till.story()}"
            time.sleep(0.02)

    def cut(self, *, silent: bool = False) -> float:
        """Pull the cable and wait for the till to notice; how long that took."""
        mark, began = self.till.heard(), time.monotonic()
        self.cable.cut(silent=silent)
        self.till.wait_event("link", state="offline", after=mark, seconds=20)
        return time.monotonic() - began

    def mend(self) -> float:
        mark, began = self.till.heard(), time.monotonic()
        self.cable.mend()
        self.till.wait_event("link", state="online", after=mark, seconds=20)
        return time.monotonic() - began

    def restart(self) -> None:
        """After a kill, a quit or the end of input."""
        self.till.start()


class House:
    """Starts the office at once, windows when they are asked for.

    `around` the office's process is what it is started within; `machine` is where it runs, if not here.
    """

    def __init__(
        self,
        folder: Path,
        database: str,
        text: str | None = None,
        *,
        plan: dict[str, Any] | str | None = None,
        around: Around = NOTHING,
        machine: Machine | None = None,
    ) -> None:
        self.folder, self.database, self.state = folder, database, folder / "state"
        folder.mkdir(parents=True, exist_ok=True)
        self.season_file = write_season(folder, text or _usual(), plan)
        self.windows: dict[str, Window] = {}
        self._undo = ExitStack()
        self._ticket_printers: list[ToyPrinter] = []
        self._around = around + machine.around if machine else around
        if self._around == NOTHING:
            import_once(database, self.season_file, self.season_file.with_name("hall.json"))
        else:
            self._command("import", str(self.season_file))
        self._options = ("--host", machine.address, "--insecure") if machine else ()
        self.office = self._undo.enter_context(OfficeProcess(database, *self._options, around=self._around))
        self.port = urlsplit(self.office.url).port

    def __enter__(self) -> House:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undo.__exit__(kind, error, trace)

    def _command(self, *words: str) -> str:
        """Carry out a command of the office; what it said."""
        done = office(*words, "--db", self.database, around=self._around)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def kill_office(self) -> None:
        """As a power cut would."""
        self.office.kill()

    def start_office(self, around: Around | None = None) -> None:
        """Again, where it was before; within something else, if told."""
        self._around = self._around if around is None else around
        options = (*self._options, "--port", str(self.port))
        self.office = self._undo.enter_context(OfficeProcess(self.database, *options, around=self._around))

    # ---- windows -------------------------------------------------------------------------

    def another_office(self) -> OfficeProcess:
        """A second process beside the first, for the same database."""
        return self._undo.enter_context(OfficeProcess(self.database))

    def enrolled(
        self, name: str, at: Address | None = None, machine: Machine | None = None, around: Around = NOTHING
    ) -> tuple[Path, Cable | Machine]:
        """An enrolled data folder, and the cable that its till hangs on: that of its machine, or one made for it."""
        url, code, folder = (at or self.office).url, self._command("enrol", name), self.folder / name
        cable = machine or self._cable(url)
        command = ("--enrol", url, code, "--plain-http")
        if isinstance(cable, Cable):
            command = ("--enrol", f"http://127.0.0.1:{cable.port}", code)
        done = housefull("--data", str(folder), *command, state=self.state, around=around)
        assert done.returncode == 0, done.stderr
        return folder, cable

    def _cable(self, url: str) -> Cable:
        address = urlsplit(url)
        assert address.hostname is not None
        assert address.port is not None
        cable = Cable(address.hostname, address.port)
        self._undo.callback(cable.close)
        return cable

    def window(
        self,
        name: str,
        *,
        printers: bool = True,
        terminal: ToyTerminal | None = None,
        at: Address | None = None,
        around: Around = NOTHING,
        machine: Machine | None = None,
        more: str = "",
    ) -> Window:
        """Enrol a till and start it, with a ticket and a receipt printer; `at` another office, or what leads there.
        `more` goes into its till.toml.

        A till on a `machine` of its own has no printers: they are here. One with a `terminal` takes cards;
        closing that is the caller's.
        """
        printers = printers and machine is None
        around = around + machine.around if machine else around
        folder, cable = self.enrolled(name, at, machine, around)
        tickets = receipts = None
        if printers:
            tickets, receipts = self._printer(), self._undo.enter_context(ToyPrinter())
            with (folder / "till.toml").open("a", encoding="utf-8") as file:
                file.write(devices(tickets, receipts))
        if terminal is not None:
            with (folder / "till.toml").open("a", encoding="utf-8") as file:
                file.write(f'[terminal]\nprotocol = "zvt"\ntransport = "{terminal.url}"\npassword = "123456"\n')
        with (folder / "till.toml").open("a", encoding="utf-8") as file:
            file.write(more)
        till = self._undo.enter_context(TillProcess(folder, self.state, around=around))
        window = self.windows[name] = Window(name, till, cable, tickets, receipts, terminal)
        till.wait_event("link", state="online")
        return window

    def _printer(self, port: int = 0) -> ToyPrinter:
        printer = self._undo.enter_context(ToyPrinter(port=port))
        self._ticket_printers.append(printer)
        return printer

    def another_printer(self, window: Window) -> None:
        """Another ticket printer in the place of the one there; what that one had not printed is lost."""
        assert window.tickets is not None
        window.tickets.close()
        window.tickets = self._printer(window.tickets.port)

    def pair(self) -> tuple[Window, Window]:
        """Two windows, T1 and T2, made at the same time."""
        with ThreadPoolExecutor(2) as pool:
            one, two = pool.map(self.window, ("T1", "T2"))
        return one, two

    # ---- what the office knows -----------------------------------------------------------

    def ask(self, query: str, **values: Any) -> list[Any]:
        """Rows from the office's database, past all of the office's own code."""
        engine = create_engine(self.database)
        try:
            with engine.connect() as connection:
                return list(connection.execute(text(query), values))
        finally:
            engine.dispose()

    def tickets(self) -> dict[str, tuple[str, str, str]]:
        """Ticket id -> (show, internal place, code) of every live ticket at the office."""
        rows = self.ask("SELECT id, show_id, unit, code FROM ticket WHERE state = 'live'")
        return {row[0]: (row[1], row[2], row[3]) for row in rows}

    def wait(self, condition: Callable[[], bool], seconds: float, what: str) -> float:
        """Poll until it holds; how long that took."""
        began = time.monotonic()
        while not condition():
            waited = time.monotonic() - began
            stories = "\n".join(window.till.story() for window in self.windows.values())
            assert waited < seconds, f"not within {seconds} s: {what}\n{stories}"
            time.sleep(0.05)
        return time.monotonic() - began

    def sales(self) -> set[str]:
        return {row[0] for row in self.ask("SELECT id FROM sale")}

    # ---- at the end of the evening -------------------------------------------------------

    def drain(self) -> None:
        """Every till has sent everything and heard of everything.

        More than one round, for a printer may report at any moment, and a report is one more fact to send.
        """
        for _ in range(2):
            for window in self.windows.values():
                if window.till.process.poll() is None:
                    self.wait(partial(_synced, window), DRAINS_S, f"{window.name} has sent everything")

    def audit(
        self,
        sold: Iterable[dict[str, Any]],
        *,
        unread: Sequence[dict[str, Any]] = (),
        disputes: Sequence[str] = (),
        copies: Sequence[str] = (),
    ) -> None:
        """After the drain: both ends verify, all that was answered is there once, and the paper agrees.

        `sold` are the sales that the tills have answered with, but for those that the office could not
        read: `unread`, of which it has the money only. `disputes` are the causes of those that must be open.
        `copies` are the tickets whose paper is their first copy, the other one being lost.
        """
        sold = list(sold)
        self.verify(disputes)
        self._compare(sold, unread)
        if self._ticket_printers:
            printed = [code for printer in self._ticket_printers for code in printer.codes()]
            tickets = [ticket for sale in [*sold, *unread] for ticket in sale["tickets"]]
            assert sorted(printed) == sorted(copy_code(t["code"], int(t["id"] in copies)) for t in tickets)

    def verify(self, disputes: Sequence[str] = ()) -> None:
        """After the drain both ends find nothing wrong, and nothing is in dispute but what is named by its cause."""
        self.drain()
        self._command("verify")
        assert sorted(row[0] for row in self.ask("SELECT cause FROM dispute")) == sorted(disputes)
        for window in self.windows.values():
            self.verify_till(window)

    def _compare(self, sold: Sequence[dict[str, Any]], unread: Sequence[dict[str, Any]]) -> None:
        """Sales, tickets, seats and money at the office are those that the tills answered with, each once."""
        assert sorted(self.sales()) == sorted(sale["id"] for sale in sold)
        known = self.tickets()
        expected = {ticket["id"]: ticket["code"] for sale in sold for ticket in sale["tickets"]}
        assert {id: code for id, (_, _, code) in known.items()} == expected
        twice = [place for place, count in Counter(known_place(known)).items() if count > 1]
        assert not twice, f"sold twice: {twice}"
        seats = self.ask("SELECT show_id, place FROM place_right WHERE state = 'SOLD'")
        assert sorted(map(tuple, seats)) == sorted(known_place(known))
        booked = self.ask(
            "SELECT coalesce(sum(minor), 0) FROM posting JOIN fact ON fact.fact_id = posting.fact_id"
            " WHERE kind = 'TicketsSold' AND account LIKE 'drawer:%'"
        )
        assert int(booked[0][0]) == sum(map(_minor, [*sold, *unread])), "the drawers' money of all sales"

    def verify_till(self, window: Window) -> None:
        checked = housefull("verify", "--data", str(window.till.folder), state=self.state, around=window.till.around)
        assert checked.returncode == 0, f"{window.name}: {checked.stdout}{checked.stderr}"
        assert "Traceback" not in window.till.errors, window.till.errors


@cache
def _usual() -> str:
    """The season of most evenings: one moment's, so that it need be imported once."""
    return season()


def _synced(window: Window) -> bool:
    """Also a line that has just come back may break off once more."""
    return bool(window.till.do("sync").get("ok", {}).get("unsent") == 0)


def known_place(tickets: dict[str, tuple[str, str, str]]) -> list[tuple[str, str]]:
    return [(show, unit) for show, unit, _ in tickets.values()]


def devices(tickets: ToyPrinter, receipts: ToyPrinter) -> str:
    """The devices' part of a till.toml."""
    return f"""
[printer.ticket]
profile = "epson-tm-t88v"
transport = "{tickets.url}"
layout = "ticket-standard"
[printer.receipt]
profile = "epson-tm-t88v"
transport = "{receipts.url}"
layout = "receipt-standard"
[drawer]
via = "printer.receipt"
"""


def _minor(sale: dict[str, Any]) -> int:
    """What a sale brought into the drawer, in minor units."""
    amount = cash([sale])
    exponent = Decimal(sale["total"]).as_tuple().exponent
    assert isinstance(exponent, int)
    return int(amount.scaleb(-exponent))


def cash(sales: Iterable[dict[str, Any]]) -> Decimal:
    """What these sales brought into the drawer, being paid in cash."""
    return sum((Decimal(sale["total"]) + Decimal(sale["rounding"]) for sale in sales), Decimal(0))
