"""What the till needs of the layouts of its paper; a port like those in ports.py."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any, Protocol


class Layouts(Protocol):
    """How paper is set, as people see and change it. A layout is a dict of `name`, `kind`, `own`, `shipped`,
    `used` (by which printers) and `page` (mm, None on a roll). Futures fail with Refused."""

    def listed(self) -> Future[list[dict[str, Any]]]:
        """All layouts, by name."""

    def text(self, name: str) -> Future[dict[str, Any]]:
        """One layout with its `text`."""

    def preview(self, text: str, language: str, marked: bool, width_mm: float) -> Future[dict[str, Any]]:
        """A sample page as `picture` with its size, or the `error` in the text: `key`, `reason`, `line`.
        `marked`: as a copy made while training; `width_mm` is the printed width of a roll."""

    def save(self, text: str) -> Future[dict[str, Any]]:
        """Keep a layout under its own name; it must set every sample."""

    def revert(self, name: str) -> Future[dict[str, Any]]:
        """Give up the till's own for the shipped one; the layout with its `text`."""

    def in_use(self, kind: str) -> Future[str]:
        """The text of the layout that this kind of paper is printed in now, "" where no printer prints it. Fails where
        it cannot be read."""

    def sheet(self, content: dict[str, Any]) -> Future[bytes]:
        """Something that is printed at the receipt printer, as a PDF document on sheets of A4."""

    def proof(self, text: str, language: str) -> Future[dict[str, Any]]:
        """What a test print of this text is given to a printer as, under `submit`."""
