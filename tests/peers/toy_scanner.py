"""A scanner or card reader at the far end of a pseudo-terminal, that can be pulled out and put in again.

with ToyScanner(tmp_path / "ttyACM0") as toy:
    …  {toy.url}
    toy.scan("7Q4MZ2XKDR8T")
"""

from __future__ import annotations

import os
import tty
from pathlib import Path
from types import TracebackType


class ToyScanner:
    """Plugged in at once, at `path`; what it sends behind a reading is `end`."""

    def __init__(self, path: Path, end: bytes = b"\r\n") -> None:
        self.path, self.end = path, end
        self.url = f"serial://{path}?baud=9600"
        self._near = self._far = -1
        self.plug()

    def __enter__(self) -> ToyScanner:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._near >= 0:
            self.unplug()

    def plug(self) -> None:
        """Put it in: the system gives it a port, under the name it had before."""
        self._near, self._far = os.openpty()
        tty.setraw(self._far)
        self.path.symlink_to(os.ttyname(self._far))

    def unplug(self) -> None:
        """Pull it out: its port is gone, and whoever has it open gets an error."""
        self.path.unlink()
        os.close(self._near)
        os.close(self._far)
        self._near = self._far = -1

    def scan(self, text: str) -> None:
        """One reading."""
        self.send(text.encode() + self.end)

    def send(self, data: bytes) -> None:
        """These bytes, as a line carries them."""
        view = memoryview(data)
        while view:
            view = view[os.write(self._near, view) :]
