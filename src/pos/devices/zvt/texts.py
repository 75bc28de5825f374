"""What ZVT's numbers mean, in the English of the specification, and the letters its texts are in."""

from __future__ import annotations

from typing import Final

# Results, refusals and aborts (chapter 10). 01 to 63 are the card network's own.
RESULTS: Final[dict[int, str]] = {
    0x00: "no error",
    0x64: "card not readable (LRC-/parity-error)",
    0x65: "card-data not present (neither track-data nor chip found)",
    0x66: "processing-error (also for problems with card-reader mechanism)",
    0x67: "function not permitted for ec- and Maestro-cards",
    0x68: "function not permitted for credit- and tank-cards",
    0x6A: "turnover-file full",
    0x6B: "function deactivated (PT not registered)",
    0x6C: "abort via timeout or abort-key",
    0x6E: "card in blocked-list (response to command 06 E4)",
    0x6F: "wrong currency",
    0x71: "credit not sufficient (chip-card)",
    0x72: "chip error",
    0x73: "card-data incorrect (e.g. country-key check, checksum-error)",
    0x74: "DUKPT engine exhausted",
    0x75: "text not authentic",
    0x76: "PAN not in white list",
    0x77: "end-of-day batch not possible",
    0x78: "card expired",
    0x79: "card not yet valid",
    0x7A: "card unknown",
    0x7B: "fallback to magnetic stripe for girocard not possible",
    0x7C: "fallback to magnetic stripe not possible (used for non girocard cards)",
    0x7D: "communication error (communication module does not answer or is not present)",
    0x7E: "fallback to magnetic stripe not possible, debit advice possible (used only for girocard)",
    0x83: "function not possible",
    0x85: "key missing",
    0x89: "PIN-pad defective",
    0x9A: "ZVT protocol error. e. g. parsing error, mandatory message element missing",
    0x9B: "error from dial-up/communication fault",
    0x9C: "please wait",
    0xA0: "receiver not ready",
    0xA1: "remote station does not respond",
    0xA3: "no connection",
    0xA4: "submission of Geldkarte not possible",
    0xA5: "function not allowed due to PCI-DSS/P2PE rules",
    0xB1: "memory full",
    0xB2: "merchant-journal full",
    0xB4: "already reversed",
    0xB5: "reversal not possible",
    0xB7: "pre-authorisation incorrect (amount too high) or amount wrong",
    0xB8: "error pre-authorisation",
    0xBF: "voltage supply to low (external power supply)",
    0xC0: "card locking mechanism defective",
    0xC1: "merchant-card locked",
    0xC2: "diagnosis required",
    0xC3: "maximum amount exceeded",
    0xC4: "card-profile invalid. New card-profiles must be loaded.",
    0xC5: "payment method not supported",
    0xC6: "currency not applicable",
    0xC8: "amount too small",
    0xC9: "max. transaction-amount too small",
    0xCB: "function only allowed in EURO",
    0xCC: "printer not ready",
    0xCD: "Cashback not possible",
    0xD2: "function not permitted for service-cards/bank-customer-cards",
    0xDC: "card inserted",
    0xDD: "error during card-eject (for motor-insertion reader)",
    0xDE: "error during card-insertion (for motor-insertion reader)",
    0xE0: "remote-maintenance activated",
    0xE2: "card-reader does not answer / card-reader defective",
    0xE3: "shutter closed",
    0xE4: "Terminal activation required",
    0xE7: "min. one goods-group not found",
    0xE8: "no goods-groups-table loaded",
    0xE9: "restriction-code not permitted",
    0xEA: "card-code not permitted (e.g. card not activated via Diagnosis)",
    0xEB: "function not executable (PIN-algorithm unknown)",
    0xEC: "PIN-processing not possible",
    0xED: "PIN-pad defective",
    0xF0: "open end-of-day batch present",
    0xF1: "ec-cash/Maestro offline error",
    0xF5: "OPT-error",
    0xF6: "OPT-data not available (= OPT personalisation required)",
    0xFA: "error transmitting offline-transactions (clearing error)",
    0xFB: "turnover data-set defective",
    0xFC: "necessary device not present or defective",
    0xFD: "baudrate not supported",
    0xFE: "register unknown",
    0xFF: "system error (= other/unknown error), See TLV tags 1F16 and 1F17",
}

