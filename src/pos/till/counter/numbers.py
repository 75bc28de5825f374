"""Numbers of the documents that a till makes: `T1-R00012` is the twelfth refund of till T1.

* A count stands in the ledger and goes on in the transaction that journals the document (`take`), so no number is
  left out and none is used twice. What `upcoming` said before a wait counts for nothing after it.
* After another enrolment the counts begin again, so the incarnation is part of the id from the second one on:
  `T1.2-R00001`. A hyphen there would make it the id of a till that is called `T1-2`.
* An id is unique among documents of its kind only. Three letters stand for two kinds each: P is a pack of paper
  tickets and a pass that was paid back, C a corrected tender and a case, K a customer and a ticket on commission.
  Payments (`T1.1-P00001`, `charge.next_id`) are counted by their rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pos.till.desk import Desk


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of document: its counter among the ledger's values, and the letter of its ids."""

    counter: str
    letter: str


SALES: Final = Series("sales", "")


def upcoming(desk: Desk, series: Series) -> tuple[str, int]:
    """The id of the next document of a series, and its number, from 1."""
    outside, number = desk.outside, _taken(desk, series) + 1
    till = outside.till if outside.incarnation == 1 else f"{outside.till}.{outside.incarnation}"
    return f"{till}-{series.letter}{number:05d}", number


def next_id(desk: Desk, series: Series) -> str:
    """The id of the next document of a series."""
    id, _ = upcoming(desk, series)
    return id


def take(desk: Desk, series: Series) -> None:
    """The upcoming number is used: call it once, in the transaction that journals its document."""
    desk.ledger.put_meta(series.counter, str(_taken(desk, series) + 1))


def _taken(desk: Desk, series: Series) -> int:
    return int(desk.ledger.meta(series.counter) or 0)
