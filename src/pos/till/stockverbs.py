"""The verbs of stock: ticket paper, and the seats of shows."""

from __future__ import annotations

from typing import Final

from pos.till import fields as f
from pos.till.stock import asking, paper, seats, supply, taking, using
from pos.till.verbspec import VerbSpec

STOCK_VERBS: Final[dict[str, VerbSpec]] = {
    "stock": VerbSpec(seats.stock, {}, {"show": f.words, "report": f.flag}),
    "stock_take": VerbSpec(
        taking.stock_take,
        {"what": f.stock_kind},
        {"show": f.words, "counted": f.stock_counts, "serials": f.places_or_none, "note": f.text},
        changes=True,
    ),
    "ticket_paper": VerbSpec(paper.ticket_paper),
    "receive_stock": VerbSpec(
        supply.receive_stock,
        {"box": f.line, "serials": f.places},
        {"note": f.text, "approver": f.approver},
        changes=True,
    ),
    "return_stock": VerbSpec(
        supply.return_stock, {"serials": f.places, "reason": f.words}, {"approver": f.approver}, changes=True
    ),
    "issue_stock": VerbSpec(supply.issue_stock, {"to": f.words, "serials": f.places}, {"note": f.text}, changes=True),
    "take_stock": VerbSpec(
        supply.take_stock, {"serials": f.places, "from": f.words}, {"request": f.words, "note": f.text}, changes=True
    ),
    "withdraw_stock": VerbSpec(
        supply.withdraw_stock, {"to": f.words, "serials": f.places}, {"note": f.text}, changes=True
    ),
    "request_stock": VerbSpec(asking.request_stock, {"count": f.count}, {"note": f.text}, changes=True),
    "withdraw_request": VerbSpec(asking.withdraw_request, {"request": f.words}, changes=True),
    "answer_request": VerbSpec(
        asking.answer_request,
        {"request": f.words, "approve": f.flag},
        {"serials": f.places, "note": f.text, "approver": f.approver},
        changes=True,
    ),
    "load_stock": VerbSpec(
        using.load_stock,
        {"from": f.words},
        {"to": f.words, "after": f.flag, "found": f.flag, "reason": f.text, "approver": f.approver},
        changes=True,
    ),
    "spoil_stock": VerbSpec(
        using.spoil_stock, {"serials": f.places, "reason": f.words}, {"approver": f.approver}, changes=True
    ),
    "count_stock": VerbSpec(using.count_stock, {"serials": f.places_or_none}, {"note": f.text}, changes=True),
}
