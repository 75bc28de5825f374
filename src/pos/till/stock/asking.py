"""Ticket paper is asked for at one window, and answered by a supervisor at any other.

A request and its answer are records of the windows that made them, so both work with the line down. Of two answers to
one request the first stands; what both have handed out is on its way all the same, and nothing of it gets lost.
"""

from __future__ import annotations

from typing import Any, Final

from pos.domain.blanks import Move
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.serials import named
from pos.till.counter import blanks
from pos.till.counter.numbers import Series, next_id, take
from pos.till.desk import Desk
from pos.till.orders import recording
from pos.till.stock.common import checked_here, supervised, tell, to_json

REQUESTS: Final = Series("stock.requests", "Q")
ANSWERS: Final = Series("stock.answers", "Y")


def request_stock(desk: Desk, *, count: int, note: str = "") -> dict[str, Any]:
    """Ask for so many blanks; a supervisor at any window answers."""
    user = desk.signed_in("sell")
    desk.check_not_fenced()
    with desk.unit() as unit:
        id = next_id(desk, REQUESTS)
        record = {"id": id, "home": desk.outside.till, "user": user.id, "count": count, "note": note.strip()}
        record |= {"at": desk.clock.now().isoformat(timespec="seconds"), "state": "open"}
        recording.keep(desk, unit, Kind.STOCK_REQUEST_CHANGED, record, {"user": user.id})
        take(desk, REQUESTS)
        answer = unit.answers({"request": record})
    recording.tell(desk, Kind.STOCK_REQUEST_CHANGED)
    return answer


def withdraw_request(desk: Desk, *, request: str) -> dict[str, Any]:
    """What this window asked for is not needed any more."""
    user = desk.signed_in("sell")
    desk.check_not_fenced()
    record = recording.mine(desk, "stock_request", request)
    if record["state"] != "open":
        raise Refused("not_allowed", what="stock", reason=f"request {request} is {record['state']}")
    with desk.unit() as unit:
        record = record | {"state": "withdrawn"}
        recording.keep(desk, unit, Kind.STOCK_REQUEST_CHANGED, record, {"user": user.id})
        answer = unit.answers({"request": record})
    recording.tell(desk, Kind.STOCK_REQUEST_CHANGED)
    return answer


def answer_request(
    desk: Desk, *, request: str, approve: bool, serials: list[str] | None = None, note: str = "",
    approver: dict[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Say yes or no to a request, and hand out what `serials` name, which must be in this window's hand.

    For a supervisor. Raises Refused: bad_request not_allowed approval_needed wrong_pin storage_failed fenced.
    """
    user = desk.signed_in("sell")
    desk.check_not_fenced()
    asked = recording.one(desk, "stock_request", request)
    if asked["state"] != "open" or answers(desk).get(request):
        raise Refused("not_allowed", what="stock", reason=f"request {request} is not open any more")
    given = named("serials", serials) if serials else []
    if given and not approve:
        raise Refused("bad_request", field="serials", reason="a request that is refused gets no paper")
    if given and asked["home"] == desk.outside.till:
        raise Refused("bad_request", field="serials", reason="this window asked for it itself")
    checked_here(desk, given)
    by = supervised(desk, "answer_request", approver)
    with desk.unit() as unit:
        id = next_id(desk, ANSWERS)
        record = {"id": id, "home": desk.outside.till, "request": request, "approved": approve, "user": user.id}
        record |= {"at": desk.clock.now().isoformat(timespec="seconds"), "note": note.strip()}
        record |= {"serials": to_json(given)}
        recording.keep(desk, unit, Kind.STOCK_REQUEST_ANSWERED, record, {"user": user.id, **by})
        take(desk, ANSWERS)
        if given:
            more = {"user": user.id, **by, "other": asked["home"], "request": request}
            blanks.move(desk, unit, Move.ISSUED, given, more)
        answer = unit.answers({"answer": record})
    recording.tell(desk, Kind.STOCK_REQUEST_ANSWERED)
    tell(desk)
    return answer


def answers(desk: Desk) -> dict[str, dict[str, Any]]:
    """Request -> the answer to it; of two the one that came first."""
    found: dict[str, dict[str, Any]] = {}
    for answer in sorted(recording.known(desk, "stock_answer").values(), key=lambda one: (one["at"], one["id"])):
        found.setdefault(answer["request"], answer)
    return found


def requests(desk: Desk) -> list[dict[str, Any]]:
    """What was asked for and is not done: open, approved or refused; the oldest first."""
    answered = answers(desk)
    found = []
    for request in sorted(recording.known(desk, "stock_request").values(), key=lambda one: (one["at"], one["id"])):
        if request["state"] != "open":
            continue
        answer = answered.get(request["id"])
        state = "open" if answer is None else "approved" if answer["approved"] else "refused"
        found.append(request | {"state": state, "answer": answer})
    return found
