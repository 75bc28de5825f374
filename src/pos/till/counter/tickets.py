"""Tickets that were sold: finding them, here or elsewhere, and getting the right to do something with them.

The right to refund, to exchange and to print a ticket again is the token of its sold
place. Whoever holds it may; there is one holder, as with the right to sell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pos.domain.errors import Refused
from pos.domain.mask import scrub
from pos.domain.money import Money
from pos.domain.refund import Returned, fee_parts_of, shares
from pos.domain.rights import Effect, OfficeState, OwnRight, OwnState
from pos.domain.sale import OVER, Tender, special
from pos.domain.terms import Terms
from pos.till.counter.house import stamp
from pos.till.counter.passing import accept_sold
from pos.till.counter.training import check_real
from pos.till.desk import Desk, Verb
from pos.till.ports import ClaimAnswer, LineDown, RefusedClaim

TRIES: Final = 3  # a token that is asked for again and again meanwhile is left to whoever asks
CLAIM_WAIT_S: Final = 4.0  # of the five seconds in which a claim answers


@dataclass(frozen=True, slots=True)
class Sold:
    """A live ticket as its sale's document has it, and how its price was paid."""

    sale: dict[str, Any]
    body: dict[str, Any]
    share: tuple[Tender, ...]

    @property
    def id(self) -> str:
        return str(self.body["id"])

    @property
    def show(self) -> str:
        return str(self.body["show"])

    @property
    def place(self) -> str:
        """The seat, or the area's unit."""
        return str(self.body["unit"])

    def terms(self, currency: str) -> Terms:
        """As they were told at the sale."""
        return Terms.parse(self.body["terms"], currency)

    def returned(self, fee: Money) -> Returned:
        """The ticket as it comes back, with a fee kept of its price."""
        body, currency = self.body, fee.currency
        return Returned(
            self.id,
            str(self.sale["id"]),
            self.show,
            self.place,
            str(body["place"]),
            Money.parse(body["price"], currency),
            fee,
            str(body["tax_id"]),
            Money.parse(body["tax"], currency),
            self.share,
            fee_parts_of(body, currency),
            str(body["category"]),
            str(body["price_type"]),
            special(body),
        )


def look_up(desk: Desk, named: Sequence[str]) -> list[Sold]:
    """Tickets by id or code. Raises Refused("unknown_ticket" | "already_refunded" | "exchanged" | "not_allowed" |
    "bad_request").

    What happened here is known before the replica has it.
    """
    currency = desk.season().venue.currency
    found: dict[str, Sold] = {}
    for name in named:
        sale, body = find_ticket(desk, name)
        if body["id"] in found:
            raise Refused("bad_request", field="tickets", reason="names a ticket twice", ticket=name)
        found[body["id"]] = Sold(sale, body, shares(sale, currency)[body["id"]])
    ended = desk.ledger.tickets.ended(found)
    for ticket in found.values():
        state = ended.get(ticket.id) or heard(desk, ticket.sale, ticket.body).get("state", "live")
        if state in OVER:
            raise Refused(OVER[state], ticket=ticket.id, sale=ticket.sale["id"])
        if state == "disputed":
            raise Refused("not_allowed", what="ticket", reason="this ticket is in dispute", ticket=ticket.id)
    return list(found.values())


def heard(desk: Desk, sale: dict[str, Any], ticket: dict[str, Any]) -> dict[str, Any]:
    """What the office last said of a ticket, which another till may have taken back or let in."""
    told: list[dict[str, Any]] = [
        body
        for found in desk.replica.find_sales(sale_id=sale["id"])
        for body in found["tickets"]
        if body["id"] == ticket["id"]
    ]
    return told[0] if told else ticket


def holder_of(desk: Desk, ticket: Sold) -> dict[str, Any]:
    """The ticket with whose it is now: here or at another till it may have been made out to somebody else."""
    return max((ticket.body, heard(desk, ticket.sale, ticket.body)), key=lambda body: int(body.get("renamed", 0)))


