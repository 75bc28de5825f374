"""Tills that have ended, and what a person released from their hands."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from sync.office.verify.journal import Place, Story
from sync.office.verify.report import Report


def check_ends(connection: Connection, report: Report, story: Story, rights: dict[Place, Any]) -> None:
    """I6: a sealed till is dead, and what was released is nobody's under its old token any more."""
    states = {
        (row.id, row.incarnation): row.state
        for row in connection.execute(text("SELECT id, incarnation, state FROM till"))
    }
    for till, fact in story.sealed.items():
        if states[till] != "DEAD":
            report.violation("I6", f"{fact} ended the ledger of {till}, but the till is {states[till]}")
    for row in connection.execute(text("SELECT * FROM released ORDER BY show_id, place, epoch, hop")):
        what = f"{row.show_id} {row.place}"
        right = rights.get((row.show_id, row.place))
        if right is None or (right.epoch, right.hop) <= (row.epoch, row.hop):
            report.violation("I6", f"{what}: it was released, but it is still what {row.holder} held")
        if states.get((row.holder, row.incarnation), "ACTIVE") == "ACTIVE":
            report.violation("I6", f"{what}: it was released from {row.holder}, which is active")
        if not row.by_user:
            report.violation("I6", f"{what}: it was released by nobody")
