"""A card number as a terminal packs it, without the number."""

from __future__ import annotations

from typing import Final

_KEPT: Final = 4  # digits at the end


def masked_number(packed: bytes) -> str:
    """A card number as ZVT packs it: two digits a byte, E for a hidden one, F to fill up.

    All but the last four digits are hidden, whether the terminal hid them or not.
    """
    letters = packed.hex().rstrip("f")
    kept = letters[-_KEPT:]
    return "*" * (len(letters) - len(kept)) + "".join(letter if letter.isdigit() else "*" for letter in kept)
