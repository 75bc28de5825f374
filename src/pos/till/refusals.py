"""The sentence a person reads when the till says no: plain English, by code.

Templates name fields of the refusal; the window looks its translations up by template.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from pos.domain.errors import CODES, Refused

TEMPLATES: Final[dict[str, str]] = {
    "bad_request": "That cannot be done as asked: {reason}.",
    "not_signed_in": "Nobody is signed in at this till.",
    "no_shift": "No shift is open. Open one with its float first.",
    "wrong_pin": "That PIN is not right.",
    "locked_out": "Too many wrong PINs. Try again after {until}.",
    "not_allowed": "That is not possible: {reason}.",
    "approval_needed": "A supervisor must approve this.",
    "unknown_show": "There is no show {show}.",
    "unknown_place": "There is no place {place} in this show.",
    "unknown_ticket": "No such ticket, sale or code is known here.",
    "not_on_sale": "This show goes on sale at {on_sale}.",
    "sales_closed": "Sales for this show closed at {since}.",
    "right_elsewhere": "{place} is with {holder} since {since}.",
    "sold": "{place} is sold.",
    "held": "{place} is held.",
    "no_price": "{category} has no price for {price_type}.",
    "proof_needed": "{price_type} needs proof: {proof}. Confirm that you have seen it.",
    "orphan_seat": "That would leave a single seat: {places}.",
    "basket_empty": "The basket is empty.",
    "basket_expired": "The basket's time ran out and its places were given back.",
    "underpaid": "{missing} is missing.",
    "overpaid": "That is {over} too much.",
    "payment_declined": "The card was declined.",
    "payment_unknown": "It is not known whether the card was charged.",
    "terminal_failed": "The payment terminal has not done it: {reason}.",
    "outside_terms": "The ticket's terms do not allow that any more.",
    "already_refunded": "This ticket has been refunded already.",
    "right_to_refund_elsewhere": "The right to refund this ticket is with {holder}.",
    "shift_open": "A shift is open since {since}.",
    "storage_failed": "The disk did not take it ({reason}). Nothing was sold and nothing was printed.",
    "fenced": "This till may not sell: {reason}. Enrol it again.",
    "stopped": "That was stopped before it was done.",
    "device_absent": "This till has no {device}.",
    "offline": "The office cannot be reached.",
    "already_admitted": "This ticket has been admitted already, at {holder} at {since}.",
    "other_show": "This ticket is for another show: {show}.",
    "superseded": "A newer paper of this ticket was issued: copy {newest}. Only that one counts.",
    "already_collected": "This order has been collected already.",
    "right_to_issue_elsewhere": "Another window has the right to print this.",
    "check_needed": "Somebody else must check this first: {reason}.",
    "identity_needed": "The buyer's identity must be checked.",
    "terms_not_told": "The buyer has not been told the terms.",
    "limit_exceeded": "That is over the limit.",
    "drawer_short": "The drawer holds only {expected}; {missing} more is needed, from the safe or from another window.",
    "show_cancelled": "This show is cancelled.",
    "order_open_elsewhere": "This order is open at another window.",
    "exchanged": "This ticket has been exchanged.",
    "release_waits": "These places cannot be released yet: {reason}.",
    "drawer_uncounted": "The drawer still holds the money of shift {shift}, open since {since}. Count it first.",
    "drawer_of_other": "This drawer is {name}'s. Hand it over, or close its shift, before somebody else uses it.",
    "note_needed": "The count is off by more than goes without a word. Count again, or say why in a note.",
    "unknown_shift": "There is no closed shift {shift} here.",
    "place_closed": "{place} may not be used: {reason}.",
    "evacuation": "The house is being evacuated, called at {holder} at {since}. Nothing is done until that has ended.",
    "unknown_hold": "There is no such hold (any more): {hold}.",
    "unknown_order": "There is no order {order} here.",
    "unknown_dispute": "There is no dispute {dispute} here.",
    "unknown_customer": "There is no customer {customer} here.",
    "unknown_audit_item": "There is no audit item {item} here.",
    "unknown_settlement": "There is no settlement {settlement} here.",
    "unknown_parcel": "There is no {sort} {number} here.",
    "parcel_moved": "{number} was {state} already, by {by} at {since}.",
    "already_resolved": "{by} resolved this dispute at {since}.",
}
assert frozenset(TEMPLATES) == CODES, "a refusal code has no sentence"


# Of a paper ticket that is not out any more, by what became of it.
PAPER: Final[dict[str, str]] = {
    "sold": "Paper ticket {ticket} was booked as sold by {by} at {since}.",
    "returned": "Paper ticket {ticket} was taken back by {by} at {since}.",
    "lost": "Paper ticket {ticket} was given up as lost by {by} at {since}.",
    "keyed": "Paper ticket {ticket} was keyed by {by} at {since}, and waits to be booked.",
}

# Of a cap on what is taken, or paid out, while nobody can be asked, by what it is.
CAPS: Final[dict[str, str]] = {
    "card": "While the bank cannot be asked, this venue takes cards up to {limit}, and this is {amount}.",
    "mobile": "While the office is away, this venue takes mobile payments up to {limit}, and this is {amount}.",
    "transfer": "While the office is away, this venue takes bank transfers up to {limit}, and this is {amount}.",
    "refund": "While the office is away, this venue pays back up to {limit}, and this is {amount}.",
}

# What can be done instead of what is refused because the office, or the bank, cannot be asked (`pos.till.limits`).
WAYS: Final[dict[str, str]] = {
    "cash": "Take cash.",
    "split": "Take up to {limit} that way, and the rest in cash.",
    "reserve": "Hold the places for the customer, to be paid later.",
    "approval": "Let a supervisor approve it.",
    "claim": "A supervisor can pay it out if the ticket is handed in.",
    "other_window": "{holder} can do it: send the customer there.",
    "other_places": "Offer places that this window has in hand.",
    "fewer": "{free} can be had here.",
    "case": "Note it as a case, and do it when the line is back.",
    "seller": "Ask at the window that sold it.",
    "at_its_till": "Do it at the till that it comes from.",
    "lock_drawer": "Lock that drawer away, and leave it uncounted.",
    "draft": "Print it unsigned, as far as this till knows.",
    "elsewhere": "Send customers to another window.",
    "wait": "Do it when the line is back.",
}

# What a reason begins with that says something of a field or a place without naming it.
_VERBS: Final = ("is ", "names ", "must ", "holds ")


def template_of(refused: Refused) -> str:
    """The template that fits what the refusal tells."""
    fields = refused.fields
    if refused.code == "not_allowed" and "keyed" in fields:
        return "Paper tickets that are keyed and not booked: {keyed}. Book them first, or take them out."
    if refused.code == "not_allowed" and "reason" not in fields:
        return "Your role ({role}) may not do that."
    if refused.code == "not_allowed" and fields.get("what") == "paper" and fields.get("since"):
        return PAPER[fields["state"]]
    if refused.code == "limit_exceeded" and fields.get("what") in CAPS and "limit" in fields:
        return CAPS[fields["what"]]
    if refused.code == "approval_needed" and fields.get("what") == "card":
        return "A supervisor must approve a card that is taken without the bank's yes."
    if refused.code == "offline" and fields.get("reason"):
        return "The office cannot be reached: {reason}."
    if refused.code == "unknown_ticket" and fields.get("training"):
        return "This is a ticket from training. It is valid nowhere."
    if refused.code == "right_elsewhere" and not fields.get("since"):
        return "{place} is with {holder}."
    if refused.code == "bad_request" and str(fields.get("reason", "")).startswith(_VERBS):
        if "place" in fields and fields["reason"].startswith("is "):
            return "That cannot be done as asked: {place} {reason}."
        if "field" in fields:
            return "That cannot be done as asked: '{field}' {reason}."
    return TEMPLATES[refused.code]


def fields_of(refused: Refused) -> dict[str, str]:
    """The refusal's fields as words; missing ones read as "unknown"."""
    return {name: _word(value) for name, value in refused.fields.items()}


def ways_of(refused: Refused) -> list[str]:
    """The templates of what can be done instead, the best first."""
    return [WAYS[way] for way in refused.fields.get("instead", ())]


def sentence(refused: Refused) -> str:
    """The English sentence, and those that say what can be done instead."""
    words = _Words(fields_of(refused))
    return " ".join(template.format_map(words) for template in (template_of(refused), *ways_of(refused)))


class _Words(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "an unknown time" if key in ("since", "until", "on_sale") else "unknown"


def _word(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return "unknown" if value is None else str(value)
    return f"{at:%Y-%m-%d %H:%M}"
