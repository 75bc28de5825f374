"""Small files that must be there, and whole, after the power goes: who a till is, its key, whose a ledger was."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Final

_CANNOT: Final = (errno.EACCES, errno.EPERM, errno.EINVAL, errno.ENOTSUP, errno.EBADF)  # sync a folder: it need not


def write_durable(file: Path, text: str) -> None:
    """Write a file, in one step and on the disk when this returns, in place of one of that name. Its owner alone may
    read it. Raises OSError."""
    fresh = file.with_name(file.name + ".new")
    # A crash may have left one, with other rights.
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
    sync_folder(file.parent)


def make_folder(folder: Path) -> None:
    """Make it with all above it, on the disk when this returns. One that is there is left as it is."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for one in missing:
        sync_folder(one.parent)


def sync_folder(folder: Path) -> None:
    """The names in it are on the disk when this returns, where the system can say so of a folder. Raises OSError."""
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
