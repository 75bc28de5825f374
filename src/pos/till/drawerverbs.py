"""The verbs of shifts and their drawers; part of the table of `pos.till.verbs`."""

from __future__ import annotations

from typing import Final

from pos.till import fields as f
from pos.till.drawer import handover, nosale, reports, shift, takeover, verifying
from pos.till.verbspec import VerbSpec

DRAWER_VERBS: Final[dict[str, VerbSpec]] = {
    "open_shift": VerbSpec(shift.open_shift, {}, {"float": f.amount, "pieces": f.pieces, "bag": f.line}, changes=True),
    "take_over": VerbSpec(
        takeover.take_over,
        {"counted": f.counted},
        {"till": f.words, "copy": f.words, "answers": f.flag, "approver": f.approver},
        changes=True,
    ),
    "shift": VerbSpec(shift.shift),
    "close_shift": VerbSpec(
        shift.close_shift,
        {"counted": f.counted},
        {"foreign": f.foreign, "declared": f.declared, "witness": f.approver, "note": f.field},
        changes=True,
    ),
    "no_sale": VerbSpec(nosale.no_sale, {"reason": f.said}, {"approver": f.approver}, changes=True),
    "hand_over": VerbSpec(
        handover.hand_over,
        {"counted": f.counted, "giver": f.approver, "taker": f.approver},
        {"foreign": f.foreign, "note": f.field, "printed": f.flag},
        changes=True,
    ),
    "x_report": VerbSpec(reports.x_report, {}, {"printed": f.flag}, changes=True),
    "z_report": VerbSpec(
        reports.z_report, {}, {"shift": f.words, "number": f.count, "printed": f.z_print}, changes=True
    ),
    "shifts": VerbSpec(verifying.shifts, {}, {"state": f.which}),
    "verify_shift": VerbSpec(
        verifying.verify_shift,
        {"shift": f.words},
        {"counted": f.counted, "note": f.field, "printed": f.flag},
        changes=True,
    ),
}
