"""The payment terminal outside of payments: what it shows, how it is, its last slips, stopping it, its end of day.

An end of day is asked for after that is noted, and what it handed in is a fact. It is held against
what this till's own payments came to since the one before: a difference is told, never hidden.
One that had no outcome leaves its mark: the next one says that the terminal may have handed in
part of it already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pos.domain.card import CardOutcome, DayTotals, Shown, SlipLine
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.money import Money
from pos.store.ledger import PrintJob
from pos.till.counter import customer, issue, slips
from pos.till.counter.charge import check_open, leave_terminal, settle_open
from pos.till.desk import Desk, Unit, Verb
from pos.till.sayings import in_all_languages

_THROUGH: Final = "day_end_through"  # the last payment that an end of day has covered
_ASKED: Final = "day_end_asked"  # an end of day has been asked for, and has no outcome yet
AT_WORK: Final = "end of day"


def tell(desk: Desk, shown: Shown) -> None:
    """The terminal shows something: to the screens on both sides of the counter."""
    texts = in_all_languages(shown.what)
    text = texts.get(desk.outside.locale) or texts.get("en") or shown.words
    if desk.paying and desk.paying != AT_WORK:
        customer.note(desk, texts, shown.words)
    desk.emit("terminal", payment=desk.paying, what=shown.what, text=text, texts=texts, words=shown.words)


def check_terminal(desk: Desk) -> None:
    """Raises Refused("device_absent")."""
    if not desk.outside.terminal.present():
        raise Refused("device_absent", device="terminal", kind="card")


def terminal_status(desk: Desk) -> Verb[dict[str, Any]]:
    """Ask the terminal how it is, now. While it is at work, as it was last seen."""
    desk.signed_in()
    check_terminal(desk)
    terminal = desk.outside.terminal
    if not desk.paying:
        yield terminal.enquire()
    return {"terminal": {**terminal.state(), "last": terminal.last(), "paying": desk.paying or None}}


def abort_payment(desk: Desk) -> dict[str, Any]:
    """Ask the terminal to stop. It may go on and charge all the same: what it did is what `pay` answers."""
    desk.signed_in("sell")
    check_terminal(desk)
    if not desk.paying:
        raise Refused("not_allowed", what="abort_payment", reason="the terminal is not at work for this till")
    desk.outside.terminal.abort()
    return {"asked": desk.paying}


def card_receipt(desk: Desk) -> Verb[dict[str, Any]]:
    """Print the slips of the terminal's last transaction again, as copies.

    Raises Refused("device_absent" | "payment_unknown" | "terminal_failed").
    """
    desk.signed_in("sell")
    check_terminal(desk)
    issue.check_present(desk, "receipt")
    _check_idle(desk)
    outcome: CardOutcome = yield desk.outside.terminal.repeat()
    if outcome.state != "approved" or not outcome.slips:
        raise Refused("terminal_failed", reason=outcome.text or "it printed nothing")
    with desk.unit() as unit:
        jobs = slips.queue(desk, outcome.slips, outcome.receipt.get("trace", ""), copy=1)
        answer = unit.answers({"jobs": [job.id for job in jobs]})
    slips.send(desk, jobs)
    return answer


def end_of_day(desk: Desk) -> Verb[dict[str, Any]]:
    """Have the terminal hand its payments in, and hold what it says against the till's own.

    Raises Refused("device_absent" | "payment_unknown" | "terminal_failed" | "fenced"); after any but
    "terminal_failed" nothing has been asked for.
    """
    desk.signed_in("drawer")
    check_terminal(desk)
    desk.check_not_fenced()
    yield from settle_open(desk)
    user = desk.signed_in("drawer").id
    check_open(desk.ledger.payments.pending())
    _check_idle(desk)
    day = _begin(desk)
    desk.paying = AT_WORK
    try:
        outcome: CardOutcome = yield desk.outside.terminal.end_of_day(day.expected.currency)
    finally:
        leave_terminal(desk)
    if outcome.state != "approved":
        _failed(desk, outcome)
    with desk.unit() as unit:
        body = _end(desk, unit, user, day, outcome)
        jobs = _papers(desk, body, outcome)
        answer = unit.answers({"end_of_day": body})
    slips.send(desk, jobs)
    return answer


@dataclass(frozen=True)
class _Day:
    """What the till itself moved by card since the last end of day."""

    through: int  # the number of its last payment
    payments: Sequence[str]
    expected: Money
    unclear_before: bool


def _check_idle(desk: Desk) -> None:
    """One thing at a time at the terminal. Raises Refused("payment_unknown")."""
    if desk.paying:
        raise Refused("payment_unknown", payment=desk.paying, reason="the terminal is at work")


def _begin(desk: Desk) -> _Day:
    """Work out the day, and note that it is about to be handed in."""
    ledger, currency = desk.ledger, desk.season().venue.currency
    moved = ledger.payments.moved_after(int(ledger.meta(_THROUGH) or 0))
    before = ledger.meta(_ASKED) == "1"
    with desk.unit():
        ledger.put_meta(_ASKED, "1")
    expected = Money(sum(payment.amount.minor for payment in moved), currency)
    return _Day(ledger.payments.count(), [payment.id for payment in moved], expected, before)


def _failed(desk: Desk, outcome: CardOutcome) -> None:
    """Raises Refused("terminal_failed"). `known` says whether it certainly handed in nothing."""
    known = outcome.state == "declined"
    with desk.unit():
        if known:
            desk.ledger.put_meta(_ASKED, "")
        jobs = slips.queue(desk, outcome.slips, "")
    slips.send(desk, jobs)
    raise Refused("terminal_failed", reason=outcome.text, known=known)


def _end(desk: Desk, unit: Unit, user: str, day: _Day, outcome: CardOutcome) -> dict[str, Any]:
    """The day is handed in: as a fact, in the unit's transaction."""
    currency, totals = day.expected.currency, outcome.totals
    total = None if totals is None else Money(totals.minor, currency)
    body = {
        "user": user,
        "at": desk.clock.now().isoformat(timespec="seconds"),
        "terminal": outcome.receipt.get("terminal", ""),
        "total": None if total is None else str(total),
        "expected": str(day.expected),
        "difference": None if total is None else str(total - day.expected),
        "cards": _cards(totals, currency),
        "receipts": [totals.first_receipt, totals.last_receipt] if totals is not None else [],
        "payments": list(day.payments),
        "unclear_before": day.unclear_before,
    }
    unit.record(Kind.TERMINAL_DAY_ENDED, body)
    desk.ledger.put_meta(_THROUGH, str(day.through))
    desk.ledger.put_meta(_ASKED, "")
    return body


def _cards(totals: DayTotals | None, currency: str) -> list[dict[str, Any]]:
    cards = totals.cards if totals is not None else ()
    return [{"card": card.card, "count": card.count, "amount": str(Money(card.minor, currency))} for card in cards]


def _papers(desk: Desk, body: dict[str, Any], outcome: CardOutcome) -> list[PrintJob]:
    """The terminal's own papers, and ours with the comparison."""
    jobs = slips.queue(desk, outcome.slips, "")
    if not desk.outside.printers.present("receipt"):
        return jobs
    write, currency = issue.words(desk), desk.season().venue.currency

    def row(word: str) -> SlipLine:
        amount = body[word]
        text = write.money(Money.parse(amount, currency)) if amount is not None else "–"
        return SlipLine(f"{write.say(f'day_end_{word}')}  {text}")

    lines = [row("total"), row("expected"), row("difference")]
    if body["unclear_before"]:
        lines.append(SlipLine(write.say("day_end_unclear_before")))
    content = slips.content(desk, lines, heading=write.say("day_end"))
    return [*jobs, desk.ledger.add_job("receipt", slips.KIND, "", [], content)]
