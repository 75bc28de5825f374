"""Who did what: the office holds every fact against the same roles as the till."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, select

from pos.domain.facts import Fact, Kind
from pos.domain.season import MAY, SELLING_ROLES, SETTLING_ROLES
from sync.office.rules.bodies import document_in
from sync.office.store.tables import DOCUMENT

SETTLES: Final = (Kind.DISPUTE_TAKEN, Kind.DISPUTE_RESOLVED)


@dataclass(frozen=True)
class People:
    """The roles of those who did the facts of a page, by user."""

    roles: dict[str, str]

    @classmethod
    def of(cls, connection: Connection, facts: Sequence[Fact]) -> People:
        users = sorted({user for fact in facts for user in (user_of(fact), approver_of(fact)) if user})
        rows = connection.execute(
            select(DOCUMENT.c.id, DOCUMENT.c.body).where(
                DOCUMENT.c.family == "user", DOCUMENT.c.id.in_(bindparam("users", expanding=True))
            ),
            {"users": users},
        )
        return cls({row.id: json.loads(row.body)["role"] for row in rows})

    def may(self, fact: Fact) -> bool:
        """Whether who did this has a role for it."""
        if fact.kind in (Kind.CUSTOMERS_MERGED, Kind.CUSTOMER_ERASED):
            return self.roles.get(user_of(fact)) in MAY["customers"]
        supervised = fact.kind in SETTLES or fact.kind == Kind.PLACES_RELEASED
        return self.roles.get(user_of(fact)) in (SETTLING_ROLES if supervised else SELLING_ROLES)


def user_of(fact: Fact) -> str:
    """Who did it, "" where nobody is named."""
    user = document_in(fact).get("user", "")
    return user if isinstance(user, str) else ""


def approver_of(fact: Fact) -> str:
    """Who approved it, "" where nobody did."""
    approver = document_in(fact).get("approver", "")
    return approver if isinstance(approver, str) else ""
