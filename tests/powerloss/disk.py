"""A disk that forgets what was not synced: what may lie on it after the power went, at any moment.

Until a file is synced, any part of what was written to it since may have reached the disk
and any other part not, in units of a sector, whatever the order of the writes.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from tests.powerloss.recording import FOLDER, Op

SECTOR: Final = 512
Image = dict[str, bytes]  # file name -> content


@dataclass
class _File:
    """`durable` None: nothing of it is known to be on the disk, not even its name."""

    durable: bytes | None = None
    pending: list[Op] = field(default_factory=list)

    def content(self, ops: Iterable[Op]) -> bytes | None:
        found = bytearray(self.durable or b"")
        there = self.durable is not None
        for op in ops:
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
        for at in range(len(self.pending), 0, -1):
            if self.pending[at - 1].kind == "unlink":
                self.durable, self.pending = None, self.pending[at:]
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
            file.durable, file.pending = file.content(file.pending), []
        else:
            file.pending.append(op)

    def images(self) -> Iterator[Image]:
        """The least that is on it, all that was written, and something in between."""
        yield self._image(lambda pending: [])
        if any(file.pending for file in self._files.values()):
            yield self._image(lambda pending: pending)
            yield self._image(self._some)

    def _image(self, choose: object) -> Image:
        assert callable(choose)
        found = {name: file.content(choose(file.pending)) for name, file in self._files.items()}
        return {name: content for name, content in found.items() if content is not None}

    def _some(self, pending: list[Op]) -> list[Op]:
        """Any of the writes, each whole or torn at a sector's edge."""
        chosen: list[Op] = []
        for op in pending:
            if self._random.random() < 0.5:
                continue
            if op.kind == "write" and len(op.data) > SECTOR and self._random.random() < 0.5:
                kept = self._random.randrange(0, len(op.data), SECTOR)
                op = Op("write", op.name, op.at, op.data[:kept])
            chosen.append(op)
        return chosen
