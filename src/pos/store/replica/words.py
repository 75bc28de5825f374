"""What the agent hands to the replica, by shape: the messages of the wire fit as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


class PlaceWord(Protocol):
    """One place's record. `since` is epoch seconds."""

    @property
    def place(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def holder(self) -> str: ...
    @property
    def since(self) -> int: ...
    @property
    def epoch(self) -> int: ...
    @property
    def hop(self) -> int: ...


class ChangeWord(Protocol):
    """One entry of the office's change log, of kind document, places, sale or reload."""

    @property
    def position(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def body(self) -> dict[str, Any] | None: ...
    @property
    def show(self) -> str: ...
    @property
    def items(self) -> Sequence[PlaceWord]: ...


class ColumnsWord(Protocol):
    """Every place of a show in seating order, as the office stood at `position`."""

    @property
    def show(self) -> str: ...
    @property
    def plan_version(self) -> str: ...
    @property
    def position(self) -> int: ...
    @property
    def states(self) -> str: ...
    @property
    def holders(self) -> Sequence[str]: ...
    @property
    def holder(self) -> Sequence[int]: ...
    @property
    def since(self) -> Sequence[int]: ...
    @property
    def epoch(self) -> Sequence[int]: ...
    @property
    def hop(self) -> Sequence[int]: ...


class DocumentWord(Protocol):
    """One small document."""

    @property
    def family(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def body(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Needs:
    """What has to be fetched before a page may be stored: shows' places, plans by version."""

    shows: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Touched:
    """What a page changed. Places by show and index; an empty tuple stands for the whole show.

    `documents` are the season's; disputes, which are documents too, are named by id; records, holds and orders
    by family."""

    places: dict[str, tuple[int, ...]] = field(default_factory=dict)
    documents: bool = False
    sales: bool = False
    disputes: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
