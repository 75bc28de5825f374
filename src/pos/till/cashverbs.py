"""The verbs of cash beside sales: moves of the drawer, bags, change orders, the safe, deposits."""

from __future__ import annotations

from typing import Final

from pos.till import fields as f
from pos.till.drawer import bags, banking, change, counterfeit, moves, parcels, safe, trail
from pos.till.verbspec import VerbSpec

CASH_VERBS: Final[dict[str, VerbSpec]] = {
    "move_cash": VerbSpec(
        moves.move_cash,
        {"kind": f.move, "amount": f.amount, "reason": f.words},
        {"bag": f.line, "to": f.words, "transfer": f.line, "witness": f.approver},
        changes=True,
    ),
    "counterfeit": VerbSpec(
        counterfeit.counterfeit,
        {"denomination": f.amount},
        {"serial": f.line, "name": f.said, "contact": f.said, "note": f.text},
        changes=True,
    ),
    "bags": VerbSpec(parcels.bags, {}, {"state": f.which}),
    "make_bag": VerbSpec(bags.make_bag, {"bag": f.line, "counted": f.counted}, {"witness": f.approver}, changes=True),
    "open_bag": VerbSpec(
        bags.open_bag,
        {"bag": f.line, "counted": f.counted},
        {"witness": f.approver, "note": f.text},
        changes=True,
    ),
    "transfers": VerbSpec(parcels.transfers, {}, {"state": f.which}),
    "change_orders": VerbSpec(parcels.change_orders, {}, {"state": f.which}),
    "order_change": VerbSpec(
        change.order_change, {"wanted": f.counted}, {"source": f.change_source, "note": f.text}, changes=True
    ),
    "approve_change": VerbSpec(change.approve_change, {"order": f.line}, {"approver": f.approver}, changes=True),
    "refuse_change": VerbSpec(
        change.refuse_change, {"order": f.line, "reason": f.words}, {"approver": f.approver}, changes=True
    ),
    "receive_change": VerbSpec(
        change.receive_change, {"order": f.line, "counted": f.counted}, {"note": f.text}, changes=True
    ),
    "safe": VerbSpec(safe.safe),
    "count_safe": VerbSpec(
        safe.count_safe,
        {"counted": f.counted},
        {"witness": f.approver, "when": f.safe_when, "bags": f.places_or_none, "note": f.text},
        changes=True,
    ),
    "deposits": VerbSpec(parcels.deposits, {}, {"state": f.which}),
    "make_deposit": VerbSpec(
        banking.make_deposit,
        {"deposit": f.line},
        {
            "counted": f.counted,
            "bags": f.places_or_none,
            "shifts": f.shift_parts,
            "witness": f.approver,
            "note": f.text,
        },
        changes=True,
    ),
    "collect_deposit": VerbSpec(
        banking.collect_deposit, {"deposit": f.line, "name": f.said, "receipt": f.said}, changes=True
    ),
    "credit_deposit": VerbSpec(
        banking.credit_deposit,
        {"deposit": f.line, "amount": f.amount, "value_date": f.words, "reference": f.said},
        {"note": f.text},
        changes=True,
    ),
    "explain_difference": VerbSpec(
        banking.explain_difference, {"of": f.line, "note": f.words}, {"booked_to": f.booked_to}, changes=True
    ),
    "deposit_sheet": VerbSpec(banking.deposit_sheet, {"deposit": f.line}),
    "cash_trail": VerbSpec(trail.cash_trail, {"of": f.line}),
}
