"""Reading the copies that lie at this till, on a thread of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from pos.domain.certificate import Hand
from pos.store.copyread import Copy, LeftByCopy, copies_in, left_shift, sales_with
from pos.till.ports import KeptCopy

T = TypeVar("T")


class CopyReading:
    """Implements setup.KeptCopies. `folders` are where copies may lie; those of `own`, this till, are left out."""

    def __init__(self, folders: Sequence[Path], own: str) -> None:
        self._folders, self._own = folders, own
        self._reading = ThreadPoolExecutor(1, "copy reading")

    def close(self) -> None:
        self._reading.shutdown(wait=False, cancel_futures=True)

    # ---- setup.KeptCopies ----------------------------------------------------------------

    def kept(self) -> Future[list[dict[str, Any]]]:
        return self._read(lambda: [_told(copy) for copy in self._of_others()])

    def left_shift(self, till: str, keys: Mapping[Hand, bytes], folder: str) -> Future[LeftByCopy | None]:
        return self._read(lambda: left_shift(self._of(till, folder), keys.get))

    def sales_with(self, word: str, keys: Mapping[Hand, bytes]) -> Future[list[dict[str, Any]]]:
        return self._read(lambda: sales_with(self._of_others(), word, keys.get))

    def _of_others(self) -> list[Copy]:
        return [copy for copy in copies_in(self._folders) if copy.hand.till != self._own]

    def _of(self, till: str, folder: str) -> list[Copy]:
        return copies_in([Path(folder)] if folder else self._folders, till)

    def _read(self, work: Callable[[], T]) -> Future[T]:
        try:
            return self._reading.submit(work)
        except RuntimeError as ended:
            nothing: Future[T] = Future()
            nothing.set_exception(ended)
            return nothing


def lying_in(folders: Sequence[Path]) -> list[KeptCopy]:
    """The copies in these folders, as the sync agent brings them to the office."""
    return [KeptCopy(copy.path, copy.hand, copy.number, copy.at) for copy in copies_in(folders)]


def _told(copy: Copy) -> dict[str, Any]:
    at = datetime.fromtimestamp(copy.at).astimezone().isoformat(timespec="seconds")
    till, incarnation = copy.hand
    return {"till": till, "incarnation": incarnation, "number": copy.number, "at": at, "where": str(copy.path)}
