"""An office process beside this till: started, watched, and ended with it."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final

START_S: Final = 30.0
STOP_S: Final = 5.0
_PR_SET_PDEATHSIG: Final = 1


class OfficeFailed(Exception):
    """The office's own words about what went wrong."""


class EmbeddedOffice:
    """An office on this machine, its books in an SQLite file in `folder`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / "office.log"
        self._db = f"sqlite:///{(folder / 'office.db').as_posix()}"
        self._process: subprocess.Popen[str] | None = None

    def run(self, *words: str) -> str:
        """Carry out one office command (import, enrol, verify); what it printed. Raises OfficeFailed."""
        done = subprocess.run(
            [sys.executable, "-m", "sync.office", *words, "--db", self._db], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise OfficeFailed((done.stderr or done.stdout).strip().removeprefix("housefull-office: "))
        return done.stdout

    def start(self, port: int = 0) -> str:
        """Serve on the loopback, 0 for any free port; the office's URL. Raises OfficeFailed.

        Call it from a thread that lives as long as the office shall: on Linux the office
        ends with the thread that started it.
        """
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sync.office", "serve", "--db", self._db, "--port", str(port)],
                stdout=subprocess.PIPE,
                stderr=log,
                stdin=subprocess.DEVNULL,
                text=True,
                # Ctrl-C in a terminal reaches the whole group; the till decides when the office ends.
                start_new_session=True,
                preexec_fn=_end_with_parent() if sys.platform == "linux" else None,  # noqa: PLW1509
            )
        said: SimpleQueue[str] = SimpleQueue()
        threading.Thread(target=self._listen, args=(said,), name="office", daemon=True).start()
        try:
            line = said.get(timeout=START_S)
        except Empty as error:
            self.stop()
            raise OfficeFailed(f"the office did not start within {START_S:.0f} s; see {self._log}") from error
        if "http" not in line:
            raise OfficeFailed(f"the office did not start; see {self._log}")
        return line.split()[-1]

    def _listen(self, said: SimpleQueue[str]) -> None:
        process = self._process
        if process is None or process.stdout is None:
            return
        for line in process.stdout:
            said.put(line.strip())
        said.put("")

    def stop(self) -> None:
        """End the office and wait for it."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _end_with_parent() -> Callable[[], None]:
    """What the new process does first on Linux: ask to be ended when this one dies, kill -9 included."""
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
