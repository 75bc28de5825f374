"""A note that was found false: out of the drawer, into an account of its own, with a slip for the police and the bank.

Who paid with it is personal, so it lies beside the fact (`pos.domain.personal`).
"""

from __future__ import annotations

from typing import Any

from pos.domain.books import COUNTERFEIT, drawer, moved
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.mask import scrub
from pos.domain.shift import CashMove, expected
from pos.till.counter import issue
from pos.till.counter.tenders import short
from pos.till.desk import Desk
from pos.till.drawer import slips
from pos.till.drawer.counting import amount as amount_of


def counterfeit(
    desk: Desk, *, denomination: str, serial: str = "", name: str = "", contact: str = "", note: str = ""
) -> dict[str, Any]:
    """Take a false note of this `denomination` out of the drawer. `serial` is its number, as far as it can be read;
    `name` and `contact` are of whom it came from.

    Raises Refused: bad_request no_shift drawer_short storage_failed fenced.
    """
    user, row = desk.signed_in("drawer"), desk.shift()
    desk.check_not_fenced()
    value = amount_of(desk, "denomination", denomination)
    if value.minor <= 0:
        raise Refused("bad_request", field="denomination", reason="must be more than nothing")
    held = expected(desk.ledger.moves(row.id), value.currency)
    if value > held:
        raise short(held, value)
    at = desk.clock.now().isoformat(timespec="seconds")
    body = {
        "shift": row.id,
        "user": user.id,
        "amount": str(value),
        "serial": serial.strip(),
        "note": note.strip(),
        "name": scrub(name.strip()),
        "contact": scrub(contact.strip()),
    }
    with desk.unit() as unit:
        fact = unit.record(Kind.COUNTERFEIT_TAKEN, body, postings=moved(drawer(desk.outside.till), COUNTERFEIT, value))
        desk.ledger.add_move(row.id, CashMove("counterfeit", -value, serial.strip(), at))
        rows = [("slip_serial", body["serial"]), ("slip_from", body["name"]), ("slip_note", body["note"])]
        job = slips.queue(desk, "counterfeit", fact.fact_id, value, at, rows)
        told = {"id": fact.fact_id, "amount": str(value), "serial": body["serial"], "at": at}
        answer = unit.answers({"counterfeit": told, "job": job.id if job else None})
    if job is not None:
        issue.send(desk, job)
    desk.outside.printers.kick_drawer()
    return answer