def find_ticket(desk: Desk, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The sale and the ticket of that id or code. A scanned copy's code names its copy behind a point."""
    check_real(desk, name)
    plain = name.strip()
    for wanted in dict.fromkeys((plain, plain.upper().partition(".")[0])):
        for sales in (
            desk.ledger.find_sales(code=wanted),
            desk.replica.find_sales(ticket_id=wanted),
            desk.replica.find_sales(code=wanted),
            desk.copied.values(),
        ):
            for sale in sales:
                for ticket in sale["tickets"]:
                    if wanted in (ticket["id"], ticket["code"]):
                        return sale, ticket
    raise Refused("unknown_ticket", ticket=scrub(name))


def sale_of(desk: Desk, name: str) -> dict[str, Any]:
    """The document of the sale with that id, or with a ticket of that id or code. Raises Refused("unknown_ticket")."""
    plain = name.strip()
    for wanted in dict.fromkeys((plain, plain.upper())):
        for sale in (*desk.ledger.find_sales(sale=wanted), *desk.replica.find_sales(sale_id=wanted)):
            return sale
    return find_ticket(desk, name)[0]


def rights_to(desk: Desk, tickets: Sequence[Sold], refusal: str = "right_to_refund_elsewhere") -> Verb[None]:
    """Get the tokens of these tickets' places into this till's hand, all of them.

    Raises Refused: `refusal` when another has one or the line is down; already_refunded when
    the office says that a place is no longer this ticket's.
    """
    clock = desk.outside.clock
    deadline_s = clock.boottime_s() + CLAIM_WAIT_S
    while True:
        missing = [ticket for ticket in tickets if not in_hand(desk, ticket)]
        if not missing:
            return
        wait_s = deadline_s - clock.boottime_s()
        if wait_s <= 0:
            raise _away(desk, refusal, missing[0], "late")
        show = missing[0].show
        asked = [ticket for ticket in missing if ticket.show == show]
        try:
            answer: ClaimAnswer = yield desk.outside.office.claim(
                show, [ticket.place for ticket in asked], whole=True, wait_s=wait_s, sold=True
            )
        except LineDown as down:
            raise _away(desk, refusal, asked[0], down.cause) from down
        _take(desk, refusal, asked, answer)
        if not all(in_hand(desk, ticket) for ticket in asked):
            # A token that this till gave back and has not sent yet: send it first.
            try:
                yield desk.outside.office.sync()
            except LineDown as down:
                raise _away(desk, refusal, asked[0], down.cause) from down


def in_hand(desk: Desk, ticket: Sold) -> bool:
    """Whether this till holds the token of the ticket's place, as sold."""
    own = desk.rights.get(ticket.show, {}).get(ticket.place)
    if own is None or own.state is not OwnState.SOLD or own.ticket != ticket.id:
        return False
    ix = desk.belief.seating(ticket.show).find(ticket.place)
    return ix is not None and own.token >= desk.belief.office(ticket.show, ix).token


def all_in_hand(desk: Desk, tickets: Sequence[Sold]) -> bool:
    return all(in_hand(desk, ticket) for ticket in tickets)


def _take(desk: Desk, refusal: str, asked: Sequence[Sold], answer: ClaimAnswer) -> None:
    wanted = {ticket.place: ticket for ticket in asked}
    for refused in answer.refused:
        raise _refused(desk, refusal, wanted[refused.place], refused)
    with desk.unit() as unit:
        accept_sold(desk, unit, asked[0].show, answer)
    for right in answer.sold:
        ticket = wanted[right.place]
        if right.ticket != ticket.id:
            # Refunded elsewhere and sold again since: the look-up here is behind.
            raise Refused("already_refunded", ticket=ticket.id, sale=ticket.sale["id"])


def _refused(desk: Desk, refusal: str, ticket: Sold, refused: RefusedClaim) -> Refused:
    if refused.code == "not_sold":
        return Refused("already_refunded", ticket=ticket.id, sale=ticket.sale["id"])
    if refused.code == "unknown_place":
        return Refused("unknown_ticket", ticket=ticket.id)
    since = stamp(desk, refused.since)
    return Refused(refusal, ticket=ticket.id, holder=refused.holder or "office", since=since)


def _away(desk: Desk, refusal: str, ticket: Sold, cause: str) -> Refused:
    """The line is down: who has the token, as far as this till knows."""
    ix = desk.belief.seating(ticket.show).find(ticket.place)
    office = desk.belief.office(ticket.show, ix) if ix is not None else None
    holder = office.holder if office is not None and office.holder not in ("", desk.outside.till) else "office"
    since = stamp(desk, office.since) if office is not None and holder != "office" else None
    return Refused(
        refusal, ticket=ticket.id, holder=holder, since=since or desk.outside.office.link().since or None, cause=cause
    )


def ending(desk: Desk, tickets: Sequence[Sold]) -> tuple[list[Effect], list[tuple[str, str, OwnRight]]]:
    """What ending these tickets does to their places: free again, in this till's hand, under the same token.

    Raises Refused("right_to_refund_elsewhere") when a token has passed on.
    """
    effects: list[Effect] = []
    rights: list[tuple[str, str, OwnRight]] = []
    for ticket in tickets:
        token = desk.held(ticket.show, ticket.place, OwnState.SOLD, ticket.id)
        effects.append(
            Effect(
                ticket.show, ticket.place, token, OfficeState.SOLD, OfficeState.LEASED, desk.outside.till, ticket.id
            )
        )  # fmt: skip
        rights.append((ticket.show, ticket.place, OwnRight(OwnState.LEASED, token)))
    return effects, rights
