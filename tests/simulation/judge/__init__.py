"""The judge: what is wrong after an evening, by paper, money and files. It shares no code with what it judges."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from tests.simulation.judge import audit, disputes, facts, money, paper, places, purses, replicas, rights
from tests.simulation.judge.evidence import Evidence, Found, Refund, Return, Window
from tests.simulation.judge.rights import two_hands

__all__ = ["Refund", "Return", "Window", "judge", "two_hands"]

_CHECKS: Final[Sequence[Callable[[Evidence], Found]]] = (
    places.no_place_twice,  # I1
    paper.is_known,  # I2
    paper.copies_are_counted,
    facts.once,  # I3, I5
    money.books,  # I4
    money.deposits,
    money.refunds,  # I7
    money.articles,
    purses.are_spent_once,
    rights.one_holder,  # I6
    rights.tickets_end_by_facts,
    replicas.agree,  # I8
    disputes.are_expected,  # I10
    disputes.are_told,
    audit.items_have_owners,
    audit.settlements_are_in_order,
    audit.are_told,
    facts.log_without_gaps,
)


def judge(office: Path, windows: Sequence[Window]) -> list[str]:
    """What is wrong, in words; nothing when all is well."""
    with closing(sqlite3.connect(f"file:{office}?mode=ro", uri=True)) as db:
        evidence = Evidence(db, windows)
        return [wrong for check in _CHECKS for wrong in check(evidence)]
