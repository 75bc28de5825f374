"""Actions: what was learned from a drill or an outage, who does something about it, and by when.

* Every change is a record of its own that carries the whole action, under the id of the first one: so any till may
  change any action, cut off from the others, and nothing that was noted is lost.
* The action is what its last change says; of two at the same moment the one with the higher id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

OPEN: Final = "open"
DONE: Final = "done"
DROPPED: Final = "dropped"
STATES: Final = (OPEN, DONE, DROPPED)
# What one change carries of the action.
FIELDS: Final = ("text", "owner", "due", "state", "from", "plan", "note")
SOURCES: Final = ("drill", "incident")  # what an action may come from: "drill:T1-D00003"


def actions(changes: Iterable[Mapping[str, Any]], today: date) -> list[dict[str, Any]]:
    """Each action as it is, with its changes from the first on; what is open and due soonest comes first."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for change in sorted(changes, key=lambda one: (datetime.fromisoformat(one["at"]), one["id"])):
        found.setdefault(change["action"], []).append(change)
    shown = []
    for id, steps in found.items():
        last = {name: steps[-1][name] for name in FIELDS}
        late = last["state"] == OPEN and bool(last["due"]) and date.fromisoformat(last["due"]) < today
        steps_told = [
            {"at": step["at"], "user": step["user"], "state": step["state"], "note": step["note"]} for step in steps
        ]
        shown.append({"id": id, "at": steps[0]["at"], **last, "overdue": late, "changes": steps_told})
    return sorted(shown, key=lambda one: (one["state"] != OPEN, one["due"] or "9999", one["id"]))
