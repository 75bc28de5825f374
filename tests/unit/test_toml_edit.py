"""Values of a TOML file are changed in its text, and all that a person wrote around them stays."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.toml_edit import CannotEdit, put, without

FILE = """\
# Window 1, by the stairs
[till]
id = "T1"   # as on the door

[printer.ticket]
profile = "epson-tm-t88v"
transport = "tcp://192.0.2.50:9100"  # DHCP reservation #12
layout = 'ticket-standard'

# the old one jams
[printer.receipt]
profile = "generic-escpos-58"
transport = "serial:///dev/ttyUSB0?baud=19200"
layout = "receipt-standard"

[neighbours]
tills = [
  "T2=192.0.2.12:9410",
  "T3=192.0.2.13:9410",
]
"""


def test_a_value_is_changed_where_it_stands_and_its_remark_stays() -> None:
    changed = put(FILE, "printer.ticket", {"transport": "tcp://192.0.2.51:9100"})
    assert changed == FILE.replace("192.0.2.50", "192.0.2.51")
    assert put(FILE, "till", {"id": "T9"}) == FILE.replace('"T1"', '"T9"')


def test_a_key_is_added_at_the_end_of_its_section_and_taken_away_again() -> None:
    added = put(FILE, "printer.ticket", {"speed": 12, "fast": True})
    assert "layout = 'ticket-standard'\nspeed = 12\nfast = true\n\n# the old one jams" in added
    assert put(added, "printer.ticket", {"speed": None, "fast": None}) == FILE


def test_a_section_is_added_and_taken_away_and_the_remark_above_the_next_one_stays() -> None:
    added = put(FILE, "drawer", {"via": "printer.receipt", "left_open_s": 30})
    assert added == FILE + '\n[drawer]\nvia = "printer.receipt"\nleft_open_s = 30\n'
    assert tomllib.loads(without(added, "drawer")) == tomllib.loads(FILE)
    left = without(FILE, "printer.ticket")
    assert "# the old one jams\n[printer.receipt]" in left
    assert "ticket" not in left
    assert without(FILE, "drawer") == FILE
    assert "printer" not in tomllib.loads(without(left, "printer.receipt"))
    assert put("", "drawer", {"via": "x"}) == '[drawer]\nvia = "x"\n'


def test_a_file_from_windows_keeps_its_line_ends() -> None:
    there = FILE.replace("\n", "\r\n")
    assert put(there, "till", {"id": "T9", "locale": "hu"}).count("\n") == there.count("\r\n") + 1
    assert "\n" not in put(there, "till", {"id": "T9", "locale": "hu"}).replace("\r\n", "")


@pytest.mark.parametrize(
    "text",
    [
        '[printer]\nticket = {profile = "a", transport = "b"}\n',
        '[printer.ticket]\nprofile = """\na\n"""\n',
        'printer.ticket.profile = "a"\n',
        "[printer.ticket\n",
    ],
)
def test_a_file_that_is_written_in_another_way_is_refused_and_not_spoilt(text: str) -> None:
    with pytest.raises(CannotEdit):
        put(text, "printer.ticket", {"profile": "z"})


def test_a_section_written_in_another_way_is_not_taken_away() -> None:
    with pytest.raises(CannotEdit):
        without('drawer = {via = "printer.receipt"}\n', "drawer")


VALUES = st.one_of(st.text(max_size=30), st.integers(-(10**9), 10**9), st.booleans())


@given(st.dictionaries(st.sampled_from(["profile", "transport", "new-key", "id"]), VALUES, max_size=3))
def test_any_value_is_read_as_it_was_given_or_refused(values: dict[str, Any]) -> None:
    try:
        changed = put(FILE, "printer.ticket", values)
    except CannotEdit:
        return
    was, now = tomllib.loads(FILE), tomllib.loads(changed)
    assert now["printer"]["ticket"] == was["printer"]["ticket"] | values
    assert {**now, "printer": None} == {**was, "printer": None}
