"""A season as another office has it: its documents and plans, as a till's replica keeps them (for training)."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from pos.domain.errors import Unreadable
from pos.domain.plan import Plan
from sync.office.season.keys import TABLES
from sync.office.season.reader import SeasonFile


def read_copy(path: Path) -> SeasonFile:
    """Read {"documents": {family: {id: document}}, "plans": {version: base64}}. Plans are by version.

    Raises Unreadable.
    """
    copied = SeasonFile(path.name)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        plans = {version: Plan.from_bytes(base64.b64decode(blob)) for version, blob in content["plans"].items()}
        families = {family: dict(documents) for family, documents in content["documents"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(path.name, "", f"is no copy of a season ({error})") from error
    copied.plans.update(plans)
    for family, documents in families.items():
        if family != "venue" and family not in TABLES:
            raise Unreadable(path.name, family, "is none of a season's tables")
        copied.documents[family] = documents
        copied.at.update({(family, id): f"{family}.{id}" for id in documents})
    return copied
