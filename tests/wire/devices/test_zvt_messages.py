"""What payment terminals say, against messages that others have recorded (vectors/zvt.json names them)."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.devices.zvt import orders
from pos.devices.zvt.apdu import Apdu, ApduReader, BadOrder, Malformed, header, read_apdu
from pos.devices.zvt.describe import describe
from pos.devices.zvt.fields import bcd, length_of, unbcd
from pos.devices.zvt.framing import FrameReader, crc, frame
from pos.devices.zvt.mask import masked_number
from pos.devices.zvt.messages import PrintLine, PrintTextBlock, StatusInformation, decode, status_information
from pos.devices.zvt.orders import Config
from pos.devices.zvt.texts import CP437, ZVT7
from pos.devices.zvt.tlv import read_length, read_tag, walk
from pos.domain.mask import scrub
from pos.domain.money import Money

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "zvt.json").read_text(encoding="utf-8"))
BY_NAME = {each["name"]: each for each in VECTORS["vectors"]}
CODEC = {each["name"]: each for each in VECTORS["codec"]}
PASSWORD = bytes.fromhex("123456")

# The length does not fit, on purpose: as a line of a log they are errors.
DO_NOT_FIT = {
    "status_abort_via_timeout",
    "text_block_truncated",
    "print_line_more_data_than_length",
    "reply_positive_with_following_fragment",
    "reply_invalid",
}
WHOLE = [
    each
    for each in VECTORS["vectors"]
    if each["type"] != "apdu_header" and each["scope"] != "apdu_list" and each["name"] not in DO_NOT_FIT
]


def asserted(vector: dict[str, Any]) -> dict[str, Any]:
    """What the vector says about fields that a message has."""
    elsewhere = {"text_starts_with", "text_contains", "process_state", "remaining_hex"}
    return {key: value for key, value in vector["expect"].items() if value is not None and key not in elsewhere}


def picked(found: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    return {key: found.get(key) for key in wanted}


# Messages


@pytest.mark.parametrize("vector", WHOLE, ids=lambda each: each["name"])
def test_a_recorded_message_is_read(vector: dict[str, Any]) -> None:
    found = describe(vector.get("apdu_hex_with_header") or vector["hex"])
    assert "error" not in found
    assert picked(found, asserted(vector)) == asserted(vector)
    expect = vector["expect"]
    if expect.get("text_starts_with"):
        assert found["text"].startswith(expect["text_starts_with"])
        assert all(part in found["text"] for part in expect["text_contains"])


@pytest.mark.parametrize("name", sorted(DO_NOT_FIT))
def test_a_length_that_does_not_fit_is_an_error(name: str) -> None:
    assert list(describe(BY_NAME[name]["hex"])) == ["error"]


def test_a_result_is_read_from_its_data_field_alone() -> None:
    vector = BY_NAME["status_abort_via_timeout"]
    found = asdict(status_information(bytes.fromhex(vector["hex"])[3:]))
    assert picked(found, asserted(vector)) == asserted(vector)


def test_a_paper_line_by_line() -> None:
    *lines, end = BY_NAME["print_lines_closure_42_packets"]["hex"]
    read = [decode(read_apdu(bytes.fromhex(line))) for line in lines]
    assert all(isinstance(line, PrintLine) for line in read)
    texts = [line.text for line in read if isinstance(line, PrintLine)]
    assert texts[:4] == ["** KASSENSCHNITT **", "TEST Portalum", "RIEDG 50", "6850 DORNBIRN"]
    assert describe(end)["type"] == "completion"


@pytest.mark.parametrize("vector", VECTORS["text_encoding"], ids=lambda each: each["name"])
def test_letters(vector: dict[str, Any]) -> None:
    charset = {"CP": CP437, "UT": "utf-8", "ZV": ZVT7}[vector["character_set"][:2]]
    data = bytes.fromhex(vector["hex"])
    found = decode(Apdu(0x06D1, data[3:]), charset)
    assert isinstance(found, PrintLine)
    assert found.text == vector["expect"]["text"]


def test_a_paper_names_its_own_letters() -> None:
    found = decode(read_apdu(bytes.fromhex(BY_NAME["text_block_full_packet"]["hex"])))
    assert isinstance(found, PrintTextBlock)
    assert "HÄNDLERBELEG" in found.text
    assert "Überprüfung" in found.text


# Streams and headers


def test_one_message_in_two_packets() -> None:
    reader = ApduReader()
    first, second = (bytes.fromhex(part) for part in VECTORS["fragments"][0]["hex"])
    assert reader.feed(first) == []
    (apdu,) = reader.feed(second)
    assert isinstance(decode(apdu), PrintTextBlock)
    assert reader.feed(b"\x80\x00\x00") == [Apdu(0x8000)]


def test_more_than_one_message_in_a_packet() -> None:
    reader = ApduReader()
    (apdu,) = reader.feed(bytes.fromhex(BY_NAME["reply_positive_with_following_fragment"]["hex"]))
    assert apdu.control == 0x8000
    assert reader.feed(b"\x00") == [Apdu(0x0102)]


@given(st.lists(st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=300)), max_size=4), st.data())
def test_a_stream_however_it_is_cut(said: list[tuple[int, bytes]], data: st.DataObject) -> None:
    apdus = [Apdu(*each) for each in said]
    stream = b"".join(map(bytes, apdus))
    reader, found = ApduReader(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += reader.feed(stream[:size])
        stream = stream[size:]
    assert found == apdus


@pytest.mark.parametrize(
    "vector", [each for each in VECTORS["vectors"] if each["type"] == "apdu_header"], ids=lambda each: each["name"]
)
def test_headers(vector: dict[str, Any]) -> None:
    data, expect = bytes.fromhex(vector["hex"]), vector["expect"]
    found = header(data)
    if expect["control_field"] is None:
        assert found is None
    else:
        assert found is not None
        assert (f"{found[0]:04x}", found[1]) == (expect["control_field"], expect["data_length"])
        assert data[found[2]] == expect["first_data_byte"]


# Fields


def test_lengths_and_numbers() -> None:
    assert length_of(bytes.fromhex("f1f8"), 2) == CODEC["llvar_18"]["expect"]
    assert length_of(bytes.fromhex("f0f1f9"), 3) == CODEC["lllvar_19"]["expect"]
    assert bcd(123456, 3).hex() == CODEC["int_123456_3_bytes"]["expect"]
    assert bcd(123456789000, 6).hex() == CODEC["amount_1234567890_00"]["expect"]
    assert unbcd(bytes.fromhex("0978")) == CODEC["bcd_0978"]["expect"]
    assert read_length(bytes.fromhex("82028a")) == (650, 3)


def test_a_number_that_does_not_fit_is_refused_not_cut() -> None:
    for value, size in ((12345678, 3), (9123456789000, 6), (-1, 3)):
        with pytest.raises(BadOrder, match="does not fit"):
            bcd(value, size)
    with pytest.raises(Malformed, match="not made of digits"):
        unbcd(b"\x0a")
    with pytest.raises(Malformed, match="cannot be read"):
        length_of(b"\xf1\xfa", 2)


@pytest.mark.parametrize(
    "vector", [each for each in VECTORS["codec"] if each["type"] == "tlv_tag"], ids=lambda each: each["name"]
)
def test_tags(vector: dict[str, Any]) -> None:
    tag, expect = read_tag(bytes.fromhex(vector["input"])), vector["expect"]
    assert (tag.kind, tag.number, tag.size, tag.name) == (
        expect["class"], expect["tag_number"], expect["tag_bytes"], expect["tag"],
    )  # fmt: skip
    assert tag.constructed is (expect["object"] == "constructed")


@pytest.mark.parametrize("data", ["1f", "1f80", "07", "0783", "0780", "070561", "25020702"])
def test_a_container_that_ends_too_soon(data: str) -> None:
    with pytest.raises(Malformed):
        list(walk(bytes.fromhex(data)))


def test_containers_without_end_are_refused() -> None:
    data = b"\x07\x00"
    for _ in range(12):
        data = b"\x25" + bytes([len(data)]) + data
    with pytest.raises(Malformed, match="without end"):
        list(walk(data))


@given(st.sampled_from([0x040F, 0x04FF, 0x06D1, 0x06D3, 0x060F, 0x061E, 0x0600, 0x0601]), st.binary(max_size=60))
def test_garbage_is_read_or_malformed(control: int, data: bytes) -> None:
    with contextlib.suppress(Malformed):
        decode(Apdu(control, data))


def test_a_result_is_kept_when_what_follows_it_is_not_known() -> None:
    found = decode(Apdu(0x040F, bytes.fromhex("2700 04000000001200 6c 1234")))
    assert isinstance(found, StatusInformation)
    assert (found.result_code, found.amount_minor) == (0, 1200)
    assert "BMP 6C is not known" in found.unread
    assert "BMP 6C" in describe("040f0c2700040000000012006c1234")["error"]
    with pytest.raises(Malformed, match="BMP 6C is not known"):
        decode(Apdu(0x040F, bytes.fromhex("04000000001200 6c 2700")))


def test_an_amount_that_cannot_be_read_is_an_error_not_zero() -> None:
    with pytest.raises(Malformed, match="not made of digits"):
        decode(Apdu(0x040F, bytes.fromhex("2700 0400000000eeee")))


# Serial blocks


@pytest.mark.parametrize("vector", VECTORS["serial_framing"]["frames"], ids=lambda each: each["name"])
def test_serial_blocks(vector: dict[str, Any]) -> None:
    apdu = bytes.fromhex(vector["apdu"])
    assert frame(apdu).hex() == vector["frame"]
    (piece,) = FrameReader().feed(bytes.fromhex(vector["frame"]))
    assert (piece.kind, piece.data) == ("block", apdu)
    assert "error" not in describe(vector["frame"])


def test_the_checksum_is_the_reflected_one() -> None:
    assert crc(b"123456789") == 0x2189
    computed = VECTORS["serial_framing"]["computed"][0]
    assert f"{crc(bytes.fromhex(computed['crc_input'])):04X}" == computed["crc"]
    assert frame(bytes.fromhex(computed["apdu"])).hex() == computed["frame"]


@given(st.lists(st.binary(max_size=40), max_size=4), st.integers(1, 7))
def test_blocks_however_they_are_cut(blocks: list[bytes], size: int) -> None:
    stream = b"\x06".join(map(frame, blocks)) + b"\x15"
    reader, found = FrameReader(), []
    for start in range(0, len(stream), size):
        found += reader.feed(stream[start : start + size])
    assert [piece.data for piece in found if piece.kind == "block"] == blocks
    assert not reader.inside
    assert found[-1].kind == "nak"


@given(st.binary(min_size=1, max_size=40), st.data())
def test_a_flipped_bit_never_makes_another_message(apdu: bytes, data: st.DataObject) -> None:
    block = bytearray(frame(apdu))
    block[data.draw(st.integers(0, len(block) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    taken = [piece.data for piece in FrameReader().feed(bytes(block)) if piece.kind == "block"]
    assert taken in ([], [apdu])


def test_a_block_that_is_cut_off_is_followed_by_the_next() -> None:
    reader = FrameReader()
    pieces = reader.feed(bytes.fromhex("1002060103") + frame(b"\x80\x00\x00"))
    assert [piece.kind for piece in pieces] == ["damaged", "block"]
    reader.feed(bytes.fromhex("10020601"))
    assert reader.inside
    assert reader.give_up().kind == "damaged"
    assert [piece.kind for piece in reader.feed(b"\x06")] == ["ack"]


# Orders


def test_orders_are_those_of_the_specification() -> None:
    frames = {each["name"]: each["apdu"] for each in VECTORS["serial_framing"]["frames"]}
    assert bytes(orders.pay(Money(1000, "EUR")).apdu).hex() == BY_NAME["authorisation_10_00"]["hex"]
    assert bytes(orders.status_enquiry(PASSWORD).apdu).hex() == frames["status_enquiry"]
    assert bytes(orders.repeat_receipt(PASSWORD).apdu).hex() == "0620051234560303"
    assert bytes(orders.refund(PASSWORD, Money(1000, "EUR")).apdu).hex() == "06310a12345604000000001000"
    assert bytes(orders.reverse(PASSWORD, 7, Money(1, "EUR")).apdu).hex() == "063006123456870007"
    assert bytes(orders.end_of_day(PASSWORD).apdu).hex() == "065003123456"
    assert bytes(orders.register(PASSWORD, 978).apdu).hex() == "06000e123456be09780606" + "26040a0206d3"
    assert bytes(orders.register(PASSWORD, None).apdu).hex() == "060004123456be"
    assert bytes(orders.TAKEN).hex() == BY_NAME["ecr_reply_ack"]["hex"]


def test_what_a_till_takes_over() -> None:
    vector = CODEC["config_byte_no_receipt_text"]
    taken = (
        Config.PAYMENT_RECEIPTS
        | Config.ADMINISTRATION_RECEIPTS
        | Config.CONTROLS_PAYMENT
        | Config.CONTROLS_ADMINISTRATION
    )
    assert f"{taken:02x}" == vector["expect"]


def test_orders_that_zvt_cannot_say() -> None:
    with pytest.raises(BadOrder, match="no amount"):
        orders.pay(Money(0, "EUR"))
    with pytest.raises(BadOrder, match="does not fit"):
        orders.pay(Money(10**12, "EUR"))
    with pytest.raises(BadOrder, match="XXX has no number"):
        orders.currency_number("XXX")
    with pytest.raises(BadOrder, match="six digits") as caught:
        orders.password_bytes("12345x")
    assert "12345" not in str(caught.value)


# Card numbers

NUMBERS = ["4111111111111111", "5413330089604111", "378282246310005", "4222222222222", "6304000000000000018"]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_card_number_is_masked_wherever_it_stands(number: str) -> None:
    grouped = " ".join(number[i : i + 4] for i in range(0, len(number), 4))
    for text in (number, grouped, grouped.replace(" ", "-"), f"Karte {grouped} ok", f"0012{number}99", f"A{number}B"):
        found = scrub(text)
        assert not any(passes(found)), found
        assert len(found) == len(text)
    assert scrub(number) == "*" * (len(number) - 4) + number[-4:]


def passes(text: str) -> list[str]:
    """Every run of 13 to 19 digits in a text that is a card's number, read by the book."""
    digits = "".join(letter for letter in text if letter not in " -")
    found = []
    for start in range(len(digits)):
        for end in range(start + 13, min(start + 19, len(digits)) + 1):
            part = digits[start:end]
            if part.isdigit():
                doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(part))]
                if sum(d // 10 + d % 10 for d in doubled) % 10 == 0:
                    found.append(part)
    return found


@given(st.text(alphabet="0123456789 -", max_size=60))
def test_nothing_that_passes_for_a_card_number_is_left(text: str) -> None:
    for run in "".join(letter if letter.isdigit() or letter == "*" else " " for letter in scrub(text)).split():
        assert not passes(run)


def test_other_numbers_stay() -> None:
    for text in ("VU-Nr. 100461763", "19.10.2021         13:30:04", "Trace: 100040"):
        assert scrub(text) == text


@pytest.mark.parametrize(
    ("packed", "shown"),
    [
        ("eeeeeeeeeeee4771", "************4771"),
        ("4111111111111111", "************1111"),
        ("6304000000000000018f", "***************0018"),
        ("eeeeeeeeeeeeeeee", "****************"),
    ],
)
def test_a_packed_card_number(packed: str, shown: str) -> None:
    assert masked_number(bytes.fromhex(packed)) == shown


def test_no_message_shows_a_card_number() -> None:
    number, letters = NUMBERS[0], NUMBERS[0].encode().hex()
    fields = f"2700 22f0f8{number} 23f1f6{number}d25122011234567f 3cf0f1f6{letters} 8bf1f6{letters} 2a{letters[:30]}"
    for control, data in (
        (0x040F, fields),
        (0x06D1, "00" + letters),
        (0x06D3, f"06 16 2514 0710{letters} 0900"),
        (0x04FF, f"ff 06 14 2412 0710{letters}"),
        (0x0601, f"04000000001200 22f0f8{number}"),
    ):
        apdu = Apdu(control, bytes.fromhex(data))
        found = describe(bytes(apdu).hex())
        assert "error" not in found
        told = json.dumps(found) + repr(apdu) + repr(decode(apdu))
        assert not any(passes(run) for run in told.replace('"', " ").split()), told


# Lines of a log


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "too short"),
        ("zz", "not hexadecimal"),
        ("060", "not hexadecimal"),
        ("0601", "too short"),
        ("060107040000", "announces 7 bytes"),
        ("06ff00", "06FF is no message"),
        ("10020601", "not one whole serial block"),
        ("1002060006123456ba097810030000", "right checksum"),
        ("060002123456", "announces 2 bytes"),
        ("06200112", "without its password"),
    ],
)
def test_malformed_lines_say_what_is_wrong(line: str, reason: str) -> None:
    assert reason in describe(line)["error"]


def test_no_password_and_no_input_is_repeated() -> None:
    assert "123456" not in json.dumps(describe(VECTORS["serial_framing"]["frames"][0]["frame"]))
    assert "4111" not in json.dumps(describe("4111111111111111x"))
