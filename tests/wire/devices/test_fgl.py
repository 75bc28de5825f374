"""FGL: commands and status bytes against the vectors, pictures read back dot for dot."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.devices.fgl import encode
from pos.devices.fgl.commands import COMMANDS, BadCommand, command, enclosed, read_command, text
from pos.devices.fgl.describe import describe
from pos.devices.fgl.dialogue import Dialogue
from pos.devices.fgl.status import MEANINGS, StatusReader
from pos.paper.raster import Bitmap
from tests.wire.devices.pens import profile

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "fgl.json").read_text(encoding="utf-8"))
STATUS = VECTORS["status"]
BOCA = profile("boca-lemur")

# How each vector is said here.
SAID: dict[str, Callable[[], str]] = {
    "line_thickness_4": lambda: command("LT", 4),
    "box_100_200": lambda: command("BX", 100, 200),
    "vertical_line_150": lambda: command("VX", 150),
    "horizontal_line_300": lambda: command("HX", 300),
    "path_2": lambda: command("P", 2),
    "diagnostic_mode": lambda: command("DM"),
    "unload_stock": lambda: command("US"),
    "cash_drawer_a": lambda: command("DA"),
    "delete_temporary_files": lambda: command("DF", 2),
    "delete_soft_font_2": lambda: command("ID", 2) + command("DF", 7),
    "delete_truetype_1": lambda: command("ID", 1) + command("DF", 11),
    "print_and_cut": lambda: command("p"),
    "print_and_eject": lambda: command("z"),
    "print_and_hold": lambda: command("h"),
    "repeat_4": lambda: command("RE", 4),
    "print_length_1050": lambda: command("PL", 1050),
    "load_count_42": lambda: command("TC", 42),
    "clear_buffer": lambda: command("CB"),
    "position_100_250": lambda: command("RC", 100, 250),
    "font_1": lambda: command("F", 1),
    "font_3": lambda: command("F", 3),
    "font_16": lambda: command("F", 16),
    "scale_down_3": lambda: command("SD", 3),
    "rotation_normal": lambda: command("NR"),
    "rotation_inverted": lambda: command("RU"),
    "rotation_left": lambda: command("RL"),
    "inverse_on": lambda: command("EI"),
    "inverse_off": lambda: command("DI"),
    "centred_text_1000": lambda: command("CTR", 1000) + enclosed("Centered Text", "~"),
    "right_aligned_text_300": lambda: command("RTJ", 300) + enclosed("Testing", "~"),
    "text_at_vip_rotated_double": lambda: (
        command("RC", 50, 30) + command("RR") + command("HW", 2, 2) + command("F", 3) + text("VIP")
    ),
    "bar_text_line": lambda: command("BI"),
    "code128_hello123": lambda: command("oL", 5) + enclosed("HELLO123", "^"),
    "code128_already_delimited": lambda: command("oL", 4) + enclosed("^ALREADY^", "^"),
    "code39": lambda: command("nL", 4) + enclosed("CODE39", "*"),
    "interleaved_2_of_5": lambda: command("fL", 4) + enclosed("123456", ":"),
    "ean_13": lambda: command("eL", 5) + text("9J014561K780128L"),
    "qr_code": lambda: command("F", 70) + command("QR") + enclosed("https://bocasystems.com", "{}"),
    "qr_code_at_100_200": lambda: (
        command("RC", 100, 200) + command("F", 68) + command("QR") + enclosed("QR DATA", "{}")
    ),
    "data_matrix": lambda: command("F", 54) + command("DTM") + enclosed("DMX-DATA", "{}"),
    "aztec": lambda: command("F", 82) + command("AZ") + enclosed("Boca Systems", "{}"),
    "firmware_query": lambda: command("S", 2),
    "free_memory_query": lambda: command("S", 7),
    "rust_text_vip_inverted_scaled": lambda: (
        command("RC", 0, 0) + command("F", 13) + command("HW", 2, 3) + command("SD", 3) + command("RR")
        + command("EI") + text("VIP") + command("DI")
    ),
    "rust_text_centred": lambda: (
        command("RC", 100, 0) + command("NR") + command("F", 3) + command("HW", 1, 1)
        + command("CTR", 4000) + enclosed("Main Stage", "~")
    ),
    "rust_repeat_25": lambda: command("RE", 25 - 1),
    "rust_ticket_count_42": lambda: command("TC", 42),
    "rust_box_thick": lambda: command("RC", 5, 5) + command("LT", 4) + command("BX", 10, 10),
}  # fmt: skip
# What writes flash is told in a log, and never built.
NEVER_SENT = {
    "intensity_5": ("lve", 5),
    "top_adjustment_minus_1": ("taj", -1),
    "usb_hid": ("usbh",),
    "usb_serial": ("usbs",),
    "status_mode_single_ticket": ("s", 90),
    "status_mode_solicited": ("s", 91),
    "file_management": ("PF",),
}
REFUSED: dict[str, tuple[Any, ...]] = {
    "refuse_thickness_0": ("LT", 0),
    "refuse_path_3": ("P", 3),
    "refuse_intensity_minus_6": ("lve", -6),
    "refuse_intensity_6": ("lve", 6),
    "refuse_font_17": ("F", 17),
    "refuse_bar_width_10": ("X", 10),
}


def parts(said: str) -> list[str]:
    return re.findall(r"<[^>]*>|[^<]+", said)


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_commands(vector: dict[str, Any]) -> None:
    name, expected = vector["name"], vector["expect"]
    if name in NEVER_SENT:
        with pytest.raises(BadCommand, match="no command that is sent"):
            command(*NEVER_SENT[name])
        assert any(found["writes_flash"] for found in describe(expected.encode().hex())["commands"])
    elif vector["order_free"]:
        assert sorted(parts(SAID[name]())) == sorted(parts(expected))
    else:
        assert SAID[name]() == expected


@pytest.mark.parametrize("vector", VECTORS["refusals"], ids=lambda vector: vector["name"])
def test_refusals(vector: dict[str, Any]) -> None:
    with pytest.raises(BadCommand):
        command(*REFUSED[vector["name"]])


def test_each_vector_is_said() -> None:
    named = {vector["name"] for vector in VECTORS["vectors"]}
    assert named == SAID.keys() | NEVER_SENT.keys()


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_a_log_of_what_was_sent_is_read(vector: dict[str, Any]) -> None:
    read = describe(vector["expect"].encode().hex())
    assert read["type"] == "commands"
    assert len(read["commands"]) == len(parts(vector["expect"]))


@pytest.mark.parametrize("detail", STATUS["details"], ids=lambda detail: detail["byte"])
def test_status_bytes(detail: dict[str, Any]) -> None:
    read = describe(detail["byte"])
    flags = ("ready", "out_of_tickets", "ticket_jam", "cutter_jam", "ticket_acknowledged")
    assert {flag: read[flag] for flag in flags} == {flag: detail[flag] for flag in flags}
    assert (read["type"], read["byte"], read["description"]) == ("status", detail["byte"], detail["boca_net_sdk"])
    assert read.get("also", "") == (detail["pretixprint"] if detail["sources_differ"] else "")


def test_every_status_byte_is_known() -> None:
    assert {f"0x{byte:02X}" for byte in MEANINGS} == STATUS["table"].keys()


@pytest.mark.parametrize("reply", STATUS["replies"], ids=lambda reply: reply["query"])
def test_replies(reply: dict[str, Any]) -> None:
    answer = reply["reply_hex"] if "reply_hex" in reply else reply["reply_text"].encode().hex()
    read = describe(reply["query"].encode().hex() + answer)
    expected = dict(reply["expect"])
    if (contained := expected.pop("contains", None)) is not None:
        assert contained in read["text"]
    assert {key: read[key] for key in expected} == expected
    assert "error" not in describe(answer)


@pytest.mark.parametrize("line", ["", "zz", "1B", "00", "0606", "3C4C5434", "3C5A5A5A3E", "3C47313E", "3C53373E4142"])
def test_what_is_no_message_is_an_error(line: str) -> None:
    assert list(describe(line)) in (["error"], ["question", "error"])


# Words


@pytest.mark.parametrize("words", ["Größe", "\x1bp", "牡丹亭", "a\nb"])
def test_what_no_font_has_is_refused(words: str) -> None:
    with pytest.raises(BadCommand, match="in no font"):
        text(words)


def test_a_title_cannot_speak_to_the_printer() -> None:
    assert text("A<p>B") == "ApB"


@pytest.mark.parametrize(("data", "fence"), [("A^B", "^"), ("A}B", "{}"), ("^", "^")])
def test_a_code_cannot_swallow_what_follows(data: str, fence: str) -> None:
    with pytest.raises(BadCommand, match="cannot stand between"):
        enclosed(data, fence)


@given(st.sampled_from(sorted(COMMANDS)), st.lists(st.integers(-1, 10**6), max_size=3))
def test_what_is_built_is_read_back(name: str, values: list[int]) -> None:
    try:
        said = command(name, *values)
    except BadCommand:
        return
    read = read_command(said[1:-1])
    assert read is not None
    assert (read.name, list(read.values), read.writes_flash) == (name, values, False)


@given(st.binary(max_size=80))
def test_any_line_of_a_log_is_answered(data: bytes) -> None:
    assert describe(data.hex()).keys() & {"error", "type"}


# Pictures


def drawn(said: bytes, width: int, height: int) -> tuple[Bitmap, bytes]:
    """What a printer draws that knows the guide and not our code, and the rest of what it was told."""
    rows = [bytearray(width) for _ in range(height + 8)]
    rest, row, column = b"", 0, 0
    while said:
        inside, _, said = said[1:].partition(b">")
        if inside.startswith(b"RC"):
            row, column = map(int, inside[2:].split(b","))
        elif inside[:1] in b"Gg":
            count = int(inside[1:])
            data, said = said[:count], said[count:]
            for offset, eight in enumerate(bytes.fromhex(data.decode()) if inside[:1] == b"g" else data):
                for down in range(8):
                    if eight & 0x80 >> down:
                        rows[row + down][column + offset] = 1
        else:
            rest += b"<" + inside + b">"
    packed = b"".join(
        int("".join(map(str, line)).ljust(-(-width // 8) * 8, "0"), 2).to_bytes(-(-width // 8), "big")
        for line in rows[:height]
    )
    return Bitmap(width, height, packed), rest


bitmaps = st.integers(1, 260).flatmap(
    lambda width: st.integers(1, 30).flatmap(
        lambda height: st.lists(
            st.sampled_from([b"\0" * -(-width // 8), b"\xff" * -(-width // 8), b"\x3c\x11\x13\x3e" * 9]),
            min_size=height, max_size=height,
        ).map(lambda lines: trimmed(width, lines))
    )
)  # fmt: skip


def trimmed(width: int, lines: list[bytes]) -> Bitmap:
    """Dots right of the edge are white, as in every picture of ours."""
    across = -(-width // 8)
    mask = 0xFF << (across * 8 - width) & 0xFF
    return Bitmap(
        width, len(lines), b"".join((line * 9)[: across - 1] + bytes([line[0] & mask]) for line in lines)
    )  # fmt: skip


@given(bitmaps, st.booleans())
def test_a_picture_is_drawn_dot_for_dot(dots: Bitmap, hexadecimal: bool) -> None:
    said = encode.ticket(dots, BOCA, hexadecimal=hexadecimal)
    assert drawn(said, dots.width, dots.height) == (dots, b"<p>")
    if hexadecimal:
        assert not {0x11, 0x13} & set(said)


def test_a_hundred_columns_go_as_the_guide_says() -> None:
    rows = b"".join((b"\xff" if row in (8, 15) else b"\0") * 25 for row in range(16))
    said = encode.ticket(Bitmap(200, 16, rows), BOCA, hexadecimal=False)
    columns = b"\x81" * 100
    assert said == b"<RC8,0><G100>" + columns + b"<RC8,100><G100>" + columns + b"<p>"


def test_white_costs_nothing() -> None:
    assert encode.ticket(Bitmap(1650, 600, bytes(207 * 600)), BOCA, hexadecimal=False) == b"<p>"


# Status


def heard(data: bytes) -> Dialogue:
    dialogue = Dialogue()
    dialogue.ask()
    dialogue.receive(data)
    return dialogue


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (b"", "unknown"), (b"\x11", "ready"), (b"\x10", "paper_out"), (b"\x0a", "paper_out"), (b"\x0b", "ready"),
        (b"\x10\x0c", "ready"), (b"\x10\x11", "ready"), (b"\x06\x10", "paper_out"), (b"\x10\x06", "paper_out"),
        (b"\x10\x06\x06", "ready"), (b"\x06\x06\x10\x06", "paper_out"), (b"\x10\x06\x10\x06", "paper_out"),
        (b"\x18\x06\x06", "error"),
        (b"\x18", "error"), (b"\x1d", "error"), (b"\x18\x0f", "error"), (b"\x18\x11", "ready"), (b"\x0f", "paper_low"),
        (b"\x12\x13", "ready"), (b"\x15", "error"), (b"\x04", "ready"), (b"\x1b", "unknown"), (b"\x18\x12", "ready"),
    ],
)  # fmt: skip
def test_what_it_says_is_how_it_is(said: bytes, state: str) -> None:
    dialogue = Dialogue()
    dialogue.receive(said)
    if said == b"\x0b" or said == b"\x04":
        assert dialogue.condition()[0] == "unknown"  # about the other path, so it says nothing of ours
    else:
        assert dialogue.condition()[0] == state


def test_only_tickets_of_ours_are_counted() -> None:
    dialogue = heard(b"\x05\x06\x16\x06")
    assert dialogue.acknowledged == 2


@pytest.mark.parametrize("pieces", [1, 2, 7, 99])
def test_an_answer_may_come_in_pieces(pieces: int) -> None:
    said = b"\x110004616 PROM = FGL46G42\r\n\x06"
    dialogue = heard(b"")
    for at in range(0, len(said), pieces):
        dialogue.receive(said[at : at + pieces])
    assert (dialogue.waiting, dialogue.acknowledged) == (False, 1)
    assert dialogue.condition()[0] == "ready"  # neither of the two that end the line is an event


def test_unasked_bytes_answer_no_question() -> None:
    assert heard(b"\x11\x06\x41\x0f").waiting


def test_one_question_at_a_time() -> None:
    with pytest.raises(RuntimeError):
        heard(b"\x11").ask()


def test_low_paper_is_over_when_it_is_not_said_again() -> None:
    dialogue = heard(b"\x0f0000001 PROM = X")
    assert dialogue.condition()[0] == "paper_low"
    dialogue.receive(b"\x06")
    dialogue.ask()
    dialogue.receive(b"\x110000002 PROM = X")
    assert dialogue.condition()[0] == "ready"


@pytest.mark.parametrize(("answer", "state"), [(b"\x0f", "paper_low"), (b"\x19", "error"), (b"\x11", "ready")])
def test_a_fault_is_over_when_it_is_not_said_again(answer: bytes, state: str) -> None:
    dialogue = Dialogue()
    dialogue.receive(b"\x19")
    dialogue.ask()
    dialogue.receive(answer + b"0000001 PROM = X")
    assert dialogue.condition()[0] == state


def test_a_fault_outlives_its_connection_until_something_tells_that_it_is_over() -> None:
    jammed = Dialogue()
    jammed.receive(b"\x18")
    for over in (b"\x11", b"\x12", b"0000001 PROM = X"):
        again = Dialogue(1, jammed)
        assert again.condition() == ("error", "ticket jam")
        again.ask()
        again.receive(over)
        assert again.condition()[0] == "ready"


@given(st.binary(max_size=400), st.integers(1, 9))
def test_noise_is_survived_and_forgotten(noise: bytes, pieces: int) -> None:
    dialogue = Dialogue()
    for at in range(0, len(noise), pieces):
        dialogue.receive(noise[at : at + pieces])
    dialogue.receive(b"\x00\x11")
    dialogue.acknowledged = 0
    dialogue.receive(b"\x06")
    assert (dialogue.acknowledged, dialogue.condition()[0] in ("ready", "paper_low")) == (1, True)


def test_endless_text_takes_no_memory() -> None:
    reader = StatusReader()
    for _ in range(100):
        assert reader.feed(b"1" * 10_000) == []
    assert len(reader._text) <= 64
