"""The verbs of the audit: its worklist, settlements, and what people see of themselves."""

from __future__ import annotations

from typing import Final

from pos.till import fields as f
from pos.till.audit import cards, items, people, settlements
from pos.till.verbspec import VerbSpec

_SETTLED: Final[dict[str, f.Check]] = {"till": f.words, "period": f.text, "agreement": f.text}
_DAYS: Final[dict[str, f.Check]] = {"since": f.text, "until": f.text}

AUDIT_VERBS: Final[dict[str, VerbSpec]] = {
    "audit_items": VerbSpec(items.audit_items, {}, {"state": f.which, "sort": f.audit_sort, "report": f.flag}),
    "take_audit_item": VerbSpec(items.take_audit_item, {"item": f.words}, changes=True),
    "explain_audit_item": VerbSpec(items.explain_audit_item, {"item": f.words, "note": f.words}, changes=True),
    "close_audit_item": VerbSpec(items.close_audit_item, {"item": f.words, "note": f.words}, changes=True),
    "settlements": VerbSpec(settlements.settlements, {}, {"state": f.which}),
    "settlement": VerbSpec(settlements.settlement, {}, {"settlement": f.words, "language": f.language} | _SETTLED),
    "submit_settlement": VerbSpec(settlements.submit_settlement, {}, {"note": f.text} | _SETTLED, changes=True),
    "audit_settlement": VerbSpec(
        settlements.audit_settlement, {"settlement": f.words, "findings": f.texts}, changes=True
    ),
    "accept_settlement": VerbSpec(
        settlements.accept_settlement, {"settlement": f.words}, {"note": f.text}, changes=True
    ),
    "return_settlement": VerbSpec(
        settlements.return_settlement, {"settlement": f.words, "reason": f.words}, changes=True
    ),
    "card_totals": VerbSpec(cards.card_totals, {}, _DAYS),
    "my_figures": VerbSpec(people.my_figures, {}, _DAYS),
    "people_figures": VerbSpec(people.people_figures, {}, _DAYS | {"report": f.flag}),
}
