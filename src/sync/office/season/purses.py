"""Vouchers, gift cards and house accounts of a season file: purses, filled once, whose tokens are the office's at
first. An account is filled with its limit: what is left is what may still be charged to it."""

from __future__ import annotations

import secrets
from typing import Any, Final

from pos.domain.money import Money
from pos.domain.packages import KIND as PACKAGE
from pos.domain.packages import PASS
from pos.domain.purse import OPENING, show_of
from pos.domain.rights import OfficeState
from sync.office.rules.recovery import first_epoch
from sync.office.season.bookings import fresh
from sync.office.season.work import Import
from sync.office.store.bulk import insert_rows, insert_tuples
from sync.office.store.tables import POSTING, PURSE, RIGHT

BLANKS: Final = 200  # codes of a pass that are made where the season does not say how many
_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is read as another
_WORTH: Final = {
    "voucher": "amount",
    "gift_card": "balance",
    "account": "limit",
}  # kind -> where a document says what it is worth


def _code() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(10))


def fill(work: Import) -> None:
    """Make the purses that are new. Raises Unreadable for one that is there with other words: it may have been
    spent from since."""
    currency = work.season.currency
    purses: list[dict[str, Any]] = []
    postings: list[dict[str, Any]] = []
    for kind, worth in _WORTH.items():
        for code, body in fresh(work, kind):
            minor = Money.parse(body.get(worth, "0"), currency).minor
            until = body.get("valid_until", "")
            purses.append(
                {"show_id": show_of(kind), "code": code, "minor": minor, "currency": currency, "valid_until": until}
            )
            account = f"{kind}:{code}"
            postings += [
                {"fact_id": account, "line": line, "account": side, "minor": amount, "currency": currency}
                for line, (side, amount) in enumerate(((OPENING, minor), (account, -minor)))
                if minor
            ]
    for id, body in fresh(work, "package"):
        blanks = body.get("stock", BLANKS) if body["kind"] == PASS else 0
        row = {
            "show_id": show_of(PACKAGE),
            "minor": 0,
            "currency": currency,
            "valid_until": body.get("valid_until", ""),
        }
        purses += [row | {"code": f"{id}-{_code()}"} for _ in range(blanks)]
    # As a place, each is sold to whoever has the code, and its token is the office's.
    sold = (0, OfficeState.SOLD.value, "", 0, first_epoch(work.connection), 0, work.now)
    insert_tuples(work.connection, RIGHT, ((row["show_id"], row["code"], *sold, row["code"]) for row in purses))
    insert_rows(work.connection, PURSE, purses)
    insert_rows(work.connection, POSTING, postings)
