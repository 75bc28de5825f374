"""Training started from a real till's window, as a program of its own: the real till goes on as it is."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path


class Launcher:
    """Starts `housefull --training` beside the till of `folder`, one at a time."""

    def __init__(self, folder: Path, command: Sequence[str] = (sys.executable, "-m", "pos")) -> None:
        self._command = [*command, "--data", str(folder)]
        self._process: subprocess.Popen[bytes] | None = None

    def begin(self, ended: Callable[[], None] = lambda: None, *, drill: bool = False) -> bool:
        """Start it, or the `drill` that was ordered; False when one of them runs already. `ended` is called, in a
        thread, when it is over. Raises OSError."""
        if self._process is not None and self._process.poll() is None:
            return False
        process = self._process = subprocess.Popen(
            [*self._command, "--drill" if drill else "--training"], stdin=subprocess.DEVNULL
        )

        def watch() -> None:
            process.wait()
            ended()

        threading.Thread(target=watch, name="training", daemon=True).start()
        return True

    def end(self) -> None:
        """Close what runs: its window must not lie over what is real. Returns at once."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def run(self) -> None:
        """Start it if it does not run, and wait until it is over. Raises OSError."""
        self.begin()
        if self._process is not None:
            self._process.wait()
