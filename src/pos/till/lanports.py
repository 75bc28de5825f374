"""What tills on one local network are to each other (for `ports`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pos.domain.certificate import Certificate, Hand
from pos.domain.contingency.evacuation import Document


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a till asks another for: places that a customer wants, and some more for its own stock."""

    places: tuple[str, ...]
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptCopy:
    """A copy of a journal that lies here: its file, whose it is, its last fact, and when it was written last (seconds
    since 1970)."""

    path: Path
    hand: Hand
    number: int
    at: float


class CopyKeeper(Protocol):
    """Where copies of other tills' journals are kept here. Any thread may call."""

    def keep(self, giver: Hand, key: bytes, box: str, *, anew: bool) -> tuple[int, str]:
        """Keep the facts in a box (locked to this till, packed lines; "" for none), as far as they are the next ones of
        what is here of `giver`, whose public key is `key`. `anew`: what is here is another journal, to be put aside
        first. Number and hash of the last fact that is here then, durably. Raises NoCopy."""


class Neighbours(Protocol):
    """The other tills on the local network. Whoever does not answer in time is left out; no Future fails."""

    def idle(self, show: str, wait_s: float) -> Future[Mapping[str, tuple[str, ...]]]:
        """Till -> the places of a show that it would pass on to this one."""

    def ask(self, show: str, wanted: Mapping[str, Wanted], wait_s: float) -> Future[Sequence[Certificate]]:
        """Ask each of these tills for places. What they let go of is certified; nothing here is verified."""

    def evacuation(
        self, documents: Sequence[Document], told: Collection[str], wait_s: float
    ) -> Future[Mapping[str, bool]]:
        """Tell those that were not `told` of evacuations; till -> whether it has heard that now."""

    def present(self) -> Mapping[str, str]:
        """Till -> when it last answered this one, ISO 8601; those that have ceased to answer are not in it. Asked every
        few seconds while the office is away, rarely otherwise. Never waits."""

    def states(self) -> dict[str, dict[str, str]]:
        """Whether the others can ask this till: {"neighbours": {"state", "text"}}, as of a device."""
