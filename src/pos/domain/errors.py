"""Refusals: what the rules say no to, as a stable code and its particulars.

A refusal is an answer, not a failure: nothing has changed when one is raised.
The sentence a person reads is made elsewhere, in that person's language.
"""

from __future__ import annotations

from typing import Any, Final

# The codes are a contract with other programs (docs/headless.md): add, never rename.
CODES: Final[frozenset[str]] = frozenset(
    """
    bad_request not_signed_in no_shift wrong_pin locked_out not_allowed approval_needed
    unknown_show unknown_place unknown_ticket not_on_sale right_elsewhere sold held
    no_price proof_needed orphan_seat basket_empty basket_expired underpaid overpaid
    payment_declined payment_unknown outside_terms already_refunded
    right_to_refund_elsewhere shift_open storage_failed fenced device_absent offline
    already_admitted already_collected right_to_issue_elsewhere check_needed
    identity_needed terms_not_told limit_exceeded drawer_short sales_closed
    show_cancelled order_open_elsewhere exchanged
    drawer_uncounted release_waits unknown_dispute already_resolved
    other_show superseded terminal_failed
    unknown_customer unknown_hold unknown_order unknown_audit_item unknown_settlement stopped
    unknown_parcel parcel_moved
    drawer_of_other note_needed unknown_shift
    evacuation place_closed
    """.split()
)


class Refused(Exception):
    """The rules say no.

    `code` is one of CODES; `fields` are JSON values that name what and why
    (a place, its holder, an amount), for programs and for the sentence on screen.
    """

    def __init__(self, code: str, **fields: Any) -> None:
        if code not in CODES:
            raise ValueError(f"{code!r} is not a refusal code")
        super().__init__(code, fields)
        self.code = code
        self.fields = fields

    def __str__(self) -> str:
        return f"{self.code} {self.fields}" if self.fields else self.code


class Unreadable(ValueError):
    """Something read from outside does not make sense: names where, what and why.

    `where` is a file or message, `key` the place inside it ("show[2].starts").
    """

    def __init__(self, where: str, key: str, reason: str) -> None:
        super().__init__(where, key, reason)
        self.where, self.key, self.reason = where, key, reason

    def __str__(self) -> str:
        return f"{self.where}: {self.key}: {self.reason}" if self.key else f"{self.where}: {self.reason}"
