"""The list of disputes as the office prints it, for a person and for a program."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from pos.domain.disputes import OFFICE, Document, State, in_words


def as_json(disputes: Sequence[Document], now: datetime) -> str:
    """One array; each dispute as tills have it, with its `text` and its `age_s` in seconds."""
    told = [one | {"text": in_words(one), "age_s": int(_age(one, now).total_seconds())} for one in disputes]
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def as_text(disputes: Sequence[Document], now: datetime) -> str:
    """Three lines each: which and whose, what happened, and what is at stake."""
    return "\n".join(_lines(one, now) for one in disputes) if disputes else "no disputes\n"


def _lines(dispute: Document, now: datetime) -> str:
    owner = "the office" if dispute["owner"] == OFFICE else dispute["owner"]
    shows = dict.fromkeys(place["show"] for place in dispute["places"])
    money = f"{dispute['money']} {dispute['currency']}" if dispute["money"] else ""
    at_stake = [*shows, dispute["sale"], dispute["customer"], dispute["contact"], money, _way_out(dispute)]
    lines = [
        f"{dispute['id']} · {dispute['state']} · {_span(_age(dispute, now))} old · with {owner}",
        f"  {in_words(dispute)}",
        f"  {' · '.join(filter(None, at_stake))}",
    ]
    return "\n".join(lines) + "\n"


def _way_out(dispute: Document) -> str:
    if dispute["state"] != State.RESOLVED:
        return " or ".join(dispute["ways"])
    done = dispute["resolution"]
    names = " ".join(filter(None, (done.get("sale"), done.get("refund"))))
    return f"{done['way']} by {done['by']}{f' ({names})' if names else ''}: {done.get('note', '')}"


def _age(dispute: Document, now: datetime) -> timedelta:
    return max(now - datetime.fromisoformat(dispute["opened_at"]), timedelta())


def _span(age: timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{age.days} d"
