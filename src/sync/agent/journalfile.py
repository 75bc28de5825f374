"""A journal as a file: what a till that cannot reach its office is carried by.

Text in JSON lines: a header, then the facts as they are pushed. Every fact is signed, so the
file needs no protection of its own against being changed; whoever reads it can read the sales.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

from pos.domain.facts import SignedFact
from sync import wire
from sync.agent.push import item_of


class JournalFile:
    """Written beside `path` and put in its place by `finish`; without that, nothing is left.

    Raises OSError, also at once when the place cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fresh = path.with_name(path.name + ".new")
        self._file: IO[str] | None = None

    def __enter__(self) -> JournalFile:
        self._file = self._fresh.open("w", encoding="utf-8", newline="\n")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
            self._fresh.unlink(missing_ok=True)

    def begin(self, till: str, incarnation: int, facts: int, *, sealed: bool) -> None:
        header = wire.JournalHeader(till=till, incarnation=incarnation, facts=facts, sealed=sealed)
        # An older office has no word for copies that grow, and this is none.
        self._open().write(header.model_dump_json(exclude={"growing"}) + "\n")

    def add(self, facts: Sequence[SignedFact]) -> None:
        """The next facts, in number order."""
        for fact in facts:
            self._line(item_of(fact))

    def _line(self, message: wire.Message) -> None:
        self._open().write(message.model_dump_json() + "\n")

    def finish(self) -> None:
        """Durable at `path` when it returns."""
        file = self._open()
        file.flush()
        os.fsync(file.fileno())
        file.close()
        self._file = None
        self._fresh.replace(self._path)

    def _open(self) -> IO[str]:
        if self._file is None:
            raise ValueError(f"{self._fresh} is not open")
        return self._file
