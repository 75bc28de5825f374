"""The verbs of the audit: its worklist, and what people see of themselves."""

from __future__ import annotations

from typing import Final

from pos.till import fields as f
from pos.till.audit import items, people
from pos.till.verbspec import VerbSpec

_DAYS: Final[dict[str, f.Check]] = {"since": f.text, "until": f.text}

AUDIT_VERBS: Final[dict[str, VerbSpec]] = {
    "audit_items": VerbSpec(items.audit_items, {}, {"state": f.which, "sort": f.audit_sort}),
    "take_audit_item": VerbSpec(items.take_audit_item, {"item": f.words}, changes=True),
    "explain_audit_item": VerbSpec(items.explain_audit_item, {"item": f.words, "note": f.words}, changes=True),
    "close_audit_item": VerbSpec(items.close_audit_item, {"item": f.words, "note": f.words}, changes=True),
    "my_figures": VerbSpec(people.my_figures, {}, _DAYS),
    "people_figures": VerbSpec(people.people_figures, {}, _DAYS),
}
