"""Card slips: what a payment terminal has us print, on the receipt printer.

A slip is queued in the transaction that notes what became of the money, so that it comes out
once for that outcome, also when the till stops in between; what the printer then does with it is
any print job's affair. Without a receipt printer the terminal prints on its own paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from pos.domain.card import CardSlip, SlipLine
from pos.store.ledger import PrintJob
from pos.till.counter import issue
from pos.till.desk import Desk

KIND: Final = "card_slip"
_COLUMNS: Final = re.compile(r"(\S.*?) {2,}(\S.*)")
_RULE: Final = re.compile(r"[-=_]{8,}")
_INDENT: Final = "  "


def queue(desk: Desk, slips: Iterable[CardSlip], payment: str, copy: int = 0) -> list[PrintJob]:
    """A job for each slip, in the transaction that is open; `send` them after it."""
    if not desk.outside.printers.present("receipt"):
        return []
    return [desk.ledger.add_job("receipt", KIND, payment, [], content(desk, slip.lines, copy=copy)) for slip in slips]


def send(desk: Desk, jobs: Sequence[PrintJob]) -> None:
    for job in jobs:
        issue.send(desk, job)


def content(desk: Desk, lines: Iterable[SlipLine], *, heading: str = "", copy: int = 0) -> dict[str, Any]:
    """A slip as finished text."""
    return {
        "kind": KIND,
        "language": desk.outside.locale,
        "heading": heading,
        "lines": [_set(line) for line in lines],
        "copy": copy,
    }


def _set(line: SlipLine) -> dict[str, Any]:
    """A terminal sets columns and middles by blanks, for letters of one width that our paper does not have."""
    text = line.text.strip()
    if not text:
        return {"text": "", "gap": True}
    if _RULE.fullmatch(text):
        return {"text": "", "rule": True}
    if columns := _COLUMNS.fullmatch(text):
        return {"text": columns[1], "amount": columns[2]}
    return {"text": text, "centred": line.centred or line.text.startswith(_INDENT)}
