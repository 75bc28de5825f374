"""Gates that are no tills: what they are told of tickets, and the scans that they tell of. The laws:

* A gate shows a token that this office has signed, with the gate's name and a time by which it ends. Nothing about
  it is kept: a new office key, or that time, ends it.
* The feed follows the change log: whoever has followed it to its end knows of every ticket what the office knows.
* A scan has the gate's own name, and is taken once under it; told again, it is answered again the same.
* Who was let in is booked like an admission of a till: once, told to every till, and a ticket of it is refunded by
  nobody who does not know it. What a gate let in without asking, and should not have, is kept as it was told.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, and_, bindparam, insert, or_, select

from pos.domain.admission import Admission, Shown, check
from pos.domain.contingency.calledoff import FAMILY
from pos.domain.errors import Refused
from pos.domain.sale import copy_code, of_training, read_code
from sync.office.rules import changes
from sync.office.rules.calledoff import called_off
from sync.office.rules.sales import ENDED, documents_of
from sync.office.rules.tickets import sales_of
from sync.office.store.tables import ADMISSION, CHANGE_LOG, DOCUMENT, GATE_SCAN, TICKET

PAGE: Final = 2_000  # sales in one answer
BY_GATE: Final = "gate:"  # what an admission by a gate has for a fact
_SIGNED: Final = b"housefull-gate\0"
_CHANGED: Final = (
    select(CHANGE_LOG.c.position, CHANGE_LOG.c.doc_id)
    .where(CHANGE_LOG.c.kind == "sale", CHANGE_LOG.c.position > bindparam("after"))
    .order_by(CHANGE_LOG.c.position)
    .limit(PAGE)
)


class BadToken(Exception):
    """The text says why, for a person."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What a gate has scanned. `let_in`: it has let somebody in already, being cut off."""

    id: str
    show: str
    code: str
    at: str
    let_in: bool = False


# ---- tokens ------------------------------------------------------------------------------


def token(key: Ed25519PrivateKey, gate: str, until_s: int) -> str:
    """What a gate of that name shows until then (seconds since 1970)."""
    said = f"{gate}\n{until_s}".encode()
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (said, key.sign(_SIGNED + said)))


def gate_of(key: Ed25519PublicKey, text: str, now_s: int) -> str:
    """The gate that shows this token. Raises BadToken."""
    try:
        said, signature = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in text.split("."))
        key.verify(signature, _SIGNED + said)
        gate, _, until = said.decode().partition("\n")
        if now_s > int(until):
            raise BadToken(f"the token of gate {gate} has ended")
    except (ValueError, binascii.Error, InvalidSignature) as error:
        raise BadToken("this is no gate's token of this office") from error
    return gate


# ---- the feed ----------------------------------------------------------------------------


def feed(connection: Connection, show: str, after: int) -> dict[str, Any]:
    """What has changed of a show's tickets after a position of the change log, 0 for all of them.

    `more`: ask again from `cursor`. A ticket's `code` is that of its newest paper.
    """
    head, _ = changes.head(connection)
    rows = connection.execute(_CHANGED, {"after": after}).all()
    more = len(rows) == PAGE
    end = rows[-1].position if more else max(head, after)
    off, closed = _called_off(connection, show), called_off(connection).closed.get(show, {})
    turned = _turned(connection, show, after, end)
    found = documents_of(connection, dict.fromkeys([*(row.doc_id for row in rows), *turned]))
    listed = [
        _listed(ticket, off=off or ticket["unit"] in closed)
        for sale in found.values()
        for ticket in sale["tickets"]
        if ticket["show"] == show
    ]
    return {"show": show, "cursor": end, "more": more, "tickets": listed}


def _turned(connection: Connection, show: str, after: int, end: int) -> list[str]:
    """Sales of a show whose tickets have become void, or valid again, without a word of their own in the change log
    from a position to another: their places were closed or opened again, the show called off or put back. Whoever
    begins at 0 is told all as it is."""
    if not after:
        return []
    of_show = and_(CHANGE_LOG.c.family == "show", CHANGE_LOG.c.doc_id == show)
    logged = select(CHANGE_LOG.c.family, CHANGE_LOG.c.body).where(CHANGE_LOG.c.kind == "document")
    since = logged.where(CHANGE_LOG.c.position > after, CHANGE_LOG.c.position <= end)
    told = connection.execute(
        since.where(or_(CHANGE_LOG.c.family == FAMILY, of_show)).order_by(CHANGE_LOG.c.position)
    ).all()
    off = [_is_off(row.body) for row in told if row.family == "show"]
    if off:  # rarely: this looks back through the log
        before = logged.where(CHANGE_LOG.c.position <= after, of_show).order_by(CHANGE_LOG.c.position.desc()).limit(1)
        off = [_is_off(row.body) for row in connection.execute(before)] + off
    all_of_it, places = len(set(off)) > 1, set[str]()
    for row in told:
        document = json.loads(row.body)
        if row.family == FAMILY and document["show"] == show:
            named = document.get("places") or [place for of in document.get("of", {}).values() for place in of]
            all_of_it = all_of_it or not named
            places.update(named)
    if not all_of_it and not places:
        return []
    sales = select(TICKET.c.sale_id).where(TICKET.c.show_id == show).distinct()
    return sorted(connection.execute(sales if all_of_it else sales.where(TICKET.c.unit.in_(sorted(places)))).scalars())


