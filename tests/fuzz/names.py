"""What the targets are called: to import the targets themselves would be to import them without the fuzzer's eyes."""

from __future__ import annotations

from typing import Final

NAMES: Final = (
    "decode escpos", "decode fgl", "decode zpl", "decode zvt", "escpos replies", "fgl status", "zpl status",
    "zvt over tcp", "zvt over serial", "scanner", "layout",
)  # fmt: skip
