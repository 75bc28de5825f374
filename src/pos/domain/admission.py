"""Admission: whether a gate lets in who shows a ticket. The laws:

* A ticket is admitted once, by its id, whichever of its papers is shown.
* The highest copy counts that the gate knows of: it was issued because the paper before it was lost,
  and whoever shows that one may have found it. A copy that the gate has not heard of counts as well.
* What has been refunded or exchanged admits nobody, nor does a ticket for another show.
* A gate goes by what it knows. Two gates that are cut off from each other may both admit one ticket,
  and one that is cut off may admit what was refunded since: the office books it, and opens a dispute.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pos.domain.errors import Refused
from pos.domain.sale import OVER


@dataclass(frozen=True, slots=True)
class Admission:
    """Where and when (ISO 8601) a ticket was let in, and by which of its papers."""

    till: str
    at: str
    copy: int

    def to_json(self) -> dict[str, Any]:
        return {"till": self.till, "at": self.at, "copy": self.copy}

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Admission:
        return cls(body["till"], body["at"], body["copy"])


@dataclass(frozen=True, slots=True)
class Shown:
    """A ticket as the gate knows it. `copies` is the highest copy that it has heard of, 0 for the original."""

    id: str
    show: str
    state: str
    copies: int
    admission: Admission | None


def check(ticket: Shown, show: str, copy: int | None) -> int:
    """Which paper admits: `copy`, as its code says, or the highest known where only the ticket's id was given.

    Raises Refused("other_show" | "already_admitted" | "already_refunded" | "exchanged" | "superseded").
    """
    if ticket.show != show:
        raise Refused("other_show", ticket=ticket.id, show=ticket.show)
    if ticket.admission is not None:
        raise already_admitted(ticket.id, ticket.admission)
    if ticket.state in OVER:
        raise Refused(OVER[ticket.state], ticket=ticket.id)
    paper = ticket.copies if copy is None else copy
    if paper < ticket.copies:
        raise Refused("superseded", ticket=ticket.id, copy=paper, newest=ticket.copies)
    return paper


def already_admitted(ticket: str, admission: Admission) -> Refused:
    """The refusal, which says where and when."""
    return Refused("already_admitted", ticket=ticket, holder=admission.till, since=admission.at)
