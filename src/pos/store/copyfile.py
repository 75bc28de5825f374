"""A copy of one till's journal in a file that grows with it: on a second medium, or at another till.

The laws:

* What `add` has returned for is on the medium: written, synced, and the file closed, so that the medium can be taken
  out at any moment between two facts.
* The file is the journal from its first fact on, without a gap. A line that was torn is cut off before the next one.
* After a sync that failed what had not been synced before is written again: the system may take it for written from
  then on, and show it to every reader, while it never reaches the medium.
* It is never written over: a journal of the same name that is another one is put aside under a name of its own.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from pos.domain.certificate import Hand
from pos.domain.facts import FIRST_HASH, SignedFact
from pos.domain.journaltext import NoCopy, header_line, read_fact, read_header
from pos.store.durable import sync_folder

log = logging.getLogger(__name__)

SUFFIX: Final = ".journal"
_BLOCK: Final = 1 << 16  # bytes read at once, from the end backwards
_ENDING: Final = 1 << 12  # bytes that tell one file from another, up to where it was synced
_WHY: Final = {
    errno.ENOENT: "is not there",
    errno.ENOTDIR: "is not there",
    errno.ENODEV: "is not there",
    errno.ENOSPC: "is full",
    errno.EDQUOT: "is full",
    errno.EROFS: "cannot be written",
    errno.EACCES: "cannot be written",
    errno.EPERM: "cannot be written",
}


def copy_name(hand: Hand) -> str:
    """What the copy of one incarnation's journal is called."""
    return f"housefull-{hand.till}-{hand.incarnation}{SUFFIX}"


@dataclass(frozen=True, slots=True)
class _Which:
    """The file that something is known of. Another medium of the same name may be in its place the next time."""

    device: int
    inode: int  # the first file of every stick may have the same one
    ending: bytes  # up to where it was synced
    longest: int  # more than that has never been written to it

    @classmethod
    def of(cls, file: IO[bytes], synced: int, longest: int) -> _Which:
        status = os.fstat(file.fileno())
        return cls(status.st_dev, status.st_ino, _ending(file, synced), longest)


