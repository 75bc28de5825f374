"""The way of cash, both ways: from a shift over its drops and deposits to the bank, and from a bank's credit back to
the shifts and drops that it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pos.domain.errors import Refused
from pos.domain.parcels import BAG, DEPOSIT, Document, id_of, step_of
from pos.store import cashbook
from pos.till.desk import Desk
from pos.till.drawer import parcels


def cash_trail(desk: Desk, *, of: str) -> dict[str, Any]:
    """The trail `of` a parcel (its id or number), a shift, or the reference of a bank's credit.

    `parcels` are those on it, `shifts` whose money is in them and how much of it, `steps` all that was done, in the
    order of their times. Raises Refused("unknown_parcel").
    """
    desk.signed_in()
    known = parcels.believed(desk)
    found = {one["id"]: one for one in _meant(known.values(), of)}
    report = cashbook.report_of(desk.ledger.connection, of)
    if not found and report is None:
        raise Refused("unknown_parcel", sort="trail", number=of)
    while more := {id: known[id] for one in found.values() for id in _next_to(known, one)} | found:
        if len(more) == len(found):
            break
        found = more
    steps = [{"parcel": one["id"]} | step for one in found.values() for step in one["steps"]]
    shifts = sorted({shift for one in found.values() for shift in _shifts(one)} | ({of} if report else set()))
    return {
        "of": of,
        "parcels": [parcels.shown(desk, one) for one in sorted(found.values(), key=lambda one: str(one["made_at"]))],
        "shifts": [_shift(desk, shift, found.values()) for shift in shifts],
        "steps": sorted(steps, key=lambda step: (step["at"], step["fact"])),
    }


def _meant(known: Iterable[Document], of: str) -> Iterator[Document]:
    """The parcels that are asked for by id, number, shift, fact or the bank's reference."""
    for one in known:
        names = {one["id"], one["number"], *_shifts(one)}
        for step in one["steps"]:
            names |= {step["fact"], step.get("reference", ""), step.get("receipt", "")}
        if of in names:
            yield one


def _shifts(parcel: Document) -> set[str]:
    """The shifts whose money a parcel has: those that dropped it, and those a deposit names."""
    begun = step_of(parcel, "begin") or {}
    parts = {part["shift"] for part in begun.get("parts", ()) if "shift" in part}
    return parts | {step["shift"] for step in parcel["steps"] if step.get("shift")}


def _next_to(known: dict[str, Document], parcel: Document) -> Iterator[str]:
    """The bags that a deposit is made of; the deposit that a bag has gone into."""
    begun, ended = step_of(parcel, "begin") or {}, step_of(parcel, "end") or {}
    named = [id_of(BAG, part["bag"]) for part in begun.get("parts", ()) if "bag" in part]
    named += [id_of(DEPOSIT, ended["deposit"])] if ended.get("deposit") else []
    yield from (id for id in named if id in known)


def _shift(desk: Desk, shift: str, found: Iterable[Document]) -> dict[str, Any]:
    """What of a shift's money is on the trail, by parcel; with what it has counted, where that is known here."""
    report = cashbook.report_of(desk.ledger.connection, shift)
    parts = []
    for one in found:
        begun = step_of(one, "begin") or {}
        parts += [
            {"parcel": one["id"], "amount": part["amount"]}
            for part in begun.get("parts", ())
            if part.get("shift") == shift
        ]
        parts += [
            {"parcel": one["id"], "what": step["what"], "amount": step.get("amount", "")}
            for step in one["steps"]
            if step.get("shift") == shift
        ]
    return {"shift": shift, "parts": parts, "counted": report["counted"] if report else None}
