"""Files that people asked for: written whole or not at all, and never over another one unless that is said."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def write_whole(path: Path, data: bytes, *, replace: bool = False) -> None:
    """Write a file; who stops the program half-way finds no part of it.

    Raises FileExistsError when there is one of that name and it is not to be replaced, and OSError for a folder that
    is not there or a disk that does not take it.
    """
    if not replace and path.exists():
        raise FileExistsError(f"{path} is there already")
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(0o644 & ~_umask())
        if replace or not _linked(draft, path):
            draft.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()


def _linked(draft: Path, path: Path) -> bool:
    """Give the file its name unless one has it meanwhile (FileExistsError). False where a file has one name only."""
    try:
        path.hardlink_to(draft)
    except FileExistsError as error:
        raise FileExistsError(f"{path} is there already") from error
    except OSError:
        return False
    return True


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