class CopyFile:
    """One incarnation's journal in `folder`, which must be there. For one thread at a time."""

    def __init__(self, folder: Path, hand: Hand) -> None:
        self._folder, self._hand = folder, hand
        self.path = folder / copy_name(hand)
        self._whole = 0  # up to where it is whole
        self._seen: int | None = None  # how long it was when it was last looked at; None for never
        self._synced: int | None = None  # up to where it is on the medium; None for not known
        self._doubtful = False  # there may be more in it that is not
        self._which: _Which | None = None  # of which file these two are said; None for none

    def end(self) -> tuple[int, str]:
        """Number and hash of the last fact in it that is on the medium, (0, FIRST_HASH) without any. Raises NoCopy."""
        with _said():
            length = self._length()
            if not self._is_known(length):
                # What can be read in a file that was put there is on its medium.
                self._synced, self._doubtful, self._which = None, False, None
            if length and self._doubtful and not self._synced:
                self.put_aside()
            elif length != self._synced and not self._doubtful:
                # Written by another program, or by this one before it was started anew.
                if length and not _reaches_medium(self.path):
                    log.warning("%s may not be on its medium; it is put aside", self.path)
                    self.put_aside()
                self._synced = self._length()
                if self._synced:
                    with self.path.open("rb") as file:
                        self._which = _Which.of(file, self._synced, self._synced)
            return self.look(self._synced if self._doubtful else None)

    def look(self, until: int | None = None) -> tuple[int, str]:
        """Number and hash of the last fact that can be read in it, up to some byte, (0, FIRST_HASH) without any.
        Raises NoCopy."""
        with _said():
            self._seen = self._length()
            self._whole = 0
            if not self._seen:
                return 0, FIRST_HASH
            with self.path.open("rb") as file:
                header = file.readline()
                if not header.endswith(b"\n"):
                    return 0, FIRST_HASH
                try:
                    if read_header(header) != self._hand:
                        raise ValueError("another till's")
                    line, self._whole = _last_line(file, len(header), until)
                    fact = read_fact(line) if line else None
                except ValueError as error:
                    raise NoCopy("is no journal of this till") from error
        return (fact.number, fact.hash) if fact is not None else (0, FIRST_HASH)

    def add(self, lines: bytes) -> None:
        """Add the lines of the next facts; they are on the medium when it returns. Raises NoCopy, also when the file
        is not as `end` or `add` has left it: then `end` must be asked again."""
        with _said():
            seen, self._seen = self._seen, None
            if seen is None or self._length() != seen:
                raise NoCopy("was exchanged")
            fresh = not self._whole
            written = header_line(self._hand) + lines if fresh else lines
            which: _Which | None = None
            try:
                with self.path.open("r+b" if seen else "w+b") as file:
                    which = _Which.of(file, self._whole, max(seen, self._whole + len(written)))
                    file.truncate(self._whole)  # what a crash or a full medium has left of a line
                    file.seek(self._whole)
                    file.write(written)
                    file.flush()
                    os.fsync(file.fileno())
                    end = file.tell()
                    done = _Which.of(file, end, end)
                if fresh:
                    sync_folder(self._folder)
            except OSError:
                if which is not None:  # something may have been written
                    # At once, so that a program that is started anew does not read it either.
                    self._synced, self._doubtful = self._whole, not _cut(self.path, self._whole)
                    self._which = which
                raise
            self._whole = self._seen = self._synced = end
            self._doubtful, self._which = False, done

    def _is_known(self, length: int) -> bool:
        """Whether the file that is there is the one of which it is known how much is on the medium."""
        which, synced = self._which, self._synced
        if which is None or synced is None or not synced <= length <= which.longest:
            return False
        try:
            with self.path.open("rb") as file:
                return _Which.of(file, synced, which.longest) == which
        except FileNotFoundError:
            return False

    def _length(self) -> int:
        """0 for a file that is not there. Raises OSError without a folder."""
        if not self._folder.is_dir():
            raise FileNotFoundError(errno.ENOENT, "")
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def put_aside(self) -> None:
        """Give the file that is there another name, so that a new one can begin. Raises NoCopy."""
        count = 1
        while (other := self.path.with_name(f"{self.path.stem}.{count}{SUFFIX}")).exists():
            count += 1
        with _said():
            self.path.rename(other)
        self._synced, self._doubtful, self._which = 0, False, None


def facts_in(path: Path) -> Iterator[SignedFact]:
    """The facts of a copy in order, without a gap, up to the last one that is whole. Raises ValueError, OSError."""
    number = 0
    with path.open("rb") as file:
        read_header(file.readline())
        for line in file:
            if not line.endswith(b"\n"):
                return
            fact = read_fact(line)
            number += 1
            if fact.number != number:
                raise ValueError(f"fact {fact.number} is where fact {number} should be")
            yield fact


@contextlib.contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        code = error.errno or 0
        raise NoCopy(_WHY.get(code, f"does not take it: {os.strerror(code)}")) from error


def _cut(path: Path, length: int) -> bool:
    """Whether the file is that long now."""
    try:
        os.truncate(path, length)
    except OSError:
        return False
    return True


def _reaches_medium(path: Path) -> bool:
    """Whether all of the file is on its medium now. Raises OSError for one that cannot be written at all."""
    with path.open("r+b") as file:
        try:
            os.fsync(file.fileno())
        except OSError:
            return False
    return True


def _ending(file: IO[bytes], until: int) -> bytes:
    file.seek(max(0, until - _ENDING))
    return file.read(min(until, _ENDING))


def _last_line(file: IO[bytes], first: int, until: int | None) -> tuple[bytes, int]:
    """The last whole line from `first` on, b"" without one, and where it ends. What is beyond `until` is not there."""
    length = file.seek(0, os.SEEK_END)
    end = start = length if until is None else max(first, min(length, until))
    tail = b""
    while start > first and tail.count(b"\n") < 2:
        start = max(first, start - _BLOCK)
        file.seek(start)
        tail = file.read(end - start)
    whole, newline, _ = tail.rpartition(b"\n")
    if not newline:
        return b"", first
    return whole.rpartition(b"\n")[2] + newline, start + len(whole) + 1
