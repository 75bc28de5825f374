"""The diagnostics at the window: before sign-in and after, numbered, copied, kept and printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from pos.app.machine import Machine
from pos.settings import settings_from
from pos.store.identity import Identity
from pos.ui.frame.diagnostics import DiagnosticsSheet
from tests.window.counter import CTRL, Counter, Key
from tests.window.till import TillHouse

TOML = '[till]\nid = "W1"\n[office]\nurl = "https://house.example:8443"\n'


@pytest.fixture
def at_sign_in(open_window: Callable[..., Counter], house: TillHouse, tmp_path: Path) -> Counter:
    """Nobody is signed in, and the sheet was asked for."""
    machine = Machine(settings_from(TOML, tmp_path / "till.toml"), Identity("a1", "file"), "a file")
    house.desk.outside = replace(house.desk.outside, machine=machine)
    counter = open_window()
    counter.press(Key.Key_I, modifier=CTRL)
    counter.until(lambda: bool(counter.window.diagnostics.lines))
    return counter


def sheet(counter: Counter) -> DiagnosticsSheet:
    return counter.window.diagnostics


def test_each_line_has_a_number_a_name_and_a_value_before_anybody_has_signed_in(at_sign_in: Counter) -> None:
    lines = sheet(at_sign_in).lines
    assert [number for number, _, _ in lines] == list(range(1, len(lines) + 1))
    known = {name: value for _, name, value in lines}
    assert known["Till"] == "W1"
    assert known["Address of the office"] == "https://house.example:8443"
    assert known["Screen"].endswith("dpi")
    assert known["Size of the window"] == "1366×768"
    assert not any(name.islower() and "_" in name for _, name, _ in lines), "a line without a name in words"
    texts = [label.text() for label in sheet(at_sign_in).findChildren(QLabel)]
    for number, name, value in lines:
        assert {str(number), name, value} <= set(texts)


def test_enter_copies_what_is_shown(at_sign_in: Counter) -> None:
    at_sign_in.press(Key.Key_Return)
    copied = QGuiApplication.clipboard().text().splitlines()
    assert copied == sheet(at_sign_in).text
    assert copied[1] == "2. Till: W1"


def test_it_is_kept_as_a_file_and_printed_and_esc_leaves(at_sign_in: Counter, tmp_path: Path) -> None:
    at_sign_in.press(Key.Key_F1)
    at_sign_in.until(lambda: "Saved as" in sheet(at_sign_in).said.text())
    (kept,) = tmp_path.glob("diagnostics-W1-*.txt")
    assert kept.read_text(encoding="utf-8").splitlines() == sheet(at_sign_in).text
    at_sign_in.press(Key.Key_F2)
    at_sign_in.until(lambda: sheet(at_sign_in).said.text() == "Printed.")
    at_sign_in.press(Key.Key_Escape)
    assert not sheet(at_sign_in).isVisible()
    assert at_sign_in.screen == "signin"
    at_sign_in.sign_in("anna")  # the keyboard is back where it belongs


def test_over_the_sale_it_leaves_the_basket_alone(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.press(Key.Key_I, modifier=CTRL)
    counter.until(lambda: bool(sheet(counter).lines))
    counter.press(Key.Key_F1)  # would set a price type behind it
    counter.until(lambda: "no data folder" in sheet(counter).said.text())
    counter.press(Key.Key_Escape)
    assert len(counter.labels) == 2
    assert counter.screen == "sell"
