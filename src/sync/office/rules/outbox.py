"""The outbox: notices that wait, were sent, or could not be, and what tills are told of them.

A notice is written whole when it is queued, so that it says what was true then; but one with tickets in it is
written anew when it is sent (`enclosed`), for a code opens a door. Its address and text stay at the
office; tills are told whom it is for by a masked address, and how it stands. A notice is sent at least once:
whoever sends it takes it for a while first, and a sender that dies leaves it to be taken again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from pos.domain.customers import REGISTER
from sync.office.clock import now_iso
from sync.office.rules.changes import Entry
from sync.office.rules.documents import store
from sync.office.rules.letters import House, letter
from sync.office.store.tables import DOCUMENT, SALE, TICKET

FAMILY: Final = "notice"  # of what tills are told
LETTERS: Final = "notice_letter"  # of what stays here: address, subject, text
TAKEN_FOR: Final = timedelta(minutes=2)
WAITS: Final = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720))
_AT_ONCE: Final = 500
# Letters that are not over have a due time; those that are keep nothing but their number.
_DUE: Final = (
    select(DOCUMENT.c.id, DOCUMENT.c.body)
    .where(DOCUMENT.c.family == LETTERS, DOCUMENT.c.body.contains('"due"'))
    .order_by(DOCUMENT.c.id)
)
_ADDRESS: Final = re.compile(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,190}\.[^@\s<>,;\".]{2,}")


def address_in(text: object) -> str:
    """The e-mail address that a contact is, "" when it is none."""
    found = str(text or "").strip()
    return found if _ADDRESS.fullmatch(found) else ""


def masked(address: str) -> str:
    name, _, host = address.partition("@")
    return f"{name[:1]}…@{host}"


def house(connection: Connection) -> House:
    """What letters name of the house, as it is now."""
    found: dict[str, dict[str, Any]] = {"venue": {}, "show": {}, "production": {}}
    rows = connection.execute(select(DOCUMENT).where(DOCUMENT.c.family.in_(list(found))))
    for row in rows:
        found[row.family][row.id] = json.loads(row.body)
    venue = next(iter(found["venue"].values()), {"name": "", "currency": "EUR", "timezone": "UTC"})
    zone = ZoneInfo(venue["timezone"])
    shows = {
        id: (
            found["production"].get(show["production"], {}).get("title", {}),
            datetime.fromisoformat(show["starts"]).astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        )
        for id, show in found["show"].items()
    }
    return House(venue["name"], venue["currency"], shows)


def queue(connection: Connection, id: str, kind: str, document: dict[str, Any], of: House | None = None) -> list[Entry]:
    """Queue a notice about a document whose contact is an address; nothing for any other, or for one queued before.
    `of` is the house, where it has been read already."""
    address = address_in(document.get("contact"))
    if not address or _known(connection, id):
        return []
    buyer = document.get("buyer")
    language = buyer.get("language", "en") if isinstance(buyer, dict) else "en"
    subject, text = letter(kind, language, document, of or house(connection))
    encloses = {"encloses": str(document["id"])} if kind == "sale" and document.get("delivery") == "email" else {}
    sale = str(document.get("sale") or document.get("id") or "")
    return _queue(connection, id, kind, address, subject, text, sale, encloses)


def put(connection: Connection, id: str, kind: str, to: str, subject: str, text: str) -> list[Entry]:
    """Queue a notice that is written already; nothing without an address, or for one queued before."""
    address = address_in(to)
    if not address or _known(connection, id):
        return []
    return _queue(connection, id, kind, address, subject, text, "", {})


def _known(connection: Connection, id: str) -> bool:
    known = select(DOCUMENT.c.id).where(DOCUMENT.c.family == FAMILY, DOCUMENT.c.id == id)
    return connection.execute(known).first() is not None


def _queue(
    connection: Connection, id: str, kind: str, to: str, subject: str, text: str, sale: str, more: dict[str, str]
) -> list[Entry]:
    now = now_iso()
    whole = {"id": id, "to": to, "subject": subject, "text": text, "due": now, "tries": 0}
    store(connection, LETTERS, id, whole | more)
    told = {"id": id, "kind": kind, "sale": sale, "state": "queued", "to": masked(to), "at": now, "tries": 0}
    return [_tell(connection, told)]


def _tell(connection: Connection, document: dict[str, Any]) -> Entry:
    store(connection, FAMILY, document["id"], document)
    return Entry("document", family=FAMILY, id=document["id"], body=document)


def queue_refund(connection: Connection, refund: dict[str, Any]) -> list[Entry]:
    """Queue a notice for whoever bought what was paid back."""
    ids = [str(ticket["id"]) for ticket in refund["tickets"]]
    query = select(SALE.c.body).join_from(SALE, TICKET, TICKET.c.sale_id == SALE.c.id).where(TICKET.c.id.in_(ids))
    body = connection.execute(query.order_by(SALE.c.id).limit(1)).scalar()
    if body is None:
        return []
    sale = json.loads(body)
    about = {key: sale[key] for key in ("name", "contact", "buyer") if key in sale}
    return queue(connection, f"refund:{refund['id']}", "refund", refund | about | {"sale": sale["id"]})


def waiting(connection: Connection, now: datetime) -> bool:
    """Whether a letter is due."""
    rows = connection.execute(_DUE.limit(_AT_ONCE))
    return any(datetime.fromisoformat(json.loads(row.body)["due"]) <= now for row in rows)


def take(connection: Connection, now: datetime) -> dict[str, Any] | None:
    """A letter that is due, taken by this sender for TAKEN_FOR; None when nothing is."""
    rows = connection.execute(_DUE.limit(_AT_ONCE).with_for_update(skip_locked=True))
    for row in rows.all():
        whole: dict[str, Any] = json.loads(row.body)
        if datetime.fromisoformat(whole["due"]) <= now:
            store(connection, LETTERS, row.id, whole | {"due": (now + TAKEN_FOR).isoformat()})
            return whole
    return None


def ended(connection: Connection, id: str, why: str, *, for_good: bool, now: datetime) -> list[Entry]:
    """A letter was sent (`why` is empty) or not: tried again later, or given up."""
    rows = {
        row.family: json.loads(row.body)
        for row in connection.execute(
            select(DOCUMENT.c.family, DOCUMENT.c.body).where(
                DOCUMENT.c.family.in_((FAMILY, LETTERS)), DOCUMENT.c.id == id
            )
        )
    }
    if len(rows) < 2:
        return []  # erased meanwhile
    whole, told = rows[LETTERS], rows[FAMILY]
    tries = int(whole["tries"]) + 1
    over = not why or for_good or tries > len(WAITS)
    state = "sent" if not why else "failed" if over else "queued"
    if over:  # neither address nor text is needed any more
        whole = {"id": id, "tries": tries}
    else:
        whole |= {"tries": tries, "due": (now + WAITS[tries - 1]).isoformat()}
    store(connection, LETTERS, id, whole)
    return [_tell(connection, told | {"state": state, "tries": tries, "at": now_iso()} | ({"why": why} if why else {}))]


def about_show(connection: Connection, show: str, kind: str, mark: str) -> list[Entry]:
    """Queue a notice for each buyer with a live ticket of a show. A reminder needs the customer's consent."""
    body = connection.execute(
        select(DOCUMENT.c.body).where(DOCUMENT.c.family == "show", DOCUMENT.c.id == show)
    ).scalar_one()
    state = json.loads(body).get("state", "")
    live = select(TICKET.c.sale_id).where(TICKET.c.show_id == show, TICKET.c.state == "live")
    sales = connection.execute(select(SALE.c.id, SALE.c.body).where(SALE.c.id.in_(live)).order_by(SALE.c.id)).all()
    entries: list[Entry] = []
    for row in sales:
        document = json.loads(row.body)
        if kind == "reminder" and not _consents(connection, document):
            continue
        about = {key: document[key] for key in ("name", "contact", "buyer") if key in document}
        about |= {"show": show, "state": state, "sale": row.id}
        entries += queue(connection, f"{kind}:{show}:{mark}:{row.id}", kind, about)
    return entries


def _consents(connection: Connection, document: dict[str, Any]) -> bool:
    buyer = document.get("buyer")
    id = buyer.get("customer", "") if isinstance(buyer, dict) else ""
    body = connection.execute(
        select(DOCUMENT.c.body).where(DOCUMENT.c.family == REGISTER, DOCUMENT.c.id == id)
    ).scalar()
    consent = json.loads(body or "{}").get("profile", {}).get("consent", {})
    return bool(consent.get("given"))


def forget(connection: Connection, sales: Iterable[str]) -> list[Entry]:
    """Take address and text of the notices about these sales away; those that wait are not sent."""
    wanted = set(sales)
    entries: list[Entry] = []
    for row in connection.execute(select(DOCUMENT.c.id, DOCUMENT.c.body).where(DOCUMENT.c.family == FAMILY)).all():
        told = json.loads(row.body)
        if told["sale"] in wanted:
            store(connection, LETTERS, row.id, {"id": row.id, "tries": 0})
            state = told["state"] if told["state"] != "queued" else "failed"
            entries.append(_tell(connection, told | {"to": "", "state": state, "why": "erased"}))
    return entries