# What the usual intermediate statuses mean to a person, whatever the terminal calls them.
_SAYS: Final[dict[int, str]] = {
    **dict.fromkeys((0x01, 0x02), "enter_pin"),
    **dict.fromkeys((0x04, 0xD2, 0xD3), "asking_bank"),
    0x05: "reversing",
    **dict.fromkeys((0x03, 0x07, 0x08, 0x10, 0x13, 0x1D), "declined"),
    0x09: "card_expired",
    **dict.fromkeys((0x0A, 0x2A), "insert_card"),
    **dict.fromkeys((0x0B, 0x4B), "remove_card"),
    **dict.fromkeys((0x0C, 0x0D, 0x19), "card_unreadable"),
    **dict.fromkeys((0x06, 0x0E, 0x17, 0x28, 0x29, 0x2B, 0x2C), "please_wait"),
    **dict.fromkeys((0x14, 0x16), "limit_reached"),
    0x15: "wrong_pin",
    0x18: "pin_blocked",
    **dict.fromkeys((0x1B, 0x1C), "approved"),
    0x0F: "closing_day",
    0xC8: "ask_cashier",
}

_REMOVE: Final = "Please remove card!"
_MEANWHILE: Final[dict[int, str]] = {
    0x00: "PT is waiting for amount-confirmation",
    0x01: "Please watch PIN-Pad",
    0x02: "Please watch PIN-Pad",
    0x03: "Not accepted",
    0x04: "PT is waiting for response from FEP",
    0x05: "PT is sending auto-reversal",
    0x06: "PT is sending post-bookings",
    0x07: "Card not admitted",
    0x08: "Card unknown / undefined",
    0x09: "Expired card",
    0x0A: "Insert card",
    0x0B: _REMOVE,
    0x0C: "Card not readable",
    0x0D: "Processing error",
    0x0E: "Please wait...",
    0x0F: "PT is commencing an automatic end-of-day batch",
    0x10: "Invalid card",
    0x11: "Balance display",
    0x12: "System malfunction",
    0x13: "Payment not possible",
    0x14: "Credit not sufficient",
    0x15: "Incorrect PIN",
    0x16: "Limit not sufficient",
    0x17: "Please wait...",
    0x18: "PIN try limit exceeded",
    0x19: "Card-data incorrect",
    0x1A: "Service-mode",
    0x1B: "Approved. Please fill-up",
    0x1C: "Approved. Please take goods",
    0x1D: "Declined",
    0x26: "PT is waiting for input of the mobile number",
    0x27: "PT is waiting for repeat of the mobile number",
    0x28: "Currency selection, please wait...",
    0x29: "Language selection, please wait...",
    0x2A: "For loading please insert card",
    0x2B: "Emergency transaction, please wait",
    0x2C: "Application selection, please wait",
    0x68: "PT has detected customer card insertion",
    0x69: "Please select DCC",
    0xC7: "PT is waiting for input of the mileage",
    0xC8: "PT is waiting for cashier",
    0xC9: "PT is commencing an automatic diagnosis",
    0xCA: "PT is commencing an automatic initialisation",
    0xCB: "Merchant-journal full",
    0xCC: "Debit advice not possible, PIN required",
    0xD2: "Connecting dial-up",
    0xD3: "Dial-up connection made",
    0xE0: "PT is waiting for application-selection",
    0xE1: "PT is waiting for language-selection",
    0xE2: "PT requests to use the cleaning card",
    0xF1: "Offline",
    0xF2: "Online",
    0xF3: "Offline transaction",
    0xFF: "no appropriate ZVT status code matches the status. See TLV tags 24 and 07",
}
# The same with a card still in the reader is 40 more; 4A has no text, 4B is 0B again.
_WITH_CARD: Final = {*range(0x41, 0x4A), *range(0x4C, 0x5E), 0x66, 0x67}

