"""Codes for readers, as the squares that they are made of."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import qrcode
from qrcode.constants import ERROR_CORRECT_M

from pos.domain.errors import Unreadable
from pos.paper.page import Symbology

# White that a reader needs around a code, in modules.
QUIET: Final[dict[Symbology, int]] = {"qr": 4, "code128": 10, "pdf417": 2}
# A module of two dots on the coarsest head there is (203 dpi): less is not read off every paper.
LEAST_MODULE_MM: Final = 0.26
PDF417_ROW: Final = 3  # height of a row, in modules
# Readers take any of the eight masks. Weighing them all costs 2.1 of the 2.4 ms that a short code
# takes, and a customer waits for every one of them.
_MASK: Final = 3
_PDF417_COLUMNS: Final = 30  # at most
_CACHED: Final = 64  # each is asked for when it is set and when it is drawn

Modules = tuple[tuple[bool, ...], ...]


@lru_cache(_CACHED)
def modules(symbology: Symbology, payload: str) -> Modules:
    """The rows of a code, True is black; without its quiet zone. Code 128 has one row.

    Raises Unreadable when this kind of code cannot hold the payload.
    """
    try:
        return {"qr": _qr, "code128": _code128, "pdf417": _pdf417}[symbology](payload)
    except ValueError as error:  # all three libraries', whatever else they are
        raise Unreadable("print job", "code", f"does not go into a {symbology}: {error}") from error


def _qr(payload: str) -> Modules:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=_MASK)
    code.add_data(payload)
    try:
        code.make(fit=True)
    except ValueError as error:
        raise ValueError("it is too long") from error
    return tuple(tuple(map(bool, row)) for row in code.get_matrix())


def _code128(payload: str) -> Modules:
    if not all(" " <= character <= "~" for character in payload):
        raise ValueError("it holds more than plain letters, digits and signs")
    from reportlab.graphics.barcode.code128 import Code128  # a tenth of a second, and most layouts have none

    code = Code128(payload)
    code.validate()
    code.encode()
    code.decompose()
    # Bars are capitals and spaces small letters, as wide as their place in the alphabet.
    row: list[bool] = []
    for letter in code.decomposed:
        row += [letter.isupper()] * (ord(letter.lower()) - ord("a") + 1)
    return (tuple(row),)


def _pdf417(payload: str) -> Modules:
    """With the fewest columns that make it at least twice as wide as high."""
    from pdf417gen.encoding import encode

    level = 2 if len(payload) <= 40 else 3 if len(payload) <= 160 else 4  # error correction, as the standard advises
    for columns in range(2, _PDF417_COLUMNS + 1):
        try:
            rows = encode(payload, columns=columns, security_level=level)
        except ValueError:
            continue  # more than 90 rows
        if len(rows) * 2 * PDF417_ROW <= 17 * len(rows[0]):
            return tuple(tuple(bit == "1" for word in row for bit in f"{word:b}") for row in rows)
    raise ValueError("it is too long")
