"""A disk that forgets what was not synced: what may lie on it after the power went, at any moment.

Until a file is synced, any part of what was written to it since may have reached the disk
and any other part not, in units of a sector, whatever the order of the writes. Where a sync
fails that stays so for ever: the system takes those pages for written, and the next sync, which
succeeds, says nothing of them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from tests.powerloss.recording import FOLDER, Op

SECTOR: Final = 512
Image = dict[str, bytes]  # file name -> content


@dataclass
class _Change:
    """`sure`: it was synced. `lost`: its sync failed. Neither: nobody has asked yet."""

    op: Op
    sure: bool = False
    lost: bool = False


@dataclass
class _File:
    """`durable` None: nothing of it is known to be on the disk, not even its name. `changes` follow on it."""

    durable: bytes | None = None
    changes: list[_Change] = field(default_factory=list)

    @property
    def open(self) -> bool:
        return any(not change.sure for change in self.changes)

    def sync(self) -> None:
        for change in self.changes:
            change.sure = not change.lost
        if not self.open:
            self.durable, self.changes = self.content(lambda op: op), []

    def fail(self) -> None:
        for change in self.changes:
            change.lost = not change.sure

    def content(self, part: Callable[[Op], Op | None]) -> bytes | None:
        """With all that is sure; `part` is what has reached the disk of an operation that is not."""
        found = bytearray(self.durable or b"")
        there = self.durable is not None
        for change in self.changes:
            op = change.op if change.sure else part(change.op)
            if op is None:
                continue
            there = op.kind != "unlink"
            if op.kind == "write":
                found.extend(b"\0" * (op.at - len(found)))
                found[op.at : op.at + len(op.data)] = op.data
            elif op.kind == "truncate":
                del found[op.at :]
                found.extend(b"\0" * (op.at - len(found)))
            else:
                found.clear()
        return bytes(found) if there else None

    def forget_deleted(self) -> None:
        """The folder is synced: a file that was deleted stays so. (That it is there, its own sync says.)"""
        for at in range(len(self.changes), 0, -1):
            if self.changes[at - 1].op.kind == "unlink":
                self.durable, self.changes = None, self.changes[at:]
                return


class Disk:
    """Takes operations in their order; `images` are the disks that a power loss may leave now."""

    def __init__(self, seed: int = 0) -> None:
        self._files: dict[str, _File] = {}
        self._random = random.Random(seed)

    def take(self, op: Op) -> None:
        if op.name == FOLDER:
            for known in self._files.values():
                known.forget_deleted()
            return
        file = self._files.setdefault(op.name, _File())
        if op.kind == "sync":
            file.sync()
        elif op.kind == "unsynced":
            file.fail()
        else:
            file.changes.append(_Change(op))

    def images(self) -> Iterator[Image]:
        """The least that is on it, all that was written, and something in between."""
        yield self._image(lambda op: None)
        if any(file.open for file in self._files.values()):
            yield self._image(lambda op: op)
            yield self._image(self._some)

    def _image(self, part: Callable[[Op], Op | None]) -> Image:
        found = {name: file.content(part) for name, file in self._files.items()}
        return {name: content for name, content in found.items() if content is not None}

    def _some(self, op: Op) -> Op | None:
        """Perhaps; and a write whole or torn at a sector's edge."""
        if self._random.random() < 0.5:
            return None
        if op.kind == "write" and len(op.data) > SECTOR and self._random.random() < 0.5:
            kept = self._random.randrange(0, len(op.data), SECTOR)
            return Op("write", op.name, op.at, op.data[:kept])
        return op
