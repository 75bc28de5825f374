"""The register of customers: what facts make of it, what tills are told, and what is erased.

The register's own records never leave the office but for an answer to a till (`rules.look`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, or_, select, update

from pos.domain.customers import FAMILY, REGISTER, changed, merged, told
from pos.domain.facts import Fact, Kind
from pos.domain.personal import forget
from pos.domain.records import is_of
from sync.office.rules import live, noted, outbox
from sync.office.rules.changes import Entry
from sync.office.rules.documents import store
from sync.office.store.tables import BESIDE, CHANGE_LOG, DISPUTE, DOCUMENT, FACT, SALE, TICKET

ABOUT: Final = (Kind.CUSTOMER_RECORDED, Kind.CUSTOMER_CHANGED, Kind.CUSTOMERS_MERGED, Kind.CUSTOMER_ERASED)
Record = dict[str, Any]  # {"id", "profile", "merged": [ids]}, or {"id", "into"} | {"id", "erased": when}


@dataclass
class Customers:
    """The records that a page of facts is about, locked, and what became of them."""

    connection: Connection
    records: dict[str, Record]
    restored: bool = False  # the office was: a customer may be still to come
    _waiting: dict[str, list[Fact]] = field(default_factory=dict)  # what is done with such, by subject
    _changed: dict[str, Record] = field(default_factory=dict)
    _erased: list[tuple[list[str], list[str]]] = field(default_factory=list)  # customers, sales

    @classmethod
    def lay(cls, connection: Connection, facts: Sequence[Fact], *, restored: bool) -> Customers:
        """After places, before the change log's head."""
        ids = {id for fact in facts for id in _named(fact)}
        return cls(connection, records_of(connection, ids, lock=True), restored)

    def take(self, fact: Fact) -> str:
        """What a fact makes of the register; why it is not taken, "" when there is nothing against it."""
        if fact.kind not in ABOUT:
            return ""
        id = fact.body["customer"]
        record = self.records.get(id)
        if fact.kind == Kind.CUSTOMER_RECORDED:
            if record is not None or not is_of(id, fact.till):
                return f"there is a customer {id!r} already" if record is not None else f"{id!r} is another till's"
            self._put({"id": id, "profile": changed({}, _profile(fact)), "since": fact.at, "merged": []})
            self._take_early(id)
            return ""
        record = self._standing(record)
        missing = next((named for named in _named(fact) if named not in self.records), "")
        if self.restored and missing:
            self._waiting.setdefault(noted.of(FAMILY, missing), []).append(fact)
            return ""
        if record is None:
            return f"there is no customer {id!r}"
        if "erased" in record:
            self._erase_merged(record, fact)
            return ""  # a change that came too late: nothing is kept of it
        if fact.kind == Kind.CUSTOMER_CHANGED:
            self._put(record | {"profile": changed(record["profile"], _profile(fact))})
        elif fact.kind == Kind.CUSTOMERS_MERGED:
            return self._merge(record, self._standing(self.records.get(fact.body["merged"])))
        else:
            self._erase(record, fact)
        return ""

    def _take_early(self, id: str) -> None:
        """What others have done with a customer before the office heard of it."""
        if self.restored:
            subject = noted.of(FAMILY, id)
            for fact in (*(fact for fact, _ in noted.steps(self.connection, subject)), *self._waiting.pop(subject, ())):
                others = [named for named in _named(fact) if named not in self.records]
                self.records |= records_of(self.connection, others, lock=True)
                self.take(fact)

    def early(self) -> list[noted.Row]:
        """What this page has told of customers who are still to come."""
        return [noted.row(subject, fact.fact_id) for subject, facts in self._waiting.items() for fact in facts]

    def _merge(self, record: Record, other: Record | None) -> str:
        if other is None or "erased" in other or other["id"] == record["id"]:
            return ""  # it is one already, or there is nothing left to merge
        ids = [*record["merged"], other["id"], *other["merged"]]
        self._put(record | {"profile": merged(record["profile"], other["profile"]), "merged": ids})
        self._put({"id": other["id"], "into": record["id"]})
        return ""

    def _erase(self, record: Record, fact: Fact) -> None:
        ids = [record["id"], *record["merged"]]
        for id in ids:
            self._put({"id": id, "erased": fact.at, "sales": fact.body.get("sales", [])})
        self._erased.append((ids, fact.body.get("sales", [])))

    def _erase_merged(self, record: Record, fact: Fact) -> None:
        """Who had been made one with somebody before that one was erased: only the office has heard of it late."""
        other = self._standing(self.records.get(fact.body.get("merged", "")))
        if other is None or "erased" in other or not self.restored:
            return
        if datetime.fromisoformat(fact.at) <= datetime.fromisoformat(record["erased"]):
            ids = [other["id"], *other["merged"]]
            for id in ids:
                self._put({"id": id, "erased": record["erased"], "sales": []})
            self._erased.append((ids, []))

    def erase_sales(self, sales: Sequence[str]) -> None:
        """Take what is personal from sales of this page, which somebody has named when a customer was erased."""
        if sales:
            self._erased.append(([], list(sales)))

    def _put(self, record: Record) -> None:
        self.records[record["id"]] = self._changed[record["id"]] = record

    def _standing(self, record: Record | None) -> Record | None:
        """The record that this one was merged into, itself if it was not."""
        while record is not None and "into" in record:
            record = self.records.get(record["into"]) or records_of(self.connection, [record["into"]]).get(
                record["into"]
            )
        return record

    def erased(self, document: dict[str, Any]) -> bool:
        """Whether a document is of a customer who has been erased: then nothing personal of it is kept."""
        record = self._standing(self.records.get(_buyer(document)))
        return (record is not None and "erased" in record) or _of_erased_fact(document, self.records)

    def write(self) -> list[Entry]:
        """Write what changed; what tills are told. After the page's own rows, before the change log."""
        entries: list[Entry] = []
        for id, record in self._changed.items():
            document = _told(record)
            store(self.connection, REGISTER, id, record)
            store(self.connection, FAMILY, id, document)
            entries.append(Entry("document", family=FAMILY, id=id, body=document))
        for ids, sales in self._erased:
            entries += erase(self.connection, ids, sales)
        return entries


