"""Deposits for the bank: made up from the safe in a numbered bag, taken by a courier, credited by the bank.

What a deposit is made of is said by value: sealed drop bags that go along unopened, what shifts have counted into the
safe, and the rest of what lay there. So the way of the money can be followed in both directions.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pos.domain.books import BANK, OVER_SHORT, SAFE, Posting, entry, moved
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.mask import scrub
from pos.domain.money import Money, total
from pos.domain.parcels import (
    BAG,
    DEPOSIT,
    SORTS,
    Document,
    Step,
    account,
    difference,
    step,
    step_of,
)
from pos.domain.shift import counted_total
from pos.store import cashbook
from pos.till.counter import issue
from pos.till.counter.witness import second
from pos.till.desk import Desk, Verb
from pos.till.drawer import parcels, slips
from pos.till.drawer.counting import amount as amount_of

BOOKED_TO = (OVER_SHORT, BANK)  # where what was left over may go


def make_deposit(
    desk: Desk,
    *,
    deposit: str,
    counted: dict[str, Any] | None = None,
    bags: Sequence[str] = (),
    shifts: Mapping[str, str] | None = None,
    witness: dict[str, Any] | None = None,
    note: str = "",
) -> dict[str, Any]:
    """Make up a deposit: what is `counted` out of the safe, and sealed `bags` of drops. `shifts` says how much of
    what was counted is which shift's verified cash; the rest is the safe's.

    Raises Refused: bad_request not_allowed parcel_moved unknown_parcel check_needed wrong_pin storage_failed fenced.
    """
    user = desk.signed_in("bank")
    desk.check_not_fenced()
    parcels.check_new(desk, DEPOSIT, deposit)
    currency = desk.season().venue.currency
    loose = counted_total(counted, currency) if counted else Money.zero(currency)
    sealed = {bag: _sealed(desk, bag, currency) for bag in dict.fromkeys(bags)}
    parts = _parts(desk, loose, sealed, shifts or {})
    amount = total([Money.parse(part["amount"], currency) for part in parts], currency)
    if not amount:
        raise Refused("bad_request", field="counted", reason="there is nothing in it")
    beside = second(desk, witness, needed=desk.season().venue.safe_by_two, what="make_deposit")
    made = step(DEPOSIT, deposit, "made", amount=str(amount), pieces=counted, parts=parts, note=note.strip())
    banked = [step(BAG, bag, "banked", amount=str(held), deposit=deposit) for bag, held in sealed.items()]
    body: dict[str, Any] = {"user": user.id, "number": deposit, "amount": str(amount), "note": note.strip()}
    body |= {"parcels": [made, *banked]} | ({"second": beside} if beside else {})
    into = account(DEPOSIT, deposit)
    sides = [(into, amount), (SAFE, -loose), *((account(BAG, bag), -held) for bag, held in sealed.items())]
    return _record(desk, Kind.DEPOSIT_MADE, body, entry(*sides), made, amount)


def _parts(desk: Desk, loose: Money, sealed: Mapping[str, Money], shifts: Mapping[str, str]) -> list[dict[str, str]]:
    """What a deposit is made of. Raises Refused("bad_request")."""
    parts = [{"bag": bag, "amount": str(held)} for bag, held in sealed.items()]
    rest = loose
    for shift, text in shifts.items():
        part = amount_of(desk, f"shifts.{shift}", text)
        rest -= part
        left = _left_of(desk, shift)
        if part.minor <= 0 or (left is not None and part > left):
            reason = f"{text} of {shift} is not what it has left to hand in" + (f": {left}" if left is not None else "")
            raise Refused("bad_request", field=f"shifts.{shift}", reason=reason)
        parts.append({"shift": shift, "amount": str(part)})
    if rest.minor < 0:
        raise Refused("bad_request", field="shifts", reason=f"the shifts have {-rest} more than was counted")
    return parts + ([{"safe": SAFE, "amount": str(rest)}] if rest else [])


def _left_of(desk: Desk, shift: str) -> Money | None:
    """What a shift of this till has counted into the safe and no deposit has taken yet; None for another's shift."""
    currency = desk.season().venue.currency
    report = cashbook.report_of(desk.ledger.connection, shift)
    if report is None:
        return None
    taken = [
        Money.parse(part["amount"], currency)
        for one in parcels.believed(desk, DEPOSIT).values()
        for part in (step_of(one, "begin") or {}).get("parts", ())
        if part.get("shift") == shift
    ]
    return Money.parse(report["counted"], currency) - total(taken, currency)


def _sealed(desk: Desk, bag: str, currency: str) -> Money:
    known = parcels.under_way(desk, BAG, bag)
    return Money.parse(known["open"].get(currency, "0"), currency)


def collect_deposit(desk: Desk, *, deposit: str, name: str, receipt: str) -> dict[str, Any]:
    """The courier takes it and signs: who (beside the fact, being personal), when, and the receipt's number.

    Raises Refused: unknown_parcel parcel_moved storage_failed fenced.
    """
    user = desk.signed_in("drawer")
    desk.check_not_fenced()
    known = parcels.under_way(desk, DEPOSIT, deposit)
    if step_of(known, "pass") is not None:
        raise parcels.moved_on(known)
    amount = amount_of(desk, "deposit", known["amount"])
    done = step(DEPOSIT, deposit, "collected", amount=str(amount), receipt=scrub(receipt.strip()))
    body = {"user": user.id, "number": deposit, "name": scrub(name.strip()), "parcels": [done]}
    postings = moved(account(DEPOSIT, deposit), account(DEPOSIT, deposit, passed=True), amount)
    rows = [("slip_courier", name.strip()), ("slip_receipt", receipt.strip())]
    return _record(desk, Kind.DEPOSIT_COLLECTED, body, postings, done, amount, rows)


