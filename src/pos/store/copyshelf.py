"""The copies of other tills' journals that lie at this one."""

from __future__ import annotations

import shutil
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pos.domain.certificate import Hand
from pos.domain.facts import Fact
from pos.domain.journaltext import NoCopy, read_fact
from pos.store.copyfile import CopyFile

RESERVE: Final = 200_000_000  # bytes of this till's disk that are left to its own sales
_LARGEST: Final = 4_000_000  # bytes that one message may grow to


def packed(lines: bytes) -> bytes:
    """Lines of facts as they travel."""
    return zlib.compress(lines, 1)


class CopyShelf:
    """Implements ports.CopyKeeper. `unlock` opens boxes that are locked to this till's key. Any thread may call."""

    def __init__(self, folder: Path, unlock: Callable[[str], bytes]) -> None:
        self._folder, self._unlock = folder, unlock
        self._lock = threading.Lock()
        self._files: dict[Hand, CopyFile] = {}

    def keep(self, giver: Hand, key: bytes, box: str, *, anew: bool) -> tuple[int, str]:
        """Add what is in the box, if it follows what is here; number and hash of the last fact that is here then.

        Raises NoCopy.
        """
        with self._lock:
            self._folder.mkdir(parents=True, exist_ok=True)
            file = self._files.setdefault(giver, CopyFile(self._folder, giver))
            if anew:
                file.put_aside()
            number, digest = file.end()
            if not box:
                return number, digest
            lines, number, digest = self._next(giver, key, box, number, digest)
            if lines:
                if shutil.disk_usage(self._folder).free < RESERVE:
                    raise NoCopy("is full")
                file.add(lines)
            return number, digest

    def _next(self, giver: Hand, key: bytes, box: str, number: int, digest: str) -> tuple[bytes, int, str]:
        """The lines in a box that follow that fact, and what the last of them is. Raises NoCopy for what `giver` has
        not signed, or does not follow."""
        public = Ed25519PublicKey.from_public_bytes(key)
        following = b""
        try:
            for line in _unpacked(self._unlock(box)).splitlines(keepends=True):
                signed = read_fact(line)
                if signed.number <= number:
                    continue  # heard before
                fact = Fact.from_bytes(signed.envelope)
                if (fact.till, fact.incarnation, fact.number) != (*giver, number + 1) or fact.prev_hash != digest:
                    raise ValueError("a fact that does not follow")
                public.verify(signed.signature, signed.hash.encode())
                following += line
                number, digest = signed.number, signed.hash
        except (ValueError, InvalidSignature) as error:
            raise NoCopy("was sent what is not the journal's next") from error
        return following, number, digest


def _unpacked(data: bytes) -> bytes:
    """Raises ValueError."""
    try:
        pack = zlib.decompressobj()
        lines = pack.decompress(data, _LARGEST)
    except zlib.error as error:
        raise ValueError("not packed") from error
    if not pack.eof:
        raise ValueError("too long, or cut off")
    return lines