# The card types a ticket window is likely to see (chapter 12); there are some 250.
_CARDS: Final[dict[int, str]] = {
    0x02: "ec-card (national, international, bank-customer card)",
    0x05: "girocard",
    0x06: "Mastercard",
    0x07: "EAPS",
    0x08: "American Express",
    0x09: "Debit advice based on track 2 or EMV chip (e.g. EuroELV)",
    0x0A: "Visa",
    0x0B: "VISA electron",
    0x0C: "Diners",
    0x0D: "V PAY",
    0x0E: "JCB",
    0x0F: "REKA Card",
    0x1E: "Geldkarte",
    0x2E: "Maestro",
    0x2F: "GiftCard",
    0x45: "Postcard (Postfinance Card)",
    0x57: "Bancontact-MisterCash",
    0x61: "ALIPAY",
    0x7F: "AirPlus",
    0xC4: "Dankort",
    0xC5: "VISA/Dankort",
    0xC6: "CUP-card",
    0xD9: "Austria Card",
    0xE8: "Discover Card",
}

TECHNOLOGIES: Final[dict[int, str]] = {0: "Magnetic stripe", 1: "Chip", 2: "NFC"}
AUTHENTICATIONS: Final[dict[int, str]] = {
    0x00: "No Cardholder authentication",
    0x01: "Signature",
    0x02: "Online Pin",
    0x03: "Offline encrypted Pin",
    0x04: "Offline plaintext Pin",
    0x05: "Offline encrypted Pin + signature",
    0x06: "Offline plaintext Pin + signature",
    0x07: "Online Pin + signature",
    0xFF: "Unknown cardholder verification",
}
RECEIPTS: Final[dict[int, str]] = {1: "merchant", 2: "customer", 3: "administration"}

# The cards whose totals an end of day tells (BMP 60), in this order.
TOTALLED: Final = ("girocard", "JCB", "Mastercard", "American Express", "Visa", "Diners", "")

CP437: Final = "cp437"
ZVT7: Final = "zvt7"  # ASCII with umlauts for brackets and braces
_ZVT7: Final = str.maketrans("[\\]{|}~", "ÄÖÜäöüß")
_SETS: Final = {0x00: ZVT7, 0xFE: "utf-8", 0xFF: CP437}


def meanwhile(code: int) -> str | None:
    """What an intermediate status (04 FF) says, None when the specification has no such code."""
    if code in _WITH_CARD:
        return f"{_MEANWHILE[code - 0x40]}\n{_REMOVE}"
    return {0x4A: "", 0x4B: _REMOVE}.get(code, _MEANWHILE.get(code))


def saying(code: int) -> str:
    """What an intermediate status means, one of a few words in code ("insert_card"); empty for the unusual ones.

    With a card still in the reader it is the same, 40 more.
    """
    return _SAYS.get(code - 0x40 if code in _WITH_CARD else code, "")


def card_type(number: int) -> str:
    """The name of a card type (BMP 8A)."""
    return _CARDS.get(number, f"card type {number}")


def character_set(number: int) -> str:
    """The character set that TLV tag 14 names; ISO 8859 by its part."""
    if 1 <= number <= 16 and number != 12:
        return f"iso8859-{number}"
    return _SETS.get(number, CP437)


def read_text(data: bytes, charset: str) -> str:
    """A text as a person reads it. What cannot be read shows as a replacement sign."""
    if charset == ZVT7:
        return bytes(byte & 0x7F for byte in data).decode("ascii").translate(_ZVT7)
    return data.decode(charset, errors="replace")