def whole(connection: Connection, show: str) -> list[dict[str, Any]]:
    """All tickets of a show, as the feed tells of them, by id."""
    found: dict[str, dict[str, Any]] = {}
    cursor, more = 0, True
    while more:
        page = feed(connection, show, cursor)
        found.update((ticket["id"], ticket) for ticket in page["tickets"])
        cursor, more = page["cursor"], page["more"]
    return [found[id] for id in sorted(found)]


def _listed(ticket: dict[str, Any], *, off: bool) -> dict[str, Any]:
    admitted = ticket.get("admitted")
    state = "void" if off or ticket["state"] in ENDED else "used" if admitted else "valid"
    return {
        "id": ticket["id"],
        "code": copy_code(ticket["code"], ticket.get("copies", 0)),
        "copy": ticket.get("copies", 0),
        "state": state,
        "place": ticket["place"],
        "category": ticket.get("category", ""),
        "price_type": ticket.get("price_type", ""),
        "used_at": admitted["at"] if admitted else None,
        "used_by": admitted["till"] if admitted else None,
    }


def _called_off(connection: Connection, show: str) -> bool:
    """Whether nobody is let in to a show. Raises Refused("unknown_show")."""
    body = connection.execute(
        select(DOCUMENT.c.body).where(DOCUMENT.c.family == "show", DOCUMENT.c.id == show)
    ).scalar()
    if body is None:
        raise Refused("unknown_show", show=show)
    return _is_off(body) or show in called_off(connection).abandoned


def _is_off(body: str) -> bool:
    """Whether a show's document says that it is cancelled."""
    return bool(json.loads(body).get("state") == "cancelled")


# ---- scans -------------------------------------------------------------------------------


def take(connection: Connection, gate: str, scans: Sequence[Scan]) -> list[dict[str, Any]]:
    """Book scans, in their order; what each is answered. Told again they are answered again, and booked no more."""
    named = GATE_SCAN.c.id.in_(bindparam("ids", expanding=True))
    told = connection.execute(
        select(GATE_SCAN).where(GATE_SCAN.c.gate == gate, named), {"ids": [scan.id for scan in scans]}
    )
    known = {row.id: {"id": row.id, "result": row.result, "ticket": row.ticket, "at": row.at} for row in told}
    tickets, shut = _tickets(connection, scans)
    off = {show: _called_off(connection, show) for show in {scan.show for scan in scans}}
    let_in: list[str] = []
    for scan in scans:
        if scan.id in known:
            continue
        plain = scan.code.partition(".")[0]
        found = tickets.get(plain)
        result, copy = _judge(found, scan, off=off[scan.show], closed=plain in shut)
        ticket = found.id if found is not None else ""
        if found is not None and result == "admitted":
            admission = Admission(gate, scan.at, copy)
            tickets[plain] = replace(found, admission=admission)
            fact = f"{BY_GATE}{gate}:{scan.id}"
            connection.execute(insert(ADMISSION).values(ticket=ticket, fact_id=fact, **admission.to_json()))
            let_in.append(ticket)
        said = {"result": result, "ticket": ticket, "at": scan.at}
        row = {"gate": gate, "id": scan.id, "show_id": scan.show, "code": scan.code, "let_in": int(scan.let_in)}
        connection.execute(insert(GATE_SCAN).values(**row, **said))
        known[scan.id] = {"id": scan.id} | said
    if let_in:
        changes.log(connection, [changes.Entry("sale", id=sale) for sale in sales_of(connection, let_in)])
    return [known[scan.id] | ({"training": True} if of_training(scan.code) else {}) for scan in scans]


def _tickets(connection: Connection, scans: Sequence[Scan]) -> tuple[dict[str, Shown], set[str]]:
    """The tickets of these codes, locked, as the gate is to know them, by their original's code; and the codes of
    those whose places may not be used."""
    rows = connection.execute(
        select(TICKET)
        .where(TICKET.c.code.in_(bindparam("codes", expanding=True)))
        .order_by(TICKET.c.id)
        .with_for_update(),
        {"codes": sorted({scan.code.partition(".")[0] for scan in scans})},
    ).all()
    there = connection.execute(
        select(ADMISSION).where(ADMISSION.c.ticket.in_(bindparam("ids", expanding=True))),
        {"ids": [row.id for row in rows]},
    )
    admitted = {row.ticket: Admission(row.till, row.at, row.copy) for row in there}
    closed = called_off(connection).closed
    return {
        row.code: Shown(row.id, row.show_id, "refunded" if row.claimed else row.state, row.copies, admitted.get(row.id))
        for row in rows
    }, {row.code for row in rows if row.unit in closed.get(row.show_id, ())}


def _judge(found: Shown | None, scan: Scan, *, off: bool, closed: bool) -> tuple[str, int]:
    """What a scan is answered, and which paper it was: "admitted", or the code of the refusal."""
    if off:
        return "show_cancelled", 0
    try:
        _, copy = read_code(scan.code)
        if found is None:
            return "unknown_ticket", 0
        shown = check(found, scan.show, copy)
        return ("place_closed", 0) if closed else ("admitted", shown)
    except ValueError:
        return "unknown_ticket", 0
    except Refused as refused:
        return refused.code, 0
