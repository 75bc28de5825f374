"""Training started from a real till's window, as a program of its own: the real till goes on as it is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


class Launcher:
    """Starts `housefull --training` beside the till of `folder`, one at a time."""

    def __init__(self, folder: Path, command: Sequence[str] = (sys.executable, "-m", "pos")) -> None:
        self._command = [*command, "--data", str(folder), "--training"]
        self._process: subprocess.Popen[bytes] | None = None

    def begin(self) -> bool:
        """Start it; False when it runs already. Raises OSError."""
        if self._process is not None and self._process.poll() is None:
            return False
        self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL)
        return True

    def wait(self, seconds: float) -> int:
        """Its exit code. Raises subprocess.TimeoutExpired."""
        assert self._process is not None
        return self._process.wait(seconds)
