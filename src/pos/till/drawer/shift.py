"""The shift: opened with a float, closed with a count. Everything works offline."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from pos.domain import shift as rules
from pos.domain.books import drawer, moved
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.money import Money
from pos.domain.purse import is_purse
from pos.domain.rights import OwnState
from pos.domain.shift import CashMove
from pos.store.ledger import PrintJob, ShiftRow
from pos.till.counter import issue
from pos.till.counter.charge import check_none_pending
from pos.till.counter.holding import take_home
from pos.till.counter.parking import check_none_parked
from pos.till.counter.passing import allot, give_back
from pos.till.counter.shown import shown
from pos.till.desk import Desk, Verb
from pos.till.drawer import takeover
from pos.till.drawer.figures import price_figures, price_groups
from pos.till.waiting import within

ALLOT_S: Final = 4.5  # a shift is open at most five seconds after it is asked for
APPLIED_S: Final = 3.0  # how long a close waits to hear that the office has it


def _money(desk: Desk, field: str, text: str) -> Money:
    try:
        return Money.parse(text, desk.season().venue.currency)
    except ValueError as error:
        raise Refused("bad_request", field=field, reason=str(error)) from error


def open_shift(desk: Desk, *, float: str) -> Verb[dict[str, Any]]:
    """Open the drawer's shift with its float, then fill the allotment if there is a line.

    Raises Refused("shift_open" | "drawer_uncounted" | "fenced" | "bad_request").
    """
    user = desk.signed_in("drawer")
    desk.check_not_fenced()
    already = desk.ledger.open_shift()
    if already is not None:
        raise Refused("shift_open", shift=already.id, user=already.user, since=already.opened_at)
    takeover.check_counted(desk)
    amount = _money(desk, "float", float)
    if amount.minor < 0:
        raise Refused("bad_request", field="float", reason="is negative")
    at = desk.clock.now().isoformat(timespec="seconds")
    number = desk.ledger.shifts() + 1
    name = f"{desk.outside.till}-{desk.outside.incarnation}-S{number:04d}"
    with desk.unit() as unit:
        unit.record(
            Kind.SHIFT_OPENED,
            {"shift": name, "user": user.id, "float": str(amount)},
            postings=moved("safe", drawer(desk.outside.till), amount),
        )
        desk.ledger.put_shift(ShiftRow(name, user.id, at, unit.number))
        desk.ledger.add_move(name, CashMove("float", amount, "", at))
        answer = unit.answers({"shift": name, "opened_at": at})
    if desk.outside.office.link().state == "online":
        homes = desk.spawn(lambda: take_home(desk))
        yield within(desk.spawn(lambda: allot(desk)), ALLOT_S)
        yield within(homes, ALLOT_S)
    return answer


def move_cash(desk: Desk, *, kind: str, amount: str, reason: str) -> dict[str, Any]:
    """Cash into or out of the drawer for another reason than a sale."""
    user = desk.signed_in("drawer")
    shift = desk.shift()
    value = _money(desk, "amount", amount)
    signed = rules.signed(kind, value)
    if not reason.strip():
        raise Refused("bad_request", field="reason", reason="must not be empty")
    moves = desk.ledger.moves(shift.id)
    if rules.expected(moves, value.currency) + signed < Money.zero(value.currency):
        raise Refused("drawer_short", expected=str(rules.expected(moves, value.currency)), amount=amount)
    at = desk.clock.now().isoformat(timespec="seconds")
    move = CashMove(kind, signed, reason, at)
    with desk.unit() as unit:
        unit.record(
            Kind.CASH_MOVED,
            {"shift": shift.id, "user": user.id, "kind": kind, "amount": str(value), "reason": reason},
            postings=rules.move_entry(desk.outside.till, kind, value),
        )
        desk.ledger.add_move(shift.id, move)
        answer = unit.answers({"drawer": _drawer([*moves, move], value.currency)})
    desk.outside.printers.kick_drawer()
    return answer


def _drawer(moves: list[CashMove], currency: str) -> dict[str, Any]:
    return {"expected": str(rules.expected(moves, currency)), "moves": [move.to_json() for move in moves]}


def shift(desk: Desk) -> dict[str, Any]:
    """The open shift, without what the drawer should hold: the count is blind."""
    desk.signed_in("drawer")
    row = desk.shift()
    season = desk.season()
    user = season.users.get(row.user)
    moves = [move.to_json() for move in desk.ledger.moves(row.id) if move.kind != "sale"]
    return {
        "shift": row.id,
        "user": row.user,
        "name": user.name if user else row.user,
        "opened_at": row.opened_at,
        "float": next((move["amount"] for move in moves if move["kind"] == "float"), "0.00"),
        "foreign": sorted(_foreign(desk, row)),
        "moves": moves,
        "currency": season.venue.currency,
    }


def _foreign(desk: Desk, row: ShiftRow) -> dict[str, Money]:
    """Foreign cash that the shift has taken."""
    return rules.foreign_taken(desk.ledger.sales_of(row.id), desk.ledger.tickets.refunds_of(row.id))


def close_shift(desk: Desk, *, counted: dict[str, Any], foreign: dict[str, str] | None = None) -> Verb[dict[str, Any]]:
    """Count against the books, give back every right, seal the shift.

    `foreign` is what is counted of other currencies. The report is provisional until the office has applied
    the shift's facts. Raises Refused("not_allowed", basket=… or parked=…) while there is a basket, or some are
    parked; "bad_request" while a currency that was taken is not counted.
    """
    user = desk.signed_in("drawer")
    row = desk.shift()
    check_none_pending(desk)
    basket = desk.ledger.basket()
    if basket is not None and not basket.empty:
        raise Refused("not_allowed", what="close_shift", reason="there is an unpaid basket", basket=shown(desk, basket))
    check_none_parked(desk, "close_shift")
    currency = desk.season().venue.currency
    total = rules.counted_total(counted, currency)
    changed = rules.foreign_counts(_foreign(desk, row), foreign or {})
    report = _report(desk, row, user.id, total, counted) | ({"foreign": rules.foreign_rows(changed)} if changed else {})
    with desk.unit() as unit:
        desk.ledger.baskets.drop_all()  # what is left of them are those that lost their places
        held = [
            (show, place, right)
            for show, places in desk.rights.items()
            for place, right in places.items()
            if right.state in (OwnState.LEASED, OwnState.SOLD, OwnState.HELD)
        ]
        give_back(desk, unit, held, "close_shift")
        report["number_range"] = [row.first_number, unit.number + 1]
        report["hash"] = unit.facts[-1].hash if unit.facts else desk.hash
        expected = Money.parse(report["expected"], currency)
        unit.record(
            Kind.SHIFT_CLOSED,
            {"shift": row.id, "user": user.id, "report": report},
            postings=rules.close_entry(desk.outside.till, expected, total, changed),
        )
        desk.ledger.close_shift(row.id, report["closed_at"], unit.number, report)
        # The paper and the answer belong to this commit: a till that dies while it waits for the
        # office below has closed its shift, prints the report when it starts again, and says so.
        job = None
        if desk.outside.printers.present("receipt"):
            job = desk.ledger.add_job("receipt", "z_report", row.id, [], _paper(desk, row, report))
        answer = unit.answers({"report": report})
    last = desk.number
    if desk.outside.office.link().state == "online":
        yield within(desk.outside.office.sync(), APPLIED_S)
    if desk.acknowledged() >= last:
        job, answer = _final(desk, row, job, report | {"provisional": False}, answer)
    if job is not None:
        issue.send(desk, job)
    desk.emit("changed", places={show: [] for show in desk.rights if not is_purse(show)}, documents=False)
    return answer


def _final(
    desk: Desk, row: ShiftRow, job: PrintJob | None, report: dict[str, Any], provisional: dict[str, Any]
) -> tuple[PrintJob | None, dict[str, Any]]:
    """Paper and answer once the office has the shift; should the disk be full now, the provisional ones."""
    try:
        with desk.unit() as unit:
            if job is not None:
                job = replace(job, content=_paper(desk, row, report))
                desk.ledger.queue_again(job.id, job.content)
            return job, unit.answers({"report": report})
    except Refused:
        return job, provisional


def _report(desk: Desk, row: ShiftRow, user: str, counted: Money, pieces: dict[str, Any]) -> dict[str, Any]:
    currency = counted.currency
    zero = Money.zero(currency)
    moves = desk.ledger.moves(row.id)
    expected = rules.expected(moves, currency)
    sales = desk.ledger.sales_of(row.id)
    refunds = desk.ledger.tickets.refunds_of(row.id)
    by_tender: dict[str, Money] = {}
    deposits = ((item, -1 if item.get("returned") else 1) for item in desk.ledger.live.deposits_of(row.id))
    for document, sign in (*((sale, 1) for sale in sales), *((refund, -1) for refund in refunds), *deposits):
        for tender in document["tenders"]:
            amount = Money.parse(tender["amount"], currency) * sign
            by_tender[tender["kind"]] = by_tender.get(tender["kind"], zero) + amount
    exchanges = sum("exchanged" in sale for sale in sales)
    voids = sum("void" in refund for refund in refunds)
    by_kind: dict[str, Money] = {}
    for move in moves:
        by_kind[move.kind] = by_kind.get(move.kind, zero) + move.amount
    return {
        "shift": row.id,
        "opened_by": row.user,
        "closed_by": user,
        "opened_at": row.opened_at,
        "closed_at": desk.clock.now().isoformat(timespec="seconds"),
        "expected": str(expected),
        "counted": str(counted),
        "difference": str(counted - expected),
        "by_tender": {kind: str(amount) for kind, amount in by_tender.items()},
        "drawer": {kind: str(amount) for kind, amount in by_kind.items()},
        "pieces": pieces,
        "sales": len(sales) - exchanges,
        "tickets": sum(len(sale["tickets"]) for sale in sales),
        "refunds": len(refunds) - voids,
        "voids": voids,
        "exchanges": exchanges,
        **price_figures(sales, refunds, currency),
        "number_range": [],
        "provisional": True,
    }


def _paper(desk: Desk, row: ShiftRow, report: dict[str, Any]) -> dict[str, Any]:
    write, season = issue.words(desk), desk.season()
    currency = season.venue.currency

    def money(text: str) -> str:
        return write.money(Money.parse(text, currency))

    def rows(amounts: dict[str, str]) -> list[dict[str, str]]:
        return [{"text": write.say(kind), "amount": money(amount)} for kind, amount in amounts.items()]

    user = season.users.get(row.user)
    counts = [
        {"text": write.say("sales"), "amount": str(report["sales"])},
        {"text": write.say("tickets"), "amount": str(report["tickets"])},
    ]
    rare = [what for what in ("refunds", "voids", "exchanges") if report[what]]
    counts += [{"text": write.say(what), "amount": str(report[what])} for what in rare]
    foreign = [
        {"text": f"{row['currency']} {row['counted']}", "amount": row["difference"]}
        for row in report.get("foreign", [])
    ]
    groups = [
        {"heading": write.say("foreign"), "rows": foreign},
        {"heading": write.say("counts"), "rows": counts},
        {"heading": write.say("by_tender"), "rows": rows(report["by_tender"])},
        {"heading": write.say("drawer"), "rows": rows(report["drawer"])},
        *price_groups(write, report, currency),
    ]
    return {
        "kind": "z_report",
        "language": write.language,
        "venue": season.venue.name,
        "shift": row.id,
        "till": season.tills.get(desk.outside.till, desk.outside.till),
        "cashier": user.name if user else row.user,
        "opened": write.moment(datetime.fromisoformat(report["opened_at"])),
        "closed": write.moment(datetime.fromisoformat(report["closed_at"])),
        "number_range": "{} – {}".format(*report["number_range"]),
        "groups": [group for group in groups if group["rows"]],
        "expected": money(report["expected"]),
        "counted": money(report["counted"]),
        "difference": money(report["difference"]),
        "provisional": report["provisional"],
        "signatures": [write.say("cashier"), write.say("supervisor")],
        "copy": 0,
    }
