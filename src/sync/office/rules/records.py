"""Records that tills keep (pos.domain.records): taken from the facts of their homes, told to every till."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert

from pos.domain.facts import Fact
from pos.domain.records import is_of, record_in
from sync.office.rules.changes import Entry
from sync.office.store.tables import DOCUMENT

_FORGET: Final = delete(DOCUMENT).where(
    DOCUMENT.c.family == bindparam("of_family"), DOCUMENT.c.id == bindparam("of_id")
)


@dataclass
class Records:
    """What a page of facts makes of records, the last word on each."""

    told: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def take(self, fact: Fact) -> str:
        """Take what a fact carries; why it is not taken, "" when there is nothing against it."""
        found = record_in(fact.kind, fact.body)
        if found is None:
            return ""
        family, record = found
        if not is_of(str(record["id"]), fact.till) or record["home"] != fact.till:
            return f"the {family} {record['id']!r} is kept by {record['home']!r}"
        self.told[family, record["id"]] = record
        return ""

    def write(self, connection: Connection) -> list[Entry]:
        """Write them; what tills are told."""
        if not self.told:
            return []
        connection.execute(_FORGET, [{"of_family": family, "of_id": id} for family, id in self.told])
        rows = [
            {"family": family, "id": id, "body": json.dumps(body, ensure_ascii=False, sort_keys=True)}
            for (family, id), body in self.told.items()
        ]
        connection.execute(insert(DOCUMENT), rows)
        return [Entry("document", family=family, id=id, body=body) for (family, id), body in self.told.items()]
