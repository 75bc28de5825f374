"""What papers there are of tickets, by the facts and by the tickets' rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from sync.office.verify.journal import Story
from sync.office.verify.report import Report


def check_papers(connection: Connection, report: Report, story: Story, tickets: dict[str, Any]) -> None:
    """I3: a ticket has one original, and the office knows of it and of every copy."""
    orders = set(
        connection.execute(
            text("SELECT ticket.id FROM ticket JOIN sale ON sale.id = sale_id WHERE fact_id LIKE 'order:%'")
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
        issued = ticket not in orders or ticket in story.originals or copies > 0
        if bool(row.issued) != issued:
            known = "has a paper" if issued else "has no paper"
            report.violation("I3", f"ticket {ticket} {known}, which the office does not have so")
