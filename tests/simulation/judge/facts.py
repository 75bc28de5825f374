"""I3 and I5: every fact once, numbers without gaps, chains whole."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence

from tests.simulation.judge.evidence import Entry, Evidence, Found, begun, fact_id


def once(evidence: Evidence) -> Found:
    at_office: dict[tuple[str, int], list[tuple[int, str]]] = defaultdict(list)
    for till, incarnation, number, digest in evidence.rows(
        "SELECT till, incarnation, number, hash FROM fact ORDER BY till, incarnation, number"
    ):
        at_office[till, incarnation].append((number, digest))
    for (till, incarnation), facts in at_office.items():
        if [number for number, _ in facts] != list(range(1, len(facts) + 1)):
            yield f"the office's facts of {till}.{incarnation} have gaps: {[number for number, _ in facts]}"
    rivals = set(evidence.rows("SELECT till, incarnation, number, hash FROM rival_fact"))
    for window in evidence.windows:
        for incarnation, journal in window.journals.items():
            who = f"{window.name}.{incarnation}"
            yield from _chain(who, journal)
            office = at_office[window.name, incarnation]
            mine = [(entry.number, entry.hash) for entry in journal]
            if evidence.doubtful(f"{who}.0"):
                kept = {row[2:] for row in rivals if row[:2] == (window.name, incarnation)}
                yield from _forked(who, mine, {*office, *kept})
            elif mine != office:
                yield f"{who} has {len(mine)} facts, the office {len(office)} of them"
    yield from _sales(evidence)


def _sales(evidence: Evidence) -> Found:
    sales = Counter(row[0] for row in evidence.rows("SELECT fact_id FROM sale"))
    for fact in evidence.facts:
        if begun(fact) and sales[fact_id(fact)] != 1:
            yield f"the sale of fact {fact_id(fact)} is {sales[fact_id(fact)]} times at the office"


def _forked(who: str, mine: Sequence[tuple[int, str]], kept: set[tuple[int, str]]) -> Found:
    """An old folder's journal: what is not the office's history is kept there as its rival."""
    for number, digest in mine:
        if (number, digest) not in kept:
            yield f"{who}: fact {number} of this ledger is neither at the office nor kept as a rival"


def _chain(who: str, journal: Sequence[Entry]) -> Found:
    previous = "0" * 64
    for expected, entry in enumerate(journal, 1):
        if entry.number != expected or entry.fact["number"] != expected:
            yield f"{who}: fact {entry.number} where {expected} should be"
        if hashlib.sha256(entry.text).hexdigest() != entry.hash or entry.fact["prev"] != previous:
            yield f"{who}: the chain breaks at fact {entry.number}"
        previous = entry.hash


def log_without_gaps(evidence: Evidence) -> Found:
    positions = [row[0] for row in evidence.rows("SELECT position FROM change_log ORDER BY position")]
    if positions != list(range(1, len(positions) + 1)):
        yield "the change log has gaps"
