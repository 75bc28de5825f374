"""Cards that are held to a PC/SC reader. The library for it, pyscard, is an extra that few tills need."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from pos.devices.readers.nfc import ASK, read_uid
from pos.devices.transport import TransportError

if TYPE_CHECKING:
    from smartcard.reader.Reader import Reader

_log = logging.getLogger(__name__)
_MISSING: Final = "pyscard is not installed, which reads such cards: pip install 'housefull[nfc]'"


class PcscSource:
    """The first PC/SC reader of this machine. A card counts once for as long as it is held there.

    Raises TransportError without the library, the system's service, or a reader.
    """

    def __init__(self) -> None:
        try:
            from smartcard import Exceptions, System
            from smartcard.pcsc import PCSCExceptions
        except ImportError as error:
            raise TransportError(_MISSING, absent=True) from error
        self._no_card = Exceptions.NoCardException
        # Two families, and the service that does not run is in the second one.
        self._errors = (Exceptions.SmartcardException, PCSCExceptions.BaseSCardException)
        self._system = System
        found = self._readers()
        if not found:
            raise TransportError("no card reader is connected", absent=True)
        self._reader = found[0]
        self._held = ""

    def readings(self, timeout_s: float) -> list[str]:
        uid = self._look()
        fresh = [uid] if uid and uid != self._held else []
        self._held = uid
        if not fresh:
            time.sleep(timeout_s)
        return fresh

    def close(self) -> None:
        """Nothing is kept open between two looks."""

    def _readers(self) -> list[Reader]:
        try:
            return list(self._system.readers())
        except self._errors as error:
            raise TransportError(f"the system's card service does not answer: {error}") from error

    def _look(self) -> str:
        """The number of the card that is there now, empty for none. Raises TransportError when the reader is gone."""
        connection = self._reader.createConnection()
        try:
            connection.connect()
            answer = connection.transmit(list(ASK))
        except self._no_card:
            return ""
        except self._errors as error:
            # A card that was taken away in between is none; a reader that was is seen in the list.
            if self._reader not in self._readers():
                raise TransportError("the card reader is gone", absent=True) from error
            return ""
        finally:
            with suppress(*self._errors):  # from a card that is not there any more
                connection.disconnect()
        try:
            return read_uid(*answer)
        except ValueError as error:
            _log.warning("card_reader: %s", error)
            return ""
