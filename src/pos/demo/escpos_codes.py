"""The codes that an ESC/POS printer draws by itself, for the printer without the printer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import qrcode
from pdf417gen import encode as encode_pdf417
from PIL import Image

_QR_LEVELS: Final = {48: 1, 49: 0, 50: 3, 51: 2}
_PDF417, _QR = 0x30, 0x31


class CodePen:
    """Keeps the settings of GS h, GS w and GS ( k, and draws what is then asked for, one dot a dot."""

    def __init__(self) -> None:
        self.bar = {"h": 162, "w": 3}
        self._set: dict[tuple[int, int], bytes] = {
            (_QR, 0x43): b"\x03", (_QR, 0x45): b"0", (_QR, 0x50): b"0",
            (_PDF417, 0x43): b"\x03", (_PDF417, 0x44): b"\x03", (_PDF417, 0x45): b"01", (_PDF417, 0x50): b"0",
        }  # fmt: skip

    def do_extended(self, kind: int, function: int, given: bytes) -> Image.Image | None:
        """GS ( k: the code when it is to be printed, None when something was only set."""
        if function != 0x51:
            self._set[kind, function] = given
            return None
        data = self._set[kind, 0x50][1:]
        module = self._set[kind, 0x43][0]
        if kind == _QR:
            code = qrcode.QRCode(error_correction=_QR_LEVELS[self._set[kind, 0x45][0]], border=0)
            code.add_data(data)
            code.make(fit=True)
            return _drawn(code.get_matrix(), module, module)
        level = self._set[kind, 0x45][1] - 0x30
        words = encode_pdf417(data, columns=2, security_level=level)
        rows = [[bit == "1" for word in row for bit in f"{word:b}"] for row in words]
        return _drawn(rows, module, module * self._set[kind, 0x44][0])

    def bars(self, data: bytes) -> Image.Image:
        """GS k 73: Code 128 of characters that all are in set B."""
        if not data.startswith(b"{B"):
            raise ValueError(f"only set B is known here: {data!r}")
        from reportlab.graphics.barcode.code128 import Code128

        code = Code128(data[2:].replace(b"{{", b"{").decode("ascii"))
        code.validate()
        code.encode()
        code.decompose()
        row = [letter.isupper() for letter in code.decomposed for _ in range(ord(letter.lower()) - ord("a") + 1)]
        return _drawn([row], self.bar["w"], self.bar["h"])


def _drawn(rows: Iterable[Iterable[bool]], across: int, down: int) -> Image.Image:
    matrix = [list(row) for row in rows]
    image = Image.new("1", (len(matrix[0]), len(matrix)), 1)
    image.putdata([0 if dark else 255 for row in matrix for dark in row])
    return image.resize((image.width * across, image.height * down))
