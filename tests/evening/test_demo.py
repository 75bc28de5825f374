"""The demo as its user runs it: a display, a keyboard, a mouse, and nothing of ours in between."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from PIL import Image

from pos.ui.theme.tokens import LIGHT
from tests import guards
from tests.evening.display import SCREEN, Box, Display, Place, Program, alive, newly, runs, share, wait_until
from tests.evening.till_process import TillProcess

# As slow as a busy machine may be; what a person would notice is asserted apart.
FIRST_START_S: Final = 60.0
START_S: Final = 30.0
STEP_S: Final = 15.0
OFFICE_S: Final = 5.0  # until the office has what was sold, or the window sees that it is gone
ASKS_S: Final = 1.0  # until a window that closes has gone
SALE_S: Final = 60.0  # from the sign-in to the tickets

COUNTER: Final = "Housefull"
PRINTERS: Final = "Virtual printers"
# Parts of the counter's window, px from its corner at its usual size, which is what opens.
TOP: Final = (700, 4, 1250, 52)
PANEL: Final = (1000, 640, 1240, 715)
AMOUNT_RULE: Final = (1020, 214, 1340, 224)  # the heavy rule under an amount, nothing at the sign-in
RAIL: Final = (0, 160, 4, 215)  # the mark of the selling screen
PAPER_EDGE: Final = 27  # px from the printers' window's side: the unprinted edge of the tickets
BANNER: Final = (300, 61, 1366, 65)  # above the words
MAP: Final = (300, 215, 980, 655)  # without the legend


@dataclass
class Demo:
    """A demo's folder, its display, and the program while it runs."""

    display: Display
    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def environment(self) -> dict[str, str]:
        return self.display.environment(XDG_STATE_HOME=str(self.folder / "state"), HOUSEFULL_THEME="light")

    def start(self, seconds: float) -> tuple[Program, float]:
        """Run `housefull demo` until its window can be signed in at; how long that took."""
        began = time.monotonic()
        command = [sys.executable, "-m", "pos", "demo", "--data", str(self.data)]
        program = Program(command, self.environment, self.folder / "said.txt")
        try:
            wait_until(lambda: program.ended or self.display.find(COUNTER) is not None, seconds, "a window")
            wait_until(lambda: program.ended or self.sees(LIGHT.good, TOP), STEP_S, "that the office is reached")
            assert not program.ended
        except BaseException:
            print(program.said)
            program.close()
            raise
        return program, time.monotonic() - began

    # ---- eyes ----------------------------------------------------------------------------

    def look(self, name: str = "now") -> Image.Image:
        return self.display.picture(self.folder / f"{name}.png")

    def part(self, box: Box) -> Box:
        """A part of the counter's window, on the screen."""
        at = self.display.find(COUNTER) or Place(0, 0, 0, 0)
        return at.x + box[0], at.y + box[1], at.x + box[2], at.y + box[3]

    def sees(self, wanted: str, box: Box, least: float = 0.002) -> bool:
        """Whether that much of a part of the counter's window has a colour."""
        return share(self.look(), wanted, self.part(box)) >= least

    # ---- the books -----------------------------------------------------------------------

    def till(self, query: str) -> list[Any]:
        return _rows(self.data / "T1" / "ledger.db", query)

    def office(self, query: str) -> list[Any]:
        return _rows(self.data / "office" / "office.db", query)

    def tickets(self, where: str) -> set[tuple[str, str, str]]:
        """(id, show, code) of what was sold here, as the till or the office has it."""
        if where == "till":
            return set(self.till("SELECT id, show, code FROM ticket WHERE state = 'live'"))
        return set(self.office("SELECT id, show_id, code FROM ticket WHERE state = 'live' AND id LIKE 'T1-%'"))

    def drawer(self) -> int:
        """What should be in it, in cents."""
        return int(self.till("SELECT coalesce(sum(minor), 0) FROM cash_move")[0][0])

    # ---- hands ---------------------------------------------------------------------------

    def sign_in(self) -> None:
        """As Anna, who stands first."""
        self.display.type("2468")
        self.display.press("Return")

    def fill_basket(self) -> int:
        """Two seats together; what they cost with their fees, in cents."""
        self.display.press("b")
        wait_until(lambda: len(self.basket()) == 2, STEP_S, "two seats in the basket")
        return sum(line[1] for line in self.basket()) + 2 * 100

    def basket(self) -> list[Any]:
        return self.till("SELECT place, minor, show FROM basket_line ORDER BY line")

    def pay(self, given: str) -> None:
        """Cash, and the next customer once the paper is out."""
        sales = len(self.till("SELECT id FROM sale"))
        self.display.type(given)
        self.display.press("Return")
        wait_until(lambda: len(self.till("SELECT id FROM sale")) == sales + 1, STEP_S, "the sale in the till's books")
        jobs = "SELECT state FROM print_job"
        wait_until(lambda: {row[0] for row in self.till(jobs)} == {"done"}, STEP_S, "ticket and receipt printed")


