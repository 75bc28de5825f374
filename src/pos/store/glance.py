"""A glance at the replica with nothing but the standard library: for the first moment of a start.

SQLAlchemy and numpy take longer to load than the window to open, and the sign-in screen
wants to name the people before that.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

Documents = dict[str, dict[str, dict[str, Any]]]  # family -> id -> document


def people(replica: Path) -> list[dict[str, str]]:
    """Who may sign in, as the verb `users` says it; nobody when the replica cannot be read or is not whole."""
    try:
        with closing(_opened(replica)) as db:
            if not _whole(db):
                return []
            rows = db.execute("SELECT id, body FROM document WHERE family = 'user' ORDER BY id").fetchall()
        users = [(name, json.loads(body)) for name, body in rows]
        return [{"user": name, "name": user["name"], "role": user["role"]} for name, user in users]
    except (sqlite3.Error, ValueError, KeyError, TypeError):
        return []


def season(replica: Path) -> tuple[Documents, dict[str, bytes]] | None:
    """The season's documents, and its plans by version; None when the replica cannot be read or is not whole."""
    found: Documents = {}
    try:
        with closing(_opened(replica)) as db:
            if not _whole(db):
                return None
            for family, name, body in db.execute("SELECT family, id, body FROM document"):
                found.setdefault(family, {})[name] = json.loads(body)
            plans = {str(version): bytes(blob) for version, blob in db.execute("SELECT version, blob FROM plan")}
    except (sqlite3.Error, ValueError):
        return None
    return found, plans


def _opened(replica: Path) -> sqlite3.Connection:
    db = sqlite3.connect(f"{replica.absolute().as_uri()}?mode=ro", uri=True)
    db.execute("PRAGMA wal_autocheckpoint = 0")
    return db


def _whole(db: sqlite3.Connection) -> bool:
    return bool(db.execute("SELECT value FROM meta WHERE key = 'complete'").fetchone() == ("1",))
