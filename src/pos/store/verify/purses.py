"""I4 and I6 of vouchers and gift cards: each fact leaves what it says, by a right that this till had."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

from pos.store.verify.cash import minor
from pos.store.verify.evidence import Evidence, Findings, Token
from pos.store.verify.journal import Story

_KINDS: Final = ("voucher", "gift_card", "account")
_DOCUMENTS: Final = ("sale", "refund", "paid")


def check_purses(evidence: Evidence, story: Story, found: Findings) -> None:
    """Follow what was left on each purse from fact to fact, and hold the rows against it."""
    left: dict[str, tuple[Token, int]] = {}  # account -> token, and what the last fact under it left
    for fact in story.moves:
        name = f"{evidence.till}.{evidence.incarnation}.{fact['number']}"
        tokens = {
            f"{show[1:]}:{code}": (epoch, hop) for show, code, epoch, hop, *_ in fact["effects"] if show.startswith("~")
        }
        for account, moved in _moved(fact).items():
            token, told = tokens.get(account), _left(fact, account)
            if token is None or told is None:
                found.wrong("I6", f"{name}: moves money of {account} without the right to it")
                continue
            before = left.get(account)
            if told < 0 or (before is not None and before[0] == token and before[1] - moved != told):
                found.wrong("I4", f"{name}: leaves {told} minor units on {account} after {moved} of {before}")
            left[account] = token, told
    _rows(evidence, left, found)


def _moved(fact: dict[str, Any]) -> dict[str, int]:
    """Purse's account -> minor units taken from it; negative: paid back."""
    moved: dict[str, int] = defaultdict(int)
    for account, amount, _ in fact["money"]:
        if account.partition(":")[0] in _KINDS:
            moved[account] += amount
    return moved


def _left(fact: dict[str, Any], account: str) -> int | None:
    """What the fact's document says is left, by its last tender of this purse."""
    document: dict[str, Any] = next((fact["body"][name] for name in _DOCUMENTS if name in fact["body"]), {})
    told = [t["left"] for t in document.get("tenders", []) if f"{t['kind']}:{t.get('code')}" == account]
    return minor(told[-1]) if told else None


def _rows(evidence: Evidence, left: dict[str, tuple[Token, int]], found: Findings) -> None:
    held = {(row["show"], row["place"]): (row["epoch"], row["hop"]) for row in evidence.tables["own_right"]}
    kept = {f"{row['show'][1:]}:{row['code']}": row for row in evidence.tables["purse"]}
    for account in sorted(left.keys() - kept.keys()):
        found.wrong("I4", f"{account}: what is left on it is not kept")
    for account, row in kept.items():
        token, told = left.get(account, (None, None))
        newer = held.get((row["show"], row["code"])) != token
        if row["minor"] < 0 or not (newer or row["minor"] == told):
            found.wrong("I4", f"{account}: {row['minor']} minor units are kept as left, the facts leave {told}")
