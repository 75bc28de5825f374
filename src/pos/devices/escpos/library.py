"""Bytes that python-escpos builds for us. A builder only: its printers and its status are not used.

It is imported when a code is first typed, since that takes half a second and more; pages
that go as pictures never need it.
"""

from __future__ import annotations

from typing import Final

_PROFILE: Final = "TM-T88V"  # pinned, so that a new table of printers changes nothing here
_MEDIUM: Final = 1  # error correction, as on our pictures


def native_qr(payload: str, module: int) -> bytes:
    """GS ( k: the printer draws the QR code itself, with squares of `module` dots (1 to 16)."""
    from escpos.printer import Dummy

    builder = Dummy(profile=_PROFILE)
    builder.qr(payload, ec=_MEDIUM, size=module, native=True)
    output: bytes = builder.output
    return output
