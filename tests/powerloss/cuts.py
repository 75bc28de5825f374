"""Cut the power after every operation that a program did to its disk, and look at what may be left."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.powerloss.disk import Disk, Image
from tests.powerloss.recording import Op

CLOSELY = 8  # things said at the beginning, up to which the power goes after each write


def losses(
    ops: Sequence[Op],
    space: Path,
    said: Callable[[Op], set[str]],
    wrongs: Callable[[Image, Path, set[str]], list[str]],
    disk: Disk | None = None,
    stop_at: int = sys.maxsize,
) -> tuple[int, list[str]]:
    """How many disks that made, and what was wrong with them. `disk` is as it was in the beginning.

    `said` is what an operation tells somebody outside, which from then on has to be there.
    """
    disk, known, found = disk or Disk(), set[str](), list[str]()
    tried: set[int] = set()
    for number, op in enumerate(ops):
        if op.kind == "said":
            known |= said(op)
        else:
            disk.take(op)
        if not _worth_a_look(op, number, len(known)):
            continue
        for image in disk.images():
            key = hash((tuple(sorted(image.items())), len(known)))
            if key in tried:
                continue
            tried.add(key)
            found += [f"after operation {number} ({op.kind} {op.name}): {w}" for w in wrongs(image, space, known)]
        if len(found) >= stop_at:
            break
    return len(tried), found


def _worth_a_look(op: Op, number: int, said: int) -> bool:
    """Every operation of the beginning and of every checkpoint; of the rest every sync and answer."""
    if op.kind in ("sync", "unsynced", "said", "unlink"):
        return True
    return said < CLOSELY or op.name.endswith(".db") or number % 16 == 0
