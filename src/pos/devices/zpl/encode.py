"""Labels in ZPL: one ^XA … ^XZ each, a picture, since the printer's own fonts are Latin only.

The dots go as :Z64:, deflated and in base 64 with a checksum: a tenth of their hexadecimal digits. Neither
^ nor ~, which begin commands anywhere, is in that alphabet.
"""

from __future__ import annotations

import binascii
import math
import zlib
from base64 import b64encode
from typing import Final

from pos.devices.dots import Dots

ASK: Final = b"~HS~HQES"
# Gives up a label that an earlier job left unfinished. What is complete is not touched.
HELLO: Final = b"~JX"
_LEVEL: Final = 6  # of deflation; a higher one costs more time than it saves on the line


def label(dots: Dots) -> bytes:
    """One label as a picture, printed once. Nothing that the printer stores is changed."""
    across = math.ceil(dots.width / 8)
    total = across * dots.height
    head = f"^XA^FO0,0^GFA,{total},{total},{across},"
    return head.encode() + z64(dots.data) + b"^FS^PQ1^XZ\n"


def z64(data: bytes) -> bytes:
    """:Z64:data:checksum, the checksum (CRC-16-CCITT from 0) over the base 64 digits."""
    digits = b64encode(zlib.compress(data, _LEVEL))
    return b":Z64:" + digits + b":" + f"{binascii.crc_hqx(digits, 0):04X}".encode()
