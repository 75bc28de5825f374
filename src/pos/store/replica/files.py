"""The replica as a file: what may be wrong with it, and setting it aside."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path


class ReplicaUnavailable(Exception):
    """The replica cannot be read or written, or is not whole yet. The message says why."""


class ReplicaDamaged(ReplicaUnavailable):
    """The file is not a database any more. It has to be set aside and fetched again."""


def identity(path: Path) -> tuple[int, int] | None:
    """Which file lies at `path`, None when there is none: a replaced file has another identity."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def set_aside(path: Path, why: str) -> Path:
    """Rename the replica to `….WHY-TIME`, its WAL with it, and answer the new path.

    It is kept, since whoever asks what went wrong needs it. The file itself goes first: a reader that found it without
    its shared memory would make one, under the name that the next replica's is going to have.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
    aside = path.with_name(f"{path.name}.{why}-{stamp}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.replace(aside.with_name(aside.name + suffix))
    return aside
