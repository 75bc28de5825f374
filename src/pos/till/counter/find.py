"""Finding what was sold, here or at another window, as far as this till knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pos.domain.admission import Admission
from pos.domain.errors import Refused
from pos.domain.lookup import alike as sounds_alike
from pos.domain.lookup import last4_of, sounds_of
from pos.till.counter.training import check_real
from pos.till.desk import Desk, Verb


def find(
    desk: Desk, *, code: str = "", sale: str = "", name: str = "", last4: str = "", stock: str = ""
) -> dict[str, Any]:
    """Sales by a ticket's code or id, by sale id, which is an order's code, by the buyer's name, or by the last
    four digits that are on record of the buyer. Of a name that nobody has, those that sound like it: `alike`. By the
    number of the blank (`stock`) those that were printed here.

    What this till's ledger says of its own sales goes before the replica's word, except that a
    ticket may have ended without this till: elsewhere, or by a dispute that was resolved.
    """
    if sum(map(bool, (code, sale, name, last4, stock))) != 1:
        raise Refused("bad_request", reason="give one of code, sale, name, last4, stock")
    desk.signed_in()
    if stock:
        code = desk.ledger.blanks.ticket_on(stock.strip().upper())
        if not code:
            return {"sales": []}
    check_real(desk, code)
    if code:
        code = code.partition(".")[0]  # a copy's code names which copy it is behind a point
    own = (
        _own_that(desk, lambda body: last4.upper() in last4_of(body))
        if last4
        else desk.ledger.find_sales(sale=sale, code=code, name=name)
    )
    heard = desk.replica.find_sales(sale_id=sale or None, code=code or None, name=name or None, last4=last4 or None)
    if code and not heard:
        heard = desk.replica.find_sales(ticket_id=code)
    alike = bool(name) and not own and not heard
    if alike:
        own = _own_that(desk, lambda body: sounds_alike(name, body["name"]))
        heard = desk.replica.find_sales(sounds=sounds_of(name))
    found = {body["id"]: body for body in heard}
    here = _here(desk, (*own, *found.values()))
    mine = [here.shown(body, found.pop(body["id"], body)) for body in own]
    sales = mine + [here.shown(body, body) for body in found.values()]
    return {"sales": [sale | {"alike": True} for sale in sales] if alike else sales}


def find_everywhere(
    desk: Desk, *, code: str = "", sale: str = "", name: str = "", last4: str = "", stock: str = ""
) -> Verb[dict[str, Any]]:
    """The same. What neither this till nor the office's word has is looked for in the copies of other tills' journals
    that lie here: `copied` says so of a sale, whose rights are still where they were."""
    found = find(desk, code=code, sale=sale, name=name, last4=last4, stock=stock)
    kept, word = desk.outside.kept_copies, code.strip().partition(".")[0] or sale.strip()
    if found["sales"] or kept is None or not word:
        return found
    bodies: list[dict[str, Any]] = yield kept.sales_with(word, desk.season().keys)
    desk.copied |= {body["id"]: body for body in bodies}
    return {"sales": [one | {"copied": True} for one in shown_sales(desk, bodies)]}


def _own_that(desk: Desk, fits: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """This till's own sales to a buyer who is on record and fits."""
    ids = [body["id"] for body in desk.ledger.named_sales() if fits(body)]
    return [body for id in ids for body in desk.ledger.find_sales(sale=id)]


def shown_sales(desk: Desk, bodies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sales' documents as `find` shows them."""
    here = _here(desk, bodies)
    return [here.shown(body, body) for body in bodies]


def _here(desk: Desk, bodies: Iterable[dict[str, Any]]) -> _Here:
    book = desk.ledger.tickets
    ids = [ticket["id"] for body in bodies for ticket in body["tickets"]]
    ids += [article["ref"] for body in bodies for article in body.get("articles", ())]
    return _Here(
        desk.outside.till,
        book.ended(ids),
        book.issued(ids),
        book.admitted(ids),
        book.handed(ids),
        desk.ledger.blanks.of_tickets(ids),
    )


@dataclass(frozen=True)
class _Here:
    """What this till knows of tickets that the office may not have told yet."""

    till: str
    ended: dict[str, str]
    issued: set[str]
    admitted: dict[str, tuple[str, int]]
    handed: dict[str, dict[str, Any]]
    blanks: dict[str, list[str]]

    def shown(self, body: dict[str, Any], heard: dict[str, Any]) -> dict[str, Any]:
        """`heard` is the office's word on the same sale."""
        office = {ticket["id"]: ticket for ticket in heard["tickets"]}
        return {
            "id": body["id"],
            "at": body["at"],
            "till": body["till"],
            "total": body["total"],
            **{key: body[key] for key in ("name", "contact", "buyer") if body.get(key)},
            "delivery": body.get("delivery", "now"),
            "tickets": [self._ticket(ticket, office.get(ticket["id"], {})) for ticket in body["tickets"]],
            **({"articles": [self._article(one) for one in body["articles"]]} if body.get("articles") else {}),
        }

    def _article(self, article: dict[str, Any]) -> dict[str, Any]:
        """Whether it was taken back is known where it was sold."""
        shown = {name: article[name] for name in ("ref", "id", "name", "count", "amount", "refundable")}
        return shown | {"state": self.ended.get(article["ref"], "live")}

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
            "handed": self.handed.get(ticket["id"]) or heard.get("handed"),
            **({"stock": self.blanks[ticket["id"]]} if ticket["id"] in self.blanks else {}),
        }

    def _admitted(self, ticket: str) -> dict[str, Any] | None:
        here = self.admitted.get(ticket)
        return Admission(self.till, *here).to_json() if here is not None else None
