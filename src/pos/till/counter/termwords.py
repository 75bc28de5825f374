"""The terms of tickets in words, as they are printed: on the ticket, and once more on the sale's receipt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pos.domain.money import Money
from pos.domain.season import Season, name_in
from pos.domain.terms import Step, Terms
from pos.till.words import Words


def terms_lines(write: Words, terms: Terms, starts: datetime, at: datetime) -> list[str]:
    """The terms as the buyer is told them at the sale."""

    def fee(step: Step) -> str:
        return write.money(step.fee) if isinstance(step.fee, Money) else f"{step.fee / 100:g} %"

    lines: list[str] = []
    for step in terms.refund.steps:
        if step.open(starts, at):
            deadline = step.deadline(starts)
            until = {} if deadline is None else {"at": write.moment(deadline)}
            lines.append(write.say("refund_until" if until else "refund_always", fee=fee(step), **until))
    lines = lines or [write.say("refund_never" if terms.refund.never else "refund_past")]
    exchange = terms.exchange.in_force(starts, at)
    if exchange is not None:
        last = exchange.deadline(starts)
        until = {} if last is None else {"at": write.moment(last)}
        lines.append(write.say("exchange_until" if until else "exchange_always", fee=fee(exchange), **until))
    return lines


def receipt_terms(write: Words, season: Season, body: Mapping[str, Any]) -> list[str]:
    """The terms of a sale's tickets, each once; with show and price type where they are not all alike."""
    currency, at = season.venue.currency, datetime.fromisoformat(body["at"])
    found: dict[tuple[str, ...], list[str]] = {}
    for ticket in body["tickets"]:
        if "terms" in ticket and ticket["show"] in season.shows:
            show = season.shows[ticket["show"]]
            lines = tuple(terms_lines(write, Terms.parse(ticket["terms"], currency), show.starts, at))
            kind = season.price_types.get(ticket.get("price_type", ""))
            title = name_in(show.titles, write.language) or show.production
            named = f"{title}, {name_in(kind.names, write.language) or kind.id}" if kind else title
            whose = found.setdefault(lines, [])
            if named not in whose:
                whose.append(named)
    if len(found) <= 1:
        return [line for lines in found for line in lines]
    return [line for lines, whose in found.items() for line in (f"{'; '.join(whose)}:", *lines)]
