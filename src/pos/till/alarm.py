"""What a run of the till knows of evacuations, as `contingency.evacuation` keeps it."""

from __future__ import annotations

from dataclasses import dataclass, field

from pos.domain.contingency.evacuation import Document


@dataclass
class Alarm:
    """The `calls` that lock this window, first one first; documents that the disk has not taken; and which of them
    each of the other tills has heard. `telling` while the others are told, in `rounds`."""

    calls: tuple[Document, ...] = ()
    unwritten: dict[str, Document] = field(default_factory=dict)
    told: dict[str, set[str]] = field(default_factory=dict)
    telling: bool = False
    rounds: int = 0
