"""A real office process: started on a free port, asked over TCP, ended or killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import TracebackType

PLANS = Path(__file__).resolve().parents[2] / "resources" / "plans"


def office(*arguments: str, timeout_s: float = 60.0) -> subprocess.CompletedProcess[str]:
    """Run one command of `housefull-office` to its end."""
    command = [sys.executable, "-m", "sync.office", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False)


class OfficeProcess:
    """`with OfficeProcess(url) as office: office.url`."""

    def __init__(self, database: str, *options: str) -> None:
        command = [sys.executable, "-m", "sync.office", "serve", "--db", database, "--port", "0", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            self.process.kill()
            raise RuntimeError(f"the office did not start: {line}{self.process.communicate()[1]}")
        self.url = line.removeprefix("listening on ").strip()

    def kill(self) -> None:
        """As a power cut would."""
        self.process.kill()
        self.process.communicate()

    def stop(self) -> tuple[int, str]:
        """End it in order: exit code and what it wrote to standard error."""
        self.process.terminate()
        _, errors = self.process.communicate(timeout=15)
        return self.process.returncode, errors

    def __enter__(self) -> OfficeProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            code, errors = self.stop()
            if kind is None:
                assert (code, errors) == (0, ""), f"the office ended with {code}: {errors}"
