"""What the terminal says, and what a till says to it, as values. Card numbers are masked here.

Field names are those of the vectors the tests read (tests/wire/vectors/zvt.json). A field
that the message does not have is None. Amounts are minor units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pos.devices.zvt.apdu import Apdu, Malformed
from pos.devices.zvt.fields import Fields, length_of, read_fields, unbcd
from pos.devices.zvt.mask import masked_number
from pos.devices.zvt.texts import (
    AUTHENTICATIONS,
    CP437,
    RECEIPTS,
    RESULTS,
    TECHNOLOGIES,
    TOTALLED,
    ZVT7,
    card_type,
    character_set,
    meanwhile,
    read_text,
)
from pos.devices.zvt.tlv import walk
from pos.domain.mask import scrub


@dataclass(frozen=True, slots=True)
class StatusInformation:
    """04 0F: the result of a transaction. `terminal_id` is the number, `time` HH:MM:SS. There is no year."""

    result_code: int | None = None
    result_text_en: str | None = None
    amount_minor: int | None = None
    currency_code: int | None = None
    trace_number: int | None = None
    original_trace_number: int | None = None
    receipt_number: int | None = None
    turnover_number: int | None = None
    terminal_id: int | None = None
    card_type: str | None = None
    card_name: str | None = None
    card_number: str | None = None  # masked, but for the last four digits
    card_sequence_number: int | None = None
    expiry_month: int | None = None
    expiry_year: int | None = None
    date_day: int | None = None
    date_month: int | None = None
    time: str | None = None
    additional_text: str | None = None
    authorisation: str | None = None
    merchant_number: str | None = None
    card_technology: str | None = None
    cardholder_authentication: str | None = None
    application_id: str | None = None
    receipt_first: int | None = None  # of an end of day, with what was moved by card: (name, count, minor)
    receipt_last: int | None = None
    card_totals: tuple[tuple[str, int, int], ...] = ()
    unread: str = ""  # why the rest of the message could not be read

    @property
    def at(self) -> str:
        """When it was, "08-17 11:33:39"; empty when not told."""
        if self.date_day is None or self.date_month is None or self.time is None:
            return ""
        return f"{self.date_month:02d}-{self.date_day:02d} {self.time}"


@dataclass(frozen=True, slots=True)
class IntermediateStatus:
    """04 FF: what the terminal shows just now. Not `parsed` when it says nothing."""

    parsed: bool
    message_en: str | None = None
    text_lines: tuple[str, ...] = ()
    code: int | None = None


@dataclass(frozen=True, slots=True)
class PrintLine:
    """06 D1: a line to print. Bit 7 of `attribute` ends the paper."""

    attribute: int
    text: str
    line_received: bool = True


@dataclass(frozen=True, slots=True)
class PrintTextBlock:
    """06 D3: a whole paper. `completely_processed` when it says that it ends here."""

    parsed: bool
    completely_processed: bool
    receipt_type: str | None
    text: str
    text_lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Completion:
    """06 0F: the dialogue is over, the till has the word again."""

    result: str = "successful"
    result_code: int | None = None
    terminal_id: int | None = None
    currency_code: int | None = None
    software_version: str | None = None
    terminal_status: int | None = None


@dataclass(frozen=True, slots=True)
class Abort:
    """06 1E: the terminal gave up."""

    result: str = "abort"
    result_code: int | None = None
    error_text_en: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """80 00 or 84 xx: whether the last message was taken."""

    command: str
    result: str
    result_code: int | None = None
    error_text_en: str | None = None

    @property
    def positive(self) -> bool:
        return self.result_code is None


@dataclass(frozen=True, slots=True)
class Command:
    """What a till orders. Passwords and card data in it are not read."""

    command: str
    amount_minor: int | None = None
    currency_code: int | None = None
    receipt_number: int | None = None


Message = (
    StatusInformation | IntermediateStatus | PrintLine | PrintTextBlock | Completion | Abort | Reply | Command | None
)

_TOTAL_SIZE: Final = 7  # a count in a byte, a sum in six
_TOTALS_SIZE: Final = 4 + _TOTAL_SIZE * len(TOTALLED)

# Control -> name, and how many bytes of password (and configuration) come before the BMPs.
COMMANDS: Final[dict[int, tuple[str, int]]] = {
    0x0501: ("status_enquiry", 3),
    0x0600: ("registration", 4),
    0x0601: ("authorisation", 0),
    0x0602: ("log_off", 0),
    0x0618: ("reset_terminal", 0),
    0x0620: ("repeat_receipt", 3),
    0x0630: ("reversal", 3),
    0x0631: ("refund", 3),
    0x0650: ("end_of_day", 3),
    0x0670: ("diagnosis", 0),
    0x0693: ("initialisation", 3),
    0x06B0: ("abort_command", 0),
    0x06E0: ("show_text", 0),
}


def decode(apdu: Apdu, charset: str = CP437) -> Message:
    """The message in an APDU, None when it is none that a terminal or a till sends here. Raises Malformed.

    `charset` is that of texts that do not name their own.
    """
    data = apdu.data
    match apdu.control:
        case 0x040F:
            return status_information(data, charset)
        case 0x04FF:
            return _intermediate(data, charset)
        case 0x06D1:
            return _print_line(data, charset)
        case 0x06D3:
            return _print_text_block(data, charset)
        case 0x060F:
            return _completion(data)
        case 0x061E:
            return Abort(result_code=data[0], error_text_en=RESULTS.get(data[0])) if data else Abort()
    if apdu.control >> 8 in (0x80, 0x84):
        return _reply(apdu.control)
    return _command(apdu.control, data) if apdu.control in COMMANDS else None


def status_information(data: bytes, charset: str = CP437) -> StatusInformation:
    """The data field of 04 0F. Raises Malformed when what matters in it cannot be read."""
    fields = read_fields(data)
    bmps = fields.bmps
    if fields.unread and 0x27 not in bmps:
        raise Malformed(fields.unread)
    result = bmps[0x27][0] if 0x27 in bmps else None
    expiry = _lenient(bmps.get(0x0E))
    date = _number(bmps, 0x0D)
    tags = dict(walk(bmps[0x06])) if 0x06 in bmps else {}
    first, last, totals = _totals(bmps[0x60]) if 0x60 in bmps else (None, None, ())
    return StatusInformation(
        result_code=result,
        result_text_en=None if result is None else RESULTS.get(result),
        amount_minor=_number(bmps, 0x04),
        currency_code=_number(bmps, 0x49),
        trace_number=_number(bmps, 0x0B),
        original_trace_number=_number(bmps, 0x37),
        receipt_number=_number(bmps, 0x87),
        turnover_number=_number(bmps, 0x88),
        terminal_id=_number(bmps, 0x29),
        card_type=card_type(bmps[0x8A][0]) if 0x8A in bmps else None,
        card_name=_text(bmps, 0x8B, charset),
        card_number=masked_number(bmps[0x22]) if 0x22 in bmps else None,
        card_sequence_number=_lenient(bmps.get(0x17)),
        expiry_month=None if expiry is None else expiry % 100,
        expiry_year=None if expiry is None else expiry // 100,
        date_day=None if date is None else date % 100,
        date_month=None if date is None else date // 100,
        time=_time(bmps),
        additional_text=_text(bmps, 0x3C, charset),
        authorisation=_text(bmps, 0x3B, charset),
        merchant_number=_text(bmps, 0x2A, charset),
        card_technology=TECHNOLOGIES.get(_first(tags.get("1F12"))),
        cardholder_authentication=AUTHENTICATIONS.get(_first(tags.get("1F10"))),
        application_id=tags["43"].hex().upper() if "43" in tags else None,
        receipt_first=first,
        receipt_last=last,
        card_totals=totals,
        unread=fields.unread,
    )


def _totals(data: bytes) -> tuple[int, int, tuple[tuple[str, int, int], ...]]:
    """BMP 60: the first and last receipt, then a count and a sum for each kind of card. Raises Malformed."""
    if len(data) != _TOTALS_SIZE:
        raise Malformed(f"has totals of {len(data)} bytes in place of {_TOTALS_SIZE}")
    rows = [data[start : start + _TOTAL_SIZE] for start in range(4, _TOTALS_SIZE, _TOTAL_SIZE)]
    totals = ((card, row[0], unbcd(row[1:])) for card, row in zip(TOTALLED, rows, strict=True))
    return unbcd(data[:2]), unbcd(data[2:4]), tuple(total for total in totals if total[1] or total[2])


def _number(bmps: dict[int, bytes], bmp: int) -> int | None:
    return unbcd(bmps[bmp]) if bmp in bmps else None


def _lenient(data: bytes | None) -> int | None:
    """A number that terminals hide digits of, and that nothing depends on."""
    try:
        return None if data is None else unbcd(data)
    except Malformed:
        return None


def _first(data: bytes | None) -> int:
    return data[0] if data else -1


def _text(bmps: dict[int, bytes], bmp: int, charset: str) -> str | None:
    return scrub(read_text(bmps[bmp], charset).strip("\0 ")) if bmp in bmps else None


def _time(bmps: dict[int, bytes]) -> str | None:
    number = _number(bmps, 0x0C)
    return None if number is None else f"{number // 10000:02d}:{number // 100 % 100:02d}:{number % 100:02d}"


def _intermediate(data: bytes, charset: str) -> IntermediateStatus:
    if not data:
        return IntermediateStatus(parsed=False)
    # After the code there may be a time limit in a byte of its own, then a container with texts.
    rest = data[1:]
    fields = read_fields(rest) if rest[:1] == b"\x06" else read_fields(rest[1:])
    lines = _lines(fields, charset)
    return IntermediateStatus(True, "\n".join(lines) or meanwhile(data[0]), lines, data[0])


def _lines(fields: Fields, charset: str) -> tuple[str, ...]:
    """The texts in a container (tag 07)."""
    if 0x06 not in fields.bmps:
        return ()
    tags = list(walk(fields.bmps[0x06]))
    for name, value in tags:
        if name == "14" and value:
            charset = character_set(value[0])
    return tuple(scrub(read_text(value, charset)) for name, value in tags if name == "07")


def _print_line(data: bytes, charset: str) -> PrintLine:
    if not data:
        raise Malformed("is a line to print without an attribute")
    return PrintLine(data[0], scrub(read_text(data[1:], charset)))


def _print_text_block(data: bytes, charset: str) -> PrintTextBlock:
    fields = read_fields(data)
    if fields.unread or 0x06 not in fields.bmps:
        raise Malformed(fields.unread or "is a text to print without a container")
    tags = list(walk(fields.bmps[0x06]))
    kind = next((value[0] for name, value in tags if name == "1F07" and value), 0)
    ends = any(name == "09" and value and value[0] & 0x80 for name, value in tags)
    lines = _lines(fields, charset)
    return PrintTextBlock(True, ends, RECEIPTS.get(kind), "\n".join(lines), lines)


def _completion(data: bytes) -> Completion:
    """After a status enquiry a version and a status byte may come first, that no BMP number announces."""
    version = status = None
    if len(data) >= 3 and all(0xF0 <= byte <= 0xF9 for byte in data[:3]):
        length = length_of(data[:3], 3)
        if len(data) < 3 + length:
            raise Malformed(f"announces {length} bytes of version and has {len(data) - 3}")
        version, data = read_text(data[3 : 3 + length], ZVT7), data[3 + length :]
        status, data = (data[0], data[1:]) if data else (None, data)
    elif len(data) == 1 or data[1:2] == b"\x06":
        status, data = data[0], data[1:]
    bmps = read_fields(data).bmps
    return Completion(
        result_code=bmps[0x27][0] if 0x27 in bmps else None,
        terminal_id=_number(bmps, 0x29),
        currency_code=_number(bmps, 0x49),
        software_version=version,
        terminal_status=status,
    )


def _reply(control: int) -> Reply:
    command, code = f"{control:04x}", control & 0xFF
    if control in (0x8000, 0x8400):
        return Reply(command, "positive_completion")
    return Reply(command, "negative_completion", code, RESULTS.get(code))


def _command(control: int, data: bytes) -> Command:
    name, secret = COMMANDS[control]
    if len(data) < secret:
        raise Malformed(f"is a {name} without its password")
    # In a registration the currency stands bare, before the BMPs.
    if control == 0x0600:
        return Command("0600", currency_code=unbcd(data[4:6]) if len(data) >= 6 else None)
    fields = read_fields(data[secret:])
    if fields.unread:
        raise Malformed(fields.unread)
    bmps = fields.bmps
    return Command(f"{control:04x}", _number(bmps, 0x04), _number(bmps, 0x49), _number(bmps, 0x87))
