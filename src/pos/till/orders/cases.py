"""Complaints and requests: opened at any counter from any sale, with the line down too; handled later.

A case is a record (`pos.domain.records`) whose home is the till that opened it. The customer takes its number
and the time by which it is answered away on a slip.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.mask import scrub
from pos.store import records
from pos.till.counter import issue
from pos.till.counter.numbers import Series, next_id, take
from pos.till.counter.register import standing
from pos.till.counter.tickets import sale_of
from pos.till.desk import Desk

FAMILY: Final = "case"
KINDS: Final = ("complaint", "request")
_CASES: Final = Series("cases", "C")


def case(
    desk: Desk,
    *,
    kind: str,
    words: str = "",
    sale: str = "",
    customer: str = "",
    name: str = "",
    contact: str = "",
) -> dict[str, Any]:
    """Open a case, about a sale (its id, or a ticket's id or code) or about nothing that was sold here.

    The buyer's name and contact are taken from the sale where none are given. Raises Refused("not_allowed" |
    "unknown_ticket" | "unknown_customer" | "fenced").
    """
    user = desk.signed_in("sell")
    desk.check_not_fenced()
    about = sale_of(desk, sale) if sale else {}
    who = standing(desk, customer)["id"] if customer else about.get("buyer", {}).get("customer", "")
    now = desk.clock.now()
    due = now + timedelta(hours=desk.season().venue.case_due_hours)
    record = {
        "id": next_id(desk, _CASES),
        "home": desk.outside.till,
        "kind": kind,
        "state": "open",
        "user": user.id,
        "opened_at": now.isoformat(timespec="seconds"),
        "due": due.isoformat(timespec="seconds"),
        "sale": about.get("id", ""),
        "customer": who,
        "words": scrub(words.strip()),
        "name": scrub((name or about.get("name", "")).strip()),
        "contact": scrub((contact or about.get("contact", "")).strip()),
    }
    with desk.unit() as unit:
        unit.record(Kind.CASE_OPENED, {"user": user.id, "record": record})
        records.put(desk.ledger.connection, FAMILY, record)
        take(desk, _CASES)
        job = None
        if desk.outside.printers.present("receipt"):
            job = desk.ledger.add_job("receipt", "case", record["sale"], [], _slip(desk, record))
        answer = unit.answers({"case": record, "job": job.id if job else None})
    if job is not None:
        issue.send(desk, job)
    desk.emit("changed", places={}, documents=False, records=[FAMILY])
    return answer


def cases(desk: Desk, *, state: str = "open") -> dict[str, Any]:
    """Cases that are open, or all, the one that is due first on top; `late` where its time has passed."""
    desk.signed_in()
    found = desk.replica.records(FAMILY) if desk.replica.complete() else {}
    found = found | records.own(desk.ledger.connection, FAMILY)
    now = desk.clock.now()
    shown = [
        one | {"late": one["state"] == "open" and datetime.fromisoformat(one["due"]) < now}
        for one in found.values()
        if state == "all" or one["state"] == "open"
    ]
    return {"cases": sorted(shown, key=lambda one: (str(one["due"]), str(one["id"])))}


def check_kind(name: str, value: Any) -> None:
    """Raises Refused("bad_request")."""
    if value not in KINDS:
        raise Refused("bad_request", field=name, reason=f"{name} must be one of {', '.join(KINDS)}")


def _slip(desk: Desk, record: dict[str, Any]) -> dict[str, Any]:
    """What the customer takes away: the number, and by when there is an answer."""
    write, season = issue.words(desk), desk.season()

    def at(key: str) -> str:
        return write.moment(datetime.fromisoformat(record[key]))

    lines: list[dict[str, Any]] = [
        {"text": season.venue.name, "centred": True},
        {"text": "", "gap": True},
        {"text": write.say("case_number"), "amount": record["id"]},
        {"text": write.say("case_opened"), "amount": at("opened_at")},
    ]
    if record["sale"]:
        lines.append({"text": write.say("case_sale"), "amount": record["sale"]})
    lines += [{"text": write.say("case_due"), "amount": at("due")}, {"text": "", "rule": True}]
    lines.append({"text": write.say("case_keep"), "centred": True})
    heading = write.say(f"case_{record['kind']}")
    return {"kind": "card_slip", "language": write.language, "lines": lines, "copy": 0, "heading": heading}
