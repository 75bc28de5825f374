"""The verbs of the contingency plan: what to do when the network, the power or a till fails."""

from __future__ import annotations

from typing import Final

from pos.till import fields as f
from pos.till.contingency import plan, sheet
from pos.till.verbspec import VerbSpec

CONTINGENCY_VERBS: Final[dict[str, VerbSpec]] = {
    "contingency": VerbSpec(sheet.contingency, {}, {"language": f.language}),
    "issue_plan": VerbSpec(plan.issue_plan, {"text": f.text}, changes=True),
    "told_person": VerbSpec(sheet.told_person, {"person": f.words}, {"note": f.text}, changes=True),
}