def _rows(path: Path, query: str) -> list[Any]:
    """Rows of a database that others are writing; none while it is not there yet."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as books:
            return books.execute(query).fetchall()
    except sqlite3.OperationalError as error:
        if "unable to open" in str(error) or "no such table" in str(error):
            return []
        raise


@pytest.fixture(scope="module")
def display() -> Iterator[Display]:
    with Display() as display:
        yield display


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One evening for all tests here; the first of them makes it."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture
def demo(display: Display, folder: Path) -> Demo:
    return Demo(display, folder)


def test_two_seats_by_keyboard_the_cable_a_kill_and_the_same_evening_again(demo: Demo) -> None:
    program, took = demo.start(FIRST_START_S)
    print(f"first start, the evening made, till enrolled and online: {took:.1f} s")
    try:
        due = _sale_by_keyboard(demo)
        due += _sale_without_cable(demo)
        kept = _killed_with_a_basket(demo, program)
    finally:
        program.close()

    program, took = demo.start(START_S)
    print(f"second start: {took:.1f} s")
    try:
        assert took < 15
        due += _sale_of_what_was_kept(demo, kept)
        assert demo.drawer() == 15_000 + due
        code = program.end(signal.SIGINT)
        assert code in (0, 130)
        assert "Traceback" not in program.said
    finally:
        program.close()


def _sale_by_keyboard(demo: Demo) -> int:
    began = time.monotonic()
    demo.sign_in()
    wait_until(lambda: demo.sees(LIGHT.ink, AMOUNT_RULE, 0.1), STEP_S, "the question for the float")
    demo.display.type("150")
    demo.display.press("Return")
    wait_until(lambda: bool(demo.till("SELECT 1 FROM shift")), STEP_S, "an open shift")
    before = _hall(demo)
    due = demo.fill_basket()
    wait_until(lambda: newly(before, demo.look("basket"), LIGHT.basket, demo.part(MAP)) >= 8, STEP_S, "two black discs")
    assert share(demo.look(), LIGHT.accent, demo.part(PANEL)) > 0.5, "the cash key is the one main action"
    demo.pay("200")
    took = time.monotonic() - began
    print(f"from the sign-in to two tickets and a receipt: {took:.1f} s")
    assert took < SALE_S

    _two_whole_tickets_in_sight(demo)
    tickets = demo.tickets("till")
    assert len(tickets) == 2
    assert all(show.startswith("tosca-") for _, show, _ in tickets), "the opera"
    assert demo.drawer() == 15_000 + due
    told = wait_until(lambda: demo.tickets("office") == tickets, OFFICE_S, "the tickets at the office")
    print(f"at the office {told:.1f} s after it was printed")
    return due


def _two_whole_tickets_in_sight(demo: Demo) -> None:
    """The printers stand beside the counter, and the tray shows both tickets to their lower edges."""
    counter, printers = demo.display.find(COUNTER), demo.display.find(PRINTERS)
    assert counter is not None
    assert printers is not None
    assert printers.x >= counter.x + counter.width
    assert printers.x + printers.width <= SCREEN[0]
    assert printers.y + printers.height <= SCREEN[1]
    edge = printers.x + PAPER_EDGE
    tray = (edge, printers.y, edge + 4, printers.y + printers.height - 190)  # as far as its buttons

    def whole() -> bool:
        papers = runs(demo.look("paper"), "#FFFFFF", tray)
        # Where a paper comes to lie, its edge may round to the next pixel.
        return len(papers) == 2 and min(papers) > 200 and abs(papers[0] - papers[1]) <= 1

    wait_until(whole, STEP_S, "two tickets of the same length")


def _hall(demo: Demo) -> Image.Image:
    """The hall as it stands once the places in hand are on it: the same twice."""
    last: list[Image.Image] = [demo.look("hall")]

    def still() -> bool:
        last.append(demo.look("hall"))
        box = demo.part(MAP)
        return last[-1].crop(box) == last[-2].crop(box) and len(last[-1].crop(box).getcolors(1 << 20) or []) > 50

    wait_until(lambda: demo.sees(LIGHT.accent, RAIL, 0.9), STEP_S, "the selling screen")
    wait_until(lambda: bool(demo.till("SELECT 1 FROM own_right")), STEP_S, "places in hand")
    wait_until(still, STEP_S, "a hall that stands still")
    return last[-1]


def _sale_without_cable(demo: Demo) -> int:
    """The switch is clicked; what is in hand sells; plugged in by its key, the office has it."""
    demo.display.press("Return")  # next customer
    switch = demo.display.find(PRINTERS)
    assert switch is not None
    demo.display.click(switch.x + switch.width // 2, switch.y + switch.height - 40)
    noticed = wait_until(lambda: demo.sees(LIGHT.warning_ground, BANNER, 0.95), 10.0, "the amber banner")
    print(f"the banner was amber {noticed:.1f} s after the cable was pulled")
    before = demo.tickets("office")
    due = demo.fill_basket()  # the counter still has the keyboard
    demo.pay("500")
    assert demo.tickets("office") == before
    demo.display.press("ctrl+n")
    told = wait_until(lambda: demo.tickets("office") == demo.tickets("till"), 2 * OFFICE_S, "the sale at the office")
    print(f"the office had the sale {told:.1f} s after the cable was plugged in")
    wait_until(lambda: not demo.sees(LIGHT.warning_ground, BANNER), STEP_S, "the quiet banner")
    return due


def _killed_with_a_basket(demo: Demo, program: Program) -> list[Any]:
    demo.display.press("Return")
    demo.fill_basket()
    kept = demo.basket()
    assert len(program.family()) >= 2, "the office is a process of its own"
    assert program.end(signal.SIGKILL) == -signal.SIGKILL
    return kept


def _sale_of_what_was_kept(demo: Demo, kept: list[Any]) -> int:
    demo.sign_in()
    wait_until(lambda: demo.sees(LIGHT.accent, PANEL, 0.5), STEP_S, "the cash key")
    assert demo.basket() == kept
    sold = len(demo.tickets("till"))
    demo.pay("500")
    assert len(demo.tickets("till")) == sold + 2
    wait_until(lambda: demo.tickets("office") == demo.tickets("till"), OFFICE_S, "the tickets at the office")
    return sum(line[1] for line in kept) + 2 * 100


def test_closing_the_counter_ends_the_demo(demo: Demo) -> None:
    """Of the evening before a shift is open, perhaps: then the window asks once, and closes when told again."""
    program, _ = demo.start(FIRST_START_S)

    def close() -> None:
        demo.display.close_window(COUNTER)
        time.sleep(ASKS_S)
        if demo.display.find(COUNTER) is not None:
            demo.display.close_window(COUNTER)

    try:
        assert program.gone(close) == 0
        assert "Traceback" not in program.said
    finally:
        program.close()


def test_the_same_evening_through_the_headless_face(demo: Demo) -> None:
    demo.data.mkdir(exist_ok=True)
    with TillProcess(demo.data, demo.folder / "state", "demo") as till:
        assert till.wait_event("ready")["till"] == "T1"
        till.wait_event("link", state="online")
        assert till.ok("sign_in", user="bela", pin="1357")["role"] == "cashier"
        if till.ok("status")["shift"] is None:
            till.ok("open_shift", float="150.00")
        shows = till.ok("shows")["shows"]
        assert len(shows) == 8
        opera = next(show["id"] for show in shows if show["id"].startswith("tosca-"))
        places = till.ok("best", show=opera, category="Balcony", count=2)["places"]
        basket = till.ok("add", show=opera, places=places, price_type="adult")["basket"]
        sale = till.ok("pay", tenders=[{"kind": "cash", "amount": basket["total"], "given": "500.00"}])["sale"]
        assert {ticket["place"] for ticket in sale["tickets"]} == set(places)
        codes = {ticket["code"] for ticket in sale["tickets"]}
        assert codes <= {code for _, _, code in demo.tickets("till")}
        till.wait_event("printed", outcome="done")  # by a printer of the demo's own
        assert till.ok("sync")["unsent"] == 0
        assert demo.tickets("office") == demo.tickets("till")
        family = [till.process.pid, *guards.descendants(till.process.pid)]
        assert len(family) >= 2
        till.quit()
    wait_until(lambda: not alive(family), STEP_S, "the end of the office")


def test_without_a_display_it_says_what_to_do(tmp_path: Path) -> None:
    without = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in without}
    for words in (("demo",), ()):
        command = [sys.executable, "-m", "pos", *words, "--data", str(tmp_path / "data")]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=STEP_S, check=False)
        assert done.returncode == 2
        assert "there is no display" in done.stderr
        assert "xvfb-run" in done.stderr
        assert "--headless" in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert not (tmp_path / "data").exists(), "nothing is made for a window that cannot open"
