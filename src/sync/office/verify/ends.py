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
        if states.get((row.holder, row.incarnation), "ACTIVE") == "ACTIVE" and row.state != "QUARANTINE":
            report.violation("I6", f"{what}: it was released from {row.holder}, which is active")
        if not row.by_user:
            report.violation("I6", f"{what}: it was released by nobody")


def destroyed_slips(connection: Connection, story: Story) -> set[str]:
    """Paper tickets that were never sold, and of which a person said so when the place was released."""
    released: dict[Place, tuple[int, int]] = {}
    for row in connection.execute(text("SELECT * FROM released")):
        place = (row.show_id, row.place)
        released[place] = max(released.get(place, (0, 0)), (row.epoch, row.hop))
    return {
        step.ticket
        for step in story.steps
        if step.after == "PAPER" and step.place in released and step.token <= released[step.place]
    }
