"""`housefull devices decode`: a message a line in, a JSON object a line out."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest


def decode(protocol: str, *lines: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "pos", "devices", "decode", protocol],
        input="".join(f"{line}\n" for line in lines).encode(),
        capture_output=True,
        timeout=30,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def test_a_bad_line_is_answered_and_the_next_one_read() -> None:
    shown, broken, short, umlauts, paid = decode(
        "zvt", "04ff010a", "zz é", "0601070400", "06d10d005465737420842094208120e1", "06010704000000001000"
    )
    assert (shown["type"], shown["message_en"]) == ("intermediate_status", "Insert card")
    assert list(broken) == list(short) == ["error"]
    assert umlauts["text"] == "Test ä ö ü ß"
    assert (paid["type"], paid["command"], paid["amount_minor"]) == ("authorisation", "0601", 1000)


def test_a_printers_status() -> None:
    asb, answer, broken = decode("escpos_status", "38000000", "100401 1A", "80")
    assert (asb["type"], asb["cover_open"]) == ("ASB", True)
    assert (answer["type"], answer["offline"]) == ("DLE EOT 1", True)
    assert list(broken) == ["error"]


def test_ticket_printers() -> None:
    ack, asked, broken = decode("fgl", "06", "3C53323E 30303034363136 2050524F4D203D2046474C3436523130", "1B")
    assert (ack["type"], ack["ticket_acknowledged"]) == ("status", True)
    assert (asked["question"], asked["tickets"]) == ("<S2>", 4616)
    assert list(broken) == ["error"]
    silence, ready = decode(
        "zpl_status",
        "",
        b"\x02030,0,0,1245,000,0,0,0,000,0,0,0\x03\r\n\x02001,0,0,0,1,2,6,0,00000000,1,000\x03\r\n\x020000,0\x03\r\n".hex(),
    )
    assert "MEDIA OUT" in silence["possible_causes"]
    assert (ready["type"], ready["can_print_now"]) == ("~HS", True)


def test_each_line_is_answered_at_once() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "pos", "devices", "decode", "zvt"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(2):
            process.stdin.write(b"800000\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["result"] == "positive_completion"


@pytest.mark.parametrize("arguments", [["decode", "nexo"], ["decode"], []])
def test_a_call_that_makes_no_sense_is_a_usage_error(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "pos", "devices", *arguments], capture_output=True, timeout=30)
    assert (done.returncode, done.stdout) == (2, b"")
    if len(arguments) == 2:
        assert (
            b"'nexo' is not a protocol that is read here; these are: escpos_status, fgl, zpl_status, zvt" in done.stderr
        )
