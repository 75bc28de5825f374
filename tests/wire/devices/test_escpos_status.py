"""What ESC/POS printers answer, against tables taken from the manufacturers' manuals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.devices.escpos.describe import describe
from pos.devices.escpos.dialogue import Dialogue
from pos.devices.escpos.status import ReplyReader, decode, decode_asb

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "escpos_status.json").read_text(encoding="utf-8")
)
KINDS = {
    "realtime": "DLE EOT",
    "in_order": "GS r, GS I or ASB byte 2 to 4",
    "xon": "XON",
    "xoff": "XOFF",
    "stray": "none of these",
    "asb": "ASB",
}


def read(data: bytes) -> list[dict[str, str]]:
    reader = ReplyReader()
    found = [{"kind": KINDS[reply.kind], "hex": reply.data.hex().upper()} for reply in reader.feed(data)]
    if reader.pending:
        found.append({"kind": "ASB incomplete", "hex": reader.pending.hex().upper()})
    return found


@pytest.mark.parametrize("example", VECTORS["examples"], ids=lambda each: f"{each['command']}={each['hex']}")
def test_answers(example: dict[str, Any]) -> None:
    assert decode(example["command"], int(example["hex"], 16)) == example["expect"]


@pytest.mark.parametrize("example", VECTORS["asb_examples"], ids=lambda each: each["hex"])
def test_automatic_status(example: dict[str, Any]) -> None:
    assert decode_asb(bytes.fromhex(example["hex"])) == example["expect"]


@pytest.mark.parametrize("example", VECTORS["identification"]["examples"], ids=lambda each: each["hex"])
def test_single_bytes_are_told_apart(example: dict[str, str]) -> None:
    (found,) = read(bytes.fromhex(example["hex"]))
    kind = "ASB first byte" if found["kind"] == "ASB incomplete" else found["kind"]
    assert kind == example["kind"]


@pytest.mark.parametrize("stream", VECTORS["streams"], ids=lambda each: each["hex"])
def test_streams_however_they_are_cut(stream: dict[str, Any]) -> None:
    data = bytes.fromhex(stream["hex"])
    assert read(data) == stream["expect"]
    for cut in range(len(data)):
        reader = ReplyReader()
        pieces = [reply for part in (data[:cut], data[cut:]) for reply in reader.feed(part)]
        assert [reply.data.hex().upper() for reply in pieces] == [
            each["hex"] for each in stream["expect"] if each["kind"] != "ASB incomplete"
        ]


@pytest.mark.parametrize("table", VECTORS["tables"].values(), ids=lambda each: each["command_hex"])
def test_every_bit_of_every_table(table: dict[str, Any]) -> None:
    command = next(name for name, each in VECTORS["tables"].items() if each is table)
    for byte in range(256):
        fixed = all(bool(byte & int(bit["mask"], 16)) == bool(bit["fixed"]) for bit in table["bits"] if "fixed" in bit)
        fields = {bit["field"]: bool(byte & int(bit["mask"], 16)) for bit in table["bits"] if "field" in bit}
        assert decode(command, byte) == (fields if fixed else None)


@given(st.binary(max_size=40))
def test_garbage_never_makes_a_printer_ready(data: bytes) -> None:
    """Without a question asked, only a whole automatic status can say anything."""
    dialogue = Dialogue()
    dialogue.receive(data)
    told = any(reply.kind == "asb" and decode_asb(reply.data) for reply in ReplyReader().feed(data))
    assert (dialogue.condition()[0] == "unknown") is not told


def answered(*replies: int) -> Dialogue:
    dialogue = Dialogue()
    dialogue.ask()
    dialogue.receive(bytes(replies))
    return dialogue


@pytest.mark.parametrize(
    ("replies", "state"),
    [
        ((0x12, 0x12, 0x12, 0x12), "ready"),
        ((0x12, 0x12, 0x12, 0x1E), "paper_low"),
        ((0x1A, 0x12, 0x12, 0x12), "offline"),
        ((0x1A, 0x32, 0x12, 0x7E), "paper_out"),
        ((0x1A, 0x12, 0x12, 0x72), "paper_out"),
        ((0x1A, 0x16, 0x12, 0x12), "cover_open"),
        ((0x1A, 0x36, 0x12, 0x7E), "cover_open"),
        ((0x1A, 0x52, 0x1A, 0x12), "error"),
        ((0x1A, 0x52, 0x32, 0x12), "error"),
        ((0x1A, 0x52, 0x12, 0x12), "error"),
        ((0x1A, 0x52, 0x52, 0x12), "offline"),  # too hot: goes on by itself
    ],
)
def test_states(replies: tuple[int, ...], state: str) -> None:
    assert answered(*replies).condition()[0] == state


def test_silence_is_not_a_state() -> None:
    assert Dialogue().condition()[0] == "unknown"
    silent = Dialogue()
    silent.ask()
    assert silent.waiting
    assert silent.condition()[0] == "unknown"
    assert not answered(0x12, 0x12, 0x12, 0x12).waiting
    assert answered(0x12, 0x12, 0x12).waiting


def test_no_second_round_of_questions_while_one_is_open() -> None:
    dialogue = answered(0x12)
    with pytest.raises(RuntimeError, match="one round"):
        dialogue.ask()


def test_what_comes_unasked_changes_the_state() -> None:
    dialogue = answered(0x12, 0x12, 0x12, 0x12)
    dialogue.receive(bytes.fromhex("38000000"))
    assert dialogue.condition()[0] == "cover_open"
    dialogue.receive(bytes.fromhex("14000000"))
    assert dialogue.condition()[0] == "ready"
    assert dialogue.drawer_pin_high() is True


def test_only_the_answer_in_order_confirms() -> None:
    dialogue = answered(0x12, 0x12, 0x12, 0x12)
    dialogue.receive(bytes.fromhex("10000000") + b"\x12\x11\x13")
    assert dialogue.confirmations == 0
    dialogue.receive(b"\x00")
    assert dialogue.confirmations == 1


@pytest.mark.parametrize("example", VECTORS["asb_examples"], ids=lambda each: each["hex"])
def test_a_line_of_a_log_is_described(example: dict[str, Any]) -> None:
    assert describe(example["hex"]) == {"type": "ASB", **example["expect"]}


@pytest.mark.parametrize("example", VECTORS["examples"], ids=lambda each: f"{each['command']}={each['hex']}")
def test_a_question_and_its_answer_are_described(example: dict[str, Any]) -> None:
    question = VECTORS["tables"][example["command"]]["command_hex"]
    found = describe(f"{question} {example['hex']}\n")
    if example["expect"] is None:
        assert "cannot be an answer to" in found["error"]
    else:
        assert found == {"type": example["command"], **example["expect"]}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "empty"),
        ("1", "not hexadecimal"),
        ("zz", "not hexadecimal"),
        ("3800", "not one whole message"),
        ("1212", "not one whole message"),
        ("80", "nothing that a printer answers"),
        ("100401 12 12", "cannot be an answer to DLE EOT 1"),
    ],
)
def test_malformed_lines_say_what_is_wrong(line: str, reason: str) -> None:
    assert reason in describe(line)["error"]


@pytest.mark.parametrize(("line", "kind"), [("12", "DLE EOT"), ("0F", "GS r"), ("11", "XON"), ("13", "XOFF")])
def test_an_answer_alone_has_only_its_kind(line: str, kind: str) -> None:
    assert describe(line) == {"type": kind}
