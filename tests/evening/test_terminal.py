"""A window with a payment terminal, as it is set up and shown."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.evening.house import House, Window
from tests.evening.till_process import housefull
from tests.peers.toy_terminal import ToyTerminal


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path / "house", f"sqlite:///{tmp_path / 'office.db'}") as house:
        yield house


def wait_for(window: Window, state: str) -> dict[str, str]:
    """Until the window shows its terminal so."""
    end = time.monotonic() + 20
    while (shown := window.till.ok("status")["devices"]["terminal"])["state"] != state:
        assert time.monotonic() < end, shown
        time.sleep(0.05)
    return dict(shown)


def test_a_window_shows_its_terminal_and_one_without_has_none(house: House) -> None:
    with ToyTerminal() as toy:
        window = house.window("T1", printers=False, terminal=toy)
        assert wait_for(window, "ready") == {"state": "ready", "text": "ready"}
        assert toy.bank.registered
    wait_for(window, "offline")
    assert house.window("T2", printers=False).till.ok("status")["devices"] == {}


def test_a_terminal_that_cannot_be_is_named_by_file_and_key(house: House) -> None:
    folder, _ = house.enrolled("T1")
    with (folder / "till.toml").open("a", encoding="utf-8") as file:
        file.write('[terminal]\nprotocol = "zvt"\ntransport = "file:///dev/usb/lp0"\n')
    done = housefull("--data", str(folder), "--headless", state=house.state)
    assert done.returncode == 2
    assert "till.toml: terminal.transport: a payment terminal cannot be reached by file://" in done.stderr
