"""Parcels of cash and the safe, held against the facts that tell of them: whatever must be empty is."""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, text

from sync.office.verify.journal import Story, digits
from sync.office.verify.report import Report

# Which accounts hold a sort of parcel, and by which steps it begins, passes on and ends.
_ACCOUNTS: Final = {
    "bag": ("bag",),
    "transfer": ("transit",),
    "change_order": ("change_order",),
    "deposit": ("deposit_bag", "courier"),
}
_PHASES: Final = {
    **dict.fromkeys(("made", "dropped", "sent", "ordered"), "begin"),
    **dict.fromkeys(("approved", "collected"), "pass"),
    **dict.fromkeys(("taken", "opened", "banked", "received", "taken_back", "refused", "credited"), "end"),
}


def check_parcels(connection: Connection, report: Report, story: Story) -> None:
    """I4: numbered cash is where its steps say, once; the ledger as a whole sums to zero."""
    steps = _steps(connection, story)
    documents = {
        id: json.loads(body)
        for id, body in connection.execute(text("SELECT id, body FROM document WHERE family = 'parcel'"))
    }
    disputed = set(connection.execute(text("SELECT fact_id FROM dispute WHERE cause = 'parcel'")).scalars())
    held = _held(story)
    for id in sorted(steps.keys() | documents.keys()):
        document = documents.get(id)
        told = {(fact, item["what"]) for fact, item in steps.get(id, [])}
        if document is None or told != {(step["fact"], step["what"]) for step in document["steps"]}:
            report.violation("I3", f"parcel {id}: the office has it otherwise than the facts about it")
            continue
        sort, _, number = id.partition(":")
        sums: dict[str, int] = defaultdict(int)
        for account in _ACCOUNTS[sort]:
            for code, minor in held.pop(f"{account}:{number}", {}).items():
                sums[code] += minor
        _one(report, id, document, {code: minor for code, minor in sums.items() if minor})
        _once(report, id, steps[id], disputed)
    kinds = {account for accounts in _ACCOUNTS.values() for account in accounts}
    for account, left in sorted(held.items()):
        if account.partition(":")[0] in kinds and any(left.values()):
            report.violation("I4", f"{account}: {dict(left)} is on it, and no parcel of that number is known")
    _safe(connection, report)
    for code, minor in connection.execute(text("SELECT currency, sum(minor) FROM posting GROUP BY currency")):
        if minor:
            report.violation("I4", f"all accounts together have {minor} minor units of {code}, and not nothing")


def _steps(connection: Connection, story: Story) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """Parcel's id -> the facts that took a step of it, with what they say."""
    found: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    rows = connection.execute(
        text(
            "SELECT fact_id, envelope FROM fact WHERE envelope LIKE '%\"parcels\":%' ORDER BY till, incarnation, number"
        )
    )
    for fact, envelope in rows:
        if fact not in story.unreadable:
            for item in json.loads(envelope)["body"].get("parcels", ()):
                found[f"{item['sort']}:{item['number']}"].append((fact, item))
    return found


def _held(story: Story) -> dict[str, dict[str, int]]:
    """Account -> what the facts that can be read have left on it, by currency."""
    held: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for fact, money in story.money.items():
        if fact not in story.unreadable:
            for (account, code), minor in money.items():
                held[account][code] += minor
    return held


def _one(report: Report, id: str, document: dict[str, Any], sums: dict[str, int]) -> None:
    """What a parcel has open is what is on its accounts: all of it while under way, then nothing, or a difference."""
    told = {code: _minor(amount, code) for code, amount in document["open"].items()}
    if told != sums:
        report.violation("I4", f"parcel {id}: {sums} minor units are on its accounts, it has {told} open")
    elif sums and document["ended"] and not document["early"]:
        report.notes.append(f"parcel {id}: it was {document['state']}, and {sums} minor units are to be explained")
    elif document["early"]:
        report.notes.append(f"parcel {id}: it was {document['state']}, and nobody has told yet where it came from")


def _once(report: Report, id: str, steps: list[tuple[str, dict[str, Any]]], disputed: set[str]) -> None:
    """A parcel begins, passes on and ends once; whatever does it again is a dispute."""
    phases: dict[str, list[str]] = defaultdict(list)
    for fact, item in steps:
        if phase := _PHASES.get(item["what"]):
            phases[phase].append(fact)
    for phase, facts in phases.items():
        if len(facts) > 1 and len(disputed.intersection(facts)) < len(facts) - 1:
            report.violation("I4", f"parcel {id}: {phase} by {', '.join(facts)}, without a dispute")


def _safe(connection: Connection, report: Report) -> None:
    """What tills are told of the safe is what the ledger has."""
    body = connection.execute(text("SELECT body FROM document WHERE family = 'safe'")).scalar()
    told = json.loads(body)["balances"] if body else {}
    rows = connection.execute(text("SELECT currency, sum(minor) FROM posting WHERE account = 'safe' GROUP BY currency"))
    there = {code: int(minor) for code, minor in rows}
    if body and {code: _minor(amount, code) for code, amount in told.items()} != there:
        report.violation("I4", f"the safe: the ledger has {there} minor units, tills are told of {told}")


def _minor(amount: str, code: str) -> int:
    return int(Decimal(amount).scaleb(digits(code)))
