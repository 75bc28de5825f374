"""What every printer that prints pictures is given."""

from __future__ import annotations

from typing import Protocol


class Dots(Protocol):
    """A picture: rows of dots padded to whole bytes, first dot highest, 1 black."""

    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def data(self) -> bytes: ...
