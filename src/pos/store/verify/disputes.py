"""I10 as a till can see it: what was decided here is in the histories that the office tells."""

from __future__ import annotations

import json
from sqlite3 import Connection
from typing import Any

from pos.store.verify.evidence import Evidence, Findings, Place
from pos.store.verify.journal import Story


def check_disputes(db: Connection, evidence: Evidence, story: Story, found: Findings) -> set[Place]:
    """Judge the replica's disputes; the places about which this till and the office differ, as a person
    has settled. Raises ValueError or KeyError for a dispute that cannot be read."""
    disputes: dict[str, dict[str, Any]] = {
        id: json.loads(body) for id, body in db.execute("SELECT id, body FROM document WHERE family = 'dispute'")
    }
    mine = f"{evidence.till}.{evidence.incarnation}."
    told = {
        int(step["fact"].removeprefix(mine)): (id, step)
        for id, dispute in disputes.items()
        for step in dispute["history"]
        if step["fact"].startswith(mine)
    }
    for number, (id, step) in told.items():
        own = story.settling.get(number)
        if own is None or (own["dispute"], own["step"]) != (id, {k: v for k, v in step.items() if k != "stands"}):
            found.wrong("I10", f"dispute {id}: the office tells of fact {number} what this till did not do")
    # The replica follows in order: what an earlier fact did must show once a later one does.
    for number in sorted(story.settling.keys() - told.keys()):
        if number < max(told, default=0):
            found.wrong("I10", f"fact {number}: the office's history of the dispute does not have it")
    return {
        (place["show"], place["place"])
        for dispute in disputes.values()
        if dispute["fact"].startswith(mine) and dispute["state"] == "resolved"
        for place in dispute["places"]
    }
