"""Facts that change what a sale's document says (`pos.domain.amend`): its tenders, and whose a ticket is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select, update

from pos.domain.amend import corrected, renamed
from pos.domain.facts import Fact, Kind
from sync.office.store.tables import BESIDE, SALE

_LOCK: Final = (
    select(SALE.c.id, SALE.c.body)
    .where(SALE.c.id.in_(bindparam("sales", expanding=True)))
    .order_by(SALE.c.id)
    .with_for_update()
)
_WRITE: Final = update(SALE).where(SALE.c.id == bindparam("this")).values(body=bindparam("text"))


@dataclass
class Amendments:
    """What a page of facts says of sales that were made before, in the order in which it does."""

    told: dict[str, list[Fact]] = field(default_factory=dict)

    def take(self, fact: Fact) -> None:
        """Keep what a readable fact changes, if it is of such a kind."""
        if sale := sale_of(fact):
            self.told.setdefault(sale, []).append(fact)

    def take_early(self, fact: Fact) -> None:
        """The same of one that came before its sale did: among others, in the order in which they were made."""
        self.take(fact)
        self.told[sale_of(fact)].sort(key=lambda told: datetime.fromisoformat(told.at))

    def write(self, connection: Connection) -> list[str]:
        """Change the documents, sales of this very page included; the sales of which there is news."""
        if not self.told:
            return []
        rows = connection.execute(_LOCK, {"sales": sorted(self.told)}).all()
        for row in rows:
            document: dict[str, Any] = json.loads(row.body)
            for fact in self.told[row.id]:
                if "erased" in document and fact.kind == Kind.TICKET_RENAMED:
                    connection.execute(delete(BESIDE).where(BESIDE.c.fact_id == fact.fact_id))
                    continue  # nobody is named any more
                document = _amended(document, fact.kind, fact.body)
            text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
            connection.execute(_WRITE, {"this": row.id, "text": text})
        return [row.id for row in rows]


def sale_of(fact: Fact) -> str:
    """The sale whose document a fact changes, "" for none."""
    if fact.kind not in (Kind.TENDER_CORRECTED, Kind.TICKET_RENAMED):
        return ""
    return str((fact.body["correction"] if fact.kind == Kind.TENDER_CORRECTED else fact.body)["sale"])


def _amended(document: dict[str, Any], kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
    if kind == Kind.TENDER_CORRECTED:
        return corrected(document, body["correction"])
    return renamed(document, body)
