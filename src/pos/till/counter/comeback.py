"""What comes back beside the tickets that were named: articles of a sale, and the companion of a partner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pos.domain.errors import Refused
from pos.domain.refund import ReturnedArticle, shares
from pos.domain.sale import OVER, ArticleSold
from pos.till.counter.approval import may_alone
from pos.till.counter.tickets import Sold, heard, look_up
from pos.till.desk import Desk


def sold_articles(desk: Desk, refs: Sequence[str]) -> list[ReturnedArticle]:
    """Articles by the names that their sale gave them. An article has no place and so no token: the right to take it
    back stays with the till that sold it.

    Raises Refused("unknown_ticket" | "already_refunded" | "right_to_refund_elsewhere" | "bad_request").
    """
    currency = desk.season().venue.currency
    found: list[ReturnedArticle] = []
    for ref in refs:
        if any(item.article.ref == ref for item in found):
            raise Refused("bad_request", field="articles", reason="names an article twice", article=ref)
        sale, body = _find(desk, ref)
        found.append(ReturnedArticle(sale["id"], ArticleSold.from_json(body, currency), shares(sale, currency)[ref]))
    for item in found:
        if state := desk.ledger.tickets.ended([item.article.ref]).get(item.article.ref):
            raise Refused(OVER[state], article=item.article.ref, sale=item.sale)
    return found


def _find(desk: Desk, ref: str) -> tuple[dict[str, Any], dict[str, Any]]:
    name = ref.rpartition("-")[0]
    own = desk.ledger.find_sales(sale=name) if name else []
    elsewhere = desk.replica.find_sales(sale_id=name) if name and not own else []
    for sale in (*own, *elsewhere):
        for body in sale.get("articles", ()):
            if body["ref"] == ref and own:
                return sale, body
            if body["ref"] == ref:
                holder = sale["till"]
                raise Refused("right_to_refund_elsewhere", article=ref, sale=name, holder=holder, since=sale["at"])
    raise Refused("unknown_ticket", article=ref)


def check_article_terms(desk: Desk, articles: Sequence[ReturnedArticle], approver: str) -> None:
    """What is not refundable comes back with a supervisor only, what is not paid for yet not at all.

    Raises Refused("outside_terms" | "not_allowed").
    """
    owed = {payment.subject for payment in desk.ledger.payments.owed()}
    for item in articles:
        if item.sale in owed:
            reason = "the bank has not said yes to the card that paid for it"
            raise Refused("not_allowed", what="refund", reason=reason, article=item.article.ref)
        if not item.article.refundable and not may_alone(desk, approver):
            raise Refused("outside_terms", article=item.article.ref, until=None)


def with_companions(desk: Desk, sold: Sequence[Sold]) -> list[Sold]:
    """These tickets, and those of companions whose partners are among them: they come back together.

    Raises Refused("not_allowed") for a companion's whose partner's does not come back.
    """
    named = {ticket.id for ticket in sold}
    ends = live_of(desk, sold)
    for ticket in sold:
        partner = ticket.body.get("companion_of")
        if partner in ends and partner not in named:
            reason = f"a companion's ticket comes back with its partner's, which is {partner}"
            raise Refused("not_allowed", what="companion", reason=reason, ticket=ticket.id, partner=partner)
    more = [id for id, body in ends.items() if body.get("companion_of") in named and id not in named]
    return [*sold, *look_up(desk, more)]


def check_whole(desk: Desk, sold: Sequence[Sold]) -> None:
    """Who is exchanged takes the companion along, and the other way round. Raises Refused("not_allowed")."""
    whole = with_companions(desk, sold)
    if len(whole) > len(sold):
        left = whole[len(sold)]
        reason = f"a companion's ticket is exchanged with its partner's: take {left.id} along"
        raise Refused("not_allowed", what="companion", reason=reason, ticket=left.id)


def live_of(desk: Desk, sold: Sequence[Sold]) -> dict[str, dict[str, Any]]:
    """Every ticket of these tickets' sales that is worth something, by id; where none has a companion, none."""
    found: dict[str, dict[str, Any]] = {}
    for sale in {ticket.sale["id"]: ticket.sale for ticket in sold}.values():
        if any("companion_of" in body for body in sale["tickets"]):
            ended = desk.ledger.tickets.ended(body["id"] for body in sale["tickets"])
            for body in sale["tickets"]:
                if (ended.get(body["id"]) or heard(desk, sale, body).get("state", "live")) not in OVER:
                    found[body["id"]] = body
    return found
