"""A glance at the replica with nothing but the standard library: for the first moment of a start.

SQLAlchemy and numpy take longer to load than the window to open, and the sign-in screen
wants to name the people before that.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path


def people(replica: Path) -> list[dict[str, str]]:
    """Who may sign in, as the verb `users` says it; nobody when the replica cannot be read or is not whole."""
    try:
        with closing(sqlite3.connect(f"{replica.absolute().as_uri()}?mode=ro", uri=True)) as db:
            db.execute("PRAGMA wal_autocheckpoint = 0")
            if db.execute("SELECT value FROM meta WHERE key = 'complete'").fetchone() != ("1",):
                return []
            rows = db.execute("SELECT id, body FROM document WHERE family = 'user' ORDER BY id").fetchall()
        users = [(name, json.loads(body)) for name, body in rows]
        return [{"user": name, "name": user["name"], "role": user["role"]} for name, user in users]
    except (sqlite3.Error, ValueError, KeyError, TypeError):
        return []
