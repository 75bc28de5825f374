"""I4 and I6 of vouchers and gift cards: what is left is their account, and each holder left what it says."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, text

from sync.office.verify.journal import Place, Story
from sync.office.verify.report import Report

_KINDS = ("voucher", "gift_card", "account", "package")


def openings(connection: Connection) -> set[str]:
    """What stands in the ledger as the fact by which a purse was filled: its account's name."""
    return {_account((row.show_id, row.code)) for row in connection.execute(text("SELECT * FROM purse"))}


def check_purses(connection: Connection, report: Report, story: Story, rights: dict[Place, Any]) -> None:
    """Check them all."""
    purses = {(row.show_id, row.code): row for row in connection.execute(text("SELECT * FROM purse"))}
    odd = set(connection.execute(text("SELECT fact_id FROM dispute WHERE cause = 'purse'")).scalars())
    odd |= story.unreadable
    booked: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))  # account -> fact -> minor
    for account, fact, minor in connection.execute(text("SELECT account, fact_id, minor FROM posting")):
        if account.partition(":")[0] in _KINDS:
            booked[account][fact] += minor
    for place in (key for key in rights if key[0].startswith("~") and key not in purses):
        report.violation("I6", f"{' '.join(place)}: there is a right to it, but no such purse")
    accounts = {_account(place): place for place in purses}
    for account, facts in booked.items():
        for fact in facts.keys() - odd if account not in accounts else ():
            report.violation("I4", f"{fact}: it moves money of {account}, which is no purse")
    for account, place in accounts.items():
        if place not in rights:
            report.violation("I6", f"{' '.join(place)}: nobody can have the right to this purse")
        left, moved = purses[place].minor, booked[account]
        balance = -sum(moved.values())
        if left != balance:
            report.violation("I4", f"{account}: {left} minor units are left on it, its account has {balance}")
        if left < 0 and not odd.intersection(moved):
            report.violation("I4", f"{account}: more was taken from it than it held, but no dispute says so")
        if not odd.intersection(moved):
            _left_as_told(report, story, account, place, moved)


def _account(place: Place) -> str:
    return f"{place[0].removeprefix('~')}:{place[1]}"


def _left_as_told(report: Report, story: Story, account: str, place: Place, moved: dict[str, int]) -> None:
    """Holder after holder, each fact leaves what it says, and used the right when it moved money."""
    left = -moved.get(account, 0)
    used = sorted(
        (step.token, story.order[step.fact], step.fact) for step in story.steps if step.place == place and step.holder
    )
    for _, _, fact in used:
        left -= moved.get(fact, 0)
        told = story.left.get((fact, account))
        if told is not None and told != left:
            report.violation("I4", f"{fact}: it leaves {told} minor units on {account}, by the books there are {left}")
    for fact in sorted(moved.keys() - {account} - {fact for _, _, fact in used}):
        report.violation("I6", f"{fact}: it moves money of {account} without the right to it, but no dispute says so")
