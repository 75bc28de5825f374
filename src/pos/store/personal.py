"""Taking what is personal out of a till's own ledger, once it has heard that somebody is to be forgotten.

The facts stay as they are, since nothing personal is in them.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, delete, select, update

from pos.domain.customers import FAMILY
from pos.domain.personal import forget
from pos.store import tables as t


def erase(connection: Connection, customers: Collection[str], named: Collection[str]) -> list[str]:
    """Forget these customers, and who bought these sales, in the caller's transaction; the sales that were theirs."""
    connection.exec_driver_sql("PRAGMA secure_delete = ON")  # what is deleted is overwritten
    sales: list[str] = []
    for row in connection.execute(select(t.sale.c.id, t.sale.c.body).where(t.sale.c.name != "")).all():
        body = json.loads(row.body)
        if row.id in named or body.get("buyer", {}).get("customer") in customers:
            sales.append(row.id)
            plain = json.dumps(forget(body))
            connection.execute(update(t.sale).where(t.sale.c.id == row.id).values(body=plain, name=""))
    _beside(connection, customers, sales)
    _records(connection, customers, sales)
    for job in connection.execute(
        select(t.print_job.c.id, t.print_job.c.content).where(t.print_job.c.sale.in_(sales))
    ).all():
        content = json.dumps(_without_buyer(json.loads(job.content)))
        connection.execute(update(t.print_job).where(t.print_job.c.id == job.id).values(content=content))
    return sales


def _beside(connection: Connection, customers: Collection[str], sales: Collection[str]) -> None:
    rows = connection.execute(
        select(t.beside.c.number, t.journal.c.envelope).join(t.journal, t.journal.c.number == t.beside.c.number)
    ).all()
    numbers = []
    for row in rows:
        body = json.loads(row.envelope)["body"]
        sale, record = body.get("sale"), body.get("record", {})
        about = {sale.get("id") if isinstance(sale, dict) else sale, record.get("sale")}
        if body.get("customer") in customers or record.get("customer") in customers or about & set(sales):
            numbers.append(row.number)
    connection.execute(delete(t.beside).where(t.beside.c.number.in_(numbers)))


def _records(connection: Connection, customers: Collection[str], sales: Collection[str]) -> None:
    own = t.own_record.c
    for row in connection.execute(select(own.family, own.id, own.body).where(own.family.in_((FAMILY, "case")))).all():
        body = json.loads(row.body)
        if row.family == FAMILY and row.id in customers:
            plain: dict[str, Any] = {"number": 0, "told": {"id": row.id, "erased": True}}
        elif row.family == "case" and (body.get("customer") in customers or body.get("sale") in sales):
            plain = forget(body)
        else:
            continue
        where = (own.family == row.family, own.id == row.id)
        connection.execute(update(t.own_record).where(*where).values(body=json.dumps(plain)))


def _without_buyer(content: Any) -> Any:
    """What is to be printed without the names on it."""
    if isinstance(content, dict):
        return {key: "" if key == "buyer" else _without_buyer(value) for key, value in content.items()}
    return [_without_buyer(item) for item in content] if isinstance(content, list) else content
