"""Disputes between real processes: made by signed facts, seen and settled at a real till through its agent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from pos.app.counter import Till
from pos.app.joining import join
from pos.demo.cable import Cable
from pos.domain.disputes import CAUSES
from pos.settings import read_settings
from tests.peers.disputes import TROUBLES, Counters
from tests.peers.office_process import OfficeProcess, office
from tests.peers.small_season import SEASON, SHOW, hall, write_season
from tests.peers.till_client import TillClient
from tests.wire.agent.till import soon

SUPERVISOR = {"user": "sam", "pin": "1111"}


class Window:
    """A real till on a cable, its agent running; a supervisor is signed in. `settings` are added to its till.toml."""

    def __init__(self, folder: Path, url: str, code: str, settings: str = "") -> None:
        address = urlsplit(url)
        assert address.hostname is not None
        assert address.port is not None
        self.cable = Cable(address.hostname, address.port)
        join(folder, f"http://127.0.0.1:{self.cable.port}", code)
        with (folder / "till.toml").open("a") as file:
            file.write(settings)
        self.till = Till(read_settings(folder))
        self.events: list[dict[str, Any]] = []
        self.till.front.subscribe(self.events.append)
        self.till.go_online()
        self.ask("sign_in", **SUPERVISOR)
        self.online(True)

    def close(self) -> None:
        self.till.close()
        self.cable.close()

    def ask(self, verb: str, **fields: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.till.front.call(verb, **fields).result(10)
        return answer

    def online(self, wanted: bool) -> None:
        soon(lambda: (self.ask("status")["link"]["state"] == "online") is wanted, 20.0)

    def inbox(self, about: str = "") -> list[dict[str, Any]]:
        """Every dispute, or those about the facts of one incarnation of a till ("T1.3.")."""
        found = self.ask("disputes", state="all")["disputes"]
        return [one for one in found if one["fact"].startswith(about)]


class House:
    """An office with the small season in a hall of many rows, and whoever joins it."""

    def __init__(self, folder: Path, text: str = SEASON) -> None:
        self.folder, self.database = folder, f"sqlite:///{folder / 'office.db'}"
        self._undo = ExitStack()
        season = write_season(folder, text, hall(rows=16))
        done = office("import", str(season), "--db", self.database)
        assert done.returncode == 0, done.stderr
        self.office = self._undo.enter_context(OfficeProcess(self.database))

    def close(self) -> None:
        self._undo.close()

    def code(self, till: str) -> str:
        done = office("enrol", till, "--replace", "--db", self.database)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def client(self, till: str) -> TillClient:
        """A till that does what a test says, enrolled anew."""
        client = self._undo.enter_context(TillClient(self.office.url))
        assert client.enrol(self.code(till)).status == 200
        return client

    def window(self, till: str, settings: str = "") -> Window:
        window = Window(self.folder / till, self.office.url, self.code(till), settings)
        self._undo.callback(window.close)
        return window

    def violations(self) -> list[str]:
        return office("verify", "--db", self.database).stdout.splitlines()


def claim(till: TillClient, *places: str) -> Any:
    return till.claim(SHOW, *places).granted


def push(till: TillClient) -> None:
    assert till.push().status == 200


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(tmp_path_factory.mktemp("disputes"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def window(house: House) -> Window:
    return house.window("T3")


@pytest.fixture(scope="module")
def seats() -> Callable[[], tuple[str, str]]:
    """Two that no other test has used."""
    pairs = ((f"{row}-{left}", f"{row}-{left + 1}") for left in (1, 3) for row in "ABCDEFGHIJKLMNOP")
    return lambda: next(pairs)


@pytest.mark.parametrize("cause", CAUSES)
def test_a_dispute_reaches_every_till_and_is_settled_from_there(
    house: House, window: Window, seats: Callable[[], tuple[str, str]], cause: str
) -> None:
    at = Counters(house.client("T1"), house.client("T2"), claim, push, seats(), f"{cause}-")
    TROUBLES[cause](at)
    mine = f"T1.{at.one.incarnation}."
    (dispute,) = soon(lambda: window.inbox(mine))
    assert (dispute["cause"], dispute["state"], dispute["owner"]) == (cause, "open", "office")
    assert dispute["age_s"] < 60
    window.ask("take_dispute", dispute=dispute["id"])
    window.ask("resolve_dispute", dispute=dispute["id"], way=dispute["ways"][0], note="seen to")
    settled = soon(lambda: [one for one in window.inbox(mine) if not one["pending"]])[0]
    assert (settled["state"], [step["what"] for step in settled["history"]]) == ("resolved", ["taken", "resolved"])
    told = at.two.ask("disputes", state="all", after=f"{dispute['id'][:-1]}").body["disputes"]
    assert next(one for one in told if one["id"] == dispute["id"])["resolution"] == settled["resolution"]
    assert house.violations() == []


def test_two_supervisors_without_a_line_decide_and_the_first_to_be_heard_stands(tmp_path: Path) -> None:
    house = House(tmp_path)
    try:
        one = house.client("T1")
        (grant,) = claim(one, "A-1")
        one.give_back(SHOW, grant)
        one.sell(SHOW, grant, sale="S")
        push(one)
        left, right = house.window("T2"), house.window("T3")
        for window in (left, right):
            (dispute,) = soon(window.inbox)
            window.cable.cut()
            window.online(False)
        id = dispute["id"]
        for window, way in ((left, "refund"), (right, "accept")):
            shown = window.ask("resolve_dispute", dispute=id, way=way, note=f"{way} it")["dispute"]
            assert (shown["state"], shown["pending"]) == ("resolved", True)
        left.cable.mend()
        soon(lambda: not left.inbox()[0]["pending"], 20.0)
        right.cable.mend()
        soon(lambda: not right.inbox()[0]["pending"], 20.0)
        soon(lambda: len(left.inbox()[0]["history"]) == 2)
        known = [window.inbox()[0] for window in (left, right)]
        assert known[0]["history"] == known[1]["history"]
        assert [(step["till"], step["way"], step["stands"]) for step in known[0]["history"]] == [
            ("T2", "refund", True),
            ("T3", "accept", False),
        ]
        (found,) = right.ask("find", sale="S")["sales"]
        assert [ticket["state"] for ticket in found["tickets"]] == ["refunded"]
        assert house.violations() == []
    finally:
        house.close()
