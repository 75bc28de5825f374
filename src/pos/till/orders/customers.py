"""Customers at the counter: recorded if they wish, found, merged, told what is known of them, and forgotten.

All but the whole record and the export works with the line down, by what this till knows.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from pos.domain.customers import FAMILY, LINES, changed, cleaned, told
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.live import ORDER
from pos.domain.mask import scrub
from pos.domain.personal import forget
from pos.store import personal, records
from pos.till.counter.find import shown_sales
from pos.till.counter.numbers import Series, next_id, take
from pos.till.counter.register import sales_of, search, shown, standing
from pos.till.desk import Desk, Unit, Verb
from pos.till.ports import LineDown

_CUSTOMERS: Final = Series("customers", "K")
_FORGOTTEN: Final = "forgotten"  # the erasures that this ledger has followed


def customer(
    desk: Desk, *, customer: str = "", notes: str | None = None, consent: dict[str, Any] | None = None, **lines: str
) -> dict[str, Any]:
    """Record a customer, or change one's fields ("" takes one away). Nothing is compulsory but that it is something.

    Raises Refused("not_signed_in" | "not_allowed" | "bad_request" | "unknown_customer" | "fenced").
    """
    user = desk.signed_in("sell")
    desk.check_not_fenced()
    fields: dict[str, Any] = dict(lines) | ({} if notes is None else {"notes": notes})
    if consent is not None:
        fields["consent"] = {**consent, "at": desk.clock.now().isoformat(timespec="seconds")}
    fields = cleaned(fields)
    if not fields or not (customer or any(fields.values())):
        raise Refused("bad_request", field="name", reason="give a name, or anything else that is to be kept")
    before = standing(desk, customer) if customer else {}
    id = before["id"] if before else next_id(desk, _CUSTOMERS)
    after = told(id, changed(before, {key: fields[key] for key in LINES if key in fields}))
    with desk.unit() as unit:
        kind = Kind.CUSTOMER_CHANGED if before else Kind.CUSTOMER_RECORDED
        unit.record(kind, {"user": user.id, "customer": id, "profile": fields})
        _keep(desk, unit, id, after)
        if not before:
            take(desk, _CUSTOMERS)
        answer = unit.answers({"customer": shown(after)})
    _changed(desk)
    return answer


def customers(desk: Desk, *, text: str) -> dict[str, Any]:
    """Customers by words of name, e-mail, telephone or member code, at most fifty."""
    desk.signed_in()
    return {"customers": [shown(one) for one in search(desk, text)]}


def customer_history(desk: Desk, *, customer: str) -> Verb[dict[str, Any]]:
    """What is known of a customer: sales, the newest first, and cases. With the line down, what this till knows,
    and `partial` says so. Notes and consents are told online, to a supervisor.

    Raises Refused("unknown_customer").
    """
    desk.signed_in()
    known = standing(desk, customer)
    try:
        office = yield desk.outside.office.look("customer", {"customer": known["id"]})
    except LineDown:
        office = {}
    user = desk.signed_in()
    known = standing(desk, customer)
    theirs = {body["id"]: body for body in (*office.get("sales", ()), *sales_of(desk, known["id"]))}
    newest = sorted(theirs.values(), key=lambda body: str(body["at"]), reverse=True)
    cases = [one for one in _cases(desk).values() if one.get("customer") == known["id"] or one["sale"] in theirs]
    answer = {"customer": shown(known), "sales": shown_sales(desk, newest), "cases": cases, "partial": not office}
    record = office.get("customer") or {}
    if user.role in _OVERSEERS:
        profile = record.get("profile", {})
        answer |= {key: profile[key] for key in ("notes", "consent") if profile.get(key)}
    return answer


_OVERSEERS: Final = frozenset({"supervisor", "admin"})


def _cases(desk: Desk) -> dict[str, dict[str, Any]]:
    heard = desk.replica.records("case") if desk.replica.complete() else {}
    return heard | records.own(desk.ledger.connection, "case")


def merge_customers(desk: Desk, *, customer: str, merged: str) -> dict[str, Any]:
    """Two records of one person become one: `customer` stays and takes what it lacks. Raises Refused."""
    user = desk.signed_in("customers")
    desk.check_not_fenced()
    stays, goes = standing(desk, customer), standing(desk, merged)
    if stays["id"] == goes["id"]:
        raise Refused("bad_request", field="merged", reason="these are one customer already")
    after = told(stays["id"], {**goes, **stays})
    with desk.unit() as unit:
        unit.record(Kind.CUSTOMERS_MERGED, {"user": user.id, "customer": stays["id"], "merged": goes["id"]})
        _keep(desk, unit, stays["id"], after)
        _keep(desk, unit, goes["id"], {"id": goes["id"], "into": stays["id"]})
        answer = unit.answers({"customer": shown(after)})
    _changed(desk)
    return answer


def export_customer(desk: Desk, *, customer: str) -> Verb[dict[str, Any]]:
    """Everything that is kept of a customer, as the office has it. Raises Refused("offline" | "unknown_customer")."""
    desk.signed_in("customers")
    known = standing(desk, customer)
    try:
        office = yield desk.outside.office.look("customer", {"customer": known["id"]})
    except LineDown as down:
        raise Refused("offline", reason="only the office has the whole record", cause=down.cause) from down
    if not (office.get("customer") or {}).get("profile"):
        raise Refused("unknown_customer", customer=customer)
    return {"export": office}


def erase_customer(desk: Desk, *, customer: str, reason: str, sales: Sequence[str] | None = None) -> dict[str, Any]:
    """Forget a customer, and who bought these `sales`: at once here, at the office and every till as they hear of it.
    What was sold and paid stays. Raises Refused("not_allowed" | "unknown_customer" | "fenced")."""
    user = desk.signed_in("customers")
    desk.check_not_fenced()
    known = standing(desk, customer)
    named = sorted(set(sales or ()))
    with desk.unit() as unit:
        body = {"user": user.id, "customer": known["id"], "sales": named, "reason": scrub(reason)}
        unit.record(Kind.CUSTOMER_ERASED, body)
        _keep(desk, unit, known["id"], {"id": known["id"], "erased": True})
        gone = personal.erase(desk.ledger.connection, {known["id"]}, named)
        answer = unit.answers({"erased": {"customer": known["id"], "sales": len(gone)}})
    _changed(desk)
    return answer


def _keep(desk: Desk, unit: Unit, id: str, document: dict[str, Any]) -> None:
    """Until the office tells it back, this is what stands here."""
    records.put(desk.ledger.connection, FAMILY, {"id": id, "number": unit.number, "told": document})


def _changed(desk: Desk) -> None:
    desk.emit("changed", places={}, documents=False, records=[FAMILY])


def follow_erasures(desk: Desk) -> None:
    """Forget here whoever the office says is to be forgotten. Quick when there is nobody new."""
    if not desk.replica.complete():
        return
    done = set(json.loads(desk.ledger.meta(_FORGOTTEN) or "[]"))
    fresh = {one["id"]: one for one in desk.replica.search(FAMILY, ['"erased"'], None) if one["id"] not in done}
    fresh = {id: one for id, one in fresh.items() if one.get("erased")}
    if not fresh:
        return
    named = {sale for one in fresh.values() for sale in one.get("sales", ())}
    with desk.unit():
        personal.erase(desk.ledger.connection, fresh.keys(), named)
        for id, order in list(desk.ledger.live.all(ORDER).items()):
            if id in named or order.get("buyer", {}).get("customer") in fresh:
                desk.ledger.live.put(ORDER, forget(order))
        desk.ledger.put_meta(_FORGOTTEN, json.dumps(sorted(done | fresh.keys())))
