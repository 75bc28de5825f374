"""What tills on one local network say to each other, signed like what they say to the office. No I/O here."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from sync.wire import Count, Message, Number


class ToNeighbour(Message):
    """A request from till to till, plain HTTP on the local network while the office is away. Signed as
    one to the office; the answer is signed by the till that is asked. `to` and `to_incarnation`
    say whom it is for, so that nobody else's answer is one."""

    to: str
    to_incarnation: Count


class HelloRequest(ToNeighbour):
    """POST /v1/neighbour/hello: are you there? It may be heard any number of times, since nothing follows from it."""


class HelloAnswer(Message):
    """I am."""


class IdleRequest(ToNeighbour):
    """POST /v1/neighbour/idle: what of this show would you pass on to me?"""

    show: str


class IdleAnswer(Message):
    """Nothing while the asked till knows the office to be there. Places that it has passed on to the
    asking till already are among them: their certificate may be lost."""

    places: list[str] = Field(default_factory=list)


class PassRequest(ToNeighbour):
    """POST /v1/neighbour/pass: places for a customer, and more for the asking till's own stock."""

    show: str
    places: list[str]
    more: list[str] = Field(default_factory=list)


class PassAnswer(Message):
    """Certificates (`pos.domain.certificate`) of what was let go of, now or when it was asked before."""

    certificates: list[dict[str, Any]] = Field(default_factory=list)


class EvacuationRequest(ToNeighbour):
    """POST /v1/neighbour/evacuation: the house is being evacuated, or no more
    (documents of `pos.domain.contingency.evacuation`). Heard again, it changes nothing."""

    documents: list[dict[str, Any]]


class EvacuationAnswer(Message):
    """It is known there now."""


class CopyRequest(ToNeighbour):
    """POST /v1/neighbour/copy: keep these facts of mine (packed lines in a box locked to your key; "" only asks how
    far you are). POST /v1/neighbour/recopy: what you have is another journal, put it aside first."""

    facts: str = ""


class CopyAnswer(Message):
    """The last fact that is there, durably; `problem` says why those that were sent are not."""

    number: Number = 0
    hash: str = ""
    problem: str = ""
