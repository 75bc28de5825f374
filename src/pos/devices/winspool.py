"""Windows' print spooler: bytes to a printer as they are (data type RAW). It never answers."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, Final

_TITLE: Final = "Housefull"


class SpoolerError(Exception):
    """The spooler refused; the message says what."""


class _Document(ctypes.Structure):
    _fields_ = [("name", ctypes.c_wchar_p), ("output", ctypes.c_wchar_p), ("datatype", ctypes.c_wchar_p)]


def _last_error() -> int:
    ask: Any = getattr(ctypes, "get_last_error", int)  # there on Windows only
    number: int = ask()
    return number


class Spooler:
    """One printer by its name in Windows, open until closed.

    `api` is winspool.drv; `reason` gives the number of Windows' last error.
    """

    def __init__(self, name: str, api: Any = None, reason: Callable[[], int] = _last_error) -> None:
        """Raises SpoolerError."""
        if api is None:
            load: Any = getattr(ctypes, "WinDLL", None)
            if load is None:
                raise SpoolerError("printers of Windows can be reached on Windows only")
            api = load("winspool.drv", use_last_error=True)
        self._name, self._api, self._reason = name, api, reason
        self._handle = ctypes.c_void_p()
        self._check(api.OpenPrinterW(name, ctypes.byref(self._handle), None), "open")

    def write(self, data: bytes) -> int:
        """Hand over `data` as one document, so that no other program's comes between; how much was taken."""
        document = _Document(_TITLE, None, "RAW")
        self._check(self._api.StartDocPrinterW(self._handle, 1, ctypes.byref(document)), "begin a document on")
        taken = ctypes.c_uint32()
        try:
            self._check(self._api.StartPagePrinter(self._handle), "begin a page on")
            self._check(self._api.WritePrinter(self._handle, data, len(data), ctypes.byref(taken)), "write to")
            self._check(self._api.EndPagePrinter(self._handle), "end a page on")
        finally:
            self._api.EndDocPrinter(self._handle)
        return taken.value

    def close(self) -> None:
        self._api.ClosePrinter(self._handle)

    def _check(self, worked: int, what: str) -> None:
        if not worked:
            raise SpoolerError(f"Windows cannot {what} the printer {self._name!r} (error {self._reason()})")
