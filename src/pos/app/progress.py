"""How far the guide of the first start has come in a data folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

FILE: Final = "guide.json"


def begun(folder: Path) -> bool:
    """Whether the guide was begun here and is not over."""
    return (folder / FILE).exists()


def read(folder: Path) -> tuple[str, str]:
    """(step, language), each "" where it is not known."""
    try:
        kept = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return str(kept["step"]), str(kept["language"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", ""


def keep(folder: Path, step: str, language: str) -> None:
    """Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(json.dumps({"step": step, "language": language}), encoding="utf-8")


def over(folder: Path) -> None:
    """The guide does not come again."""
    (folder / FILE).unlink(missing_ok=True)
