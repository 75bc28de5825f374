"""What a till orders of a terminal, as APDUs. An amount goes without its currency: that of the registration."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from typing import Final, Literal

from pos.devices.zvt.apdu import Apdu, BadOrder
from pos.devices.zvt.fields import bcd
from pos.domain.money import Money

Kind = Literal["register", "pay", "refund", "reverse", "repeat_receipt", "end_of_day", "status_enquiry"]

TAKEN: Final = Apdu(0x8000)  # what the terminal sent was taken
NOT_POSSIBLE: Final = Apdu(0x8483)  # the terminal asks for something that this till does not do
ABORT: Final = Apdu(0x06B0)


class Config(IntFlag):
    """What a till takes over from the terminal when it registers."""

    PAYMENT_RECEIPTS = 0x02
    ADMINISTRATION_RECEIPTS = 0x04
    INTERMEDIATE_STATUS = 0x08
    CONTROLS_PAYMENT = 0x10
    CONTROLS_ADMINISTRATION = 0x20
    PRINT_LINES = 0x80


# Nobody pays or closes the day at the terminal without the till: what the terminal did last is then
# what the till last ordered.
_CONFIG: Final = Config.INTERMEDIATE_STATUS | Config.CONTROLS_PAYMENT | Config.CONTROLS_ADMINISTRATION
_PRINTS: Final = Config.PAYMENT_RECEIPTS | Config.ADMINISTRATION_RECEIPTS | Config.PRINT_LINES
# BMP 06, tag 26: this till also takes whole papers (06 D3), and so TLV containers at all.
_TEXT_BLOCKS: Final = bytes.fromhex("06 06 26 04 0A 02 06 D3")
# BMP 03: print nothing, send the status information of the last transaction.
_RESULT_ONLY: Final = bytes.fromhex("03 03")

# ISO 4217, as terminals count currencies.
_CURRENCIES: Final = {
    "AED": 784, "ALL": 8, "AMD": 51, "ARS": 32, "AUD": 36, "AZN": 944, "BAM": 977, "BGN": 975, "BHD": 48, "BIF": 108,
    "BRL": 986, "BYN": 933, "CAD": 124, "CHF": 756, "CLP": 152, "CNY": 156, "CZK": 203, "DKK": 208, "EGP": 818,
    "EUR": 978, "GBP": 826, "GEL": 981, "HKD": 344, "HUF": 348, "IDR": 360, "ILS": 376, "INR": 356, "ISK": 352,
    "JOD": 400, "JPY": 392, "KRW": 410, "KWD": 414, "KZT": 398, "MAD": 504, "MDL": 498, "MKD": 807, "MXN": 484,
    "MYR": 458, "NOK": 578, "NZD": 554, "OMR": 512, "PHP": 608, "PLN": 985, "PYG": 600, "RON": 946, "RSD": 941,
    "SAR": 682, "SEK": 752, "SGD": 702, "THB": 764, "TND": 788, "TRY": 949, "TWD": 901, "UAH": 980, "UGX": 800,
    "USD": 840, "VND": 704, "XAF": 950, "XOF": 952, "ZAR": 710,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """One thing to be done. `amount` is the money that it may move, None when it moves none."""

    kind: Kind
    apdu: Apdu
    amount: Money | None = None


def currency_number(currency: str) -> int:
    """ISO 4217's number for "EUR". Raises BadOrder."""
    if currency not in _CURRENCIES:
        raise BadOrder(f"{currency} has no number here for a payment terminal")
    return _CURRENCIES[currency]


def password_bytes(password: str) -> bytes:
    """Six digits as the terminal takes them. Raises BadOrder, without saying what was given."""
    if len(password) != 6 or not (password.isascii() and password.isdigit()):
        raise BadOrder("a terminal's password has six digits")
    return bytes.fromhex(password)


def register(password: bytes, currency: int | None, *, prints: bool = True) -> Order:
    """06 00. Without a currency when none is known yet; no money can be moved then.

    `prints`: the till prints the receipts; else the terminal does, on its own paper.
    """
    more = b"" if currency is None else bcd(currency, 2) + _TEXT_BLOCKS
    config = _CONFIG | _PRINTS if prints else _CONFIG
    return Order("register", Apdu(0x0600, password + bytes([config]) + more))


def pay(amount: Money) -> Order:
    """06 01."""
    return Order("pay", Apdu(0x0601, _amount(amount)), amount)


def refund(password: bytes, amount: Money) -> Order:
    """06 31: money back to a card that is put in."""
    return Order("refund", Apdu(0x0631, password + _amount(amount)), amount)


def reverse(password: bytes, receipt_number: int, amount: Money) -> Order:
    """06 30: undo the transaction with that receipt number, which moved `amount`."""
    return Order("reverse", Apdu(0x0630, password + b"\x87" + bcd(receipt_number, 2)), amount)


def repeat_receipt(password: bytes, *, printed: bool = False) -> Order:
    """06 20: the status information of the last transaction executed; its papers too if they are to be `printed`."""
    return Order("repeat_receipt", Apdu(0x0620, password + (b"" if printed else _RESULT_ONLY)))


def end_of_day(password: bytes) -> Order:
    """06 50: hand the day's payments in."""
    return Order("end_of_day", Apdu(0x0650, password))


def status_enquiry(password: bytes) -> Order:
    """05 01: how the terminal is."""
    return Order("status_enquiry", Apdu(0x0501, password))


def _amount(amount: Money) -> bytes:
    if amount.minor <= 0:
        raise BadOrder(f"{amount} is no amount for a card")
    return b"\x04" + bcd(amount.minor, 6)
