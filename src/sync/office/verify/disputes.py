"""I10: every dispute is visible and has an owner, and is settled by the facts that say so."""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import chain
from typing import Any

from sqlalchemy import Connection, text

from sync.office.verify.journal import Settling, Story
from sync.office.verify.report import Report

# What becomes of disputed tickets when the dispute about their place ends this way.
_ENDED = ("refunded", "exchanged", "void")
_BECOME = {"reseat": "exchanged", "refund": "refunded", "accept": "honoured"}


def check_disputes(
    connection: Connection, report: Report, story: Story, tickets: dict[str, Any], disputes: Any
) -> set[str]:
    """Check all; the tickets that a person has settled, which are not double sales any more."""
    _each_fact_has_its_dispute(connection, report, story, disputes)
    overruled = {row.fact_id for row in disputes if row.cause == "role"}
    settled: set[str] = set()
    steps: dict[str, list[Settling]] = defaultdict(list)
    for step in story.settling:
        steps[step.dispute].append(step)
    for row in disputes:
        body = json.loads(row.body)
        if not row.owner:
            report.violation("I10", f"dispute {row.id} about {row.fact_id} has no owner")
        if (row.state, row.owner, bool(row.resolved_at)) != (body["state"], body["owner"], bool(body["resolution"])):
            report.violation("I10", f"dispute {row.id}: its row and its document differ")
        _history(report, row, body, steps.pop(row.id, []), overruled)
        if row.state == "resolved":
            settled |= _tickets(report, tickets, row, body)
        else:
            report.notes.append(f"dispute {row.id} ({row.cause}) about {row.fact_id}, with {row.owner}: {row.detail}")
    for step in chain.from_iterable(steps.values()):
        report.violation("I10", f"{step.fact}: it settles dispute {step.dispute}, which is not there")
    for ticket in tickets.values():
        if ticket.state == "honoured" and ticket.id not in settled:
            report.violation("I10", f"ticket {ticket.id} is honoured, but no dispute says so")
    return settled


def _each_fact_has_its_dispute(connection: Connection, report: Report, story: Story, disputes: Any) -> None:
    known = {row.fact_id for row in disputes}
    for row in disputes:
        if row.fact_id not in story.facts and row.fact_id not in story.rivals:
            report.violation("I10", f"dispute {row.id} is about {row.fact_id}, which is not there")
    parked = set(connection.execute(text("SELECT fact_id FROM parked")).scalars())
    for fact, verdict in story.facts.items():
        if verdict == "disputed" and fact not in known:
            report.violation("I10", f"{fact} is disputed, but no dispute says why")
        if verdict == "parked" and fact not in parked:
            report.violation("I10", f"{fact} is parked, but nothing waits")
    for fact in sorted(story.rivals - known):
        report.violation("I10", f"{fact} came twice with different content, but no dispute says so")
    for fact in sorted(parked):
        report.notes.append(f"{fact}: a place effect waits for an earlier passing of the right")


def _history(report: Report, row: Any, body: dict[str, Any], steps: list[Settling], overruled: set[str]) -> None:
    """Every fact that settles it is in its history, once; the first resolution stands, and nothing after it.

    `overruled` are facts of people whose role does not allow them.
    """
    told = [(step["fact"], step["what"], body["id"], step["by"], step.get("way", "")) for step in body["history"]]
    facts = [(step.fact, step.what, step.dispute, step.by, step.way) for step in steps]
    if sorted(told) != sorted(facts):
        report.violation("I10", f"dispute {row.id}: its history says {told}, the facts {facts}")
    state, owner, resolution = "open", "office", None
    for step in body["history"]:
        if step["stands"] and state == "resolved":
            report.violation("I10", f"dispute {row.id}: {step['fact']} stands, though it was resolved before")
        if step["stands"]:
            state, owner = step["what"], step["by"]
            resolution = step if step["what"] == "resolved" else None
        elif state != "resolved" and step["fact"] not in overruled:
            report.violation("I10", f"dispute {row.id}: {step['fact']} does not stand, and nothing says why")
    if (state, owner, resolution) != (row.state, row.owner, body["resolution"]):
        said = f"{row.state} with {row.owner}"
        report.violation("I10", f"dispute {row.id} is {said}, but its history leaves it {state} with {owner}")


def _tickets(report: Report, tickets: dict[str, Any], row: Any, body: dict[str, Any]) -> set[str]:
    """The tickets of a dispute about places, as its resolution leaves them."""
    if row.cause != "place":
        return set()
    become = {_BECOME[body["resolution"]["way"]], *_ENDED}
    known = {ticket: tickets[ticket].state for ticket in body["tickets"] if ticket in tickets}
    for ticket, state in known.items():
        if state not in become:
            report.violation("I10", f"dispute {row.id} is resolved, but its ticket {ticket} is {state}")
    return {ticket for ticket, state in known.items() if state in become}
