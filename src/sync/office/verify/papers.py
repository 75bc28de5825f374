"""What papers there are of tickets and who was let in by them, by the facts and by the office's rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from sync.office.verify.journal import Story
from sync.office.verify.report import Report


def check_admissions(connection: Connection, report: Report, story: Story) -> None:
    """I3: who was let in is told to all. I10: twice, or by a ticket that came back, is in dispute."""
    rows = {row.ticket: row.fact_id for row in connection.execute(text("SELECT ticket, fact_id FROM admission"))}
    scans = {
        f"gate:{row.gate}:{row.id}": row.ticket
        for row in connection.execute(text("SELECT gate, id, ticket FROM gate_scan WHERE result = 'admitted'"))
    }
    for fact, ticket in scans.items():
        if rows.get(ticket) != fact:
            report.violation("I3", f"{fact} let ticket {ticket} in, but the office has it let in by {rows.get(ticket)}")
    for ticket in sorted(rows.keys() | story.admitted.keys()):
        if scans.get(rows.get(ticket, "")) == ticket:
            continue
        if rows.get(ticket) not in story.admitted.get(ticket, [None]):
            report.violation("I3", f"ticket {ticket}: the office has it let in by {rows.get(ticket)}, which is not so")
    disputed: dict[str, set[str]] = {"admitted_twice": set(), "admitted_ended": set()}
    for cause, fact in connection.execute(text("SELECT cause, fact_id FROM dispute WHERE cause LIKE 'admitted%'")):
        disputed[cause].add(fact)
    for ticket, facts in story.admitted.items():
        for fact in facts:
            if fact != rows.get(ticket) and fact not in disputed["admitted_twice"]:
                report.violation("I10", f"{fact}: ticket {ticket} was let in before, but no dispute says so")
        for end in story.ended.get(ticket, ()):
            told = disputed["admitted_ended"].intersection((end, *facts))
            if story.facts.get(end) == "applied" and not told and (end, ticket) not in story.knowing:
                report.violation("I10", f"{end}: it ends ticket {ticket}, which was let in, but no dispute says so")


def check_papers(connection: Connection, report: Report, story: Story, tickets: dict[str, Any]) -> None:
    """I3: a ticket has one original, and the office knows of it and of every copy."""
    orders = set(
        connection.execute(
            text(
                "SELECT ticket.id FROM ticket JOIN sale ON sale.id = sale_id WHERE fact_id LIKE 'order:%'"
                """ OR body LIKE '%"delivery":"pickup"%' OR body LIKE '%"delivery":"post"%'"""
            )
        ).scalars()
    )
    for ticket, facts in story.originals.items():
        taken = [fact for fact in facts if story.facts.get(fact) == "applied"]
        if len(taken) > 1:
            report.violation("I3", f"ticket {ticket} was printed as an original more than once: {', '.join(taken)}")
    for ticket, row in tickets.items():
        copies = story.copies.get(ticket, 0)
        if row.copies != copies:
            report.violation("I3", f"ticket {ticket}: {copies} copies were issued, the office has {row.copies}")
        if bool(row.handed) != (ticket in story.handed):
            report.violation("I3", f"ticket {ticket}: the office has it handed out otherwise than the facts say")
        issued = ticket not in orders or ticket in story.originals or copies > 0
        if bool(row.issued) != issued:
            known = "has a paper" if issued else "has no paper"
            report.violation("I3", f"ticket {ticket} {known}, which the office does not have so")
