"""What a ZPL printer says when it is asked: three strings to ~HS, one to ~HQES.

Each string stands between STX and ETX, its fields between commas; models exceed the printed widths, so
fields are told by their number. A printer that is out of labels or ribbon, or whose head is open, may not
answer at all: a missing answer is a fault, never "ready".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

STX: Final = 0x02
ETX: Final = 0x03
LONGEST: Final = 512  # of one string; more is noise
NO_ANSWER: Final = ("MEDIA OUT", "RIBBON OUT", "HEAD OPEN", "REWINDER FULL", "HEAD OVER-TEMPERATURE")

_FIRST: Final = (
    "communication_settings", "paper_out", "paused", "label_length_dots", "formats_in_buffer", "buffer_full",
    "comm_diagnostics", "partial_format", "unused_1", "config_lost", "under_temperature", "over_temperature",
)  # fmt: skip
_SECOND: Final = (
    "function_settings", "unused_2", "head_open", "ribbon_out", "thermal_transfer", "print_mode",
    "print_width_mode", "label_waiting", "labels_remaining", "format_while_printing", "stored_images",
)  # fmt: skip
_THIRD: Final = ("password", "static_ram")
_STRINGS: Final = (_FIRST, _SECOND, _THIRD)
_NUMBERS: Final = frozenset({
    "communication_settings", "label_length_dots", "formats_in_buffer", "function_settings", "print_width_mode",
    "labels_remaining", "stored_images", "print_mode",
})  # fmt: skip
_LEFT_OUT: Final = frozenset({"unused_1", "unused_2", "communication_settings", "function_settings"})
_HINDRANCES: Final = (
    "paper_out", "paused", "head_open", "ribbon_out", "buffer_full", "config_lost", "under_temperature",
    "over_temperature",
)  # fmt: skip
_MODES: Final = {
    0: "rewind", 1: "peel-off", 2: "tear-off", 3: "cutter", 4: "applicator", 5: "delayed cut", 9: "RFID",
}  # fmt: skip
# Bits a8 a2 a1 a0 of the communication settings.
_BAUDS: Final = dict(
    enumerate((110, 300, 600, 1200, 2400, 4800, 9600, 19200, 28800, 38400, 57600, 14400)),
)
_ERRORS: Final = {
    0x01: "media_out", 0x02: "ribbon_out", 0x04: "head_open", 0x08: "cutter_fault",
    0x10: "head_over_temperature", 0x20: "motor_over_temperature", 0x40: "bad_head_element", 0x80: "head_not_detected",
    0x100: "invalid_firmware", 0x200: "head_thermistor_open", 0x1000: "paper_jam_in_retract",
    0x2000: "presenter_not_running", 0x4000: "paper_feed_error", 0x8000: "paper_path_not_clear",
}  # fmt: skip
_PAPER_NEAR_END: Final = 0x08
_FLAGS: Final = re.compile(r"(ERRORS|WARNINGS):\s+([01])\s+([0-9A-Fa-f]{8})\s+([0-9A-Fa-f]{8})")


class Malformed(ValueError):
    """It is no answer of such a printer; the message says why."""


@dataclass(frozen=True, slots=True)
class Status:
    """The answer to ~HS: its fields by name."""

    fields: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.fields[name]

    @property
    def waiting(self) -> int:
        """Labels that it has and has not printed, as far as it tells."""
        count: int = self["formats_in_buffer"] + self["labels_remaining"] + self["partial_format"]
        return count


@dataclass(frozen=True, slots=True)
class Faults:
    """The answer to ~HQES: errors by name, and whether the paper is running out."""

    errors: tuple[str, ...]
    paper_near_end: bool = False


@dataclass
class StringReader:
    """Cuts the bytes of a printer into the strings between STX and ETX, however they arrive."""

    _inside: bool = False
    _string: bytearray = field(default_factory=bytearray)

    @property
    def pending(self) -> bool:
        """Whether the end of a string is still to come."""
        return self._inside

    def feed(self, data: bytes) -> list[str]:
        """The strings that these bytes complete. What stands between two strings is passed over."""
        strings = []
        for byte in data:
            if byte == STX:
                self._inside = True
                self._string.clear()
            elif byte == ETX and self._inside:
                self._inside = False
                strings.append(self._string.decode("ascii", errors="replace"))
            elif self._inside:
                self._string.append(byte)
                self._inside = len(self._string) <= LONGEST
        return strings


def decode(strings: list[str]) -> Status:
    """The three strings that answer ~HS. Raises Malformed."""
    if len(strings) != len(_STRINGS):
        raise Malformed(f"is incomplete: {len(strings)} of {len(_STRINGS)} strings")
    raw: dict[str, Any] = {}
    for number, (string, names) in enumerate(zip(strings, _STRINGS, strict=True), 1):
        values = string.split(",")
        if len(values) != len(names):
            raise Malformed(f"is invalid: string {number} has {len(values)} fields, not {len(names)}")
        raw |= {name: _value(name, value.strip()) for name, value in zip(names, values, strict=True)}
    fields = {name: value for name, value in raw.items() if name not in _LEFT_OUT}
    mode = raw["print_mode"]
    fields["print_mode"] = {"code": mode, "name": _MODES.get(mode, "reserved")}
    fields["communication"] = _communication(raw["communication_settings"])
    fields["function"] = _function(raw["function_settings"])
    fields["can_print_now"] = not any(raw[name] for name in _HINDRANCES)
    return Status(fields)


def decode_faults(string: str) -> Faults | None:
    """The string that answers ~HQES; None when it is another one."""
    found = {kind: (int(group2, 16) << 32 | int(group1, 16)) if any_ == "1" else 0
             for kind, any_, group2, group1 in _FLAGS.findall(string)}  # fmt: skip
    if "ERRORS" not in found:
        return None
    errors = tuple(name for bit, name in _ERRORS.items() if found["ERRORS"] & bit)
    if found["ERRORS"] and not errors:
        errors = ("other",)
    return Faults(errors, bool(found.get("WARNINGS", 0) & _PAPER_NEAR_END))


def _value(name: str, text: str) -> Any:
    if name == "password":
        return text
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise Malformed(f"is invalid: {name} is {text[:20]!r}")
    if name in _NUMBERS or name.startswith("unused"):
        return int(text)
    if int(text) > 1:
        raise Malformed(f"is invalid: {name} is {text!r}, not 0 or 1")
    return text.endswith("1")


def _communication(bits: int) -> dict[str, Any]:
    parity = ("even" if bits & 0x40 else "odd") if bits & 0x20 else "none"
    return {
        "baud": _BAUDS.get((bits >> 8 & 1) << 3 | bits & 7),
        "data_bits": 8 if bits & 0x08 else 7,
        "stop_bits": 1 if bits & 0x10 else 2,
        "parity": parity,
        "handshake": "DTR" if bits & 0x80 else "XON/XOFF",
    }


def _function(bits: int) -> dict[str, Any]:
    return {
        "media": "continuous" if bits & 0x80 else "die-cut",
        "sensor_profile": bool(bits & 0x40),
        "comm_diagnostics": bool(bits & 0x20),
        "print_method": "thermal transfer" if bits & 0x01 else "direct thermal",
    }
