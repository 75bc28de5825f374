"""What is looked at before any money of a sale is taken: terms told, who buys, how many, and a second pair of eyes.

Nothing here waits. What another till has sold to the same buyer is known as far as the office has told; while it is
away that is said with the sale (`limit_known`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from pos.domain.basket import Line
from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.domain.sale import OVER
from pos.domain.season import Show
from pos.till.counter.people import checked
from pos.till.counter.tickets import Sold
from pos.till.desk import Desk

RELEASERS: Final = frozenset({"supervisor", "auditor"})
GROUP: Final = "group"  # the kind of price types for groups


def check_told(desk: Desk, terms_told: bool) -> None:
    """Raises Refused("terms_not_told") where the venue wants the buyer told first."""
    if desk.season().venue.tell_terms and not terms_told:
        raise Refused("terms_not_told")


def check_buyer(
    desk: Desk, lines: Sequence[Line], buyer: dict[str, Any], leaving: Collection[str] = ()
) -> dict[str, Any]:
    """Who buys, where a show asks for it, and how many of it they have; what of that the answer has to say.

    `buyer` is what the sale's document says of them, `leaving` tickets that come back for these lines.
    Raises Refused("identity_needed" | "limit_exceeded").
    """
    counted = False
    for name in dict.fromkeys(line.show for line in lines):
        show = desk.season().show(name)
        _check_identity(show, buyer)
        if show.max_per_buyer is not None:
            wanted = sum(line.show == name for line in lines)
            _check_limit(desk, show, wanted, buyer, leaving)
            counted = True
    if counted and desk.outside.office.link().state != "online":
        return {"limit_known": "here"}
    return {}


def check_holder_to_be(desk: Desk, ticket: Sold, buyer: dict[str, Any]) -> None:
    """Whom a ticket may be made out to. Raises Refused("identity_needed" | "limit_exceeded")."""
    show = desk.season().show(ticket.show)
    _check_identity(show, buyer)
    if show.max_per_buyer is not None:
        _check_limit(desk, show, 1, buyer, {ticket.id})


def _check_identity(show: Show, buyer: dict[str, Any]) -> None:
    missing = {
        "name": not buyer.get("name"),
        "document": not buyer.get("name") or not buyer.get("buyer", {}).get("identity"),
    }
    if missing.get(show.identity):
        raise Refused("identity_needed", what=show.identity, show=show.id)


def _check_limit(desk: Desk, show: Show, wanted: int, buyer: dict[str, Any], leaving: Collection[str]) -> None:
    known = _keys(buyer)
    have = sum(1 for _ in _bought(desk, show.id, known, leaving)) if known else 0
    if show.max_per_buyer is not None and have + wanted > show.max_per_buyer:
        raise Refused("limit_exceeded", what="buyer", show=show.id, limit=show.max_per_buyer, have=have, wanted=wanted)


def _keys(document: dict[str, Any]) -> set[tuple[str, str]]:
    """What a person is known again by, in a sale's document: customer, identity, name."""
    buyer = document.get("buyer", {})
    identity = buyer.get("identity", {})
    found = {
        ("customer", str(buyer.get("customer", ""))),
        ("identity", f"{identity.get('kind', '')} {identity.get('last4', '')}".strip().casefold()),
        ("name", " ".join(str(document.get("name", "")).casefold().split())),
    }
    return {key for key in found if key[1]}


def _bought(desk: Desk, show: str, keys: set[tuple[str, str]], leaving: Collection[str]) -> Iterable[str]:
    """Live tickets of a show that this person has, as far as is known here."""
    sales = {sale["id"]: sale for sale in desk.ledger.sales_for(show)} | {
        sale["id"]: sale for sale in desk.replica.sales_for(show)
    }
    tickets = [
        ticket
        for sale in sales.values()
        if keys & _keys(sale)
        for ticket in sale["tickets"]
        if ticket["show"] == show and ticket.get("state", "live") not in OVER
    ]
    ended = desk.ledger.tickets.ended(ticket["id"] for ticket in tickets)
    return (ticket["id"] for ticket in tickets if ticket["id"] not in ended and ticket["id"] not in leaving)


def mark_tickets(desk: Desk, body: dict[str, Any]) -> None:
    """Write onto the tickets of a sale's document whose they are, where their show asks for that."""
    holder = {key: body[key] for key in ("name",) if key in body}
    if identity := body.get("buyer", {}).get("identity"):
        holder["identity"] = identity
    for ticket in body["tickets"]:
        if desk.season().show(ticket["show"]).identity != "none":
            ticket.update(holder)


def named_on_paper(desk: Desk, body: dict[str, Any]) -> str:
    """The name that its tickets are printed with, "" where no show asks for one."""
    shows = {ticket["show"] for ticket in body["tickets"]}
    asks = any(desk.season().show(show).identity != "none" for show in shows)
    return str(body.get("name", "")) if asks else ""


def release(
    desk: Desk, seller: str, lines: Sequence[Line], due: Money, buyer: dict[str, Any], checker: dict[str, Any] | None
) -> dict[str, Any]:
    """The order check, where the venue has one: what the document says of who released it.

    A checker that is given is always checked. Raises Refused("check_needed" | "wrong_pin" | "locked_out" |
    "not_allowed"): nobody releases what they sell.
    """
    by = _checker(desk, seller, checker) if checker is not None else ""
    rule = desk.season().venue.check
    group = any(line.kind == GROUP for line in lines)
    why = rule.reasons(due, len(lines), group=group, named=bool(buyer.get("name"))) if rule is not None else []
    if why and not by:
        reason = f"sales like this one are checked before they are paid ({', '.join(why)})"
        raise Refused("check_needed", what="order", reason=reason, why=why, amount=str(due))
    return {"checked_by": by} if by else {}


def _checker(desk: Desk, seller: str, checker: dict[str, Any]) -> str:
    person = checked(desk, checker["user"], checker["pin"])
    if person.id == seller:
        raise Refused("not_allowed", what="check", reason="nobody can release what they sell")
    if person.role not in RELEASERS:
        reason = f"{person.name} is {person.role}, and an auditor or supervisor must release this"
        raise Refused("not_allowed", what="check", reason=reason, role=person.role)
    return person.id


def check_holder(tickets: Iterable[dict[str, Any]], identity: str, *, trusted: bool) -> None:
    """Whoever comes back with a ticket made out to somebody is that person. `identity` is what was seen: the end of
    a document's number, or the name. With a supervisor (`trusted`) it is done all the same.

    Raises Refused("identity_needed").
    """
    seen = "".join(letter for letter in identity.casefold() if letter.isalnum())
    for ticket in tickets:
        last = str(ticket.get("identity", {}).get("last4", "")).casefold()
        if trusted or not (last or ticket.get("name")):
            continue
        if not seen or (last and not seen.endswith(last)):
            raise Refused("identity_needed", what="document" if last else "name", ticket=ticket["id"])
