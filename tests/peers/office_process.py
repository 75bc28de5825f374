"""A real office process: started on a free port, asked over TCP, ended or killed."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

from tests.peers import forks
from tests.peers.around import NOTHING, Around

PLANS = Path(__file__).resolve().parents[2] / "resources" / "plans"


def office(*arguments: str, timeout_s: float = 60.0, around: Around = NOTHING) -> subprocess.CompletedProcess[str]:
    """Run one command of `housefull-office` to its end."""
    return forks.run("sync.office", *arguments, around=around, timeout_s=timeout_s)


class OfficeProcess:
    """`with OfficeProcess(url) as office: office.url`."""

    def __init__(self, database: str, *options: str, around: Around = NOTHING) -> None:
        self.database = database
        serve = ("serve", "--db", database, "--port", "0", *options)
        # A file and no pipe: an office that has much to complain of must not wait for a reader.
        self._complaints = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed with the process
        self.process = forks.start(
            "sync.office", *serve, around=around, text=True, stdout=subprocess.PIPE, stderr=self._complaints
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            self.process.kill()
            raise RuntimeError(f"the office did not start: {line}{self._ended()}")
        self.url = line.removeprefix("listening on ").strip()

    def kill(self) -> str:
        """As a power cut would; what it wrote to standard error."""
        self.process.kill()
        return self._ended()

    def stop(self) -> tuple[int, str]:
        """End it in order: exit code and what it wrote to standard error."""
        self.process.terminate()
        errors = self._ended()
        return self.process.returncode, errors

    def _ended(self) -> str:
        self.process.communicate(timeout=15)
        self._complaints.seek(0)
        with self._complaints:
            return self._complaints.read()

    def __enter__(self) -> OfficeProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            code, errors = self.stop()
            if kind is None:
                assert (code, errors) == (0, ""), f"the office ended with {code}: {errors}"
