"""The safe: what should be in it, and counting it, by two people, at the opening and the closing of the house.

The count is blind. What should be there is the office's word, with what this till has done since; what a till that is
cut off has done is in nobody's books yet, so a count says what it was held against, and the next one evens out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from pos.domain.books import OVER_SHORT, SAFE, moved
from pos.domain.facts import Fact, Kind
from pos.domain.money import Money
from pos.domain.parcels import BAG
from pos.domain.shift import counted_total
from pos.store import journal
from pos.till.counter import issue
from pos.till.counter.witness import second
from pos.till.desk import Desk, Verb
from pos.till.drawer import parcels, slips
from pos.till.waiting import within

WHEN: Final = ("opening", "closing", "other")
HEARD_S: Final = 3.0  # how long a count waits to hear what other tills have done
_PAGE: Final = 500


def safe(desk: Desk) -> dict[str, Any]:
    """The last count, and the bags that should lie there. Not what should be in it: the count is blind."""
    desk.signed_in("drawer")
    told = _told(desk)
    return {
        "last_count": told.get("count"),
        "bags": parcels.listed(desk, BAG, "open"),
        "currency": desk.season().venue.currency,
        "by_two": desk.season().venue.safe_by_two,
    }


def count_safe(
    desk: Desk,
    *,
    counted: dict[str, Any],
    witness: dict[str, Any] | None = None,
    when: str = "other",
    bags: Sequence[str] = (),
    note: str = "",
) -> Verb[dict[str, Any]]:
    """Count what lies loose in the safe, by two people, and the sealed `bags` by their numbers. What is expected is
    told afterwards, and the difference is booked to over_short. `provisional`: other tills were not heard before it.

    Raises Refused: check_needed wrong_pin not_allowed bad_request storage_failed fenced.
    """
    desk.signed_in("drawer")
    desk.check_not_fenced()
    beside = second(desk, witness, needed=True, what="count_safe")
    total = counted_total(counted, desk.season().venue.currency)
    online = desk.outside.office.link().state == "online"
    heard = (yield within(desk.outside.office.sync(), HEARD_S)) if online else None
    user = desk.signed_in("drawer")  # somebody may have signed out while the office was asked
    held = expected(desk, total.currency)
    lying = {one["number"] for one in parcels.believed(desk, BAG).values() if not one["ended"]}
    seen = set(bags)
    missing = sorted(lying - seen)
    at = desk.clock.now().isoformat(timespec="seconds")
    result = {
        "when": when,
        "counted": str(total),
        "expected": str(held),
        "difference": str(total - held),
        "missing_bags": missing,
        "strange_bags": sorted(seen - lying),
        "provisional": heard is None,
    }
    body = {"user": user.id, "second": beside, "pieces": counted, "note": note.strip(), "bags": sorted(seen)} | result
    with desk.unit() as unit:
        unit.record(Kind.SAFE_COUNTED, body, postings=moved(OVER_SHORT, SAFE, total - held))
        write = issue.words(desk)
        rows = [
            ("slip_expected", write.money(held)),
            ("slip_difference", write.money(total - held)),
            ("slip_missing_bags", ", ".join(missing)),
            ("slip_note", note.strip()),
        ]
        job = slips.queue(desk, "safe_counted", user.id, total, at, rows, counted)
        answer = unit.answers({"safe": result | {"by": user.id, "second": beside, "at": at}})
    if job is not None:
        issue.send(desk, job)
    desk.emit("changed", places={}, documents=False, records=[SAFE])
    return answer


def expected(desk: Desk, currency: str) -> Money:
    """What should lie loose in the safe: the office's word, and own facts that are not in it yet."""
    told = _told(desk)
    held = Money.parse(told.get("balances", {}).get(currency, "0"), currency)
    outside = desk.outside
    number = int(told.get("heads", {}).get(f"{outside.till}.{outside.incarnation}", 0))
    while page := journal.facts_after(desk.ledger.connection, number, _PAGE):
        for signed in page:
            for posting in Fact.from_bytes(signed.envelope).postings:
                if (posting.account, posting.amount.currency) == (SAFE, currency):
                    held += posting.amount
        number = page[-1].number
    return held


def _told(desk: Desk) -> dict[str, Any]:
    found = desk.replica.record(SAFE, SAFE) if desk.replica.complete() else None
    return found or {}
