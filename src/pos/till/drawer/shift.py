"""The shift: opened with a float, closed with a count. Everything works offline."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from pos.domain import declared as declarations
from pos.domain import shift as rules
from pos.domain.books import SAFE, Posting, drawer, moved
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.money import Money
from pos.domain.purse import is_purse
from pos.domain.rights import OwnState
from pos.domain.season import APPROVING_ROLES
from pos.domain.shift import CashMove
from pos.store.ledger import PrintJob
from pos.store.shiftbook import ShiftRow
from pos.till.counter import blankcount, blanks, issue
from pos.till.counter.charge import check_none_pending
from pos.till.counter.holding import take_home
from pos.till.counter.parking import check_none_parked
from pos.till.counter.passing import allot, give_back
from pos.till.counter.shown import shown
from pos.till.desk import Desk, Unit, Verb
from pos.till.drawer import bags, counting, parcels, takeover
from pos.till.drawer import report as figures
from pos.till.drawer.counting import amount as amount_of
from pos.till.drawer.papers import z_paper
from pos.till.waiting import within

ALLOT_S: Final = 4.5  # a shift is open at most five seconds after it is asked for
LAYOUT_S: Final = 1.0  # how long a close waits for the layout of its report to be read
APPLIED_S: Final = 3.0  # how long a close waits to hear that the office has it


def open_shift(
    desk: Desk, *, float: str = "", pieces: dict[str, Any] | None = None, bag: str = ""
) -> Verb[dict[str, Any]]:
    """Open the drawer's shift with its float, then fill the allotment if there is a line.

    The float is an amount, or its `pieces` by denomination; where both are given they must agree.
    Raises Refused("shift_open" | "drawer_uncounted" | "fenced" | "bad_request").
    """
    if not (float or pieces or bag):
        raise Refused(
            "bad_request", field="float", reason="float is missing: an amount, pieces by denomination, or a bag"
        )
    user = desk.signed_in("drawer")
    desk.check_not_fenced()
    already = desk.ledger.open_shift()
    if already is not None:
        raise Refused("shift_open", shift=already.id, user=already.user, since=already.opened_at)
    takeover.check_counted(desk)
    amount, taken, postings = _float(desk, float, pieces, bag)
    at = desk.clock.now().isoformat(timespec="seconds")
    number = desk.ledger.shifts() + 1
    name = f"{desk.outside.till}-{desk.outside.incarnation}-S{number:04d}"
    with desk.unit() as unit:
        body = {"shift": name, "user": user.id, "float": str(amount), **({"pieces": pieces} if pieces else {}), **taken}
        parcels.keep(desk, unit.record(Kind.SHIFT_OPENED, body, postings=postings))
        desk.ledger.put_shift(ShiftRow(name, user.id, at, unit.number, cashier=user.id))
        desk.ledger.add_move(name, CashMove("float", amount, "", at))
        answer = unit.answers({"shift": name, "opened_at": at})
    if desk.outside.office.link().state == "online":
        homes = desk.spawn(lambda: take_home(desk))
        yield within(desk.spawn(lambda: allot(desk)), ALLOT_S)
        yield within(homes, ALLOT_S)
    return answer


def _float(
    desk: Desk, text: str, pieces: dict[str, Any] | None, bag: str
) -> tuple[Money, dict[str, Any], tuple[Posting, ...]]:
    """What a shift begins with, what its fact says of the bag that it came in, and the books' side of it.

    Raises Refused("bad_request" | "unknown_parcel" | "parcel_moved")."""
    counted = rules.counted_total(pieces, desk.season().venue.currency, "pieces") if pieces else None
    said = amount_of(desk, "float", text) if text else counted
    if said is not None and said.minor < 0:
        raise Refused("bad_request", field="float", reason="is negative")
    if counted is not None and counted != said:
        raise Refused("bad_request", field="pieces", reason=f"they come to {counted}, and the float is {said}")
    if bag:
        amount, taken, postings = bags.as_float(desk, bag, said)
        return amount, {"parcels": [taken]}, postings
    assert said is not None
    return said, {}, moved(SAFE, drawer(desk.outside.till), said)


def shift(desk: Desk) -> dict[str, Any]:
    """The open shift, without what the drawer should hold: the count is blind."""
    desk.signed_in("drawer")
    row = desk.shift(of_another=True)
    season = desk.season()
    user = season.users.get(row.cashier)
    moves = [move.to_json() for move in desk.ledger.moves(row.id) if move.kind != "sale"]
    return {
        "shift": row.id,
        "user": row.cashier,
        "name": user.name if user else row.cashier,
        "opened_at": row.opened_at,
        "opened_by": row.user,
        "float": next((move["amount"] for move in moves if move["kind"] == "float"), "0.00"),
        "foreign": sorted(figures.foreign(desk, row)),
        "asked": counting.asked(desk),
        "paper_out": sum(right.state is OwnState.PAPER for places in desk.rights.values() for right in places.values()),
        "moves": moves,
        "currency": season.venue.currency,
    }


def close_shift(
    desk: Desk,
    *,
    counted: dict[str, Any],
    foreign: dict[str, str] | None = None,
    declared: dict[str, Any] | None = None,
    witness: dict[str, Any] | None = None,
    note: str = "",
) -> Verb[dict[str, Any]]:
    """Count against the books, give back every right, seal the shift.

    `foreign` is what is counted of other currencies, `declared` what else lies in the drawer
    (`pos.domain.declared`). The report is provisional until the office has applied the shift's facts. Another's
    own drawer is closed by a supervisor alone. Raises Refused("not_allowed", with basket=…, parked=… or keyed=…)
    while there is a basket, some are parked, or paper is keyed and not booked; "bad_request" while foreign cash, or
    paper the venue wants counted, is not counted; check_needed without a witness where the venue wants one;
    note_needed.
    """
    kept = yield from _layout(desk)
    user = desk.signed_in("drawer")
    row = desk.shift(of_another=user.role in APPROVING_ROLES)
    _check_nothing_open(desk)
    currency = desk.season().venue.currency
    total = rules.counted_total(counted, currency)
    changed = rules.foreign_counts(figures.foreign(desk, row), foreign or {})
    piles = declarations.read(declared or {}, currency)
    paper = counting.paper_of(desk, piles)
    signed = counting.witness_of(desk, witness)
    report = _report(desk, row, user.id, total, counted)
    expected = Money.parse(report["expected"], currency)
    before = counting.check_note(desk, row, "close_shift", total, expected, note, paper)
    report |= {"foreign": rules.foreign_rows(changed)} if changed else {}
    report |= {"declared": _compared(desk, row, piles, paper)} if declared is not None else {}
    report |= {"counts": before} if before else {}
    report |= {name: said for name, said in (("witness", signed), ("note", note.strip())) if said}
    with desk.unit() as unit:
        desk.ledger.baskets.drop_all()  # what is left of them are those that lost their places
        _give_back_all(desk, unit)
        if paper is not None:
            blankcount.book_count(desk, unit, {"user": user.id, "note": note.strip(), "shift": row.id}, paper)
        report["number_range"] = [row.first_number, unit.number + 1]
        report["hash"] = unit.facts[-1].hash if unit.facts else desk.hash
        unit.record(
            Kind.SHIFT_CLOSED,
            {"shift": row.id, "user": user.id, "report": report},
            postings=rules.close_entry(desk.outside.till, expected, total, changed),
        )
        counting.forget_counts(desk, row)
        desk.ledger.close_shift(row.id, report["closed_at"], unit.number, report)
        # The paper and the answer belong to this commit: a till that dies while it waits for the
        # office below has closed its shift, prints the report when it starts again, and says so.
        printed = z_paper(desk, row, report) | kept
        desk.ledger.shiftbook.put_paper(row.id, printed)
        job = None
        if desk.outside.printers.present("receipt"):
            job = desk.ledger.add_job("receipt", "z_report", row.id, [], printed)
        answer = unit.answers({"report": report})
    last = desk.number
    if desk.outside.office.link().state == "online":
        yield within(desk.outside.office.sync(), APPLIED_S)
    if desk.acknowledged() >= last:
        job, answer = _final(desk, row, job, report | {"provisional": False}, answer, kept)
    if job is not None:
        issue.send(desk, job)
    places: dict[str, list[int]] = {show: [] for show in desk.rights if not is_purse(show)}
    desk.emit("changed", places=places, documents=False, **({"records": [blanks.HAND]} if paper is not None else {}))
    return answer


def _check_nothing_open(desk: Desk) -> None:
    """Raises Refused("not_allowed")."""
    check_none_pending(desk)
    basket = desk.ledger.basket()
    if basket is not None and not basket.empty:
        raise Refused("not_allowed", what="close_shift", reason="there is an unpaid basket", basket=shown(desk, basket))
    check_none_parked(desk, "close_shift")
    counting.check_none_keyed(desk, "close_shift")


def _compared(
    desk: Desk, row: ShiftRow, piles: dict[str, declarations.Pile], paper: dict[str, Any] | None
) -> list[dict[str, Any]]:
    """What was declared, held against the books."""
    books = figures.papers(desk, row)
    books |= {declarations.STOCK: declarations.Pile(paper["expected"])} if paper is not None else {}
    return declarations.compare(piles, books, desk.season().venue.currency, paper)


def _layout(desk: Desk) -> Verb[dict[str, str]]:
    """The layout that the report is about to be printed in, to be kept with it: so it prints again as it was when
    somebody has changed that meanwhile."""
    if desk.outside.layouts is None:
        return {}
    text = yield within(desk.outside.layouts.in_use("z_report"), LAYOUT_S)
    return {"set_in": text} if text else {}


def _give_back_all(desk: Desk, unit: Unit) -> None:
    """R11: a till without a shift has nothing in hand."""
    held = [
        (show, place, right)
        for show, places in desk.rights.items()
        for place, right in places.items()
        if right.state in (OwnState.LEASED, OwnState.SOLD, OwnState.HELD)
    ]
    give_back(desk, unit, held, "close_shift")


def _final(
    desk: Desk,
    row: ShiftRow,
    job: PrintJob | None,
    report: dict[str, Any],
    provisional: dict[str, Any],
    kept: dict[str, str],
) -> tuple[PrintJob | None, dict[str, Any]]:
    """Paper and answer once the office has the shift; should the disk be full now, the provisional ones."""
    try:
        with desk.unit() as unit:
            paper = z_paper(desk, row, report) | kept
            desk.ledger.shiftbook.put_paper(row.id, paper)
            if job is not None:
                job = replace(job, content=paper)
                desk.ledger.queue_again(job.id, job.content)
            return job, unit.answers({"report": report})
    except Refused:
        return job, provisional


def _report(desk: Desk, row: ShiftRow, user: str, counted: Money, pieces: dict[str, Any]) -> dict[str, Any]:
    """The shift's figures and its count, as the closing fact carries them."""
    come_to = figures.figures(desk, row)
    number = desk.ledger.shiftbook.closed_count() + 1
    outside = desk.outside
    # After another enrolment the numbers begin again, so the incarnation is part of what it is called.
    till = outside.till if outside.incarnation == 1 else f"{outside.till}.{outside.incarnation}"
    return come_to | {
        "z": f"{till}-Z{number:04d}",
        "z_number": number,
        "closed_by": user,
        "closed_at": desk.clock.now().isoformat(timespec="seconds"),
        "counted": str(counted),
        "difference": str(counted - Money.parse(come_to["expected"], counted.currency)),
        "pieces": pieces,
        "number_range": [],
        "provisional": True,
    }
