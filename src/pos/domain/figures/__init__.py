"""Figures: what reports say in numbers, summed from facts and from nothing else.

The laws:

* Figures are a fold: `Reading.take` reads one fact into rows and sums them. Order does not matter and sums of parts
  can be merged, so an office adds page by page, and a till its own journal, and both come to the same.
* Money is the fact's own: its postings, and the amounts that its documents carry by value. Nothing is priced or
  taxed anew.
* `way` parts what was sold from what came back, `kind` one sort of fact from another: a refund that was paid without
  the right to (RefundClaimed) and a corrected tender (TenderCorrected) stand apart, on the day and in the shift in
  which they were made, since that is when the money moved.
* A disputed fact counts like any other, as its money is booked; it is counted under `disputed` besides.
* A fact that cannot be read for its figures is counted in `unread`, with its postings where these can be read.
"""

from pos.domain.calendar import Calendar
from pos.domain.figures.query import Query
from pos.domain.figures.reading import Reading
from pos.domain.figures.sums import DIMENSIONS, Figures, Key, Sum

__all__ = ["DIMENSIONS", "Calendar", "Figures", "Key", "Query", "Reading", "Sum"]