def _named(fact: Fact) -> list[str]:
    """The customers that a fact names."""
    body = fact.body
    if fact.kind in ABOUT:
        return [id for id in (body.get("customer"), body.get("merged")) if isinstance(id, str)]
    sale = body.get("sale")
    return [found] if isinstance(sale, dict) and (found := _buyer(sale)) else []


def _buyer(document: dict[str, Any]) -> str:
    buyer = document.get("buyer")
    found = buyer.get("customer", "") if isinstance(buyer, dict) else ""
    return found if isinstance(found, str) else ""


def _of_erased_fact(document: dict[str, Any], records: dict[str, Record]) -> bool:
    """Whether what a fact says of a customer comes after that customer was erased."""
    record = records.get(str(document.get("customer", "")))
    return record is not None and "erased" in record


def _profile(fact: Fact) -> dict[str, Any]:
    """What the fact says; nothing where it was erased before it came."""
    profile = fact.body.get("profile")
    return profile if isinstance(profile, dict) else {}


def _told(record: Record) -> dict[str, Any]:
    if "profile" in record:
        return told(record["id"], record["profile"])
    return {key: value for key, value in record.items() if key in ("id", "into", "erased", "sales")}


def records_of(connection: Connection, ids: Iterable[str], *, lock: bool = False) -> dict[str, Record]:
    """The register's records of these customers."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    query = (
        select(DOCUMENT.c.id, DOCUMENT.c.body)
        .where(DOCUMENT.c.family == REGISTER, DOCUMENT.c.id.in_(bindparam("ids", expanding=True)))
        .order_by(DOCUMENT.c.id)
    )
    rows = connection.execute(query.with_for_update() if lock else query, {"ids": wanted})
    return {row.id: json.loads(row.body) for row in rows}


# ---- erasing -----------------------------------------------------------------------------


def sales_of(connection: Connection, customers: Sequence[str], named: Sequence[str] = ()) -> list[Any]:
    """Rows (id, fact_id, body) of these customers' sales, and of those named. Reads through all sales."""
    theirs = [SALE.c.body.contains(json.dumps({"customer": id}, separators=(",", ":"))[1:-1]) for id in customers]
    query = select(SALE.c.id, SALE.c.fact_id, SALE.c.body).where(or_(SALE.c.id.in_(list(named)), *theirs))
    return [
        row
        for row in connection.execute(query.order_by(SALE.c.id)).all()
        if row.id in named or _buyer(json.loads(row.body)) in customers
    ]


