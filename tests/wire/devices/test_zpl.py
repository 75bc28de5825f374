"""ZPL: answers against the vectors, pictures unpacked again."""

from __future__ import annotations

import base64
import json
import re
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.devices.zpl import encode
from pos.devices.zpl.describe import describe
from pos.devices.zpl.dialogue import Dialogue
from pos.devices.zpl.status import LONGEST, StringReader
from pos.paper.raster import Bitmap

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "zpl_status.json").read_text(encoding="utf-8"))
EXAMPLES = {example["name"]: example for example in VECTORS["examples"]}
STATES = {
    "ready": "ready", "paper_out_paused": "paper_out", "head_open_paused": "cover_open",
    "ribbon_out_paused": "paper_out", "paused_with_jobs": "offline", "buffer_full_partial_format": "offline",
    "over_temperature": "offline", "under_temperature": "offline", "config_lost_continuous": "error",
}  # fmt: skip
WAITING = {"ribbon_out_paused": 4, "paused_with_jobs": 15, "buffer_full_partial_format": 16, "over_temperature": 8}


def hqes(errors: str = "0 00000000 00000000", warnings: str = "0 00000000 00000000") -> bytes:
    return f"\x02\r\nPRINTER STATUS\r\n ERRORS:         {errors}\r\n WARNINGS:       {warnings}\r\n\x03".encode()


@pytest.mark.parametrize("example", VECTORS["examples"], ids=lambda example: example["name"])
def test_answers(example: dict[str, Any]) -> None:
    assert describe(example["hex"]) == {"type": "~HS", **example["expect"]}


@pytest.mark.parametrize("example", VECTORS["invalid_examples"], ids=lambda example: example["name"])
def test_invalid_answers(example: dict[str, Any]) -> None:
    read = describe(example["hex"])
    assert example["expect"] in read["error"]
    assert read.get("possible_causes") == example.get("possible_causes")


@pytest.mark.parametrize("example", VECTORS["examples"], ids=lambda example: example["name"])
@pytest.mark.parametrize("pieces", [1, 5, 1000])
def test_how_it_is_and_what_it_still_has(example: dict[str, Any], pieces: int) -> None:
    dialogue = Dialogue()
    dialogue.ask()
    said = bytes.fromhex(example["hex"])
    for at in range(0, len(said), pieces):
        assert dialogue.waiting or at >= len(said) - 2  # only the end of the line is still to come
        dialogue.receive(said[at : at + pieces])
    assert not dialogue.waiting
    assert dialogue.condition()[0] == STATES[example["name"]]
    assert dialogue.status is not None
    assert dialogue.status.waiting == WAITING.get(example["name"], 0)


@pytest.mark.parametrize("example", VECTORS["invalid_examples"], ids=lambda example: example["name"])
def test_what_is_no_answer_is_never_ready(example: dict[str, Any]) -> None:
    dialogue = Dialogue()
    dialogue.ask()
    dialogue.receive(bytes.fromhex(example["hex"]))
    assert dialogue.waiting
    assert dialogue.condition()[0] == "unknown"


def test_an_answer_nobody_asked_for_answers_nothing() -> None:
    dialogue = Dialogue()
    dialogue.receive(bytes.fromhex(EXAMPLES["ready"]["hex"]))
    assert dialogue.answers == 0
    assert dialogue.condition()[0] == "unknown"


@pytest.mark.parametrize(
    ("errors", "state", "text"),
    [
        ("1 00000000 00000008", "error", "cutter"), ("1 00000000 00000001", "paper_out", "labels"),
        ("1 00000000 00000006", "paper_out", "ribbon"), ("1 00000000 00000040", "error", "bad head element"),
        ("1 00000001 00000000", "error", "other"), ("0 00000000 00000008", "ready", "ready"),
    ],
)  # fmt: skip
def test_faults_that_only_the_second_answer_tells(errors: str, state: str, text: str) -> None:
    dialogue = Dialogue()
    dialogue.ask()
    dialogue.receive(bytes.fromhex(EXAMPLES["ready"]["hex"]) + hqes(errors))
    assert dialogue.condition()[0] == state
    assert text in dialogue.condition()[1]


def test_labels_running_out_are_a_warning() -> None:
    dialogue = Dialogue()
    dialogue.ask()
    dialogue.receive(hqes(warnings="1 00000000 00000008") + bytes.fromhex(EXAMPLES["ready"]["hex"]))
    assert dialogue.condition()[0] == "paper_low"
    assert describe(hqes("1 00000000 00000009", "1 00000000 00000008").hex()) == {
        "type": "~HQES",
        "errors": ["media_out", "cutter_fault"],
        "paper_near_end": True,
    }


def test_one_round_of_questions_at_a_time() -> None:
    dialogue = Dialogue()
    assert dialogue.ask() == b"~HS~HQES"
    with pytest.raises(RuntimeError):
        dialogue.ask()


@pytest.mark.parametrize("line", ["zz", "02", "0203", "02312C3203", "FFFF"])
def test_what_is_no_answer_is_an_error(line: str) -> None:
    assert list(describe(line)) == ["error"]


@given(st.binary(max_size=300))
def test_any_bytes_are_answered(noise: bytes) -> None:
    assert describe(noise.hex()).keys() & {"error", "type"}


@given(st.lists(st.text("0123456789,.-x", max_size=40), min_size=3, max_size=3))
def test_any_three_strings_are_answered(strings: list[str]) -> None:
    assert "error" in describe("".join(f"\x02{string}\x03\r\n" for string in strings).encode().hex())


@given(st.binary(max_size=300))
def test_after_noise_a_new_question_is_answered(noise: bytes) -> None:
    dialogue = Dialogue()
    dialogue.receive(noise)
    dialogue.ask()
    dialogue.receive(bytes.fromhex(EXAMPLES["ready"]["hex"]))
    assert dialogue.answers == 1


def test_a_string_without_end_takes_no_memory() -> None:
    reader = StringReader()
    for _ in range(100):
        assert reader.feed(b"\x02" + b"1" * 10_000) == []
    assert len(reader._string) <= LONGEST + 1


def crc(data: bytes) -> int:
    """CRC-16-CCITT from 0, bit by bit."""
    register = 0
    for byte in data:
        register ^= byte << 8
        for _ in range(8):
            register = (register << 1 ^ 0x1021 if register & 0x8000 else register << 1) & 0xFFFF
    return register


@given(st.integers(1, 90), st.integers(1, 40), st.binary(max_size=64))
def test_a_label_is_one_picture_that_unpacks_to_the_same_dots(width: int, height: int, ink: bytes) -> None:
    across = -(-width // 8)
    data = (ink + bytes(across * height))[: across * height]
    said = encode.label(Bitmap(width, height, data))
    match = re.fullmatch(
        rb"\^XA\^FO0,0\^GFA,(\d+),(\d+),(\d+),:Z64:([A-Za-z0-9+/=]+):([0-9A-F]{4})\^FS\^PQ1\^XZ\n", said
    )
    assert match is not None
    assert [int(match[ix]) for ix in (1, 2, 3)] == [len(data), len(data), across]
    assert zlib.decompress(base64.b64decode(match[4])) == data
    assert int(match[5], 16) == crc(match[4])
