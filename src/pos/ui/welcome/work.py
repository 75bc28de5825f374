"""What the guide of the first start has done for it, and the thread it has it done on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Signal

T = TypeVar("T")


class Work(Protocol):
    """Whatever takes a while answers "" or what went wrong as a sentence, and is called off the window's thread."""

    @property
    def there(self) -> bool:
        """Whether this till is set up already, so that it can be opened."""

    def keep(self, step: str, language: str) -> None:
        """How far the guide has come, for the next start."""

    def done(self) -> None:
        """The guide is over: it does not come again."""

    def join(self, url: str, code: str) -> str: ...

    def alone(self, season: Path) -> str: ...

    def profiles(self) -> list[str]:
        """What a printer may be."""

    def printers(self) -> dict[str, tuple[str, str]]:
        """Role -> (address, profile) of the printers that are set up."""

    def find(self) -> Sequence[Mapping[str, str]]:
        """What is plugged in: [{`address`, `text`}]."""

    def try_printer(self, role: str, address: str, profile: str) -> tuple[bool, str]:
        """Set a printer up and print a page on it: whether it came out, and what was said."""

    def speak(self, language: str) -> None:
        """The language of the till's paper, and of the window until somebody signs in."""

    def look(self, theme: str) -> None: ...

    def people(self) -> Sequence[Mapping[str, str]]:
        """Who may sign in: [{`user`, `name`, `role`}]."""

    def practise(self) -> str:
        """Open training in a window of its own, and wait until it is left; "" or what went wrong."""


class Apart(QObject):
    """Does things off this thread, and brings what came of each back to it, until `close`.

    It belongs to the application: a thread may still end when the guide is long gone.
    """

    _landed = Signal(object)

    def __init__(self) -> None:
        super().__init__(QCoreApplication.instance())
        self._open = True
        self._landed.connect(self._deliver)

    def run(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        def carry_out() -> None:
            result = work()
            self._landed.emit(lambda: done(result))

        threading.Thread(target=carry_out, name="first start", daemon=True).start()

    def close(self) -> None:
        """Bring nothing back any more."""
        self._open = False

    def _deliver(self, deliver: Callable[[], None]) -> None:
        if self._open:
            deliver()
