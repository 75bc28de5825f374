"""Ticket paper: this till's books of numbered blanks, held against the facts of its journal."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, Final

from pos.store.verify.evidence import Evidence, Findings
from pos.store.verify.journal import Story

_NUMBER: Final = re.compile(r"([A-Z]*)(\d+)")
_MOVES: Final = {
    "found": ("found:{till}", "hand:{till}"),
    "issued": ("hand:{till}", "way:{till}>{other}"),
    "taken": ("way:{other}>{till}", "hand:{till}"),
    "withdrawn": ("way:{till}>{other}", "hand:{till}"),
    "spoiled": ("hand:{till}", "spoiled:{till}"),
    "sent_back": ("hand:{till}", "sent_back:{till}"),
    "missing": ("hand:{till}", "missing:{till}"),
    "back": ("missing:{till}", "hand:{till}"),
    "taken_over": ("earlier:{till}", "hand:{till}"),
}


def check_stock(evidence: Evidence, story: Story, found: Findings) -> None:
    """I3: the rows are what the facts say. I6: no blank is used up, or given away, that was not in hand."""
    hand = f"hand:{evidence.till}"
    # Where the count of numbers in an account changes, and by how much: 1 at the first of a range, -1 behind it.
    told: dict[tuple[str, str, int], Counter[int]] = defaultdict(Counter)
    for fact in story.stock:
        for source, target, first, last in _moved(evidence.till, fact):
            letters, low = _split(first)
            for account, step in ((source, -1), (target, 1)):
                steps = told[account, letters, len(first) - len(letters)]
                steps[low] += step
                steps[_split(last)[1] + 1] -= step
            if _below(told[hand, letters, len(first) - len(letters)]):
                name = f"{evidence.till}.{evidence.incarnation}.{fact['number']}"
                found.wrong("I6", f"{name}: some of {first} to {last} was not at this till")
    kept: dict[tuple[str, str, int], Counter[int]] = defaultdict(Counter)
    for row in evidence.tables["stock_run"]:
        steps = kept[row["account"], row["prefix"], row["width"]]
        steps[row["first"]] += row["times"]
        steps[row["last"] + 1] -= row["times"]
    for key in sorted(told.keys() | kept.keys()):
        if _bare(told[key]) != _bare(kept[key]):
            found.wrong("I3", f"ticket paper {key[1]} in {key[0]}: the rows do not say what the facts say")


def _moved(till: str, fact: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    kind, body = fact["kind"], fact["body"]
    if kind == "StockReceived":
        yield from (("works", f"hand:{till}", *pair) for pair in body["record"]["serials"])
    elif kind == "StockMoved":
        source, target = (name.format(till=till, other=body.get("other", "")) for name in _MOVES[body["move"]])
        yield from ((source, target, *pair) for pair in body["serials"])
    elif kind == "StockCounted" and "paper" in body:
        for move in ("missing", "back", "found"):
            source, target = (name.format(till=till) for name in _MOVES[move])
            yield from ((source, target, *pair) for pair in body["paper"][move])
    elif kind == "PrintReported" and "stock" in body:
        for page in body["stock"]["used"]:
            yield from ((f"hand:{till}", f"used:{till}", *pair) for pair in page["serials"])
        yield from ((f"hand:{till}", f"spoiled:{till}", *pair) for pair in body["stock"]["spoiled"])


def _split(number: str) -> tuple[str, int]:
    found = _NUMBER.fullmatch(number)
    if found is None:
        raise ValueError(f"{number!r} is no number of a blank")
    return found[1], int(found[2])


def _below(steps: Counter[int]) -> bool:
    count = 0
    for at in sorted(steps):
        count += steps[at]
        if count < 0:
            return True
    return False


def _bare(steps: Counter[int]) -> dict[int, int]:
    return {at: step for at, step in steps.items() if step}
