"""Where a till logs to."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from pos.domain.mask import scrub

LOG: Final = "housefull.log"


class Masking(logging.Formatter):
    """Masks card numbers in what is logged, traces included: whatever they came from."""

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))


def log_to(folder: Path) -> None:
    """Log to `folder`/housefull.log, a few megabytes at most. Does nothing when there is a log already."""
    if logging.getLogger().handlers:
        return
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(folder / LOG, maxBytes=2_000_000, backupCount=3, encoding="utf-8")
    handler.setFormatter(Masking("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for quiet in ("httpx2", "alembic"):
        logging.getLogger(quiet).setLevel(logging.WARNING)
