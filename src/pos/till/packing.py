"""Paper packs at this till: what is being made, what was made last and of what, and the port that writes them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from pos.domain.paperpack import Basis, PaperPack
from pos.till.ports import Finished


class PackFiles(Protocol):
    """Paper packs as files in a folder of this till's own, on a thread of their own. Old ones go after a day."""

    @property
    def folder(self) -> Path: ...

    def write(self, pack: PaperPack, language: str) -> Future[str]:
        """The path of the pack's document, which takes the place of the show's last one, whole. Fails with Refused:
        storage_failed, stopped."""

    def submit(self, name: str, content: dict[str, Any], started: Callable[[], None], finished: Finished) -> None:
        """Numbered tickets as a document of that name, in place of a ticket printer, and like one."""


@dataclass(frozen=True)
class MadePack:
    """A pack that lies in its folder: when it was made (ISO 8601), of what, and how much is in it."""

    at: str
    file: str
    basis: Basis
    counts: dict[str, int]


@dataclass
class Packs:
    """The packs of shows, by show: those that were made since the till began, which are being made, and why the last
    attempt of others failed."""

    made: dict[str, MadePack] = field(default_factory=dict)
    under_way: dict[str, Future[None]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
