"""Finding what was sold, here or at another window, as far as this till knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pos.domain.admission import Admission
from pos.domain.errors import Refused
from pos.till.desk import Desk


def find(desk: Desk, *, code: str = "", sale: str = "", name: str = "") -> dict[str, Any]:
    """Sales by a ticket's code or id, by sale id, which is an order's code, or by the buyer's name.

    What this till's ledger says of its own sales goes before the replica's word, except that a
    ticket may have ended without this till: elsewhere, or by a dispute that was resolved.
    """
    if sum(map(bool, (code, sale, name))) != 1:
        raise Refused("bad_request", reason="give one of code, sale, name")
    desk.signed_in()
    if code:
        code = code.partition(".")[0]  # a copy's code names which copy it is behind a point
    own = desk.ledger.find_sales(sale=sale, code=code, name=name)
    heard = desk.replica.find_sales(sale_id=sale or None, code=code or None, name=name or None)
    if code and not heard:
        heard = desk.replica.find_sales(ticket_id=code)
    found = {body["id"]: body for body in heard}
    here = _here(desk, (*own, *found.values()))
    mine = [here.shown(body, found.pop(body["id"], body)) for body in own]
    return {"sales": mine + [here.shown(body, body) for body in found.values()]}


def shown_sales(desk: Desk, bodies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sales' documents as `find` shows them."""
    here = _here(desk, bodies)
    return [here.shown(body, body) for body in bodies]


def _here(desk: Desk, bodies: Iterable[dict[str, Any]]) -> _Here:
    book = desk.ledger.tickets
    ids = [ticket["id"] for body in bodies for ticket in body["tickets"]]
    return _Here(desk.outside.till, book.ended(ids), book.issued(ids), book.admitted(ids))


@dataclass(frozen=True)
class _Here:
    """What this till knows of tickets that the office may not have told yet."""

    till: str
    ended: dict[str, str]
    issued: set[str]
    admitted: dict[str, tuple[str, int]]

    def shown(self, body: dict[str, Any], heard: dict[str, Any]) -> dict[str, Any]:
        """`heard` is the office's word on the same sale."""
        office = {ticket["id"]: ticket for ticket in heard["tickets"]}
        return {
            "id": body["id"],
            "at": body["at"],
            "till": body["till"],
            "total": body["total"],
            **{key: body[key] for key in ("name", "contact", "buyer") if body.get(key)},
            "tickets": [self._ticket(ticket, office.get(ticket["id"], {})) for ticket in body["tickets"]],
        }

    def _ticket(self, ticket: dict[str, Any], heard: dict[str, Any]) -> dict[str, Any]:
        state = self.ended.get(ticket["id"]) or heard.get("state", "live")
        return {
            "id": ticket["id"],
            "show": ticket["show"],
            "place": ticket["place"],
            "code": ticket["code"],
            "price": ticket["price"],
            # What the office says goes before what is only known here to have ended.
            "state": state if state != "live" else ticket.get("state", "live"),
            "issued": ticket["id"] in self.issued or heard.get("issued", True),
            "admitted": self._admitted(ticket["id"]) or heard.get("admitted"),
        }

    def _admitted(self, ticket: str) -> dict[str, Any] | None:
        here = self.admitted.get(ticket)
        return Admission(self.till, *here).to_json() if here is not None else None
