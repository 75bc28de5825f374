"""The office's schema, step by step. Every step keeps every fact."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def config() -> Config:
    """Alembic's settings, for this folder."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return settings


def upgrade(connection: Connection, revision: str) -> None:
    """Migrate inside the caller's transaction. Raises alembic's CommandError for an unknown version."""
    settings = config()
    settings.attributes["connection"] = connection
    command.upgrade(settings, revision)