def erase(connection: Connection, customers: Sequence[str], named: Sequence[str]) -> list[Entry]:
    """Take everything personal from these customers' sales and from all that was told of them."""
    found = sales_of(connection, customers, named)
    sales = [row.id for row in found]
    for row in found:
        body = json.dumps(forget(json.loads(row.body)), ensure_ascii=False, separators=(",", ":"))
        connection.execute(update(SALE).where(SALE.c.id == row.id).values(body=body))
    connection.execute(update(TICKET).where(TICKET.c.sale_id.in_(sales), TICKET.c.handed != "").values(handed="{}"))
    facts = [row.fact_id for row in found] + _facts_about(connection, customers, sales)
    connection.execute(delete(BESIDE).where(BESIDE.c.fact_id.in_(facts)))
    log = CHANGE_LOG.c
    connection.execute(
        update(CHANGE_LOG).where(log.family == FAMILY, log.doc_id.in_(list(customers))).values(body='{"gone":true}')
    )
    entries = [Entry("sale", id=sale) for sale in sales]
    orders = [order for row in found if (order := json.loads(row.body).get("order"))]
    entries += live.erase(connection, customers, [*named, *orders])
    entries += outbox.forget(connection, [*sales, *orders])
    return entries + _disputes(connection, sales) + _cases(connection, customers, sales)


def _facts_about(connection: Connection, customers: Sequence[str], sales: Sequence[str]) -> list[str]:
    """The facts with something beside them that are about these customers, or of cases about these sales."""
    of_sales = (Kind.CASE_OPENED, Kind.ORDER_COLLECTED, Kind.ORDER_HANDED_OUT, Kind.TICKET_RENAMED)
    kinds = [kind.value for kind in (*ABOUT, *of_sales)]
    rows = connection.execute(
        select(FACT.c.fact_id, FACT.c.envelope)
        .join(BESIDE, BESIDE.c.fact_id == FACT.c.fact_id)
        .where(FACT.c.kind.in_(kinds))
    )
    found: list[str] = []
    for row in rows:
        # Also what nobody here can read, as far as it says whose it is: what is personal of it is forgotten, too.
        body = json.loads(row.envelope)["body"]
        record = body.get("record")
        named = [body.get("sale"), record.get("sale") if isinstance(record, dict) else None]
        if body.get("customer") in customers or any(one in sales for one in named):
            found.append(row.fact_id)
    return found


def _disputes(connection: Connection, sales: Sequence[str]) -> list[Entry]:
    entries: list[Entry] = []
    for row in connection.execute(select(DISPUTE.c.id, DISPUTE.c.body)).all():
        document = json.loads(row.body)
        if document["sale"] in sales and (document["customer"] or document["contact"]):
            document |= {"customer": "", "contact": ""}
            body = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
            connection.execute(update(DISPUTE).where(DISPUTE.c.id == row.id).values(body=body))
            connection.execute(update(CHANGE_LOG).where(CHANGE_LOG.c.doc_id == row.id).values(body=body))
            entries.append(Entry("document", family="dispute", id=row.id, body=document))
    return entries


def _cases(connection: Connection, customers: Sequence[str], sales: Sequence[str]) -> list[Entry]:
    entries: list[Entry] = []
    for row in connection.execute(select(DOCUMENT.c.id, DOCUMENT.c.body).where(DOCUMENT.c.family == "case")).all():
        document = json.loads(row.body)
        if document.get("sale") in sales or document.get("customer") in customers:
            plain = forget(document)
            store(connection, "case", row.id, plain)
            log = CHANGE_LOG.c
            body = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
            connection.execute(update(CHANGE_LOG).where(log.family == "case", log.doc_id == row.id).values(body=body))
            entries.append(Entry("document", family="case", id=row.id, body=plain))
    return entries
