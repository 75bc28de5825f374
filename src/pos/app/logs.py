"""Where a till logs to."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path


def log_to(folder: Path) -> None:
    """Log to `folder`/housefull.log, a few megabytes at most. Does nothing when there is a log already."""
    if logging.getLogger().handlers:
        return
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(folder / "housefull.log", maxBytes=2_000_000, backupCount=3, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for quiet in ("httpx2", "alembic"):
        logging.getLogger(quiet).setLevel(logging.WARNING)