def credit_deposit(
    desk: Desk, *, deposit: str, amount: str, value_date: str, reference: str, note: str = ""
) -> dict[str, Any]:
    """What the bank has credited for it. What is missing, or too much, stays open until somebody explains it.

    Raises Refused: unknown_parcel parcel_moved bad_request not_allowed storage_failed fenced.
    """
    user = desk.signed_in("bank")
    desk.check_not_fenced()
    known = parcels.under_way(desk, DEPOSIT, deposit)
    credited = amount_of(desk, "amount", amount)
    try:
        day = date.fromisoformat(value_date).isoformat()
    except ValueError as error:
        raise Refused("bad_request", field="value_date", reason="is no day like 2027-03-01") from error
    passed = step_of(known, "pass") is not None
    done = step(
        DEPOSIT,
        deposit,
        "credited",
        amount=str(credited),
        value_date=day,
        reference=scrub(reference.strip()),
        note=note.strip(),
    )
    body = {"user": user.id, "number": deposit, "amount": str(credited), "parcels": [done]}
    postings = moved(account(DEPOSIT, deposit, passed=passed), BANK, credited)
    return _record(desk, Kind.DEPOSIT_CREDITED, body, postings, done, credited)


def explain_difference(desk: Desk, *, of: str, note: str, booked_to: str = OVER_SHORT) -> dict[str, Any]:
    """End what is left over on a parcel that has ended: where it went is said in the note, and it goes to over_short,
    or to the bank where that has credited it after all. `of` is the parcel's id.

    Raises Refused: unknown_parcel bad_request not_allowed storage_failed fenced.
    """
    user = desk.signed_in("bank")
    desk.check_not_fenced()
    known = parcels.believed(desk).get(of)
    if known is None:
        raise Refused("unknown_parcel", sort="difference", number=of)
    left = difference(known)
    if not left or known["early"]:
        raise Refused("not_allowed", what="explain_difference", reason=f"{of} has nothing left to be explained")
    if not note.strip():
        raise Refused("bad_request", field="note", reason="must not be empty")
    sort, number = known["sort"], known["number"]
    amounts = [Money.parse(text, code) for code, text in left.items()]
    passed = len(SORTS[sort].accounts) > 1 and step_of(known, "pass") is not None
    on = account(sort, number, passed=passed)
    done = step(sort, number, "explained", amount=str(amounts[0]), note=note.strip(), booked_to=booked_to)
    body = {"user": user.id, "number": of, "amount": str(amounts[0]), "note": note.strip(), "parcels": [done]}
    sides = [side for amount in amounts for side in ((on, -amount), (booked_to, amount))]
    with desk.unit() as unit:
        parcels.keep(desk, unit.record(Kind.DIFFERENCE_EXPLAINED, body, postings=entry(*sides)))
        answer = unit.answers({"parcel": parcels.shown(desk, parcels.believed(desk)[of])})
    parcels.tell(desk)
    return answer


def deposit_sheet(desk: Desk, *, deposit: str) -> Verb[dict[str, Any]]:
    """A deposit's slip as a PDF document of A4, in base64. Raises Refused: unknown_parcel device_absent."""
    desk.signed_in()
    made = step_of(parcels.one(desk, DEPOSIT, deposit), "begin")
    if made is None:
        raise Refused("unknown_parcel", sort=DEPOSIT, number=deposit)
    if desk.outside.layouts is None:
        raise Refused("device_absent", device="layouts")
    amount = amount_of(desk, "deposit", made["amount"])
    content = slips.content(desk, "deposit_made", amount, made["at"], _rows(desk, made), made.get("pieces"), deposit)
    sheet: bytes = yield desk.outside.layouts.sheet(content)
    return {"pdf": base64.b64encode(sheet).decode()}


def _rows(desk: Desk, made: Step) -> list[tuple[str, str]]:
    """What a deposit is made of, as its slip has it."""
    write, currency = issue.words(desk), desk.season().venue.currency
    rows = []
    for part in made.get("parts", ()):
        kind = next(key for key in ("bag", "shift", "safe") if key in part)
        named = "" if kind == "safe" else f"{part[kind]} "
        rows.append((f"slip_part_{kind}", f"{named}{write.money(Money.parse(part['amount'], currency))}"))
    return [*rows, ("slip_note", made.get("note", ""))]


def _record(
    desk: Desk,
    kind: Kind,
    body: dict[str, Any],
    postings: tuple[Posting, ...],
    done: Step,
    amount: Money,
    rows: list[tuple[str, str]] | None = None,
) -> dict[str, Any]:
    at = desk.clock.now().isoformat(timespec="seconds")
    with desk.unit() as unit:
        parcels.keep(desk, unit.record(kind, body, postings=postings))
        said = rows if rows is not None else _rows(desk, done)
        job = None
        if kind != Kind.DEPOSIT_CREDITED:
            job = slips.of_parcel(desk, f"deposit_{done['what']}", done, amount, at, said)
        known: Document = parcels.one(desk, DEPOSIT, done["number"])
        answer = unit.answers({"deposit": parcels.shown(desk, known)})
    if job is not None:
        issue.send(desk, job)
    parcels.tell(desk)
    return answer
