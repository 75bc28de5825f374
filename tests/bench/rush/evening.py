"""A scripted rush: customers with mixed errands at three windows, real tills behind them and a real office.

Office and printers' wires, terminals' wires and the windows are real; the three windows share one process and its
thread, so a till's own time here is an upper bound. While they sell, a printer jams and is mended, and one window's
line is down for a while.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from PySide6.QtWidgets import QApplication

from pos.app.counter import Till
from pos.demo.cable import Cable
from pos.domain.errors import Refused
from pos.settings import read_settings
from pos.till.front import Front
from pos.ui.window import CounterWindow
from tests.bench.rush import errands
from tests.bench.rush.clerk import CTRL, Clerk, Errand, Key, Seen, Served, work
from tests.evening.house import PINS, House, devices
from tests.evening.season import SHOW, season
from tests.evening.till_process import housefull
from tests.peers.small_season import hall
from tests.peers.toy_printer import ToyPrinter
from tests.peers.toy_terminal import ToyTerminal

USERS = ("anna", "boris", "vera")
STARTS_H = 40 / 60  # within the rush
_MATINEE = "matinee"
_SEED = 7
_LOOKS = ("orders", "find")  # what finds nothing in one way is looked for in the others

# How many in a hundred come for what.
_MIX = {
    "cash": 33, "cash, banknote": 12, "card": 14, "student": 5, "standing": 5, "group": 3,
    "pick-up": 18, "question": 4, "refund": 3, "exchange": 2, "PIN": 1,
}  # fmt: skip


class Counted(Front):
    """The till's front, counting what it refuses by verb and code."""

    def __init__(self, till: Till, refused: Counter[str]) -> None:
        super().__init__(till.desk)
        self._refused, self.refusals = refused, 0

    def call(self, verb: str, **fields: Any) -> Future[dict[str, Any]]:
        asked = super().call(verb, **fields)
        if verb not in _LOOKS:
            asked.add_done_callback(partial(self._note, verb))
        return asked

    def _note(self, verb: str, asked: Future[dict[str, Any]]) -> None:
        if not asked.cancelled() and isinstance(error := asked.exception(), Refused):
            self._refused[f"{verb}: {error.code}"] += 1
            self.refusals += 1


@dataclass
class Figures:
    """What an evening came to."""

    served: list[Served] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    sales: int = 0
    took_s: float = 0.0

    def of(self, *errands: str) -> list[Served]:
        return [one for one in self.served if not errands or one.errand in errands]

    def waits(self, *whats: str) -> list[float]:
        """How long the cashiers waited for these, in ms."""
        return [took for one in self.served for what, took in one.waits_ms if not whats or what in whats]


def play(folder: Path, count: int) -> Figures:
    """Serve `count` people, and have both ends verify. Raises AssertionError when anything is not as it should be."""
    figures = Figures()
    with _house(folder) as house, _windows(house, figures.refused) as clerks:
        customers, orders = _customers(clerks, count)
        for clerk in clerks:
            clerk.attend()
            clerk.press(Key.Key_U, modifier=CTRL)
            _until(lambda clerk=clerk: len(clerk.sell.pickups.rows) == orders)
        began = time.perf_counter()
        work(clerks, customers, _troubles(clerks, count))
        figures.took_s = time.perf_counter() - began
        figures.served = [one for clerk in clerks for one in clerk.served]
        _paper_out(clerks)
        for clerk in clerks:
            _drained(clerk.till)
        figures.sales = len(house.sales())
    return figures


# ---- the house -----------------------------------------------------------------------------


@contextmanager
def _house(folder: Path) -> Iterator[House]:
    text = season(
        starts_h=STARTS_H, seats_kept=40, units_kept=6, capacity=60, extra="", rounding="0.01", tills=len(USERS)
    )
    plan = hall(rows=26, seats=30)
    with House(folder, f"sqlite:///{folder / 'office.db'}", text, plan=plan) as house:
        yield house
        house._command("verify")
        for n in range(1, len(USERS) + 1):
            checked = housefull("verify", "--data", str(folder / f"T{n}"), state=house.state)
            assert checked.returncode == 0, checked.stdout + checked.stderr
        assert house.ask("SELECT cause FROM dispute") == []


@contextmanager
def _windows(house: House, refused: Counter[str]) -> Iterator[list[Clerk]]:
    """Three windows, each signed in with its shift open; closed again at the end."""
    with ExitStack() as ends:
        ends.enter_context(patch.dict(os.environ, {"XDG_STATE_HOME": str(house.state)}))
        yield [_window(house, n, user, refused, ends) for n, user in enumerate(USERS, 1)]


