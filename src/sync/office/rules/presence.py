"""Which orders are open at which window: told by the windows themselves, believed for two minutes, locking nothing."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, select

from sync.office.clock import now_iso
from sync.office.rules.documents import store
from sync.office.store.tables import DOCUMENT

_FAMILY: Final = "open_order"  # told to nobody
BELIEVED: Final = timedelta(minutes=2)


def note(connection: Connection, till: str, sale: str, user: str, *, open_: bool) -> list[dict[str, Any]]:
    """A window has opened an order, still has it open, or has closed it; at which others it is open."""
    now = now_iso()
    body = connection.execute(
        select(DOCUMENT.c.body).where(DOCUMENT.c.family == _FAMILY, DOCUMENT.c.id == sale).with_for_update()
    ).scalar()
    known: dict[str, dict[str, str]] = json.loads(body) if body is not None else {}
    fresh = {at: one for at, one in known.items() if _age(one, now) < BELIEVED}
    since = fresh.pop(till, {}).get("since", now)
    if open_ or body is not None:
        mine = {till: {"user": user, "since": since, "seen": now}} if open_ else {}
        store(connection, _FAMILY, sale, fresh | mine)
    return [{"till": at, "user": one["user"], "since": one["since"]} for at, one in sorted(fresh.items())]


def _age(one: dict[str, str], now: str) -> timedelta:
    return datetime.fromisoformat(now) - datetime.fromisoformat(one["seen"])
