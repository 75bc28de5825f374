"""pyscard's face, as far as a till uses it, with readers and cards that a test puts there and takes away.

There is no wire below it to be faked: the library speaks to the system's card service by itself.
"""

from __future__ import annotations

import sys
from types import ModuleType

import pytest


class SmartcardException(Exception):
    pass


class NoCardException(SmartcardException):
    pass


class CardConnectionException(SmartcardException):
    pass


class BaseSCardException(Exception):
    """Not of the family of the others."""


class ToyReader:
    """A reader; `card` is the UID of what is held to it, `status` what it answers with it."""

    def __init__(self) -> None:
        self.card: bytes | None = None
        self.status = (0x90, 0x00)
        self.tears = False  # the card is taken away while it is read
        self.open = 0

    def createConnection(self) -> ToyConnection:
        return ToyConnection(self)


class ToyConnection:
    def __init__(self, reader: ToyReader) -> None:
        self._reader = reader

    def connect(self) -> None:
        if self._reader.card is None:
            raise NoCardException("no smart card inserted")
        self._reader.open += 1

    def transmit(self, apdu: list[int]) -> tuple[list[int], int, int]:
        assert apdu == [0xFF, 0xCA, 0, 0, 0]
        if self._reader.tears or self._reader.card is None:
            raise CardConnectionException("card was removed")
        return list(self._reader.card), *self._reader.status

    def disconnect(self) -> None:
        if self._reader.open and self._reader.tears:
            raise CardConnectionException("Failed to disconnect: card was removed")
        self._reader.open = 0


class ToyPcsc:
    """Installs itself as the package `smartcard`. `readers` are those of this machine."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.readers: list[ToyReader] = [ToyReader()]
        self.runs = True  # the system's service
        package, system, exceptions, pcsc, base = map(ModuleType, ("smartcard", "System", "Exceptions", "pcsc", "base"))
        for error in (SmartcardException, NoCardException, CardConnectionException):
            setattr(exceptions, error.__name__, error)
        system.readers = self._list  # type: ignore[attr-defined]
        package.System, package.Exceptions = system, exceptions  # type: ignore[attr-defined]
        base.BaseSCardException = BaseSCardException  # type: ignore[attr-defined]
        pcsc.PCSCExceptions = base  # type: ignore[attr-defined]
        patch.setitem(sys.modules, "smartcard", package)
        patch.setitem(sys.modules, "smartcard.pcsc", pcsc)

    def _list(self) -> list[ToyReader]:
        if not self.runs:
            raise BaseSCardException("Service not available.")
        return list(self.readers)
