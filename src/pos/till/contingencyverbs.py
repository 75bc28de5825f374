"""The verbs of the contingency plan: what to do when the network, the power or a till fails."""

from __future__ import annotations

from typing import Final

from pos.till import fields as f
from pos.till.contingency import (
    actions,
    calledoff,
    copies,
    drills,
    evacuation,
    exercise,
    keying,
    outages,
    packs,
    paperpack,
    plan,
    rekey,
    sheet,
)
from pos.till.verbspec import VerbSpec

CONTINGENCY_VERBS: Final[dict[str, VerbSpec]] = {
    "copies": VerbSpec(copies.copies),
    "contingency": VerbSpec(sheet.contingency, {}, {"language": f.language}),
    "issue_plan": VerbSpec(plan.issue_plan, {"text": f.text}, changes=True),
    "write_plan": VerbSpec(plan.write_plan, {"to": f.words}, {"language": f.language, "replace": f.flag}),
    "outages": VerbSpec(outages.outages),
    "incident_report": VerbSpec(
        outages.report_of_incident, {}, {"incident": f.words, "language": f.language, "to": f.words, "replace": f.flag}
    ),
    "told_person": VerbSpec(sheet.told_person, {"person": f.words}, {"note": f.text}, changes=True),
    "issue_paper": VerbSpec(
        packs.issue_paper, {"show": f.text}, {"places": f.places, "category": f.words, "count": f.count}, changes=True
    ),
    "paper": VerbSpec(packs.paper, {}, {"recent": f.flag}),
    "return_paper": VerbSpec(packs.return_paper, {"tickets": f.places}, {"approver": f.approver}, changes=True),
    "rekey_paper": VerbSpec(
        rekey.rekey_paper,
        {"tickets": f.places, "price_type": f.price_types, "tenders": f.tenders},
        {"at": f.words, "proof": f.flag},
        changes=True,
    ),
    "keyed_paper": VerbSpec(keying.keyed_paper),
    "key_paper": VerbSpec(
        keying.key_paper,
        {"tickets": f.places, "price_type": f.words},
        {"at": f.words, "proof": f.flag, "joined": f.flag, "change": f.flag},
        changes=True,
    ),
    "unkey_paper": VerbSpec(keying.unkey_paper, {"tickets": f.places}, changes=True),
    "book_paper": VerbSpec(keying.book_paper, changes=True),
    "lose_paper": VerbSpec(
        packs.lose_paper, {"pack": f.text, "reason": f.words}, {"approver": f.approver}, changes=True
    ),
    "abandon_show": VerbSpec(
        calledoff.abandon_show, {"show": f.text, "reason": f.words}, {"approver": f.approver}, changes=True
    ),
    "close_places": VerbSpec(
        calledoff.close_places,
        {"show": f.text, "reason": f.words},
        {"places": f.places, "text": f.typed, "category": f.words, "count": f.count, "approver": f.approver},
        changes=True,
    ),
    "reopen_places": VerbSpec(
        calledoff.reopen_places,
        {"show": f.text, "reason": f.words},
        {"places": f.places, "text": f.typed, "approver": f.approver},
        changes=True,
    ),
    "evacuation": VerbSpec(evacuation.evacuation, {}, {"language": f.language}),
    "evacuate": VerbSpec(evacuation.evacuate, changes=True),
    "end_evacuation": VerbSpec(
        evacuation.end_evacuation, {"user": f.text, "pin": f.text}, {"here": f.flag}, changes=True
    ),
    "paper_pack": VerbSpec(paperpack.paper_pack),
    "make_paper_pack": VerbSpec(paperpack.make_paper_pack, {}, {"show": f.text}),
    "print_paper_pack": VerbSpec(paperpack.print_paper_pack, {"show": f.text}, changes=True),
    "drills": VerbSpec(drills.drills),
    "start_drill": VerbSpec(
        drills.start_drill,
        {"person": f.words},
        {"seconds": f.count, "seed": f.count, "approver": f.approver},
        changes=True,
    ),
    "drill_said": VerbSpec(drills.drill_said, {"what": exercise.check_said}, {"customer": f.count}),
    "note_drill": VerbSpec(drills.note_drill, changes=True),
    "change_action": VerbSpec(
        actions.change_action,
        {},
        {
            "action": f.words,
            "text": f.notes,
            "owner": f.words,
            "due": actions.check_day,
            "from": f.words,
            "state": actions.check_state,
            "plan": f.line,
            "note": f.notes,
        },
        changes=True,
    ),
}
