"""The gate's requests: what has changed of a show's tickets, and scans told back.

    GET  /gate/tickets?show=SHOW&after=CURSOR   {"show", "cursor", "more", "tickets": [{"id", "code", "state", …}]}
    POST /gate/scans {"scans": [{"id", "show", "code", "at", "let_in"}]}   {"scans": [{"id", "result", "ticket", "at"}]}

Each with `Authorization: Bearer TOKEN`, a token from `housefull-office gate token`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Protocol, TypeVar
from urllib.parse import parse_qs

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import Connection
from starlette.routing import Route

from pos.domain.errors import Refused
from sync.office.api.endpoint import Endpoint, parsed
from sync.office.api.signing import Asked, Rejected, Signer
from sync.office.clock import now_s
from sync.office.rules import gates

_Result = TypeVar("_Result")
MOST_SCANS = 500  # in one request


def _time(text: str) -> str:
    """Raises ValueError unless it is ISO 8601 with an offset."""
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("the time has no offset")
    return text


class ScanItem(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: Annotated[str, Field(min_length=1, max_length=100)]
    show: Annotated[str, Field(min_length=1, max_length=200)]
    code: Annotated[str, Field(min_length=1, max_length=200)]
    at: Annotated[str, Field(max_length=40), AfterValidator(_time)]
    let_in: bool = False


class Scans(BaseModel):
    model_config = ConfigDict(extra="forbid")
    scans: Annotated[list[ScanItem], Field(min_length=1, max_length=MOST_SCANS)]


class Office(Protocol):
    """What these requests need of the office."""

    signer: Signer

    async def reading(self, function: Callable[[Connection], _Result]) -> _Result: ...
    async def writing(self, function: Callable[[Connection], _Result]) -> _Result: ...


def routes(office: Office) -> list[Route]:
    async def tickets(asked: Asked) -> dict[str, Any]:
        _gate(office, asked)
        show, after = _asked(asked)
        try:
            return await office.reading(lambda c: gates.feed(c, show, after))
        except Refused as refused:
            raise Rejected(404, refused.code, f"there is no show {show!r}") from refused

    async def scans(asked: Asked) -> dict[str, Any]:
        gate = _gate(office, asked)
        told = [gates.Scan(**item.model_dump()) for item in parsed(Scans, asked.body).scans]
        if any("\0" in text for scan in told for text in (scan.id, scan.show, scan.code)):
            raise Rejected(422, "bad_request", "scans: a NUL character is in one of them")
        try:
            return {"scans": await office.writing(lambda c: gates.take(c, gate, told))}
        except Refused as refused:
            raise Rejected(404, refused.code, f"there is no show {refused.fields['show']!r}") from refused

    return [
        Route("/gate/tickets", Endpoint(office.signer, tickets, "GET")),
        Route("/gate/scans", Endpoint(office.signer, scans)),
    ]


def _gate(office: Office, asked: Asked) -> str:
    """Who asks. Raises Rejected(401)."""
    kind, _, token = asked.header(b"authorization").partition(" ")
    if kind.lower() != "bearer":
        raise Rejected(401, "unsigned", "the header Authorization must have a gate's token: Bearer TOKEN")
    try:
        return gates.gate_of(office.signer.public, token.strip(), int(now_s()))
    except gates.BadToken as error:
        raise Rejected(401, "bad_token", str(error)) from error


def _asked(asked: Asked) -> tuple[str, int]:
    """The show and the cursor. Raises Rejected(422)."""
    given = parse_qs(asked.query)
    show, after = given.get("show", [""])[0], given.get("after", ["0"])[0]
    if not show or "\0" in show:
        raise Rejected(422, "bad_request", "show: must name a show")
    if not (after.isascii() and after.isdigit() and len(after) < 16):
        raise Rejected(422, "bad_request", "after: must be a position, 0 for everything")
    return show, int(after)
