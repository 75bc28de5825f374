"""A machine whose clocks and disk go wrong when told, for processes that are started within it (machine.c)."""

from __future__ import annotations

import errno
import functools
import mmap
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Final

from tests.peers.around import Around

_TOLD: Final = struct.Struct("=qqii1024s")
_SOURCE: Final = Path(__file__).with_name("machine.c")


def cannot() -> str:
    """Why there is no such machine here, "" when there is."""
    if sys.platform != "linux":
        return "LD_PRELOAD and CLOCK_BOOTTIME are Linux's"
    return "" if shutil.which("cc") else "there is no C compiler; `make setup-test` installs one"


@functools.cache
def _library() -> tuple[tempfile.TemporaryDirectory[str], Path]:
    """The library, made once; its folder lives as long as this process."""
    folder = tempfile.TemporaryDirectory(prefix="housefull-machine-")
    made = Path(folder.name) / "machine.so"
    command = ["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", str(made), str(_SOURCE)]
    subprocess.run(command, check=True, capture_output=True)
    return folder, made


class Machine:
    """`around` is what a process of it is started within. Several processes may share one machine."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        told = folder / "told"
        told.write_bytes(bytes(_TOLD.size))
        with told.open("r+b") as file:
            self._told = mmap.mmap(file.fileno(), _TOLD.size)
        self._wall_s = self._boot_s = 0
        self._writes, self._syncs, self._files = 0, 0, ""
        self.around = Around(environment={"LD_PRELOAD": str(_library()[1]), "HOUSEFULL_TEST_MACHINE": str(told)})

    def __enter__(self) -> Machine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._told.close()

    def _tell(self) -> None:
        self._told[:] = _TOLD.pack(self._wall_s, self._boot_s, self._writes, self._syncs, self._files.encode())

    # ---- its clocks ----------------------------------------------------------------------

    def pass_time(self, hours: float) -> None:
        """So much time has gone by, in suspend or not: both its clocks say so."""
        self._wall_s += round(hours * 3600)
        self._boot_s += round(hours * 3600)
        self._tell()

    def turn_the_wall_clock(self, hours: float) -> None:
        """Somebody has set it, or its battery is dead."""
        self._wall_s += round(hours * 3600)
        self._tell()

    # ---- its disk ------------------------------------------------------------------------

    def fail(self, files: str, *, writes: int = 0, syncs: int = 0) -> None:
        """From now on writes to these files (a pattern of whole paths), or syncs, fail with this errno."""
        self._files, self._writes, self._syncs = files, writes, syncs
        self._tell()

    def work(self) -> None:
        """The disk is in order again."""
        self.fail("")


EIO: Final = errno.EIO
ENOSPC: Final = errno.ENOSPC
