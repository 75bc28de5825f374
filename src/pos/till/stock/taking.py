"""Stock-taking by two: each counts alone, without being told what should be there, and only then it is compared.

The first count waits in the ledger; nobody is told of it but that it is there. The second one, by somebody else, is
held against it: where they agree, the fact says what should have been there and what was missing; where they do not,
it keeps both, and both count again.
"""

from __future__ import annotations

import json
from typing import Any, Final

from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.seatstock import COUNTABLE, compared
from pos.domain.serials import named
from pos.till.counter import blankcount
from pos.till.desk import Desk
from pos.till.stock.common import tell, to_json
from pos.till.stock.seats import stock_of

PAPER, SEATS = "paper", "seats"
WHAT: Final = (PAPER, SEATS)
_WAITING: Final = "stock.take."


def stock_take(
    desk: Desk, *, what: str, show: str = "", counted: dict[str, int] | None = None, serials: list[str] | None = None,
    note: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Count `serials` of ticket paper, or of a show's seats as many as are `counted` by part (COUNTABLE).

    Raises Refused: bad_request unknown_show not_signed_in storage_failed fenced.
    """
    user = desk.signed_in("sell")
    desk.check_not_fenced()
    mine = _checked(desk, what, show, counted, serials)
    key = f"{_WAITING}{what}.{show}"
    waiting = json.loads(desk.ledger.meta(key) or "null")
    if waiting is None or waiting["user"] == user.id:
        with desk.unit() as unit:
            desk.ledger.put_meta(key, json.dumps({"user": user.id, "counted": mine}))
            return unit.answers({"waiting": True, "by": user.id})
    agreed = waiting["counted"] == mine
    who = {"user": user.id, "with": waiting["user"], "agreed": agreed, "note": note.strip()}
    result: dict[str, Any] = {}
    with desk.unit() as unit:
        if not agreed:
            body = who | {"what": what, "show": show, "counts": [waiting["counted"], mine]}
            unit.record(Kind.STOCK_COUNTED, body)
            result = {"apart": _apart(waiting["counted"], mine)}
        elif what == PAPER:
            result = blankcount.compared(desk, named("serials", serials) if serials else [])
            blankcount.book_count(desk, unit, who, result)
        else:
            places = stock_of(desk, show)
            result = {
                "show": show,
                "counted": mine,
                "difference": compared(places, counted or {}),
                "stock": places.to_json(),
            }
            unit.record(Kind.STOCK_COUNTED, who | {"seats": result})
        desk.ledger.put_meta(key, "null")
        answer = unit.answers({"agreed": agreed, **result})
    tell(desk)
    return answer


def _checked(
    desk: Desk, what: str, show: str, counted: dict[str, int] | None, serials: list[str] | None
) -> dict[str, int] | list[list[str]]:
    """What was counted, in a form that compares. Raises Refused("bad_request" | "unknown_show")."""
    if what == PAPER:
        if serials is None or counted is not None or show:
            raise Refused("bad_request", field="serials", reason="ticket paper is counted by its serials alone")
        return to_json(named("serials", serials)) if serials else []
    if counted is None or serials is not None:
        raise Refused("bad_request", field="counted", reason=f"seats are counted as {', '.join(COUNTABLE)}")
    desk.season().show(show)
    return dict(sorted(counted.items()))


def _apart(one: Any, other: Any) -> list[str]:
    """Which parts two counts of seats differ in; nothing of how much."""
    if isinstance(one, list):
        return [PAPER]
    return sorted(part for part in {*one, *other} if one.get(part) != other.get(part))
