"""Steps in the audit that were taken at this till: facts first, laid over what the office says until it has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pos.store import records
from pos.till.desk import Desk, Unit

_FAMILY: Final = "audit_step"  # of the ledger's own records, by the number of the fact

Step = dict[str, Any]


def keep(desk: Desk, unit: Unit, number: int, family: str, of: str, step: Step) -> None:
    """Note what fact `number` did, in its own transaction."""
    row = {"id": f"{number:012d}", "family": family, "of": of, "step": step}
    records.put(desk.ledger.connection, _FAMILY, row)


def waiting(desk: Desk, family: str, known: Mapping[str, Mapping[str, Any]]) -> dict[str, list[Step]]:
    """Document's id -> this till's steps about it that the office has not told back, in order."""
    found: dict[str, list[Step]] = {}
    for row in sorted(records.own(desk.ledger.connection, _FAMILY).values(), key=lambda row: str(row["id"])):
        heard = {step["fact"] for step in known.get(row["of"], {}).get("history", ())}
        if row["family"] == family and row["step"]["fact"] not in heard:
            found.setdefault(row["of"], []).append(row["step"])
    return found
