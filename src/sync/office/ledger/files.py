"""The ledger as CSV and JSON: every posting with our account and the chart's, for any other bookkeeping."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any, Final

from pos.domain.money import Money
from sync.office.ledger.accounts import AccountMap
from sync.office.ledger.entries import Entry

COLUMNS: Final = (
    "day", "at", "fact", "till", "kind", "document", "account", "number", "tax_key", "debit", "credit", "currency",
)  # fmt: skip


def as_csv(entries: list[Entry], accounts: AccountMap) -> bytes:
    """A line a posting, UTF-8. `number` is the account's in the chart."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for entry in entries:
        head = (entry.day.isoformat(), entry.at.isoformat(), entry.fact, entry.till, entry.kind, entry.document)
        for posting in entry.postings:
            amount = posting.amount
            sides = (str(amount), "") if amount.minor > 0 else ("", str(-amount))
            writer.writerow([*head, posting.account, *_target(accounts, posting.account), *sides, amount.currency])
    return out.getvalue().encode()


def as_json(entries: list[Entry], accounts: AccountMap, since: date, until: date) -> bytes:
    """Entries with their postings, debit positive, and what every account of ours comes to."""
    sums: dict[tuple[str, str], int] = {}
    for entry in entries:
        for posting in entry.postings:
            key = posting.account, posting.amount.currency
            sums[key] = sums.get(key, 0) + posting.amount.minor
    doc = {
        "from": since.isoformat(),
        "to": until.isoformat(),
        "entries": [_entry(entry, accounts) for entry in entries],
        "totals": [
            {"account": account, "amount": str(Money(minor, currency)), "currency": currency}
            for (account, currency), minor in sorted(sums.items())
        ],
    }
    return (json.dumps(doc, ensure_ascii=False, indent=1) + "\n").encode()


def _entry(entry: Entry, accounts: AccountMap) -> dict[str, Any]:
    return {
        "fact": entry.fact,
        "at": entry.at.isoformat(),
        "day": entry.day.isoformat(),
        "kind": entry.kind,
        "document": entry.document,
        "postings": [
            dict(
                zip(
                    ("account", "number", "tax_key", "amount", "currency"),
                    (one.account, *_target(accounts, one.account), str(one.amount), one.amount.currency),
                    strict=True,
                )
            )
            for one in entry.postings
        ],
    }


def _target(accounts: AccountMap, account: str) -> tuple[str, str]:
    target = accounts.target(account)
    return (target.number, target.tax_key) if target is not None else ("", "")
