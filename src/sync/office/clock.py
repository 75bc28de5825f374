"""The office's clock. Its times are labels for people and a measure of presence, never an order."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now_s() -> float:
    """Epoch seconds."""
    return time.time()


def now_iso() -> str:
    """ISO 8601 with offset, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