def _window(house: House, number: int, user: str, refused: Counter[str], ends: ExitStack) -> Clerk:
    folder, cable = house.enrolled(f"T{number}")
    assert isinstance(cable, Cable)
    printers = ends.enter_context(ToyPrinter()), ends.enter_context(ToyPrinter())
    terminal = ends.enter_context(ToyTerminal())
    with (folder / "till.toml").open("a", encoding="utf-8") as file:
        file.write(devices(*printers))
        file.write(f'[terminal]\nprotocol = "zvt"\ntransport = "{terminal.url}"\npassword = "123456"\n')
    till = Till(read_settings(folder))
    ends.callback(till.close)
    front = Counted(till, refused)
    window = CounterWindow(front, language="en", theme="light")
    ends.callback(_take_away, window)
    window.resize(1366, 768)
    window.show()
    till.go_online()
    clerk = Clerk(till, window, user, PINS[user], printers, cable)
    clerk.refused = lambda: front.refusals
    _open(clerk)
    return clerk


def _take_away(window: CounterWindow) -> None:
    """Not by closing it: it would ask whoever closes it over a shift, and stay."""
    window.hide()
    window.deleteLater()


def _open(clerk: Clerk) -> None:
    window = clerk.window
    _until(lambda: bool(window.signin.users) and bool(window.session.venue.name) and window.session.link.online)
    clerk.attend()
    window.signin.choose(clerk.user)
    clerk.type(clerk.pin)
    clerk.press(Key.Key_Return)
    _until(lambda: clerk.screen == "open")
    clerk.type("300")
    clerk.press(Key.Key_Return)
    _until(lambda: clerk.screen == "sell")
    clerk.till.front.call("sync").result(30)
    window.choose_show(SHOW)
    _until(lambda: clerk.sell.hall.opened_show == SHOW and clerk.sell.show is not None)
    _until(lambda: clerk.sell.payment.card.present)


def _until(seen: Seen, seconds: float = 30.0) -> None:
    end = time.perf_counter() + seconds
    while not seen():
        QApplication.processEvents()
        time.sleep(0.002)
        assert time.perf_counter() < end, "it has not come"


# ---- who comes -----------------------------------------------------------------------------


def _customers(clerks: list[Clerk], count: int) -> tuple[list[tuple[str, Callable[[Clerk], Errand]]], int]:
    """Errands in a mixed order, the same each time, and how many orders wait to be picked up. Each kind comes at
    least once."""
    shares = {name: max(1, round(count * share / 100)) for name, share in _MIX.items()}
    shares["cash"] += count - sum(shares.values())
    before = clerks[0].till.front
    names = [f"Alba{n:03d}" for n in range(shares["pick-up"])]
    for name in names:
        _sell(before, SHOW, delivery="pickup", buyer={"name": name})
    old = iter([_sell(before, _MATINEE) for _ in range(shares["refund"] + shares["exchange"] + shares["question"])])
    made: dict[str, Callable[[], Callable[[Clerk], Errand]]] = {
        "cash": lambda: errands.cash(),
        "cash, banknote": lambda: errands.cash(note=True),
        "card": lambda: errands.card,
        "student": lambda: errands.student,
        "standing": lambda: errands.standing,
        "group": lambda: errands.cash(10),
        "pick-up": lambda: errands.pickup(names.pop()),
        "question": lambda: errands.question(next(old)),
        "refund": lambda: errands.refund(next(old)),
        "exchange": lambda: errands.exchange(next(old)),
        "PIN": lambda: errands.relieved,
    }
    orders = len(names)
    customers = [(name, make()) for name, make in made.items() for _ in range(shares[name])]
    random.Random(_SEED).shuffle(customers)
    return customers, orders


def _sell(front: Front, show: str, **fields: Any) -> str:
    """A ticket sold before the rush; its code."""
    best = front.call("best", show=show, category="Stalls", count=1).result(30)
    basket = front.call("add", show=show, places=best["places"], price_type="adult").result(30)["basket"]
    paid = front.call("pay", tenders=[{"kind": "cash", "amount": basket["total"]}], **fields).result(30)
    return str(paid["sale"]["tickets"][0]["code"])


# ---- what goes wrong -----------------------------------------------------------------------


def _troubles(clerks: list[Clerk], count: int) -> dict[int, Seen]:
    """When so many have come: a printer jams, and is mended; a line is down, and is there again."""
    jammed, away = clerks[1].printers[0], clerks[2].cable

    def act(what: Callable[[], None]) -> Seen:
        def done() -> bool:
            what()
            return True

        return done

    return {
        count * 3 // 10: act(lambda: jammed.set("paper_out")),
        count * 4 // 10: act(lambda: jammed.set("online")),
        count * 5 // 10: act(away.cut),
        count * 7 // 10: act(away.mend),
    }


def _paper_out(clerks: list[Clerk]) -> None:
    """Everything is printed in the end: what failed for the jam is sent once more, as its window offers."""
    for clerk in clerks:
        front = clerk.till.front
        end = time.monotonic() + 60
        while jobs := [job for job in front.call("jobs").result(30)["jobs"] if job["state"] != "done"]:
            for job in jobs:
                if job["state"] == "failed":
                    front.call("retry", job=job["job"]).result(30)
            _until(lambda: True)
            time.sleep(0.1)
            assert time.monotonic() < end, jobs


def _drained(till: Till) -> None:
    end = time.monotonic() + 60
    while till.front.call("sync").result(30)["unsent"]:
        assert time.monotonic() < end, "not everything was sent"
