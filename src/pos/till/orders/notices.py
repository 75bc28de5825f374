"""The outbox as this till sees it: what the office has sent or is about to, and what waits here to be told to it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from pos.domain.facts import Fact, Kind
from pos.store import journal
from pos.till.desk import Desk

FAMILY: Final = "notice"
SHOWN: Final = 200
_TELLS: Final = {Kind.TICKETS_SOLD: "sale", Kind.TICKETS_EXCHANGED: "sale"}


def outbox(desk: Desk, *, state: str = "all", sales: Sequence[str] = ()) -> dict[str, Any]:
    """Notices to customers, the newest first: `queued` here or at the office, `sent`, or `failed` and why; of these
    `sales` alone, where they are named.

    A sale to somebody with an e-mail address is one; with the line down it waits in this till's journal.
    """
    desk.signed_in()
    heard = list(desk.replica.records(FAMILY).values()) if desk.replica.complete() else []
    known = {one["id"] for one in heard}
    waiting = [one for one in _unsent(desk) if one["id"] not in known]
    found = [one for one in (*waiting, *heard) if state in ("all", one["state"])]
    found = [one for one in found if not sales or one["sale"] in sales]
    found.sort(key=lambda one: str(one["at"]), reverse=True)
    return {"notices": found[:SHOWN]}


def _unsent(desk: Desk) -> list[dict[str, Any]]:
    """What the office will hear of and write about."""
    found = []
    for signed in journal.facts_after(desk.ledger.connection, desk.acknowledged(), 500):
        if "@" not in signed.beside:
            continue
        fact = Fact.from_bytes(signed.envelope)
        if fact.kind in _TELLS and (address := _contact(signed.beside)):
            sale = fact.body["sale"]["id"]
            masked = f"{address[:1]}…@{address.rpartition('@')[2]}"
            found.append(
                {"id": f"sale:{sale}", "kind": "sale", "sale": sale, "state": "queued", "to": masked, "at": fact.at,
                 "tries": 0, "here": True}
            )  # fmt: skip
    return found


def _contact(beside: str) -> str:
    """The e-mail address among what lies beside a sale's fact."""
    values = {tuple(path): value for path, value in json.loads(beside)["values"]}
    contact = str(values.get(("sale", "contact"), ""))
    return contact if "@" in contact else ""
