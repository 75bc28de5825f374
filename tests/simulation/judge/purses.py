"""Vouchers and gift cards: nothing is spent twice, and what the tills have answered is what is booked."""

from __future__ import annotations

from collections import Counter

from tests.simulation.judge.evidence import Evidence, Found

_KINDS = ("voucher", "gift_card")


def are_spent_once(evidence: Evidence) -> Found:
    worth, moved, lapsed = _booked(evidence)
    for account, amount in worth.items():
        purse = (f"~{account.partition(':')[0]}", account.partition(":")[2])
        left = amount - moved[account]
        if left < 0 and purse not in evidence.cloned:
            yield f"{account} was worth {amount}, and {moved[account]} were spent"
    if any(window.drawer is None for window in evidence.windows):
        return  # a PC broke, or its history is doubtful: not all answers are known
    answered: Counter[str] = Counter()
    for window in evidence.windows:
        for kind, code, spent in window.spent:
            answered[f"{kind}:{code}"] += int(spent * 100)
    for account in worth:
        if answered[account] != moved[account] - lapsed[account]:
            yield f"of {account}, the tills have spent {answered[account]}, booked are {moved[account]}"


def _booked(evidence: Evidence) -> tuple[dict[str, int], Counter[str], Counter[str]]:
    """By account, in minor units: its worth at first, what facts took from it, and what of that has lapsed."""
    worth: dict[str, int] = {}
    moved: Counter[str] = Counter()
    lapsed: Counter[str] = Counter()
    of: dict[str, str] = {}  # fact -> the voucher that it has moved
    for fact, account, minor in evidence.rows("SELECT fact_id, account, minor FROM posting ORDER BY fact_id, line"):
        if fact == account:
            worth[account] = -minor
        elif account.partition(":")[0] in _KINDS:
            moved[account] += minor
            of[fact] = account
    for fact, minor in evidence.rows("SELECT fact_id, minor FROM posting WHERE account = 'lapsed'"):
        lapsed[of[fact]] -= minor
    return worth, moved, lapsed
