"""The office that runs beside a till that is alone."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from pos.embedded import EmbeddedOffice
from pos.settings import Settings

FOLDER: Final = "office"


def own_office(settings: Settings) -> EmbeddedOffice | None:
    """Start the office that belongs to this till, if it has one of its own. Raises OfficeFailed."""
    if not settings.embedded:
        return None
    office = EmbeddedOffice(settings.folder / FOLDER)
    office.start(urlsplit(settings.office_url).port or 0)
    return office
